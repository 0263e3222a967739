"""Round trips: a study is exported in the shapes that clinics have, imported again, and answers the same."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

import outcomes
from examined import check_study
from outcomes.cli import main
from outcomes.errors import DataError, MapError, OutputExistsError, SourceNotReadableError, TableMissingError
from outcomes.importing import import_study, propose_map
from outcomes.study.pseudonyms import make_key
from small_study import PLAN, write_small_study

if TYPE_CHECKING:
    from collections.abc import Iterable

CLIENTS = ("client_id", "arm", "age", "gender", "completed")
VISITS = ("start", "mid", "end")
MEASURES = ("mood", "skill")
Rows = list[dict[str, str]]


def read_rows(path: Path) -> Rows:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def write_csv(path: Path, rows: Iterable[dict[str, str]]) -> Path:
    rows = list(rows)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(buffer.getvalue(), encoding="utf-8", newline="")
    return path


def write_workbook(path: Path, sheets: dict[str, Rows]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append([to_cell(row.get(column, "")) for column in rows[0]])
    book.save(path)
    return path


def to_cell(text: str) -> str | float | None:
    """Numbers as a clinic types them, ids with leading zeros as text."""
    if text == "" or (text.startswith("0") and text.isdecimal() and len(text) > 1):
        return text or None
    try:
        return float(text)
    except ValueError:
        return text


def write_map(folder: Path, text: str) -> Path:
    path = folder / "map.toml"
    path.write_text(f"version = 1\n{text}", encoding="utf-8")
    return path


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_small_study(tmp_path / "study")


def to_wide(study: Path) -> Rows:
    people = {
        row["client_id"]: {f"{name} col": row[name] for name in CLIENTS} for row in read_rows(study / "clients.csv")
    }
    for row in people.values():
        row |= {f"{measure.upper()} {visit}": "N/A" for measure in MEASURES for visit in VISITS}
        row["arm col"] = {"full": "A", "skills": "B"}[row["arm col"]]
    for row in read_rows(study / "scores.csv"):
        people[row["client_id"]][f"{row['measure'].upper()} {row['visit']}"] = row["score"]
    return list(people.values())


CLIENT_MAP = """\
[clients]
client_id = "client_id col"
arm = "arm col"
age = "age col"
gender = "gender col"
completed = "completed col"
[values.arm]
A = "full"
B = "skills"
"""
WIDE_MAP = f"""\
shape = "wide"
missing = ["N/A"]
{CLIENT_MAP}
[scores.mood]
start = "MOOD start"
mid = "MOOD mid"
end = "MOOD end"
[scores.skill]
start = "SKILL start"
mid = "SKILL mid"
end = "SKILL end"
"""


def assert_answers_the_same(study: Path, imported: Path) -> None:
    (imported / "plan.toml").write_text(PLAN, encoding="utf-8")
    assert not [one for one in check_study(imported) if one.level == "STOP"]
    one, other = (outcomes.analyse(outcomes.read_study(folder)) for folder in (study, imported))
    frame = one.to_frame()
    assert len(frame) > 100
    again = other.to_frame()
    assert list(again.index) == list(frame.index)
    assert again["value"].equals(frame["value"])


def test_a_wide_table_comes_back_as_it_was(study: Path, tmp_path: Path) -> None:
    source = write_csv(tmp_path / "wide.csv", to_wide(study))
    done = import_study(source, the_map=write_map(tmp_path, WIDE_MAP), out=tmp_path / "again")
    assert done.tables == {
        "clients.csv": 60,
        "scores.csv": len(read_rows(study / "scores.csv")),
    }
    assert done.left_out == ()
    assert_answers_the_same(study, done.folder)


def test_a_workbook_comes_back_as_it_was(study: Path, tmp_path: Path) -> None:
    source = write_workbook(tmp_path / "wide.xlsx", {"Notes": [{"about": "nothing"}], "Data": to_wide(study)})
    text = f'sheet = "Data"\n{WIDE_MAP}'
    done = import_study(source, the_map=write_map(tmp_path, text), out=tmp_path / "again")
    assert_answers_the_same(study, done.folder)


def to_long(study: Path) -> Rows:
    people = {row["client_id"]: row for row in read_rows(study / "clients.csv")}
    return [
        {"Who": row["client_id"], **{f"{name} col": people[row["client_id"]][name] for name in CLIENTS[1:]}}
        | {"When": row["visit"].upper(), "What": row["measure"], "Points": row["score"]}
        for row in read_rows(study / "scores.csv")
    ]


LONG_MAP = """\
shape = "long"
[clients]
client_id = "Who"
arm = "arm col"
age = "age col"
gender = "gender col"
completed = "completed col"
[rows]
visit = "When"
measure = "What"
score = "Points"
[values.visit]
START = "start"
MID = "mid"
END = "end"
"""


def test_a_long_table_comes_back_as_it_was(study: Path, tmp_path: Path) -> None:
    source = write_csv(tmp_path / "long.csv", to_long(study))
    done = import_study(source, the_map=write_map(tmp_path, LONG_MAP), out=tmp_path / "again")
    assert len(read_rows(done.folder / "clients.csv")) == len({row["Who"] for row in to_long(study)})
    assert_answers_the_same(study, done.folder)


EVENTS = {"start": "baseline_arm_1", "mid": "week_12_arm_1", "end": "week_24_arm_1"}
LABELS = {"baseline_arm_1": "Baseline", "week_12_arm_1": "Week 12", "week_24_arm_1": "Week 24"}
DICTIONARY = [
    ("record_id", "text", "Record ID", "", "", "", ""),
    ("programme", "radio", "Which <b>programme</b>?", "1, Full programme | 2, Skills group only", "", "", ""),
    ("age", "text", "Age in years", "", "18", "99", ""),
    ("gender", "dropdown", "Gender", "1, woman | 2, man", "", "", ""),
    ("done", "yesno", "Completed the group", "", "", "", ""),
    ("first_name", "text", "First name", "", "", "", "y"),
    ("mood_total", "calc", "Mood, total", "", "", "", ""),
    ("skill_mean", "text", "Skills use, mean", "", "0", "4", ""),
    ("seen_on", "text", "Date of session", "", "", "", ""),
    ("kind", "radio", "Kind of session", "1, group | 2, individual", "", "", ""),
    ("status", "radio", "What became of it", "1, attended | 2, missed", "", "", ""),
]
DICTIONARY_COLUMNS = (
    *("Variable / Field Name", "Field Type", "Field Label", "Choices, Calculations, OR Slider Labels"),
    *("Text Validation Min", "Text Validation Max", "Identifier?"),
)


def to_redcap(study: Path) -> Rows:
    rows: Rows = []
    scores: dict[tuple[str, str], dict[str, str]] = {}
    for row in read_rows(study / "scores.csv"):
        scores.setdefault((row["client_id"], row["visit"]), {})[row["measure"]] = row["score"]
    for row in read_rows(study / "clients.csv"):
        for visit, event in EVENTS.items():
            found = scores.get((row["client_id"], visit), {})
            fixed = (
                {}
                if visit != "start"
                else {
                    "programme": "1" if row["arm"] == "full" else "2",
                    "age": row["age"],
                    "gender": "1" if row["gender"] == "woman" else "2",
                    "done": "1" if row["completed"] == "yes" else "0",
                    "first_name": "Somebody",
                }
            )
            rows.append(
                {
                    "record_id": row["client_id"],
                    "redcap_event_name": event,
                    "redcap_repeat_instrument": "",
                    "redcap_repeat_instance": "",
                    "programme": "",
                    "age": "",
                    "gender": "",
                    "done": "",
                    "first_name": "",
                }
                | fixed
                | {
                    "mood_total": found.get("mood", ""),
                    "skill_mean": found.get("skill", ""),
                    "seen_on": "",
                    "kind": "",
                    "status": "",
                }
            )
        rows.append(
            {
                "record_id": row["client_id"],
                "redcap_event_name": "baseline_arm_1",
                "redcap_repeat_instrument": "session_log",
                "redcap_repeat_instance": "1",
                "seen_on": "2024-02-01",
                "kind": "1",
                "status": "1",
            }
        )
    return rows


def with_labels(rows: Rows) -> Rows:
    """The same export as REDCap writes it with labels."""
    fixed = {
        "redcap_event_name": "Event Name",
        "redcap_repeat_instrument": "Repeat Instrument",
        "redcap_repeat_instance": "Repeat Instance",
    }
    names = fixed | {name: label.replace("<b>", "").replace("</b>", "") for name, _, label, *_ in DICTIONARY}
    choices = {
        name: dict(part.strip().split(", ", 1) for part in text.split("|")) if text else {}
        for name, _, _, text, *_ in DICTIONARY
    } | {"done": {"1": "Yes", "0": "No"}, "redcap_event_name": LABELS}
    return [{names[name]: choices.get(name, {}).get(text, text) for name, text in row.items()} for row in rows]


def redcap_map(events: dict[str, str]) -> str:
    lines = "\n".join(f'"{event}" = "{visit}"' for visit, event in events.items())
    return f"""\
