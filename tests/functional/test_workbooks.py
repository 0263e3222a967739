"""A study in a workbook: made, filled in, saved by a spreadsheet, read as its folder is, and reported."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

import outcomes
from examined import check_study
from filled_book import edit_book, fill_book
from office import WORKBOOK, save_by_office
from outcomes.cli import main
from outcomes.errors import BookIsNoStudyError, PlanError
from outcomes.plan.keys import list_families, list_keys
from outcomes.plan.read import parse_plan, read_plan
from outcomes.results.store import to_json
from outcomes.study.book.layout import NAMES
from outcomes.study.book.read import BookFiles
from outcomes.study.book.write import make_study_book
from outcomes.study.read import examine_study, read_study
from outcomes.study.schemas import TABLES
from small_study import write_small_study

if TYPE_CHECKING:
    from collections.abc import Callable


EXAMPLE = Path(__file__).parents[2] / "data" / "example"
FIRST = NAMES + 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_study(tmp_path / "folder", n=24)


@pytest.fixture
def book(folder: Path, tmp_path: Path) -> Path:
    return fill_book(folder, tmp_path / "clinic.xlsx")


def without_provenance(study: Path) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = json.loads(to_json(outcomes.analyse(outcomes.read_study(study))))["results"]
    return [{name: value for name, value in one.items() if name != "provenance"} for one in results]


def column_of(sheet: Any, name: str) -> int:
    return next(cell.column for cell in sheet[NAMES] if cell.value == name)


def put(title: str, row: int, name: str, value: object) -> Callable[[Any], None]:
    """Write into a cell, by the name of its column; the first row of data is 1."""

    def change(book: Any) -> None:
        sheet = book[title]
        sheet.cell(NAMES + row, column_of(sheet, name)).value = value

    return change


def answer(key: str, value: object) -> Callable[[Any], None]:
    """Answer a key on the sheet of the plan."""

    def change(book: Any) -> None:
        sheet = book["plan"]
        row = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 5).value == key)
        sheet.cell(row, 2).value = value

    return change


def told(study: Path, level: str = "STOP") -> list[tuple[str, str, tuple[int, ...], str]]:
    return [(one.code, one.file, one.rows, one.column) for one in check_study(study) if one.level == level]


def test_a_new_workbook_asks_every_key_of_the_plan_and_every_column_of_the_tables(tmp_path: Path) -> None:
    made = CliRunner().invoke(main, ["new", str(tmp_path / "mine.xlsx"), "--questionnaire", "phq9"])
    assert made.exit_code == 0, made.output
    book = load_workbook(tmp_path / "mine.xlsx")
    asked = {cell.value for cell in book["plan"]["E"]}
    assert {key.name for key in list_keys()} - {"version", "derived"} <= asked
    assert book.sheetnames[0] == "start here"
    for name in set(TABLES) - {"items", "evidence"}:
        assert set(TABLES[name].columns) <= {cell.value for cell in book[name][NAMES]}, name
    assert [cell.value for cell in book["items phq9"][NAMES]][-1] == "q09"
    for title in book.sheetnames[2:]:
        heads = [column for column in range(1, book[title].max_column + 1) if book[title].cell(NAMES, column).value]
        assert all(book[title].cell(1, column).value for column in heads), title


def test_the_plan_of_a_new_workbook_is_that_of_a_new_folder(tmp_path: Path) -> None:
    make_study_book(tmp_path / "mine.xlsx")
    CliRunner().invoke(main, ["new", str(tmp_path / "mine")])
    assert parse_plan(BookFiles(tmp_path / "mine.xlsx").files["plan.toml"]) == read_plan(
        tmp_path / "mine" / "plan.toml"
    )


def test_closed_lists_are_offered_and_explanations_are_protected(tmp_path: Path) -> None:
    make_study_book(tmp_path / "mine.xlsx")
    book = load_workbook(tmp_path / "mine.xlsx")
    lists = {
        title: [rule.formula1 for rule in book[title].data_validations.dataValidation] for title in book.sheetnames
    }
    assert '"group,individual"' in lists["attendance"]
    assert '"higher,lower"' in lists["plan measures"]
    assert "='plan visits'!$A$4:$A$43" in lists["scores"]
    (arms,) = [one for one in lists["clients"] if one.startswith("=plan!")]
    first, last = (int(cell.rpartition("$")[2]) for cell in arms.removeprefix("=plan!").split(":"))
    assert [book["plan"].cell(row, 2).value for row in (first, last)] == ["full", "skills"]
    assert book["plan"].protection.sheet
    assert not book["clients"].protection.sheet


def test_every_key_of_the_plan_is_asked_in_plain_words_and_examples_are_words_of_the_plan(tmp_path: Path) -> None:
    make_study_book(tmp_path / "mine.xlsx", questionnaires=("phq9",))
    book = load_workbook(tmp_path / "mine.xlsx")
    plan = book["plan"]
    said = {plan.cell(row, 5).value: [plan.cell(row, column).value for column in (1, 3, 4)] for row in range(4, 100)}
    unsaid = [key for key, words in said.items() if key and (not all(words) or "See docs" in " ".join(words))]
    assert unsaid == []
    for family in list_families():
        sheet = book[f"plan {family.name}"]
        for column in range(1, sheet.max_column + 1):
            name, meaning = sheet.cell(NAMES, column).value, sheet.cell(1, column).value
            assert len(meaning.split("(")[0].split()) > 2, f"{family.name}: {name}"
        assert "See docs" not in str(sheet["A2"].value)
    visits = [book["plan visits"].cell(row, 1).value for row in range(FIRST, FIRST + 3)]
    for title in ("scores", "items phq9", "goals"):
        assert book[title].cell(2, column_of(book[title], "visit")).value == f"e.g. {visits[0]}"


def test_a_workbook_gives_the_results_of_the_folder_with_the_same_answers(folder: Path, book: Path) -> None:
    assert without_provenance(book) == without_provenance(folder)


def test_a_workbook_that_libreoffice_saved_again_gives_the_results_of_the_folder(folder: Path, book: Path) -> None:
    assert BookFiles(save_by_office(book, WORKBOOK)).files == BookFiles(book).files
    assert without_provenance(save_by_office(book, WORKBOOK)) == without_provenance(folder)


def test_an_empty_workbook_survives_libreoffice(tmp_path: Path) -> None:
    make_study_book(tmp_path / "mine.xlsx")
    assert BookFiles(save_by_office(tmp_path / "mine.xlsx", WORKBOOK)).files == BookFiles(tmp_path / "mine.xlsx").files


def test_the_example_as_a_workbook_holds_the_same_tables(tmp_path: Path) -> None:
    book, folder = read_study(fill_book(EXAMPLE, tmp_path / "example.xlsx")), read_study(EXAMPLE)
    assert book.plan == folder.plan
    for name, frame in folder.frames.items():
        other = book.frames[name]
        shared = [column for column in frame if column in other]
        assert other[shared].equals(frame[shared]), name
        assert frame[[column for column in frame if column not in other]].isna().all(axis=None), name


def test_a_report_is_written_verified_and_traced_by_the_name_of_the_workbook(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path = book.parent
    monkeypatch.chdir(tmp_path)
    locked = CliRunner().invoke(main, ["lock", "clinic.xlsx"])
    assert locked.exit_code == 0, locked.output
    assert (tmp_path / "clinic.outcomes" / "plan.lock").is_file()
    done = CliRunner().invoke(main, ["report", "clinic.xlsx", "--quiet", "--formats", "html"])
    assert done.exit_code == 0, done.output
    run = Path(done.output.strip()).parents[1]
    assert run.parent.name == "clinic"
    assert json.loads((run / "manifest.json").read_text(encoding="utf-8"))["lock"] is not None
    verdict = outcomes.verify(run)
    assert not [check for check in verdict.checks if check.status == "differs"]
    assert not [check for check in verdict.checks if check.name == "study files" and check.status != "equal"]
    traced = CliRunner().invoke(main, ["trace", str(run), "ancova.mood.end.difference", "--rows"])
    assert "24 of 24" in traced.output
    assert "4–27" in traced.output, "rows as the sheet shows them"
    assert CliRunner().invoke(main, ["size", "clinic.xlsx"]).exit_code == 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (put("clients", 3, "arm", "Full"), ("E218", "clinic.xlsx, sheet clients", (FIRST + 2,), "arm")),
        (put("scores", 5, "score", "3,5"), ("E214", "clinic.xlsx, sheet scores", (FIRST + 4,), "score")),
        (
            put("clients", 1, "client_id", dt.date(2024, 3, 4)),
            ("E220", "clinic.xlsx, sheet clients", (FIRST,), "client_id"),
        ),
        (put("clients", 2, "age", "=1/0"), ("E270", "clinic.xlsx, sheet clients", (FIRST + 1,), "")),
    ],
)
def test_a_fault_is_told_by_sheet_and_row(book: Path, change: Callable[[Any], None], expected: tuple[Any, ...]) -> None:
    assert expected in told(edit_book(book, change))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (answer("visits.primary", "later"), "sheet plan, row"),
        (answer("confidence.level", "high"), "sheet plan, row"),
        (put("plan measures", 1, "range highest", None), f"sheet plan measures, row {FIRST}"),
        (put("plan visits", 2, "week", "twelve"), f"sheet plan visits, row {FIRST + 1}"),
    ],
)
def test_a_fault_of_the_plan_is_told_by_sheet_and_row(book: Path, change: Callable[[Any], None], place: str) -> None:
    edit_book(book, change)
    with pytest.raises(PlanError, match=place):
        read_study(book)
    assert {one.code for one in check_study(book) if one.level == "STOP"} == {"E103"}


def hide(book: Any) -> None:
    for row in (FIRST, FIRST + 7):
        book["clients"].row_dimensions[row].hidden = True


def late(book: Any) -> None:
    sheet = book["clients"]
    for row in range(FIRST, FIRST + 24):
        sheet.cell(row, column_of(sheet, "start_date")).value = dt.datetime(2024, 3, 4, 10, 15)  # noqa: DTZ001


def test_hidden_rows_and_times_of_day_are_noted_and_change_nothing(book: Path) -> None:
    before = read_study(book).clients
    edit_book(book, hide)
    assert ("E296", "clinic.xlsx, sheet clients", (FIRST, FIRST + 7), "") in told(book, "NOTE")
    assert read_study(book).clients.equals(before)
    edit_book(book, late)
    assert [code for code, *_ in told(book, "NOTE") if code == "E297"]
    assert set(read_study(book).clients["start_date"].astype("str")) == {"2024-03-04"}


def test_dates_typed_as_texts_are_read_by_the_key_of_the_workbook_and_by_nothing_else(book: Path) -> None:
    edit_book(book, put("clients", 1, "start_date", "03/04/2024"))
    assert [code for code, *_ in told(book)] == ["E216"]
    edit_book(book, answer("workbook.dates", "day/month/year"))
    assert not told(book)
    assert str(read_study(book).clients["start_date"][0])[:10] == "2024-04-03"


def rearrange(book: Any) -> None:
    """Do what people do: a title above, a remark beside, blank rows below, another sheet, columns in another order."""
    sheet = book["clients"]
    sheet.insert_rows(1)
    sheet["A1"] = "Our clients"
    sheet.move_range(f"A{FIRST + 1}:A{FIRST + 24}", cols=30)
    sheet.cell(NAMES + 1, 31).value, sheet.cell(NAMES + 1, 1).value = "client_id", None
    sheet.cell(FIRST + 60, 3).value = "  "
    book.create_sheet("remarks")["A1"] = "call back on Monday"


def test_a_title_above_another_sheet_and_columns_in_another_order_change_nothing(folder: Path, book: Path) -> None:
    edit_book(book, rearrange)
    assert not told(book)
    assert ("E248", "clinic.xlsx, sheet remarks", (), "") in told(book, "NOTE")
    assert read_study(book).clients["age"].equals(read_study(folder).clients["age"])


def test_a_workbook_without_a_plan_is_named_as_what_it_is(book: Path) -> None:
    edit_book(book, lambda opened: opened.remove(opened["plan"]))
    with pytest.raises(BookIsNoStudyError, match="outcomes import"):
        read_study(book)


def test_a_workbook_that_is_none_is_named_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "clinic.xlsx").write_bytes(b"not a workbook")
    found = CliRunner().invoke(main, ["check", str(tmp_path / "clinic.xlsx")])
    assert found.exit_code == 1
    assert "it is not a workbook" in found.output


def test_no_example_row_is_ever_read(tmp_path: Path) -> None:
    make_study_book(tmp_path / "mine.xlsx")
    files = BookFiles(tmp_path / "mine.xlsx").files
    assert {name for name in files if name.endswith(".csv")} == {"clients.csv", "scores.csv"}
    assert all(len(files[name].splitlines()) == 1 for name in files if name.endswith(".csv"))


def test_an_empty_workbook_is_asked_to_be_filled_in_and_what_it_is_served_is_told_by_its_sheet(tmp_path: Path) -> None:
    place = tmp_path / "mine.xlsx"
    make_study_book(place)
    found = examine_study(place)[1]
    stopped = {one.file: one.fix for one in found if one.level == "STOP"}
    assert set(stopped) == {"mine.xlsx, sheet clients", "mine.xlsx, sheet scores"}
    assert set(stopped.values()) == {"Fill it in, or export it again."}
    assert {one.file for one in found if one.code == "E299"} == {"mine.xlsx, sheet plan measures"}


@pytest.mark.parametrize(
    "change",
    [
        put("clients", 3, "arm", "Full"),
        put("scores", 5, "visit", "later"),
        put("scores", 5, "score", 900),
        put("scores", 5, "client_id", "nobody"),
        put("clients", 2, "age", "unknown"),
        answer("arms.skills.value", "another"),
        answer("visits.primary", "later"),
    ],
)
def test_no_message_about_a_workbook_names_a_file_that_nobody_has_seen(
    book: Path, change: Callable[[Any], None]
) -> None:
    found = check_study(edit_book(book, change))
    assert [one for one in found if one.level in {"STOP", "CHECK"}]
    for one in found:
        said = f"{one.file} {one.rule} {one.fix}"
        assert not [word for word in (".csv", "plan.toml", "docs/", "[arms", "[visits", "[measures") if word in said]


def test_a_column_that_the_plan_names_and_nobody_has_filled_in_is_told(book: Path) -> None:
    def empty(opened: Any) -> None:
        sheet = opened["clients"]
        for row in range(FIRST, FIRST + 24):
            sheet.cell(row, column_of(sheet, "age")).value = None

    assert not [code for code, *_ in told(book, "CHECK") if code == "E315"]
    assert ("E315", "clinic.xlsx, sheet clients", (), "age") in told(edit_book(book, empty), "CHECK")
