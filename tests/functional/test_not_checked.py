"""What a verification did not look at is named, file by file, with the reason; it never passes for equal."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import outcomes
from outcomes.audit import formats, trace
from outcomes.audit.verdict import Check
from outcomes.cli import main
from outcomes.runs.manifest import name_software

if TYPE_CHECKING:
    from pathlib import Path

RESULT = "ancova.mood.end.difference"
PAGE = "internal/report.html"


@pytest.fixture
def forged(small_run: Path, tmp_path: Path) -> Path:
    """Folder of a run, to be forged; its study lies where `study` says."""
    run = tmp_path / "forged"
    shutil.copytree(small_run, run)
    return run


@pytest.fixture
def study(small_run: Path) -> Path:
    return small_run.parents[2] / "small"


def forge(run: Path, *, software: dict[str, str] | None = None) -> None:
    """Change versions in the manifest and on the pages, and make the digests again: every file looks as written."""
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    for page in run.glob("*/report.html"):
        html = page.read_text(encoding="utf-8")
        for name, version in (software or {}).items():
            said = f'"manifest:software.{name}">'
            html = html.replace(f"{said}{manifest['software'][name]}", f"{said}{version}")
        page.write_text(html, encoding="utf-8")
    for output in manifest["outputs"]:
        output["sha256"] = hashlib.sha256((run / output["name"]).read_bytes()).hexdigest()
    manifest["software"] |= software or {}
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def verify(run: Path, study: Path) -> tuple[int, str, list[dict[str, Any]]]:
    """Exit code, what people are told, and what programs are told is not checked."""
    data = CliRunner().invoke(main, ["verify", str(run), "--study", str(study), "--json"])
    checks = json.loads(data.stdout)["checks"]
    told = "\n".join(line for check in checks for line in Check(**check).to_lines())
    return data.exit_code, told, [one for one in checks if one["status"] != "equal"]


FORGED = {
    "PDF": ("internal/report.pdf", b"%PDF-1.7 other numbers", {"typst": "0.0.1"}),
    "Word": ("share/report.docx", b"PK other numbers", {"typst": "0.0.1"}),
    "table": ("share/tables/flow.csv", b"id,value\nflow.all,1\n", {"code": "0123456789abcdef"}),
}


@pytest.mark.parametrize("case", FORGED)
def test_a_forged_file_is_not_hidden_by_other_versions_in_the_manifest(forged: Path, study: Path, case: str) -> None:
    name, content, software = FORGED[case]
    (forged / name).write_bytes(content)
    forge(forged, software=software)
    code, told, checks = verify(forged, study)
    assert code == 2
    (writer,) = software
    (reason,) = [fault for check in checks for fault in check["faults"] if fault.startswith(f"{name}: ")]
    assert f"{writer} is {name_software()[writer]} here and {software[writer]} in the run" in reason
    assert reason in told
    assert "not checked" in told


def test_a_comment_added_to_the_code_leaves_every_format_unchecked_by_name(
    forged: Path, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "name_software", lambda: name_software() | {"code": "fedcba9876543210"})
    code, told, checks = verify(forged, study)
    assert code == 2
    unchecked = {fault.partition(": ")[0] for check in checks for fault in check["faults"]}
    written = [path for path in forged.glob("*/*") if path.suffix in {".html", ".pdf", ".docx"}]
    written += forged.glob("*/tables/*.csv")
    assert unchecked == {path.relative_to(forged).as_posix() for path in written}
    assert not [name for name in unchecked if name not in told]
    assert sum(check["count"] for check in checks) == len(unchecked)


def test_a_difference_goes_before_what_was_not_checked(forged: Path) -> None:
    (forged / "internal" / "tables" / "flow.csv").write_bytes(b"")
    forge(forged, software={"typst": "0.0.1"})
    answer = CliRunner().invoke(main, ["verify", str(forged)])
    assert answer.exit_code == 1
    assert "internal/report.pdf: typst is" in answer.stdout
    assert "internal/tables/flow.csv does not hold" in answer.stdout


def test_without_the_study_all_that_needs_it_is_named_and_the_rest_is_checked(small_run: Path, tmp_path: Path) -> None:
    shutil.copytree(small_run, tmp_path / "alone")
    verdict = outcomes.verify(tmp_path / "alone")
    unchecked = [check.name for check in verdict.checks if check.status == "not checked"]
    assert unchecked == ["study files", "manifest, written again", "values, computed again"]
    assert "released again" in "".join(check.name for check in verdict.checks if check.status == "equal")
    assert verdict.exit_code == 2


@pytest.mark.parametrize("forgery", [False, True], ids=["emptied", "and the digests made again"])
@pytest.mark.parametrize("html", ["", "<html></html>"], ids=["nothing", "no title and no body"])
def test_an_emptied_page_is_a_difference_by_name_and_breaks_no_command(
    forged: Path, small_run: Path, html: str, forgery: bool
) -> None:
    (forged / PAGE).write_text(html, encoding="utf-8")
    if forgery:
        forge(forged)
    told = CliRunner().invoke(main, ["verify", str(forged)])
    assert told.exit_code == 1
    assert f"differs      numbers on {PAGE}" in told.stdout
    for words in (["trace", str(forged), RESULT], ["diff", str(forged), str(small_run)]):
        answer = CliRunner().invoke(main, words)
        assert "E199" not in answer.output
        assert answer.exit_code == 0


@pytest.mark.parametrize(("content", "says"), [(b"", "the page is empty"), (b"<html></html>", "holds no result")])
def test_trace_says_which_page_it_could_not_read(forged: Path, content: bytes, says: str) -> None:
    (forged / PAGE).write_bytes(content)
    (found,) = trace(forged, RESULT)
    assert len(found.unread) == 1
    assert says in found.unread[0]
    assert f"not checked   {found.unread[0]}" in found.to_text()
    assert [place.startswith("share/") for place in found.printed] == [True]


def test_trace_names_a_file_that_the_manifest_does_not_have(forged: Path) -> None:
    manifest = json.loads((forged / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"] = [file for file in manifest["files"] if file["name"] != "scores.csv"]
    (forged / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (found,) = trace(forged, RESULT)
    assert "scores.csv  not in the manifest" in found.to_text()


def test_an_estimate_that_the_second_engine_cannot_compute_is_named(
    forged: Path, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from outcomes.replication import engine

    monkeypatch.setattr(engine, "_compute", lambda *_: None)
    verdict = outcomes.verify(forged, study, independent=True)
    (check,) = [check for check in verdict.checks if "second engine" in check.name and check.status == "not checked"]
    assert f"{RESULT}: {engine.NO_REST}" in check.faults