shape = "redcap"
[clients]
client_id = "record_id"
arm = "programme"
age = "age"
gender = "gender"
completed = "done"
[values.arm]
1 = "full"
2 = "skills"
[values.gender]
1 = "woman"
2 = "man"
[values.completed]
1 = "yes"
0 = "no"
[values.visit]
{lines}
[scores]
mood = "mood_total"
skill = "skill_mean"
[tables.attendance]
repeat = "session_log"
columns = {{ client_id = "record_id", date = "seen_on", kind = "kind", status = "status" }}
[values.kind]
1 = "group"
2 = "individual"
[values.status]
1 = "attended"
2 = "missed"
"""


@pytest.fixture
def dictionary(tmp_path: Path) -> Path:
    return write_csv(
        tmp_path / "dictionary.csv", [dict(zip(DICTIONARY_COLUMNS, field, strict=True)) for field in DICTIONARY]
    )


@pytest.mark.parametrize("labels", [False, True], ids=["raw", "labels"])
def test_a_redcap_export_comes_back_as_it_was(study: Path, tmp_path: Path, dictionary: Path, labels: bool) -> None:
    rows = to_redcap(study)
    source = write_csv(tmp_path / "export.csv", with_labels(rows) if labels else rows)
    events = {visit: LABELS[event] if labels else event for visit, event in EVENTS.items()}
    the_map = write_map(tmp_path, redcap_map(events))
    done = import_study(source, the_map=the_map, out=tmp_path / "again", dictionary=dictionary)
    assert "column first_name: marked as an identifier in the data dictionary" in done.left_out
    assert "Somebody" not in (done.folder / "clients.csv").read_text(encoding="utf-8")
    assert done.tables["attendance.csv"] == 60
    (done.folder / "attendance.csv").unlink()
    assert_answers_the_same(study, done.folder)


def refuse(source: Path, the_map: Path, out: Path, **more: Path) -> str:
    with pytest.raises(DataError) as refused:
        import_study(source, the_map=the_map, out=out, **more)
    assert not out.exists()
    return str(refused.value)


def test_the_data_dictionary_holds_its_ranges_and_choices(study: Path, tmp_path: Path, dictionary: Path) -> None:
    rows = to_redcap(study)
    rows[0]["age"], rows[4]["gender"] = "12", "7"
    source = write_csv(tmp_path / "export.csv", rows)
    said = refuse(source, write_map(tmp_path, redcap_map(EVENTS)), tmp_path / "again", dictionary=dictionary)
    assert "E276  export.csv, row 2, column age" in said
    assert "E275  export.csv, row 6, column gender" in said
    assert " 12" not in said


def test_a_column_that_the_dictionary_calls_an_identifier_is_never_taken_over(
    study: Path, tmp_path: Path, dictionary: Path
) -> None:
    source = write_csv(tmp_path / "export.csv", to_redcap(study))
    text = redcap_map(EVENTS).replace('age = "age"', 'age = "age"\nname = "first_name"')
    said = refuse(source, write_map(tmp_path, text), tmp_path / "again", dictionary=dictionary)
    assert "E277" in said
    assert "Somebody" not in said


def test_events_that_the_map_leaves_out_are_counted(study: Path, tmp_path: Path, dictionary: Path) -> None:
    source = write_csv(tmp_path / "export.csv", to_redcap(study))
    text = redcap_map(EVENTS).replace('"week_12_arm_1" = "mid"', '"week_12_arm_1" = ""')
    done = import_study(source, the_map=write_map(tmp_path, text), out=tmp_path / "again", dictionary=dictionary)
    lost = [row for row in read_rows(study / "scores.csv") if row["visit"] == "mid"]
    assert f"{len(lost)} scores or questionnaires of a visit that the map leaves out" in done.left_out


def test_the_text_001_stays_text_and_a_number_is_a_number(tmp_path: Path) -> None:
    rows = [
        {"id": "001", "arm": "full", "m start": "3"},
        {"id": "1E5", "arm": "skills", "m start": "4.5"},
        {"id": "TRUE", "arm": "skills", "m start": "1"},
    ]
    source = write_workbook(tmp_path / "ids.xlsx", {"Sheet": rows})
    book_map = 'shape = "wide"\n[clients]\nclient_id = "id"\narm = "arm"\n[scores.m]\nstart = "m start"\n'
    text_cells(source, "A")
    done = import_study(source, the_map=write_map(tmp_path, book_map), out=tmp_path / "again")
    assert [row["client_id"] for row in read_rows(done.folder / "clients.csv")] == ["001", "1E5", "TRUE"]
    assert [row["score"] for row in read_rows(done.folder / "scores.csv")] == ["3", "4.5", "1"]


def text_cells(path: Path, column: str) -> None:
    """Make the cells of a column texts, as a clinic formats them."""
    from openpyxl import load_workbook

    book = load_workbook(path)
    for cell, text in zip(book.active[column][1:], ("001", "1E5", "TRUE"), strict=True):
        cell.value, cell.number_format = text, "@"
    book.save(path)


@pytest.mark.parametrize(("text", "said"), [("#N/A", "holds an error"), ("=1+1", "without its result")])
def test_a_cell_that_only_looks_empty_is_refused(tmp_path: Path, text: str, said: str) -> None:
    source = write_workbook(tmp_path / "one.xlsx", {"Sheet": [{"id": "a", "arm": "full", "m": text}]})
    the_map = write_map(tmp_path, 'shape = "wide"\n[clients]\nclient_id = "id"\narm = "arm"\n[scores.m]\nstart = "m"\n')
    assert said in refuse(source, the_map, tmp_path / "again")


@pytest.mark.parametrize(
    ("order", "text", "expected"),
    [
        ("day/month/year", "31/03/2024", "2024-03-31"),
        ("month/day/year", "03/31/2024", "2024-03-31"),
        ("year-month-day", "2024-03-31", "2024-03-31"),
        ("day/month/year", "2024-03-31 00:00:00", "2024-03-31"),
        ("month/day/year", "31/03/2024", None),
        ("year-month-day", "31/03/2024", None),
        ("day/month/year", "30/02/2024", None),
        ("day/month/year", "1/2/24", None),
    ],
)
def test_a_date_is_read_as_the_map_says_and_not_otherwise(order: str, text: str, expected: str | None) -> None:
    from outcomes.importing.cells import to_iso

    assert to_iso(text, order) == expected


def test_a_date_that_is_written_otherwise_is_refused_by_row(study: Path, tmp_path: Path) -> None:
    rows = to_wide(study)
    for row in rows:
        row["began"] = "2024-01-31"
    rows[3]["began"] = "31/01/2024"
    source = write_csv(tmp_path / "wide.csv", rows)
    text = WIDE_MAP.replace('age = "age col"', 'age = "age col"\nstart_date = "began"')
    said = refuse(source, write_map(tmp_path, text), tmp_path / "again")
    assert "E273  wide.csv, row 5, column began" in said


def test_a_client_with_two_ages_is_refused(study: Path, tmp_path: Path) -> None:
    rows = to_long(study)
    rows[1]["age col"] = "99"
    said = refuse(write_csv(tmp_path / "long.csv", rows), write_map(tmp_path, LONG_MAP), tmp_path / "again")
    assert "E274  long.csv, row 3, column age col" in said


def test_a_text_without_an_entry_is_refused_by_row_and_not_quoted(study: Path, tmp_path: Path) -> None:
    rows = to_wide(study)
    rows[0]["arm col"] = "Secret"
    said = refuse(write_csv(tmp_path / "wide.csv", rows), write_map(tmp_path, WIDE_MAP), tmp_path / "again")
    assert "E272  wide.csv, row 2, column arm col" in said
    assert "Secret" not in said


def test_a_column_that_is_not_there_is_named(study: Path, tmp_path: Path) -> None:
    text = WIDE_MAP.replace("MOOD mid", "MOOD middle")
    said = refuse(write_csv(tmp_path / "wide.csv", to_wide(study)), write_map(tmp_path, text), tmp_path / "again")
    assert "E271  wide.csv, row 1, column MOOD middle" in said


def test_a_table_with_rows_is_never_written_over(study: Path, tmp_path: Path) -> None:
    source = write_csv(tmp_path / "wide.csv", to_wide(study))
    before = (study / "clients.csv").read_bytes()
    with pytest.raises(OutputExistsError):
        import_study(source, the_map=write_map(tmp_path, WIDE_MAP), out=study)
    assert (study / "clients.csv").read_bytes() == before
    assert not list(study.glob(".unfinished*"))


@pytest.mark.parametrize(
    ("text", "key", "what"),
    [
        ('shape = "tall"\n[clients]\nclient_id = "a"\narm = "b"\n[scores.m]\nv = "c"\n', "shape", "'wide', 'long' or"),
        ('shape = "wide"\n[clients]\narm = "b"\n[scores.m]\nv = "c"\n', "clients.client_id", "is missing"),
        ('shape = "wide"\n[clients]\nclient_id = "a"\narm = "b"\n', "scores", "is missing"),
        ('shape = "long"\n[clients]\nclient_id = "a"\narm = "b"\n[scores.m]\nv = "c"\n', "scores.m", "one column"),
        ('shape = "wide"\n[clients]\nclient_id = "a"\narm = "b"\n[scores]\nm = "c"\n', "scores.m", "for each visit"),
        ('shape = "long"\n[clients]\nclient_id = "a"\narm = "b"\n[items]\ndts = "d"\n', "items.dts", "{n}"),
        (
            'shape = "long"\n[clients]\nclient_id = "a"\narm = "b"\n[items]\nxyz = "d{n}"\n',
            "items.xyz",
            "no instrument",
        ),
        (
            'shape = "wide"\n[clients]\nclient_id = "a"\narm = "b"\n[scores.m]\nv="c"\n[x]\n',
            "x",
            "not a key of the map",
        ),
    ],
)
def test_a_fault_of_the_map_is_named_with_its_key(tmp_path: Path, text: str, key: str, what: str) -> None:
    source = write_csv(tmp_path / "a.csv", [{"a": "1", "b": "2", "c": "3"}])
    with pytest.raises(MapError) as refused:
        import_study(source, the_map=write_map(tmp_path, text), out=tmp_path / "again")
    assert any(fault[0] == key and what in fault[2] for fault in refused.value.faults), refused.value.faults


@pytest.mark.parametrize("name", ["export.xls", "export.sav", "nothing.csv"])
def test_what_is_no_table_is_refused_by_name(tmp_path: Path, name: str) -> None:
    if not name.startswith("nothing"):
        (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(SourceNotReadableError, match=name):
        import_study(tmp_path / name, the_map=write_map(tmp_path, WIDE_MAP), out=tmp_path / "again")


def test_a_renamed_file_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "export.xlsx").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceNotReadableError, match="not a workbook"):
        import_study(tmp_path / "export.xlsx", the_map=write_map(tmp_path, WIDE_MAP), out=tmp_path / "again")


def fill(proposed: str, answers: dict[str, str]) -> str:
    """Correct a proposed map as a person would: the words that it leaves open."""
    for text, word in answers.items():
        assert f'"{text}" = ""' in proposed, proposed
        proposed = proposed.replace(f'"{text}" = ""', f'"{text}" = "{word}"')
    return proposed


def test_a_proposed_map_of_a_wide_table_needs_no_correction_but_the_arms(study: Path, tmp_path: Path) -> None:
    rows = [{name.removesuffix(" col"): text for name, text in row.items()} | {} for row in to_wide(study)]
    source = write_csv(tmp_path / "wide.csv", rows)
    proposed = fill(propose_map(source), {"A": "full", "B": "skills"})
    path = tmp_path / "map.toml"
    path.write_text(proposed, encoding="utf-8")
    done = import_study(source, the_map=path, out=tmp_path / "again")
    assert_answers_the_same(study, done.folder)


def test_a_proposed_map_of_a_redcap_export_names_events_and_arms(study: Path, tmp_path: Path) -> None:
    proposed = propose_map(write_csv(tmp_path / "export.csv", to_redcap(study)))
    assert 'shape = "redcap"' in proposed
    assert 'client_id = "record_id"' in proposed
    assert '"week_12_arm_1" = "week_12"' in proposed
    assert "P001" not in proposed


def test_a_proposed_map_finds_the_items_of_a_questionnaire(tmp_path: Path) -> None:
    row = {"ID": "a", "Group": "x"} | {f"DERS16_{item:02d}_T{time}": "3" for time in (1, 2) for item in range(1, 17)}
    proposed = propose_map(write_csv(tmp_path / "items.csv", [row, row | {"ID": "b"}]))
    assert '[items.ders16]\nt1 = "DERS16_{nn}_T1"\nt2 = "DERS16_{nn}_T2"' in proposed


@pytest.mark.parametrize(
    "pattern", ["{name}_{visit}_q{item:02d}", "{visit}_{name}_q{item:02d}", "{name} {visit} {item}"]
)
def test_a_proposed_map_finds_items_dates_and_arms_wherever_the_visit_stands(tmp_path: Path, pattern: str) -> None:
    answers = {
        pattern.format(name="ders16", visit=visit, item=item): str(1 + item % 5)
        for visit in ("start", "end")
        for item in range(1, 17)
    }
    dates = {"date_start": "2024-01-08", "date_end": "2024-06-24"}
    rows = [{"client_id": name, "arm": arm, **dates, **answers} for name, arm in (("C001", "full"), ("C002", "skills"))]
    source = write_csv(tmp_path / "wide.csv", rows)
    path = tmp_path / "map.toml"
    path.write_text(propose_map(source), encoding="utf-8")
    done = import_study(source, the_map=path, out=tmp_path / "again")
    assert done.left_out == ()
    found = read_rows(done.folder / "items" / "ders16.csv")
    assert [(row["client_id"], row["visit"], row["date"], row["q16"]) for row in found] == [
        (client, visit, dates[f"date_{visit}"], "2") for visit in ("start", "end") for client in ("C001", "C002")
    ]
    assert [row["arm"] for row in read_rows(done.folder / "clients.csv")] == ["full", "skills"]


def test_a_proposed_map_that_nobody_corrected_is_refused(study: Path, tmp_path: Path) -> None:
    rows = [{name.removesuffix(" col"): text for name, text in row.items()} for row in to_wide(study)]
    source = write_csv(tmp_path / "wide.csv", rows)
    path = tmp_path / "map.toml"
    path.write_text(propose_map(source), encoding="utf-8")
    with pytest.raises(MapError, match="which arm"):
        import_study(source, the_map=path, out=tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_sheets_of_a_workbook_become_items_and_attendance(tmp_path: Path) -> None:
    answers = {f"q{item}": str(1 + item % 5) for item in range(1, 17)}
    data = [{"id": name, "arm": arm, **answers} for name, arm in (("a", "full"), ("b", "skills"))]
    sessions = [{"who": "a", "on": "05/02/2024", "what": "group", "how": "attended"}]
    source = write_workbook(tmp_path / "book.xlsx", {"Data": data, "Sessions": sessions})
    text = """\
