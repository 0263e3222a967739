"""What a verification did not look at is named, with the reason; it never passes for equal."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import outcomes
from outcomes.audit.trace import trace
from outcomes.cli import main
from remembered import remember

if TYPE_CHECKING:
    from pathlib import Path

RESULT = "ancova.mood.end.difference"
PAGE = "internal/report.html"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    remember(monkeypatch)


@pytest.fixture
def forged(small_run: Path, tmp_path: Path) -> Path:
    """Folder of a run, to be forged; its study lies where `study` says."""
    run = tmp_path / "forged"
    shutil.copytree(small_run, run)
    return run


@pytest.fixture
def study(small_run: Path) -> Path:
    return small_run.parents[2] / "small"


def test_without_the_study_all_that_needs_it_is_named_and_the_rest_is_checked(small_run: Path, tmp_path: Path) -> None:
    shutil.copytree(small_run, tmp_path / "alone")
    verdict = outcomes.verify(tmp_path / "alone")
    unchecked = [check.name for check in verdict.checks if check.status == "not checked"]
    assert unchecked == [
        "study files",
        "manifest, written again from the study",
        "lock of the plan",
        "ledger of editions",
        "values, computed again",
    ]
    assert "released again" in "".join(check.name for check in verdict.checks if check.status == "equal")
    assert verdict.exit_code == 2


@pytest.mark.parametrize("html", ["", "<html></html>"], ids=["nothing", "no title and no body"])
def test_an_emptied_page_breaks_neither_trace_nor_diff(forged: Path, small_run: Path, html: str) -> None:
    (forged / PAGE).write_text(html, encoding="utf-8")
    for words in (["trace", str(forged), RESULT], ["diff", str(forged), str(small_run)]):
        answer = CliRunner().invoke(main, words)
        assert "E199" not in answer.output
        assert answer.exit_code == 0


@pytest.mark.parametrize(("content", "says"), [(b"", "the page is empty"), (b"<html></html>", "holds no result")])
def test_trace_says_which_page_it_could_not_read(forged: Path, content: bytes, says: str) -> None:
    (forged / PAGE).write_bytes(content)
    (found,) = trace(forged, RESULT).results
    assert len(found.unread) == 1
    assert says in found.unread[0]
    assert f"not checked   {found.unread[0]}" in found.to_text()
    assert found.printed
    assert not [place for place in found.printed if place.startswith(PAGE)]


def test_trace_names_a_file_that_the_manifest_does_not_have(forged: Path) -> None:
    manifest = json.loads((forged / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"] = [file for file in manifest["files"] if file["name"] != "scores.csv"]
    (forged / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (found,) = trace(forged, RESULT).results
    assert "scores.csv  not in the manifest" in found.to_text()


def test_an_estimate_that_the_second_engine_cannot_compute_is_named(
    forged: Path, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from outcomes.replication import engine

    monkeypatch.setattr(engine, "_compute", lambda *_: None)
    verdict = outcomes.verify(forged, study, independent=True)
    (check,) = [check for check in verdict.checks if "second engine" in check.name and check.status == "not checked"]
    assert f"{RESULT}: {engine.NO_REST}" in check.faults
