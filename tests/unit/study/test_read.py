"""What can be wrong with a study's files is told with file, row, column, rule and remedy, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from examined import check_study
from outcomes.errors import DataError, StudyNotFoundError, TableMissingError
from outcomes.study.explain import read_codes
from outcomes.study.read import read_study
from outcomes.study.sentences import to_sentences
from small_study import spoil, write_small_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.study.model import Finding


def stops(folder: Path) -> list[Finding]:
    return [finding for finding in check_study(folder) if finding.level == "STOP"]


def test_a_sound_study_is_read_typed_and_sorted(small_study: Path) -> None:
    study = read_study(small_study)
    assert check_study(small_study) == ()
    assert list(study.clients["client_id"]) == sorted(study.clients["client_id"])
    assert study.clients["full"].dtype == bool
    assert study.clients["full"].sum() == 30
    assert study.clients["age"].dtype == np.float64
    assert set(study.clients["gender"]) == {"man", "woman"}
    assert study.clients["completed"].dtype == "boolean"
    assert study.scores["score"].notna().all()
    assert {file.name: file.rows for file in study.files}["clients.csv"] == 60
    assert "P001" not in repr(study)


CELLS = {
    "a number with a decimal comma splits the row": ("scores.csv", 4, "score", "2,5", "E206", ""),
    "a decimal comma in quotes": ("scores.csv", 4, "score", '"2,5"', "E214", "score"),
    "a word for a number": ("scores.csv", 4, "score", "n/a", "E213", "score"),
    "a score beyond the range": ("scores.csv", 4, "score", "99", "E235", "score"),
    "an unknown visit": ("scores.csv", 5, "visit", "Start", "E218", "visit"),
    "an unknown measure": ("scores.csv", 5, "measure", "moood", "E218", "measure"),
    "a client from nowhere": ("scores.csv", 6, "client_id", "X999", "E233", "client_id"),
    "an empty client": ("scores.csv", 6, "client_id", "", "E210", "client_id"),
    "an unknown arm": ("clients.csv", 3, "arm", "both", "E218", "arm"),
    "an empty arm": ("clients.csv", 3, "arm", "", "E210", "arm"),
    "a word for yes": ("clients.csv", 3, "completed", "perhaps", "E217", "completed"),
    "a rewritten id": ("clients.csv", 3, "client_id", "1.2E+05", "E220", "client_id"),
    "a formula": ("clients.csv", 3, "gender", "=A1", "E221", "gender"),
}


@pytest.mark.parametrize("case", CELLS)
def test_a_broken_cell_is_found_where_it_is(small_study: Path, case: str) -> None:
    file, row, column, text, code, where = CELLS[case]
    spoil(small_study, file, row, column, text)
    found = [finding for finding in stops(small_study) if finding.code == code]
    assert [(finding.file, finding.rows, finding.column) for finding in found] == [(file, (row,), where)]
    with pytest.raises(DataError) as caught:
        read_study(small_study)
    assert any(f"{file}, row {row}" in sentence for sentence in caught.value.sentences)


def test_faults_of_all_files_are_told_at_once(small_study: Path) -> None:
    spoil(small_study, "scores.csv", 4, "score", "n/a")
    spoil(small_study, "clients.csv", 3, "completed", "perhaps")
    (small_study / "attendance.csv").write_text("client_id,week,kind,status\nP001,1,group,came\n", encoding="utf-8")
    assert {finding.file for finding in stops(small_study)} == {"scores.csv", "clients.csv", "attendance.csv"}


def test_many_rows_of_one_fault_are_counted(small_study: Path) -> None:
    for row in range(2, 14):
        spoil(small_study, "scores.csv", row, "score", "n/a")
    finding = next(finding for finding in stops(small_study) if finding.code == "E213")
    assert (finding.rows, finding.more) == ((2, 3, 4, 5, 6), 7)
    assert "rows 2, 3, 4, 5, 6 and 7 more" in to_sentences([finding])[0]


def write(folder: Path, name: str, text: str | bytes) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


FILES = {
    "an empty file": ("scores.csv", "", "E201"),
    "a header alone": ("scores.csv", "client_id,visit,measure,score\n", "E205"),
    "another encoding": (
        "clients.csv",
        "client_id,arm,age,gender,completed\nP\xe9,full,1,woman,yes\n".encode("latin1"),
        "E202",
    ),
    "wide characters": ("scores.csv", "client_id,visit\n".encode("utf-16"), "E202"),
    "semicolons": ("scores.csv", "client_id;visit;measure;score\nP001;start;mood;3\n", "E203"),
    "a column twice": ("scores.csv", "client_id,visit,measure,score,score\nP001,start,mood,3,4\n", "E204"),
    "a column without a name": ("scores.csv", "client_id,visit,,measure,score\nP001,start,x,mood,3\n", "E204"),
    "a number for a name": ("scores.csv", "P001,start,mood,3\nP002,start,mood,3\n", "E204"),
    "a missing column": ("scores.csv", "client_id,visit,measure,scores\nP001,start,mood,3\n", "E207"),
    "an open quotation mark": ("scores.csv", 'client_id,visit,measure,score\nP001,"start,mood,3\n', "E206"),
    "a row too long": ("scores.csv", "client_id,visit,measure,score\nP001,start,mood,3,4\n", "E206"),
    "a row too short": ("scores.csv", "client_id,visit,measure,score\nP001,start,mood\n", "E206"),
    "a score twice": ("scores.csv", "client_id,visit,measure,score\n" + 2 * "P001,start,mood,3\n", "E234"),
    "no place in time": ("scores.csv", "client_id,visit,measure,score,date\nP001,,mood,3,\n", "E236"),
    "a date in another order": (
        "scores.csv",
        "client_id,visit,measure,score,date\nP001,end,mood,3,03/04/2025\n",
        "E216",
    ),
    "a day that never was": ("scores.csv", "client_id,visit,measure,score,date\nP001,end,mood,3,2025-02-30\n", "E216"),
    "minutes below zero": ("attendance.csv", "client_id,week,kind,status,minutes\nP001,1,group,attended,-5\n", "E215"),
    "a session at no time": ("attendance.csv", "client_id,week,kind,status\nP001,,group,attended\n", "E236"),
    "an unknown target": ("sessions.csv", "client_id,session,target\nP001,1,mood\n", "E218"),
    "a cost without a currency": ("costs.csv", "item,unit_cost,currency,price_year,source\na,1,,2025,b\n", "E210"),
    "one arm": ("clients.csv", "client_id,arm,age,gender,completed\nP001,full,30,man,yes\n", "E231"),
    "a client twice": ("clients.csv", "client_id,arm,age,gender,completed\n" + 2 * "P001,full,30,man,yes\n", "E230"),
    "an end before the start": (
        "clients.csv",
        "client_id,arm,age,gender,completed,start_date,end_date\nP001,full,30,man,yes,2025-02-01,2025-01-01\n",
        "E232",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_broken_file_is_told(small_study: Path, case: str) -> None:
    name, text, code = FILES[case]
    write(small_study, name, text)
    assert code in {finding.code for finding in stops(small_study)}


def test_answers_beyond_the_options_and_scores_beside_items_are_told(small_study: Path) -> None:
    plan = (small_study / "plan.toml").read_text()
    (small_study / "plan.toml").write_text(plan.replace("range = [0, 4]", 'range = [0, 27]\ninstrument = "phq9"'))
    header = "client_id,visit," + ",".join(f"q{item:02d}" for item in range(1, 10))
    write(small_study, "items/phq9.csv", f"{header}\nP001,start,0,1,2,3,4,0,1,2,3\n")
    write(small_study, "items/other.csv", "client_id\nP001\n")
    assert {"E240", "E237", "E238"} <= {finding.code for finding in stops(small_study)}


def test_blank_rows_spaces_and_a_byte_order_mark_are_no_faults(small_study: Path) -> None:
    text = (small_study / "clients.csv").read_text().replace("P001,", " P001 ,")
    write(small_study, "clients.csv", b"\xef\xbb\xbf" + (text + "\n,,,,\n\n").encode())
    assert read_study(small_study).clients["client_id"].iloc[0] == "P001"


def test_rows_after_a_blank_row_keep_the_number_a_spreadsheet_shows(small_study: Path) -> None:
    lines = (small_study / "scores.csv").read_text().splitlines()
    lines.insert(3, "")
    (small_study / "scores.csv").write_text("\n".join(lines) + "\n")
    spoil(small_study, "scores.csv", 9, "score", "n/a")
    assert [finding.rows for finding in stops(small_study)] == [(9,)]


def test_leading_zeros_of_an_id_are_kept(small_study: Path) -> None:
    for name in ("clients.csv", "scores.csv"):
        text = (small_study / name).read_text()
        (small_study / name).write_text(text.replace("P0", "0"))
    assert read_study(small_study).clients["client_id"].iloc[0] == "001"


def test_ids_that_differ_only_in_zeros_are_to_be_looked_at(small_study: Path) -> None:
    with (small_study / "clients.csv").open("a") as file:
        file.write("7,full,30,man,yes\n007,full,30,man,yes\n")
    assert [finding.code for finding in check_study(small_study)] == ["E222", "E244"]


def test_a_misspelt_column_is_to_be_looked_at(small_study: Path) -> None:
    text = (small_study / "clients.csv").read_text().replace("gender,completed", "gender,completed,start_dat", 1)
    rows = text.splitlines()
    write(small_study, "clients.csv", "\n".join([rows[0], *(f"{row},2025-01-01" for row in rows[1:])]) + "\n")
    assert [(one.level, one.column) for one in check_study(small_study)] == [("CHECK", "start_dat")]


def test_no_sentence_holds_a_cell(small_study: Path) -> None:
    for row, (column, text) in enumerate(
        {"score": "SECRET1", "visit": "SECRET2", "measure": "SECRET3"}.items(), start=3
    ):
        spoil(small_study, "scores.csv", row, column, text)
    spoil(small_study, "clients.csv", 4, "completed", "SECRET4")
    spoil(small_study, "scores.csv", 8, "client_id", "SECRET5")
    sentences = "\n".join(to_sentences(check_study(small_study)))
    assert "SECRET" not in sentences
    assert "P00" not in sentences


def test_a_folder_that_is_no_study_and_a_missing_table_are_named(tmp_path: Path, small_study: Path) -> None:
    with pytest.raises(StudyNotFoundError, match="nowhere"):
        read_study(tmp_path / "nowhere")
    (small_study / "scores.csv").unlink()
    with pytest.raises(TableMissingError, match=r"scores\.csv or a file in items"):
        read_study(small_study)


def test_visits_are_found_by_date_where_they_have_no_name(tmp_path: Path) -> None:
    from outcomes.cohort import assemble
    from outcomes.scoring import score_study

    folder = write_small_study(tmp_path / "dated")
    clients = pd.read_csv(folder / "clients.csv", dtype=str).assign(start_date="2025-01-06")
    clients.to_csv(folder / "clients.csv", index=False)
    scores = pd.read_csv(folder / "scores.csv", dtype=str)
    named = read_study(folder)
    days = {"start": "2025-01-08", "mid": "2025-04-01", "end": "2025-06-24"}
    scores["date"] = scores["visit"].map(days)
    scores.drop(columns="visit").to_csv(folder / "scores.csv", index=False)
    dated = read_study(folder)
    for measure in ("mood", "skill"):
        one, other = (assemble(study, score_study(study)).grids[measure] for study in (named, dated))
        np.testing.assert_array_equal(one, other)


def test_every_code_is_explained() -> None:
    import re
    from pathlib import Path as FilePath

    import outcomes

    source = FilePath(outcomes.__file__).parent
    used = {
        code for path in source.rglob("*.py") for code in re.findall(r'"(E\d{3})"', path.read_text(encoding="utf-8"))
    }
    assert used - {"E100"} <= set(read_codes())  # E100 is the root of all errors and stands in front of none
    assert len(used) > 30


def test_a_file_that_may_not_be_read_is_told(small_study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    plain = os.open

    def locked(path: Path, *flags: int) -> int:
        if path.name == "scores.csv":
            raise PermissionError
        return plain(path, *flags)

    monkeypatch.setattr(os, "open", locked)
    assert [(one.code, one.file) for one in stops(small_study)] == [("E200", "scores.csv")]


@pytest.mark.parametrize("content", ["", "client_id,date,minutes\n", "client_id,date,minutes\n\n,,\n"])
def test_a_table_that_is_there_and_empty_counts_as_absent(small_study: Path, content: str) -> None:
    write(small_study, "sessions.csv", content)
    write(small_study, "items/phq9.csv", "client_id,visit," + ",".join(f"q{item:02d}" for item in range(1, 10)) + "\n")
    study = read_study(small_study)
    assert study.sessions is None
    said = [one for one in study.findings if one.file == "sessions.csv"]
    assert [(one.level, "absent" in one.rule) for one in said] == [("NOTE", True)]


def test_a_study_whose_only_scores_are_an_empty_table_is_stopped(small_study: Path) -> None:
    write(small_study, "scores.csv", "client_id,visit,measure,score\n")
    with pytest.raises(DataError, match=r"E205  scores\.csv"):
        read_study(small_study)
