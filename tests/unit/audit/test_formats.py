"""A page, a PDF, a Word file or a table that was changed together with its digest is still found."""

from __future__ import annotations

import io
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

import outcomes
from outcomes.audit import trace
from outcomes.audit.formats import check_formats
from outcomes.results.store import read_registry
from outcomes.runs import read_manifest, write_run
from outcomes.runs.manifest import name_software

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from outcomes.audit.verdict import Check


@pytest.fixture
def spoiled(small_run: Path, tmp_path: Path) -> Path:
    return shutil.copytree(small_run, tmp_path / small_run.name)


def faults(run: Path) -> list[str]:
    checks = list(check_formats(run, "internal", read_registry(run / "results.json"), read_manifest(run)))
    return [fault for check in checks for fault in check.faults]


def test_what_was_written_is_what_is_written_again(small_run: Path) -> None:
    registry, manifest = read_registry(small_run / "results.json"), read_manifest(small_run)
    (check,) = check_formats(small_run, "internal", registry, manifest)
    assert (check.status, check.faults) == ("equal", ())
    assert check.count > 10


def test_a_changed_word_in_pdf_word_or_table_is_found(spoiled: Path) -> None:
    home = spoiled / "internal"
    (home / "report.pdf").write_bytes((home / "report.pdf").read_bytes() + b"\n")
    with zipfile.ZipFile(home / "report.docx") as old:
        members = {name: old.read(name) for name in old.namelist()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as new:
        for name, content in members.items():
            new.writestr(name, content.replace(b"people", b"persons"))
    (home / "report.docx").write_bytes(packed.getvalue())
    table = home / "tables" / "completion.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("estimate", "guess"), encoding="utf-8")
    found = faults(spoiled)
    assert [fault.split(" ")[0] for fault in found] == [
        "internal/report.pdf",
        "internal/report.docx",
        "internal/tables/completion.csv",
    ]


def test_another_packing_of_the_same_word_file_is_no_difference(spoiled: Path) -> None:
    word = spoiled / "internal" / "report.docx"
    with zipfile.ZipFile(word) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(word, "w", zipfile.ZIP_STORED) as new:
        for name, content in members.items():
            new.writestr(name, content)
    assert faults(spoiled) == []


def checks_with(run: Path, monkeypatch: pytest.MonkeyPatch, **software: str) -> list[Check]:
    here = name_software() | software
    monkeypatch.setattr("outcomes.audit.formats.name_software", lambda: here)
    return list(check_formats(run, "internal", read_registry(run / "results.json"), read_manifest(run)))


def names_in(check: Check) -> set[str]:
    return {fault.partition(": ")[0] for fault in check.faults}


def test_files_written_by_other_code_are_not_checked_by_name_and_reason(
    spoiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (spoiled / "internal" / "report.pdf").write_bytes(b"")
    (check,) = checks_with(spoiled, monkeypatch, code="another")
    home = spoiled / "internal"
    files = [*(home / name for name in ("report.html", "report.pdf", "report.docx")), *(home / "tables").glob("*.csv")]
    assert check.status == "not checked"
    assert check.count == len(files)
    assert names_in(check) == {path.relative_to(spoiled).as_posix() for path in files}
    assert all("code is another here and " in fault for fault in check.faults)
    assert not names_in(check) - set(" ".join(check.to_lines()).replace(":", "").split())


@pytest.mark.parametrize(
    ("writer", "unchecked"),
    [
        ("typst", {"internal/report.pdf", "internal/report.docx"}),  # which draws the pictures in Word as well
        ("python-docx", {"internal/report.docx"}),
        ("matplotlib", {"internal/report.html", "internal/report.pdf", "internal/report.docx"}),
    ],
)
def test_only_what_another_version_wrote_is_not_checked(
    spoiled: Path, monkeypatch: pytest.MonkeyPatch, writer: str, unchecked: set[str]
) -> None:
    done = checks_with(spoiled, monkeypatch, **{writer: "0.0.1"})
    assert done[0].status == "equal"
    assert [names_in(check) for check in done[1:]] == ([unchecked] if unchecked else [])


def between(begin: str, end: str) -> Callable[[str], str]:
    """Cut out what stands from one mark to the next, both included."""
    return lambda html: html.partition(begin)[0] + html.partition(begin)[2].partition(end)[2]


DAMAGED: dict[str, Callable[[str], str]] = {
    "nothing": lambda _: "",
    "white space": lambda _: " \n\t\r\n ",
    "a page without title and body": lambda _: "<!doctype html>\n<html lang='en'></html>\n",
    "a comment": lambda _: "<!-- nothing -->",
    "a mark that no reader knows": lambda _: "<![nothing[",
    "no title": between("<title", "</title>"),
    "a body without words": lambda html: html.partition("<body")[0] + "<body></body></html>",
    "one number and no page": lambda _: '<data data-id="x" value="1">1</data>',
    "a column that spans a word": lambda html: html.replace("<td", '<td colspan="all"'),
    "pictures of nothing": lambda html: html.replace("data:image", "data:nothing"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_page_differs_and_neither_breaks_the_check_nor_touches_what_is_written_from_the_same(
    spoiled: Path, case: str
) -> None:
    page = spoiled / "internal" / "report.html"
    damaged = DAMAGED[case](page.read_text(encoding="utf-8"))
    assert damaged != page.read_text(encoding="utf-8")
    page.write_text(damaged, encoding="utf-8")
    assert faults(spoiled) == ["internal/report.html does not hold the results of its edition"]


@pytest.mark.parametrize("formats", [("html",), ("pdf",), ("pdf", "docx")])
def test_a_run_in_some_formats_has_those_alone_and_verifies(small_study: Path, formats: tuple[str, ...]) -> None:
    run = write_run(outcomes.read_study(small_study), out=small_study.parent / "out", formats=formats)
    written = {path.name for path in (run.folder / "internal").glob("report.*")}
    assert written == {f"report.{name}" for name in formats}
    assert (run.folder / "share" / "summary.html").exists() == ("html" in formats)
    assert run.page.is_file()
    verdict = outcomes.verify(run.folder, study=small_study)
    assert verdict.exit_code == 0, verdict.to_text()
    (found,) = trace(run.folder, "completion.full.share")
    assert bool(found.printed) == ("html" in formats)
    assert found.unread == ()


def test_a_format_that_the_manifest_names_and_the_run_lacks_is_found(spoiled: Path) -> None:
    (spoiled / "internal" / "report.docx").unlink()
    assert faults(spoiled) == ["internal/report.docx does not hold the results of its edition"]
