"""The map that a person corrects: in a text editor, as CSV, or on a sheet; run again, it keeps what was corrected."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from examined import check_study
from outcomes.cli import main
from outcomes.errors import MapError
from outcomes.importing.map import read_map
from outcomes.importing.map_rows import to_file
from outcomes.plan.faults import parse_toml
from outcomes.study.book.layout import IMPORT_MAP, NAMES
from outcomes.study.read import read_study

if TYPE_CHECKING:
    from pathlib import Path

ARMS = ("--arm", "A=full", "--arm", "B=skills")
TRACKER = "Study ID,Group,Age,PHQ9 pre,PHQ9 post\n" + "".join(
    f"{n:03d},{'AB'[n % 2]},{20 + n},{9 + n % 7},{5 + n % 9}\n" for n in range(1, 25)
)
EVERYTHING = """\
version = 1
shape = "wide"
header_row = 2
separator = ";"
missing = ["N/A", "999"]
[clients]
client_id = "Study ID"
arm = "Group, as told"
[values.arm]
"A \\"one\\"" = "full"
B = "skills"
"waiting list" = ""
[scores.dts]
start = "DTS T1"
end = "DTS T2"
[items.ders16]
start = "ders_{nn}_T1"
[visit_dates]
start = "Seen on"
[tables.attendance]
file = "register.csv"
columns = { client_id = "Study ID", week = "Week", kind = "Kind", status = "Came" }
"""


def bring(*words: object) -> Any:
    return CliRunner().invoke(main, ["import", *map(str, words)])


@pytest.fixture
def tracker(tmp_path: Path) -> Path:
    place = tmp_path / "tracker.csv"
    place.write_text(TRACKER, encoding="utf-8")
    return place


def clients(study: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((study / "clients.csv").read_text(encoding="utf-8"))))


def test_a_map_says_the_same_as_toml_and_as_csv(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(EVERYTHING, encoding="utf-8")
    (tmp_path / "map.csv").write_text(to_file(parse_toml(EVERYTHING.encode())[1]), encoding="utf-8")
    assert read_map(tmp_path / "map.csv") == read_map(tmp_path / "map.toml")


def test_a_csv_map_with_semicolons_and_a_title_above_it_is_read(tmp_path: Path) -> None:
    raw = parse_toml(EVERYTHING.replace('separator = ";"', "").replace(", as told", "").encode())[1]
    rows = to_file(raw).replace(",", ";")
    place = tmp_path / "map.csv"
    place.write_text("\ufeffour map;;;\n" + rows, encoding="utf-8")
    assert read_map(place).missing == ("N/A", "999")


def test_a_fault_of_a_csv_map_is_told_by_its_row(tmp_path: Path) -> None:
    text = to_file(parse_toml(EVERYTHING.encode())[1])
    place = tmp_path / "map.csv"
    place.write_text(text.replace("setting,shape,,wide", "setting,shape,,broad"), encoding="utf-8")
    row = next(number for number, line in enumerate(text.splitlines(), 1) if "shape" in line)
    with pytest.raises(MapError, match=f"line {row}, shape"):
        read_map(place)
    place.write_text(text + "strange,x,,y\n", encoding="utf-8")
    with pytest.raises(MapError, match=f"line {len(text.splitlines()) + 1}, strange"):
        read_map(place)


def test_a_map_is_proposed_as_csv_and_taken_as_it_was_corrected(tracker: Path, tmp_path: Path) -> None:
    proposed = bring(tracker, "--propose", "--csv").output
    assert "text,arm,,A" in proposed
    (tmp_path / "map.csv").write_text(proposed.replace(",,A\n", ",full,A\n").replace(",,B\n", ",skills,B\n"))
    assert bring(tracker, "--map", tmp_path / "map.csv", "--out", tmp_path / "mine").exit_code == 0
    assert [row["arm"] for row in clients(tmp_path / "mine")][:2] == ["skills", "full"]


@pytest.mark.parametrize("form", ["toml", "csv"])
def test_what_was_corrected_stays_when_the_same_command_is_run_again(tracker: Path, tmp_path: Path, form: str) -> None:
    study = tmp_path / "mine"
    assert bring(tracker, "--out", study, *ARMS).exit_code == 0
    the_map = study / "import-map.toml"
    if form == "csv":
        raw = parse_toml(the_map.read_bytes())[1]
        the_map.unlink()
        the_map = study / "import-map.csv"
        the_map.write_text(to_file(raw), encoding="utf-8")
    changes = {"toml": ('age = "Age"\n', 'years = "Age"\n'), "csv": ("clients,age,,Age", "clients,years,,Age")}
    text = the_map.read_text(encoding="utf-8")
    assert changes[form][0] in text
    the_map.write_text(text.replace(*changes[form], 1), encoding="utf-8")
    again = bring(tracker, "--out", study, "--arm", " a=skills", "--arm", "B=full", "--dates", "day/month/year")
    assert again.exit_code == 0, again.output
    first = clients(study)[0]
    assert first["years"]
    assert first["arm"] == "full", "the first person is of B, and B was said to be the full programme now"
    assert read_map(the_map).dates == "day/month/year"


def test_the_map_stands_in_the_workbook_and_is_corrected_there(tracker: Path, tmp_path: Path) -> None:
    book = tmp_path / "mine.xlsx"
    assert bring(tracker, "--out", book, *ARMS).exit_code == 0
    assert not [one for one in check_study(book) if one.level != "NOTE"]
    opened = load_workbook(book)
    sheet = opened[IMPORT_MAP]
    (row,) = [row for row in range(NAMES + 1, sheet.max_row + 1) if sheet.cell(row, 4).value == "PHQ9 post"]
    sheet.cell(row, 2).value = "mood"
    opened["plan"]["B5"].value = "A title of ours"
    opened.create_sheet("notes")["A1"].value = "ours"
    opened.save(book)
    again = bring(tracker, "--out", book)
    assert again.exit_code == 0, again.output
    opened = load_workbook(book)
    measures = {opened["scores"].cell(row, 3).value for row in range(NAMES + 1, opened["scores"].max_row + 1)}
    assert {"phq9", "mood"} <= measures
    assert opened["plan"]["B5"].value == "A title of ours"
    assert opened["notes"]["A1"].value == "ours"


def test_a_sheet_that_somebody_changed_is_never_written_over(tracker: Path, tmp_path: Path) -> None:
    book = tmp_path / "mine.xlsx"
    assert bring(tracker, "--out", book, *ARMS).exit_code == 0
    opened = load_workbook(book)
    opened["clients"].cell(NAMES + 1, 2).value = "full"
    opened.save(book)
    before = book.read_bytes()
    again = bring(tracker, "--out", book)
    assert again.exit_code == 1
    assert "E105" in again.output
    assert "clients" in again.output
    assert book.read_bytes() == before
    (tmp_path / "other.xlsx").write_bytes(b"ours")
    assert bring(tracker, "--out", tmp_path / "other.xlsx", *ARMS).exit_code == 1


def test_two_columns_of_one_name_are_told_apart_by_their_place(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,arm,PHQ9 pre,PHQ9 post,note,note\n1,A,3,4,x,y\n2,B,5,6,x,y\n")
    done = bring(tmp_path / "t.csv", "--out", tmp_path / "mine", *ARMS)
    assert done.exit_code == 0, done.output
    assert "note (1)" in done.output
    the_map = tmp_path / "mine" / "import-map.toml"
    the_map.write_text(the_map.read_text().replace("[clients]\n", '[clients]\nsite = "note"\n'))
    refused = bring(tmp_path / "t.csv", "--out", tmp_path / "mine")
    assert "2 columns have the name that the map gives" in refused.output
    the_map.write_text(the_map.read_text().replace('site = "note"', 'site = "note (2)"'))
    assert bring(tmp_path / "t.csv", "--out", tmp_path / "mine").exit_code == 0
    assert [row["site"] for row in clients(tmp_path / "mine")] == ["y", "y"]


def test_rows_that_a_filter_hides_are_left_out_where_the_map_says_so(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for line in csv.reader(io.StringIO(TRACKER)):
        book.active.append(line)
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "t.xlsx")
    assert "taken in like all others: 1" in bring(tmp_path / "t.xlsx", "--out", tmp_path / "mine", *ARMS).output
    the_map = tmp_path / "mine" / "import-map.toml"
    the_map.write_text(the_map.read_text().replace('shape = "wide"', 'shape = "wide"\nhidden = "left out"'))
    again = bring(tmp_path / "t.xlsx", "--out", tmp_path / "mine")
    assert "Left out: 1 row that a filter hides" in again.output
    assert len(clients(tmp_path / "mine")) == 23
    assert read_study(tmp_path / "mine").others == 0
