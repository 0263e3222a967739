"""What a clinic's spreadsheet looks like, imported by one command and no text editor."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from examined import check_study
from office import WORKBOOK, save_by_office
from outcomes.cli import main
from outcomes.importing.guess import split_time
from outcomes.plan.read import read_plan
from outcomes.study.read import read_study

ARMS = ("--arm", "121 + Group=full", "--arm", "group only=skills")


def draw_people(count: int = 24, seed: int = 3) -> list[list[Any]]:
    """Id, arm as people spell it, age, first day, and a score at the start and at the end of two questionnaires."""
    dice = random.Random(seed)  # noqa: S311  # no secret hangs on it
    spelt = ("121 + Group", "group only", "121 +  group ", "Group Only")
    people: list[list[Any]] = []
    for number in range(count):
        day = dt.datetime(2024, 1, 8, 10, 15) + dt.timedelta(days=7 * number)  # noqa: DTZ001
        scores: list[Any] = [dice.randint(40, 75), dice.randint(20, 70), dice.randint(8, 25), dice.randint(2, 20)]
        if number % 7 == 3:
            scores[1] = scores[3] = "DNA"
        people.append([f"{number + 1:03d}", spelt[number % 4], 20 + number, day, *scores])
    return people


NAMES = ["Study ID", "Programme", "Age", "Date started"]


def plain(sheet: Any, people: list[list[Any]]) -> None:
    sheet.append([*NAMES, "DERS16 pre", "DERS16 post", "PHQ9 pre", "PHQ9 post"])
    for row in people:
        sheet.append(row)


def titled(sheet: Any, people: list[list[Any]]) -> None:
    sheet.append(["DBT outcomes, all intakes"])
    sheet.append([])
    sheet.append(["printed on Monday", None, "by the team"])
    plain(sheet, people)


def merged(sheet: Any, people: list[list[Any]]) -> None:
    sheet.append([*NAMES, "DERS-16", None, "PHQ9", None])
    sheet.merge_cells("E1:F1")
    sheet.merge_cells("G1:H1")
    sheet.append([*NAMES, "pre", "post", "pre", "post"])
    for row in people:
        sheet.append(row)


def with_totals(sheet: Any, people: list[list[Any]]) -> None:
    plain(sheet, people)
    sheet.append(["Total", None, None, None, 1200, 1000, 300, 200])
    sheet.append([])


def with_units(sheet: Any, people: list[list[Any]]) -> None:
    sheet.append([*NAMES, "DERS16 pre", "DERS16 post", "PHQ9 pre", "PHQ9 post"])
    sheet.append([None, None, "years", None, "points", "points", "points", "points"])
    for row in people:
        sheet.append(row)


def joined(sheet: Any, people: list[list[Any]]) -> None:
    sheet.append([*NAMES, "PreDERS16", "PostDERS16", "PrePHQ9", "PostPHQ9"])
    for row in people:
        sheet.append(row)


def by_weeks(sheet: Any, people: list[list[Any]]) -> None:
    sheet.append([*NAMES, "DERS16 0w", "DERS16 24w", "PHQ9 0w", "PHQ9 24w"])
    for row in people:
        sheet.append(row)


def split(sheet: Any, people: list[list[Any]]) -> None:
    """Two rows a person that complete each other, as two people who type into one sheet leave them."""
    sheet.append([*NAMES, "DERS16 pre", "DERS16 post", "PHQ9 pre", "PHQ9 post"])
    for row in people:
        sheet.append([*row[:6], None, None])
    for row in people:
        sheet.append([row[0], None, None, None, None, None, *row[6:]])


def unnamed(sheet: Any, people: list[list[Any]]) -> None:
    sheet.append([None, *NAMES, "DERS16 pre", "DERS16 post", "PHQ9 pre", "PHQ9 post"])
    for number, row in enumerate(people):
        sheet.append([number, *row])


def filtered(sheet: Any, people: list[list[Any]]) -> None:
    plain(sheet, people)
    sheet.auto_filter.ref = "A1:H25"
    for row in (4, 9, 12):
        sheet.row_dimensions[row].hidden = True


SHAPES = (plain, titled, merged, with_totals, with_units, joined, by_weeks, split, unnamed, filtered)


def write(place: Path, shape: Any, seed: int) -> Path:
    book = Workbook()
    shape(book.active, draw_people(seed=seed))
    book.save(place)
    return place


def bring(*words: object) -> Any:
    return CliRunner().invoke(main, ["import", *map(str, words)])


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda one: one.__name__)
def test_thirty_workbooks_become_studies_by_one_command(tmp_path: Path, shape: Any, seed: int) -> None:
    done = bring(write(tmp_path / "tracker.xlsx", shape, seed), "--out", tmp_path / "mine", *ARMS)
    assert done.exit_code == 0, done.output
    assert not [one for one in check_study(tmp_path / "mine") if one.level == "STOP"]
    clients = rows_of(tmp_path / "mine" / "clients.csv")
    assert [row["client_id"] for row in clients] == [row[0] for row in draw_people()]
    assert [row["arm"] for row in clients] == ["full", "skills"] * 12
    assert clients[0]["start_date"] == "2024-01-08"
    assert len(rows_of(tmp_path / "mine" / "scores.csv")) == sum(
        isinstance(score, int) for row in draw_people(seed=seed) for score in row[4:]
    )
    plan = read_plan(tmp_path / "mine" / "plan.toml")
    assert {one.better for one in plan.measures.values()} == {"lower"}
    assert len(plan.visits) == 2


def test_which_text_is_which_arm_is_asked_and_never_guessed(tmp_path: Path) -> None:
    done = bring(write(tmp_path / "tracker.xlsx", plain, 1), "--out", tmp_path / "mine")
    assert done.exit_code == 2
    assert "E128" in done.output
    assert not (tmp_path / "mine" / "clients.csv").exists()


def test_people_of_a_third_arm_are_left_out_of_every_table_and_counted(tmp_path: Path) -> None:
    def third(sheet: Any, people: list[list[Any]]) -> None:
        people[4][1] = people[9][1] = "waiting list"
        plain(sheet, people)

    place = write(tmp_path / "tracker.xlsx", third, 1)
    done = bring(place, "--out", tmp_path / "mine", *ARMS, "--arm", "Waiting list=")
    assert done.exit_code == 0, done.output
    assert "2 people of another programme" in done.output
    others = [row for row in rows_of(tmp_path / "mine" / "clients.csv") if row["client_id"] in {"005", "010"}]
    assert [{name: text for name, text in row.items() if text} for row in others] == [
        {"client_id": "005", "arm": "waiting list"},
        {"client_id": "010", "arm": "waiting list"},
    ]
    assert not {"005", "010"} & {row["client_id"] for row in rows_of(tmp_path / "mine" / "scores.csv")}
    study = read_study(tmp_path / "mine")
    assert (len(study.clients), study.others) == (22, 2)


def test_an_import_is_run_again_over_its_own_tables_and_over_no_others(tmp_path: Path) -> None:
    place, study = write(tmp_path / "tracker.xlsx", plain, 1), tmp_path / "mine"
    assert bring(place, "--out", study, *ARMS).exit_code == 0
    text = (study / "import-map.toml").read_text(encoding="utf-8")
    (study / "import-map.toml").write_text(text.replace('age = "Age"\n', 'years = "Age"\n', 1), encoding="utf-8")
    assert bring(place, "--out", study).exit_code == 0
    assert "years" in rows_of(study / "clients.csv")[0]
    (study / "scores.csv").write_text("client_id,visit,measure,score\n001,pre,phq9,3\n", encoding="utf-8")
    again = bring(place, "--out", study)
    assert again.exit_code == 1
    assert "E105" in again.output
    assert len(rows_of(study / "scores.csv")) == 1


def test_hidden_rows_times_and_totals_are_told(tmp_path: Path) -> None:
    done = bring(write(tmp_path / "tracker.xlsx", filtered, 1), "--out", tmp_path / "mine", *ARMS)
    assert "rows that a filter hides, taken in like all others: 3" in done.output
    assert "times of day behind the dates" in done.output
    done = bring(write(tmp_path / "totals.xlsx", with_totals, 1), "--out", tmp_path / "other", *ARMS)
    assert "1 rows of totals" in done.output


def test_semicolons_and_decimal_commas_are_found_and_stand_in_the_map(tmp_path: Path) -> None:
    lines = ["id;arm;DTS pre;DTS post", *(f"{n};{'AB'[n % 2]};2,{n};3,{n}" for n in range(1, 9))]
    (tmp_path / "export.csv").write_text("\r\n".join(lines), encoding="utf-8")
    done = bring(tmp_path / "export.csv", "--out", tmp_path / "mine", "--arm", "A=full", "--arm", "B=skills")
    assert done.exit_code == 0, done.output
    assert 'decimal = ","' in (tmp_path / "mine" / "import-map.toml").read_text(encoding="utf-8")
    assert [row["score"] for row in rows_of(tmp_path / "mine" / "scores.csv")][:2] == ["2.1", "2.2"]


def test_hundreds_of_columns_left_out_are_one_line(tmp_path: Path) -> None:
    def wide(sheet: Any, people: list[list[Any]]) -> None:
        sheet.append([*NAMES, "PHQ9 pre", "PHQ9 post", *(f"other thing {number}x" for number in range(300))])
        for row in people:
            sheet.append([*row[:4], *row[6:], *range(300)])

    done = bring(write(tmp_path / "tracker.xlsx", wide, 1), "--out", tmp_path / "mine", *ARMS)
    assert "300 columns that are not named in the map" in done.output
    assert len(done.output.splitlines()) < 20


@pytest.mark.parametrize(
    ("name", "stem", "visit"),
    [
        ("PrePHQ9", "PHQ9", "Pre"),
        ("DERS 12w", "DERS", "12w"),
        ("month0", "score", "month0"),
        ("DERS pre", "DERS", "pre"),
    ],
)
def test_the_visit_is_found_in_a_name_however_it_is_written(name: str, stem: str, visit: str) -> None:
    found = split_time(name)
    assert found is not None
    assert (found.stem, found.visit) == (stem, visit)


def test_an_import_into_a_workbook_is_a_study_with_the_same_tables(tmp_path: Path) -> None:
    place = write(tmp_path / "tracker.xlsx", merged, 1)
    assert bring(place, "--out", tmp_path / "folder", *ARMS).exit_code == 0
    done = bring(place, "--out", tmp_path / "mine.xlsx", *ARMS)
    assert done.exit_code == 0, done.output
    assert not [one for one in check_study(tmp_path / "mine.xlsx") if one.level == "STOP"]
    book, folder = read_study(tmp_path / "mine.xlsx"), read_study(tmp_path / "folder")
    assert book.plan == folder.plan
    assert book.scores["score"].tolist() == folder.scores["score"].tolist()
    assert book.clients["client_id"].tolist() == folder.clients["client_id"].tolist()


@pytest.mark.long
def test_a_clinics_own_workbook_becomes_a_report_by_three_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "tracker.xlsx", merged, 1)
    found = bring("tracker.xlsx", "--out", "my-study.xlsx", *ARMS).output
    assert "Next: outcomes check my-study.xlsx" in found
    for words in (["check", "my-study.xlsx"], ["report", "my-study.xlsx", "--formats", "html", "--quiet"]):
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, done.output
    assert len(list(Path("reports").glob("my-study/*/internal/report.html"))) == 1


@pytest.mark.long
@pytest.mark.parametrize("shape", SHAPES, ids=lambda one: one.__name__)
def test_a_workbook_that_libreoffice_saved_again_is_imported_as_it_was(tmp_path: Path, shape: Any) -> None:
    place = write(tmp_path / "tracker.xlsx", shape, 2)
    again = save_by_office(place, WORKBOOK)
    for source, name in ((place, "one"), (again, "two")):
        done = bring(source, "--out", tmp_path / name, *ARMS)
        assert done.exit_code == 0, done.output
    for name in ("clients.csv", "scores.csv"):
        assert rows_of(tmp_path / "two" / name) == rows_of(tmp_path / "one" / name)
    assert len(read_study(tmp_path / "two").clients) == len(draw_people())
