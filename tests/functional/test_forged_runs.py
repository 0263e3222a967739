"""Nothing that somebody who can write every file can do to a run passes: each forgery is told, by file or by field."""

from __future__ import annotations

import dataclasses
import html
import json
import os
import re
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

import outcomes
from forging import claim, copy, edit, faults, hide_traces, read, verify, write_manifest
from outcomes.plan.model import Plan
from outcomes.render.pdf import render_pdf
from outcomes.render.word import render_word
from remembered import remember
from written_again import document_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.long  # whole studies, one after the other

PAGE, ANNEX = "internal/report.html", "internal/annex.html"
PAGES = [f"{home}/{name}.html" for home in ("internal", "share") for name in ("report", "annex", "board")]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    remember(monkeypatch)


@pytest.fixture
def run(small_run: Path, tmp_path: Path) -> Path:
    return copy(small_run, tmp_path)


@pytest.fixture
def study(small_run: Path) -> Path:
    return small_run.parents[2] / "small"


def writing(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda run: (run / name).write_bytes(content) and None


def replacing(name: str, pattern: str, by: str) -> Callable[[Path], None]:
    """Put another text where a pattern stands first."""
    return lambda run: edit(run / name, lambda text: re.sub(pattern, by, text, count=1, flags=re.DOTALL))


def turn_the_prose(run: Path) -> None:
    """Say "lower" for "higher", on the page, and in PDF and Word made from what it then says."""
    edit(run / PAGE, lambda text: text.replace("higher", "lower", 1))
    document = document_of(run, "internal", "report")
    other = dataclasses.replace(document, title=document.title + ".")
    (run / "internal" / "report.pdf").write_bytes(render_pdf(other, run="run"))
    (run / "internal" / "report.docx").write_bytes(render_word(other, run="run"))


def bind_another_result(run: Path) -> None:
    """Show another result, with its value and its text, where the first one of the page stands."""
    element = re.compile(r'<data value="[^"]*" data-id="([^"]*)">(?:<a [^>]*>)?[^<]*(?:</a>)?</data>')
    text = (run / PAGE).read_text(encoding="utf-8")
    found = list(element.finditer(text))
    other = next(one for one in found if one[1] != found[0][1])
    (run / PAGE).write_text(
        text[: found[0].start()] + other[0] + text[found[0].end() :], encoding="utf-8", newline="\n"
    )


def link_to_the_same(run: Path) -> None:
    shutil.copy(run / PAGE, run.parent / "elsewhere.html")
    (run / PAGE).unlink()
    (run / PAGE).symlink_to(run.parent / "elsewhere.html")


def link_the_folder(run: Path) -> None:
    shutil.move(run / "share", run.parent / "elsewhere")
    (run / "share").symlink_to(run.parent / "elsewhere")


FILES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a PDF of anything at all": (writing("internal/report.pdf", b"anything at all"), "internal/report.pdf"),
    "a Word file that is no archive": (writing("share/report.docx", b"anything at all"), "share/report.docx"),
    "an invented table": (writing("internal/tables/flow.csv", b"id,value\nflow.all,1\n"), "internal/tables/flow.csv"),
    "prose that says the contrary": (turn_the_prose, PAGE),
    "a row bound to another result": (bind_another_result, PAGE),
    "another picture": (replacing("share/figures/completion.svg", "M ", "M 1"), "share/figures/completion.svg"),
    "another picture for slides": (writing("share/figures/completion.png", b"\x89PNG"), "share/figures/completion.png"),
    "another number behind a picture": (
        replacing("internal/figures/completion.csv", r"0\.\d", "0.9"),
        "internal/figures/completion.csv",
    ),
    "another summary for clients": (replacing("share/summary.html", "people", "persons"), "share/summary.html"),
    "prose of the page for the board that says the contrary": (
        replacing("internal/board.html", "higher|lower", "no different"),
        "internal/board.html",
    ),
    "another number on the page for the board": (
        replacing("share/board.html", r'(data-id="[^"]*">(?:<a [^>]*>)?)[^<]+', r"\g<1>99"),
        "share/board.html",
    ),
    "a page for the board of anything at all": (
        writing("internal/board.pdf", b"anything at all"),
        "internal/board.pdf",
    ),
    "an empty page for the board": (writing("share/board.pdf", b""), "share/board.pdf"),
    "a page for the board that is the exact one": (
        lambda run: shutil.copy(run / "internal" / "board.pdf", run / "share" / "board.pdf") and None,
        "share/board.pdf",
    ),
    "a summary that is the report": (
        lambda run: shutil.copy(run / "share" / "report.pdf", run / "share" / "summary.pdf") and None,
        "share/summary.pdf",
    ),
    "an empty summary": (writing("share/summary.pdf", b""), "share/summary.pdf"),
    "a page for the board that is gone": (lambda run: (run / "share" / "board.html").unlink(), "share/board.html"),
    "another tooltip": (replacing(PAGE, r'title="[^"]+"', 'title="nothing"'), PAGE),
    "another style": (replacing(PAGE, "<style>", "<style>.found { display: none }"), PAGE),
    "another script": (replacing(PAGE, r"<script>", "<script>/* */"), PAGE),
    "another script of the annex": (replacing(ANNEX, r"<script>", "<script>/* */"), ANNEX),
    "one script more": (replacing(PAGE, "</body>", "<script>/* */</script></body>"), PAGE),
    "another source in the list of every number": (replacing(ANNEX, "by <code>outcomes", "by <code>others"), ANNEX),
    "another text in the results": (replacing("results.json", r'"text": "[^"]+"', '"text": "none"'), "results.json"),
    "another layout of the results": (lambda run: edit(run / "results.json", lambda text: text + "\n"), "results.json"),
    "another R program": (replacing("audit/program.R", "TOLERANCE", "Tolerance"), "audit/program.R"),
    "another number in the analysis results data": (
        replacing("audit/ard.json", r'"stat":(\d)', r'"stat":1\1'),
        "audit/ard.json",
    ),
    "another released result": (replacing("share/results.json", r'"n": \d+', '"n": 5'), "share/results.json"),
    "a file that nobody makes": (writing("internal/tables/more.csv", b"id\n"), "internal/tables/more.csv"),
    "a file beside": (writing(".DS_Store", b"x"), ".DS_Store"),
    "a file that is gone": (lambda run: (run / "share" / "summary.html").unlink(), "share/summary.html"),
    "an empty folder": (lambda run: (run / "internal" / "more" / "still").mkdir(parents=True), "internal/more/still"),
    "a link in a file's place": (link_to_the_same, PAGE),
    "a link in a folder's place": (link_the_folder, "share is a link"),
    "a pipe": (lambda run: os.mkfifo(run / "pipe"), "pipe is neither"),
    "a manifest to share that says more": (
        lambda run: write_manifest(
            run / "share" / "manifest.json", {**read(run / "share" / "manifest.json"), "run": "1234"}
        ),
        "share/manifest.json",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_forged_file_is_told_by_name_though_every_digest_was_made_again(run: Path, case: str) -> None:
    forge, name = FILES[case]
    forge(run)
    hide_traces(run)
    verdict = verify(run)
    assert verdict.exit_code == 1
    assert [fault for fault in faults(verdict) if name in fault], verdict.to_text()


@pytest.mark.parametrize(
    ("case", "software", "code"),
    [
        ("a PDF of anything at all", {"typst": "0.0.1"}, 1),
        ("a Word file that is no archive", {"typst": "0.0.1"}, 1),
        ("an invented table", {"code": "0123456789abcdef"}, 1),
        ("a row bound to another result", {"code": "0123456789abcdef"}, 2),
        ("prose that says the contrary", {"code": "0123456789abcdef"}, 2),
        ("another number behind a picture", {"code": "0123456789abcdef"}, 1),
        ("another picture", {"code": "0123456789abcdef"}, 2),
        ("another picture", {"typst": "0.0.1"}, 1),
        ("another summary for clients", {"code": "0123456789abcdef"}, 2),
    ],
)
def test_a_forged_file_does_not_hide_behind_another_version_in_the_manifest(
    run: Path, case: str, software: dict[str, str], code: int
) -> None:
    forge, name = FILES[case]
    claim(run, **software)
    forge(run)
    hide_traces(run)
    verdict = verify(run)
    assert verdict.exit_code == code
    told = faults(verdict, "differs" if code == 1 else "not checked")
    assert [fault for fault in told if fault.startswith(name)], verdict.to_text()
    (writer,) = software
    assert [fact for fact in faults(verdict, "noted") if fact.startswith(f"{writer} is ")]


def test_a_comment_added_to_the_code_is_said_and_hides_nothing(
    run: Path, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from outcomes.audit import writers

    here = writers.name_software() | {"code": "fedcba9876543210"}
    monkeypatch.setattr(writers, "name_software", lambda: here)
    verdict = verify(run, study)
    assert verdict.exit_code == 0  # every byte came out again
    assert [fact for fact in faults(verdict, "noted") if fact.startswith("code is fedcba9876543210 here and ")]
    (run / "share" / "report.pdf").write_bytes((run / "internal" / "report.pdf").read_bytes())
    hide_traces(run)
    verdict = verify(run, study)
    assert verdict.exit_code == 2
    (unchecked,) = faults(verdict, "not checked")
    assert unchecked.startswith("share/report.pdf: code is fedcba9876543210 here and ")


def test_a_library_that_is_not_here_leaves_its_files_unchecked_by_name(
    run: Path, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from outcomes.audit import again

    monkeypatch.setattr(sys.modules["outcomes.audit.verify"], "make_run_again", again.make_run_again)
    monkeypatch.setitem(sys.modules, "outcomes.render.pdf", None)
    verdict = verify(run, study)
    assert verdict.exit_code == 2
    assert [fault.partition(":")[0] for fault in faults(verdict, "not checked")] == [
        *(f"internal/{name}.pdf" for name in ("annex", "board", "report")),
        *(f"share/{name}.pdf" for name in ("annex", "board", "report", "summary")),
    ]


def other(field: str, manifest: dict[str, Any]) -> Any:
    """Another value for a field of a manifest, such as somebody would put there."""
    first = manifest["files"][0]
    return {
        "created": "yesterday",
        "study": "another",
        "run": "0" * 8,
        "size": [{**first, "size": first["size"] + 1}, *manifest["files"][1:]],
        "rows": [{**first, "rows": 7}, *manifest["files"][1:]],
        "lock": {"locked": "2020-01-01T00:00:00+00:00", "sealed": True, "changed": [], "history": []},
        "lock_traces": [{"run": "x", "made": "2020", "locked": None, "digest": None}],
        "warnings": [{"level": "NOTE", "code": "E1", "file": "x", "rule": "x", "fix": "x", "column": ""}],
        "scoring": [{"message": "all is well"}],
        "structure": ["all is well"],
        "left_out": [],
        "seed": 1,
        "formats": ["html"],
        "study_path": "/somewhere",
        "note": "a key that no manifest has",
        "plan": manifest["plan"] | {"title": "Another"},
    }[field]


@pytest.mark.parametrize(
    "field",
    [
        *("created", "study", "run", "size", "rows", "lock", "warnings", "scoring", "structure", "seed", "formats"),
        *("study_path", "note", "plan", "lock_traces"),
    ],
)
def test_another_value_in_the_manifest_is_told_though_its_digest_was_made_again(
    run: Path, study: Path, field: str
) -> None:
    manifest = read(run / "manifest.json")
    key = {"size": "files", "rows": "files"}.get(field, field)
    hide_traces(run, **{key: other(field, manifest)})
    verdict = verify(run, study)
    assert verdict.exit_code == (2 if field == "study" else 1), verdict.to_text()
    told = faults(verdict) + faults(verdict, "not checked")
    said = {"formats": "report.pdf is made by nobody", "lock_traces": f"{ANNEX} is not what is made"}.get(field, key)
    assert [fault for fault in told if said in fault], told


def test_a_change_that_forgets_the_digest_of_the_manifest_is_told(run: Path, study: Path) -> None:
    edit(run / "manifest.json", lambda text: re.sub(r'"created": "20\d\d', '"created": "2001', text))
    verdict = verify(run, study)
    assert verdict.exit_code == 1
    assert [fault for fault in faults(verdict) if "digest of itself" in fault]


def test_what_nobody_can_check_is_named_and_changes_no_exit_code(small_run: Path, study: Path) -> None:
    verdict = verify(small_run, study)
    assert verdict.exit_code == 0, verdict.to_text()
    assert [fact for fact in faults(verdict, "noted") if fact.startswith("created: ")]


def test_a_manifest_of_an_earlier_version_can_be_read_and_is_never_equal(run: Path, study: Path) -> None:
    manifest = read(run / "manifest.json")
    kept = {key: manifest[key] for key in manifest if key not in {"digest", "source", "machine", "lock_traces"}}
    (run / "manifest.json").write_text(json.dumps({**kept, "schema": 1}), encoding="utf-8")
    verdict = verify(run, study)
    assert verdict.exit_code == 2, verdict.to_text()
    assert [fault for fault in faults(verdict, "not checked") if "held no digest of itself" in fault]


def test_a_result_changed_everywhere_is_found_from_the_study(run: Path, study: Path) -> None:
    """The whole run is written anew from a changed result, by this program."""
    from outcomes.results.outcome import Estimate
    from outcomes.results.registry import Registry
    from outcomes.results.store import read_registry
    from outcomes.runs.files import make_files, with_texts

    registry, manifest = read_registry(run / "results.json"), read(run / "manifest.json")
    plan = Plan.model_validate(manifest["plan"], strict=False)
    records = {record.id: record for record in registry.records()}
    changed = records["completion.crude.difference"]
    assert isinstance(changed.outcome, Estimate)
    lifted = dataclasses.replace(changed.outcome, value=changed.outcome.value * 1.2)
    records[changed.id] = dataclasses.replace(changed, outcome=lifted)

    def put(name: str, make: Callable[[], str | bytes]) -> None:
        content = make()
        (run / name).write_bytes(content.encode() if isinstance(content, str) else content)

    make_files(with_texts(Registry(records.values()), plan), manifest, put)
    hide_traces(run)
    verdict = verify(run, study)
    assert verdict.exit_code == 1
    assert "completion.crude.difference: value differs" in faults(verdict)


@pytest.mark.parametrize("place", [*PAGES, "share/summary.html"])
@pytest.mark.parametrize("content", ["", "<html></html>", "<title></title><data data-id='x'>1</data>", "<![x["])
def test_a_page_that_was_emptied_or_lost_its_title_is_a_difference_and_no_fault_of_the_program(
    run: Path, place: str, content: str
) -> None:
    (run / place).write_text(content, encoding="utf-8")
    hide_traces(run)
    verdict = verify(run)
    assert verdict.exit_code == 1
    assert [fault for fault in faults(verdict) if fault.startswith(f"{place} is not what is made")]


def test_an_edition_to_share_is_verified_alone(small_run: Path, tmp_path: Path) -> None:
    alone = shutil.copytree(small_run / "share", tmp_path / "received")
    verdict = verify(alone)
    assert verdict.exit_code == 2, verdict.to_text()
    assert faults(verdict) == []
    assert len(faults(verdict, "not checked")) == 2
    assert next(check.count for check in verdict.checks if "byte for byte" in check.name) > 30


SHARED: dict[str, Callable[[Path], None]] = {
    "prose": lambda home: edit(home / "summary.html", lambda text: html.escape("x") + text),
    "PDF": lambda home: (home / "report.pdf").write_bytes(b"%PDF-1.7\n%%EOF") and None,
    "table": lambda home: edit(home / "tables" / "completion.csv", lambda text: text.replace("estimate", "guess", 1)),
    "result": lambda home: edit(
        home / "results.json", lambda text: re.sub(r'"value": \d', '"value": 9', text, count=1)
    ),
    "beside": lambda home: (home / "more.txt").write_text("x") and None,
}


@pytest.mark.parametrize("case", SHARED)
def test_a_forged_edition_to_share_is_told_by_who_holds_it_alone(small_run: Path, tmp_path: Path, case: str) -> None:
    alone = shutil.copytree(small_run / "share", tmp_path / "received")
    SHARED[case](alone)
    hide_traces(alone)
    assert verify(alone).exit_code == 1


def test_the_manifest_to_share_tells_no_digest_of_data_and_no_time(small_run: Path) -> None:
    manifest = read(small_run / "share" / "manifest.json")
    whole = read(small_run / "manifest.json")
    text = json.dumps(manifest)
    assert not [file["sha256"] for file in whole["files"] if file["sha256"] in text]
    assert whole["run"] not in text
    assert whole["created"] not in text
    assert not {"machine", "source", "study", "study_path", "created"} & manifest.keys()


def test_two_runs_of_one_study_have_the_same_edition_to_share(small_run: Path, study: Path, tmp_path: Path) -> None:
    again = outcomes.report(study, out=tmp_path).folder
    one, two = (run / "share" / "manifest.json" for run in (small_run, again))
    assert one.read_bytes() == two.read_bytes()