shape = "wide"
sheet = "Data"
dates = "day/month/year"
[clients]
client_id = "id"
arm = "arm"
[items.ders16]
start = "q{n}"
[tables.attendance]
sheet = "Sessions"
columns = { client_id = "who", date = "on", kind = "what", status = "how" }
"""
    done = import_study(source, the_map=write_map(tmp_path, text), out=tmp_path / "again")
    assert read_rows(done.folder / "items" / "ders16.csv")[1]["q16"] == "2"
    assert [row["date"] for row in read_rows(done.folder / "attendance.csv")] == ["2024-02-05"]


def test_the_command_says_what_it_wrote_what_it_left_out_and_what_comes_next(study: Path, tmp_path: Path) -> None:
    rows = [row | {"Phone number": "x"} for row in to_wide(study)]
    source, the_map = write_csv(tmp_path / "wide.csv", rows), write_map(tmp_path, WIDE_MAP)
    out = tmp_path / "again"
    said = CliRunner().invoke(main, ["import", str(source), "--map", str(the_map), "--out", str(out)])
    assert said.exit_code == 0
    assert "clients.csv  60 rows" in said.stdout
    assert "Left out: column Phone number: not named in the map." in said.stderr
    assert "put plan.toml into" in said.stderr
    assert CliRunner().invoke(main, ["import", str(source)]).exit_code == 2
    assert CliRunner().invoke(main, ["import", str(source), "--propose"]).stdout.startswith("# A map")


def test_with_a_key_pseudonyms_take_the_place_of_ids_in_every_table(
    study: Path, tmp_path: Path, dictionary: Path
) -> None:
    key = tmp_path / "study.key"
    make_key(key)
    source, the_map = write_csv(tmp_path / "export.csv", to_redcap(study)), write_map(tmp_path, redcap_map(EVENTS))
    done = import_study(source, the_map=the_map, out=tmp_path / "again", dictionary=dictionary, key=key)
    ids = [{row["client_id"] for row in read_rows(done.folder / name)} for name in sorted(done.tables)]
    assert ids[0] == ids[1] == ids[2]
    assert len(ids[0]) == 60
    local = {row["client_id"] for row in read_rows(study / "clients.csv")}
    assert not local & set().union(*ids)
    (done.folder / "attendance.csv").unlink()
    (done.folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    one, other = (outcomes.analyse(outcomes.read_study(folder)) for folder in (study, done.folder))
    name = "mmrm.mood.end.difference"
    assert other[name].value == pytest.approx(one[name].value, rel=1e-9)


def test_an_import_that_is_killed_half_way_is_never_taken_for_a_study(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = write_csv(tmp_path / "wide.csv", to_wide(study)), tmp_path / "again"
    move, moved = Path.replace, []

    def move_one(self: Path, target: Path) -> Path:
        if moved:
            raise KeyboardInterrupt
        moved.append(target.name)
        return move(self, target)

    monkeypatch.setattr(Path, "replace", move_one)
    with pytest.raises(KeyboardInterrupt):
        import_study(source, the_map=write_map(tmp_path, WIDE_MAP), out=out)
    assert moved == ["scores.csv"]
    (out / "plan.toml").write_text(PLAN, encoding="utf-8")
    with pytest.raises(TableMissingError, match=r"clients\.csv"):
        outcomes.read_study(out)


@pytest.mark.parametrize("stated", ["A1:C2", "A1", "A1:B9"])
def test_a_sheet_that_states_a_wrong_size_loses_no_row_and_no_column(tmp_path: Path, stated: str) -> None:
    rows = [{"id": f"p{place}", "arm": "full" if place % 2 else "skills", "m": str(place)} for place in range(7)]
    source = write_workbook(tmp_path / "one.xlsx", {"Sheet": rows})
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(wrong, "w") as new:
        for part in old.namelist():
            content = old.read(part).replace(b'<dimension ref="A1:C8"', f'<dimension ref="{stated}"'.encode())
            new.writestr(part, content)
    the_map = write_map(tmp_path, 'shape = "wide"\n[clients]\nclient_id = "id"\narm = "arm"\n[scores.m]\nstart = "m"\n')
    done = import_study(wrong, the_map=the_map, out=tmp_path / "again")
    assert done.tables == {"clients.csv": 7, "scores.csv": 7}


@pytest.mark.parametrize(("one", "other"), [("2-34", "23-4"), ("a bc", "AB C"), ("7-7", "77"), ("1²", "12")])
def test_a_key_never_makes_one_person_of_two_ids_that_are_divided_otherwise(
    tmp_path: Path, one: str, other: str
) -> None:
    key = tmp_path / "study.key"
    make_key(key)
    source = write_csv(tmp_path / "e.csv", [{"id": text, "arm": "full", "m": "1"} for text in (one, other)])
    the_map = write_map(tmp_path, 'shape = "wide"\n[clients]\nclient_id = "id"\narm = "arm"\n[scores.m]\nstart = "m"\n')
    said = refuse(source, the_map, tmp_path / "again", key=key)
    assert "E279  e.csv, row 3, column id" in said
    assert other not in said.removeprefix("E279  e.csv, row 3")


def test_with_a_key_one_id_in_other_capitals_is_one_person(tmp_path: Path) -> None:
    key = tmp_path / "study.key"
    make_key(key)
    source = write_csv(tmp_path / "e.csv", [{"id": text, "arm": "full", "m": ""} for text in ("ab-12", "AB 12")])
    the_map = write_map(tmp_path, 'shape = "wide"\n[clients]\nclient_id = "id"\narm = "arm"\n[scores.m]\nstart = "m"\n')
    assert import_study(source, the_map=the_map, out=tmp_path / "again", key=key).tables["clients.csv"] == 1
