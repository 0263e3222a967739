"""A run that was damaged or edited is told with a sentence and an exit code, whatever was done to it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import outcomes
from outcomes.cli import main
from remembered import remember
from small_study import write_small_study

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RESULT = "ancova.mood.end.difference"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("data") / "small")


@pytest.fixture(scope="module")
def whole(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return outcomes.report(study, out=tmp_path_factory.mktemp("out")).folder


def cut(name: str, length: int) -> Callable[[Path], None]:
    return lambda run: (run / name).write_bytes((run / name).read_bytes()[:length])


def put(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda run: (run / name).write_bytes(content)


def without(key: str) -> Callable[[Path], None]:
    def change(run: Path) -> None:
        manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
        del manifest[key]
        (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    return change


def saying(key: str, value: Any) -> Callable[[Path], None]:
    def change(run: Path) -> None:
        manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
        (run / "manifest.json").write_text(json.dumps(manifest | {key: value}), encoding="utf-8")

    return change


UNREADABLE = {
    "manifest cut short": cut("manifest.json", 500),
    "manifest nested without end": put("manifest.json", b"[" * 100_000),
    "manifest of nothing": put("manifest.json", b'{"schema": 1}'),
    "manifest in another encoding": put("manifest.json", b"\xff\xfe{"),
    **{f"manifest without {key}": without(key) for key in ("outputs", "plan", "files", "run", "seed", "study_path")},
    "manifest whose plan is a text": saying("plan", "x"),
    "manifest whose outputs are none": saying("outputs", None),
    "manifest whose files have no digest": saying("files", [{"name": "plan.toml"}]),
    "results cut short": cut("results.json", 5000),
    "results that are a list": put("results.json", b"[]"),
    "results nested without end": put("results.json", b"[" * 100_000),
    "no results": lambda run: (run / "results.json").unlink(),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_run_that_cannot_be_read_is_named_by_every_command(
    whole: Path, study: Path, tmp_path: Path, case: str
) -> None:
    run = tmp_path / "run"
    shutil.copytree(whole, run)
    UNREADABLE[case](run)
    for words in (
        ["verify", str(run), "--study", str(study)],
        ["trace", str(run), RESULT],
        ["diff", str(run), str(whole)],
    ):
        answer = CliRunner().invoke(main, words)
        assert answer.exit_code in {1, 2}
        assert answer.output.startswith("E108")


CHANGED = {
    "page of no text": (put("internal/report.html", b"\xff\xfe"), "internal/report.html was changed"),
    "empty page": (put("internal/report.html", b""), "the page is empty"),
    "page taken out": (lambda run: (run / "internal" / "report.html").unlink(), "the page is missing"),
    "PDF cut short": (cut("internal/report.pdf", 1000), "report.pdf is not what is made"),
    "Word that is an empty archive": (
        put("share/report.docx", b"PK\x05\x06" + bytes(18)),
        "report.docx is not what is made",
    ),
    "file beside": (put("x.txt", b"x"), "x.txt was not written by this run"),
    "link beside": (lambda run: (run / "z").symlink_to("nowhere"), "z is a link in the place of a file or folder"),
    "other seed": (saying("seed", 1), "manifest.json: seed"),
    "other people": (saying("left_out", [{"reason": "x"}]), "left_out in manifest.json"),
}


@pytest.mark.parametrize("case", CHANGED)
def test_a_run_that_was_changed_does_not_verify(
    whole: Path, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    run = tmp_path / "run"
    shutil.copytree(whole, run)
    change, says = CHANGED[case]
    change(run)
    remember(monkeypatch)
    again = ["--study", str(study)] if "manifest" in says else []
    answer = CliRunner().invoke(main, ["verify", str(run), *again])
    assert answer.exit_code == 1
    assert says in answer.output
    assert "E199" not in answer.output
