"""A first study, from a new workbook to a report, with the commands that the workbook says and no others."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from filled_book import edit_book, to_cell
from outcomes.cli import main
from outcomes.study.book.layout import NAMES

MOST = 5  # commands from a workbook to a report
PEOPLE = 24


def do(words: list[str]) -> str:
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    return done.output


def fill(book: object) -> None:
    """Fill in the people and scores of a new workbook, by the names of its columns, in words of its plan."""
    sheets = {title: book[title] for title in ("clients", "scores")}  # type: ignore[index]
    places = {
        title: {cell.value: cell.column for cell in sheet[NAMES] if cell.value} for title, sheet in sheets.items()
    }

    def put(title: str, row: int, **cells: str) -> None:
        for name, text in cells.items():
            sheets[title].cell(NAMES + 1 + row, places[title][name]).value = to_cell(text)

    row = 0
    for number in range(PEOPLE):
        person = f"C{number:03d}"
        known = {"client_id": person, "arm": ("full", "skills")[number % 2], "start_date": f"2024-01-{number + 1:02d}"}
        shared = {"group_id": f"G{number % 5}", "therapist_id": f"T{number % 3}" if number % 2 == 0 else ""}
        told = {"age": str(20 + number), "gender": ("woman", "man")[number % 3 // 2], "previous_therapy": "no"}
        put("clients", number, completed=("yes", "no")[number % 4 // 3], **known, **shared, **told)
        for visit, later in (("baseline", 0), ("mid", 1), ("end", 2)):
            for measure, score in (("dts", 2 + number % 7 / 10 + later / 3), ("ders16", 60 - number % 11 - 4 * later)):
                put("scores", row, client_id=person, visit=visit, measure=measure, score=f"{round(score, 2):g}")
                row += 1


@pytest.mark.long
def test_a_new_workbook_becomes_a_report_by_the_commands_of_its_first_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "its first sheet says what to do" in do(["new", "my-study.xlsx"])
    sheet = load_workbook("my-study.xlsx")["start here"]
    said = [str(cell.value) for cell in sheet["A"] if str(cell.value).startswith("outcomes ")]
    assert 1 + len(said) < MOST
    edit_book(Path("my-study.xlsx"), fill)
    for line in said:
        command = [word for word in shlex.split(line)[1:] if word != "--open"]
        found = do([*command, "--formats", "html"] if command[0] == "report" else command)
        assert "plan.toml" not in found, "no file is named that nobody has seen"
        assert "STOP" not in found
    (report,) = Path("reports").glob("my-study/*/internal/report.html")
    assert "Distress tolerance" in report.read_text(encoding="utf-8")
    assert {path.suffix for path in tmp_path.iterdir() if path.is_file()} == {".xlsx"}, "nothing else to edit"
