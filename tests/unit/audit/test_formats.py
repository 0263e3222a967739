"""A PDF, a Word file or a table that was changed together with its digest is still found."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

from outcomes.audit.formats import check_formats
from outcomes.results.store import read_registry
from outcomes.runs import read_manifest

if TYPE_CHECKING:
    from pathlib import Path


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


def test_files_written_by_other_code_are_left_to_their_digests(spoiled: Path) -> None:
    manifest = read_manifest(spoiled)
    manifest["software"]["code"] = "another"
    (spoiled / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (spoiled / "internal" / "report.pdf").write_bytes(b"")
    assert faults(spoiled) == []
