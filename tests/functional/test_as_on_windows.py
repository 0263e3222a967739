"""What of Windows can be held elsewhere: its names, its code page, its line ends, its locks, and what it lacks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

import outcomes
from examined import check_study
from filled_book import fill_book
from outcomes.cli import main
from outcomes.errors import NameNotPortableError
from outcomes.study.new import make_study_folder
from small_study import write_small_study

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_small_study(tmp_path / "small", n=24)


def run(*words: str, env: Mapping[str, str], home: Path) -> subprocess.CompletedProcess[bytes]:
    command = [str(Path(sys.executable).parent / "outcomes"), *words]
    return subprocess.run(command, env={**os.environ, **env}, cwd=home, check=False, capture_output=True)  # noqa: S603  # our own command


@pytest.mark.parametrize(
    "name",
    ["CON", "nul.xlsx", "Aux.xlsx", "com1", "lpt9.study", "a:b", r"C:\Users\me\study", "my study.", "what?.xlsx"],
)
def test_a_name_that_windows_cannot_hold_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "data.csv").write_text("id,arm,phq9_pre\nC1,A,3\n", encoding="utf-8")
    for words in (["new"], ["import", str(tmp_path / "data.csv"), "--out"]):
        done = CliRunner().invoke(main, [*words, str(tmp_path / name)])
        assert done.exit_code == 1
        assert "E130" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["data.csv"]


@pytest.mark.parametrize("name", ["console", "nullius", "com10", "clinic.2024", "Klinik Süd"])
def test_a_name_that_only_looks_like_one_is_taken(tmp_path: Path, name: str) -> None:
    make_study_folder(tmp_path / name)
    assert (tmp_path / name / "plan.toml").is_file()
    with pytest.raises(NameNotPortableError):
        make_study_folder(tmp_path / f"{name}.")


def test_on_a_console_of_an_older_code_page_every_line_is_said(study: Path) -> None:
    plain = run("check", "small", env={"PYTHONIOENCODING": "utf-8"}, home=study.parent)
    older = run("check", "small", env={"PYTHONIOENCODING": "cp1252"}, home=study.parent)
    oldest = run("check", "small", env={"PYTHONIOENCODING": "ascii"}, home=study.parent)
    assert plain.returncode == older.returncode == oldest.returncode == 0
    assert "→" in plain.stdout.decode("utf-8")
    assert older.stdout.decode("cp1252") == plain.stdout.decode("utf-8").replace("→", "->")
    assert len(oldest.stdout.splitlines()) == len(plain.stdout.splitlines())


def test_a_plan_and_tables_with_the_line_ends_of_windows_are_the_same_study(study: Path) -> None:
    before = outcomes.read_study(study).frame()
    for path in study.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert not [one for one in check_study(study) if one.level == "STOP"]
    assert outcomes.read_study(study).frame().equals(before)


def lock(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let a file be opened by nobody else, as Excel does with a workbook that it has open."""
    import builtins
    import io

    plain_os, plain = os.open, io.open

    def refuse(path: Any) -> None:
        if isinstance(path, str | os.PathLike) and Path(path).name == name:
            raise PermissionError(13, "Permission denied")

    def open_os(path: Any, *more: Any, **named: Any) -> int:
        refuse(path)
        return plain_os(path, *more, **named)

    def open_plain(path: Any, *more: Any, **named: Any) -> Any:
        refuse(path)
        return plain(path, *more, **named)

    monkeypatch.setattr(os, "open", open_os)
    monkeypatch.setattr(io, "open", open_plain)
    monkeypatch.setattr(builtins, "open", open_plain)


@pytest.mark.parametrize("command", ["check", "report", "lock", "size"])
def test_a_workbook_that_a_spreadsheet_holds_is_named_and_asked_to_be_closed(
    study: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    book = fill_book(study, study.parent / "clinic.xlsx")
    lock(monkeypatch, "clinic.xlsx")
    done = CliRunner().invoke(main, [command, str(book)])
    assert done.exit_code == 1
    assert "clinic.xlsx" in done.output
    assert "close" in done.output.lower()
    assert "E199" not in done.output


@pytest.mark.parametrize("name", ["tracker.xlsx", "tracker.csv"])
def test_a_source_that_a_spreadsheet_holds_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    Workbook().save(tmp_path / name)
    lock(monkeypatch, name)
    done = CliRunner().invoke(main, ["import", str(tmp_path / name), "--out", str(tmp_path / "mine")])
    assert done.exit_code == 1
    assert f"{name} cannot be imported: it cannot be opened. Close it" in done.output


def test_a_report_needs_neither_fork_nor_links(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fork", "forkpty", "symlink", "link", "geteuid", "fchmod"):
        monkeypatch.delattr(os, name, raising=False)
    done = CliRunner().invoke(main, ["report", str(study), "--quiet", "--formats", "html", "--out", str(study.parent)])
    assert done.exit_code == 0, done.output
