"""Events: each counts once, in the period in which it lies, over time that is known; what lies outside is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.small_study import edit, write_small_study

from outcomes.cohort.assemble import assemble
from outcomes.cohort.events import PERIODS, count_outside, read_events, read_followed, read_times
from outcomes.errors import DataError, PlanError
from outcomes.scoring import score_study
from outcomes.study.read import examine_study, read_study

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from outcomes.cohort.model import Cohort

PLAN = """
[events.self_harm]
label = "Episodes of self-harm"
short = "Self-harm"
role = "primary"
before = 10
worthwhile = 0.75
[events.admission]
label = "Admissions"
role = "harm"
"""
ROWS = """\
P001,2024-01-01,self_harm,,
P001,2024-01-01,self_harm,,
P001,2023-12-31,self_harm,3,
P001,2023-10-23,self_harm,,
P001,2023-10-22,self_harm,,
P001,2024-06-30,self_harm,5,
P001,2024-07-01,self_harm,7,
P001,2024-12-30,self_harm,,
P001,2024-12-31,self_harm,,
P002,2024-03-01,admission,,9
P002,2024-03-20,admission,2,
P003,2024-03-01,self_harm,,
P004,2024-05-01,self_harm,,
P004,2024-05-02,self_harm,,
P005,2024-03-01,self_harm,,
"""


def make_study(folder: Path, rows: str = ROWS, plan: str = PLAN) -> Path:
    """Write a study with events; P003 has no start, P004 ends without being followed, P005 is seen on one day only."""
    write_small_study(folder, n=12)
    (folder / "plan.toml").write_text((folder / "plan.toml").read_text() + plan)
    (folder / "events.csv").write_text("client_id,date,kind,number,days\n" + rows)

    def date(clients: pd.DataFrame) -> pd.DataFrame:
        start = np.where(clients["client_id"] == "P003", "", "2024-01-01")
        end = np.where(clients["client_id"] == "P005", "", "2024-06-30")
        until = np.where(clients["client_id"].isin(["P004", "P005"]), "", "2024-12-30")
        end = np.where(clients["client_id"] == "P004", "2024-05-01", end)
        return clients.assign(start_date=start, end_date=end, followed_until=until)

    edit(folder, "clients.csv", date)
    return folder


def assemble_study(folder: Path) -> Cohort:
    study = read_study(folder)
    return assemble(study, score_study(study))


def test_each_event_counts_once_in_the_period_in_which_it_lies(tmp_path: Path) -> None:
    cohort = assemble_study(make_study(tmp_path))
    first = [float(read_events(cohort, "self_harm", period).number[0]) for period in PERIODS]
    assert first == [4, 15, 7, 8]  # the day before the start, the first and the last day, the day after the end
    years = [float(read_events(cohort, "self_harm", period).years[0]) for period in PERIODS]
    assert years == pytest.approx([70 / 365.25, 364 / 365.25, 181 / 365.25, 183 / 365.25])
    assert count_outside(cohort, "self_harm") == 2 + 1 + 1 + 1


def test_days_belong_to_their_events_and_those_not_recorded_are_counted(tmp_path: Path) -> None:
    cohort = assemble_study(make_study(tmp_path))
    events = read_events(cohort, "admission", "since")
    assert (events.number[1], events.unknown_days) == (3, 1)
    assert events.days is not None
    assert events.days[1] == 9
    assert read_events(cohort, "self_harm", "since").days is None
    assert np.isnan(read_events(cohort, "admission", "before").years).all()


def test_nobodys_exposure_is_guessed(tmp_path: Path) -> None:
    cohort = assemble_study(make_study(tmp_path))
    told = read_followed(cohort).told_by
    assert list(told[:6]) == ["followed_until"] * 2 + ["nothing", "end_date", "nothing", "followed_until"]
    since = read_events(cohort, "self_harm", "since")
    assert np.isnan(since.number[[2, 4]]).all()
    assert (since.number[3], since.exposed[3]) == (1, True)


def test_the_last_date_of_a_person_ends_what_is_known_where_no_other_does(tmp_path: Path) -> None:
    folder = make_study(tmp_path)
    (folder / "attendance.csv").write_text("client_id,date,kind,status\nP005,2024-02-12,group,missed\n")
    edit(
        folder, "scores.csv", lambda table: table.assign(date=np.where(table["client_id"] == "P005", "2024-02-20", ""))
    )
    edit(folder, "scores.csv", lambda table: table[(table["client_id"] != "P005") | (table["visit"] == "start")])
    followed = read_followed(assemble_study(folder))
    assert (followed.told_by[4], followed.until[4]) == ("last date known", np.datetime64("2024-02-20"))


def test_two_events_on_a_day_are_two_and_their_times_are_days_since_the_start(tmp_path: Path) -> None:
    person, day, number = read_times(assemble_study(make_study(tmp_path)), "self_harm")
    assert (day[:3].tolist(), number[:3].tolist()) == ([0, 0, 181], [1, 1, 5])
    assert set(person.tolist()) == {0, 3}


def test_what_lies_outside_what_is_known_is_named(tmp_path: Path) -> None:
    _, findings = examine_study(make_study(tmp_path))
    mine = {(one.level, one.code): one.rows for one in findings if one.file == "events.csv"}
    assert mine[("CHECK", "E265")] == (13,)
    assert mine[("CHECK", "E266")] == (6,)
    assert [one.rows for one in findings if one.code == "E267"] == [(10,), (15,)]


def test_an_event_of_nobody_in_the_list_is_told_once(tmp_path: Path) -> None:
    _, findings = examine_study(make_study(tmp_path, "P999,2024-03-01,self_harm,,\n"))
    assert [one.code for one in findings if one.file == "events.csv" and one.level != "NOTE"] == ["E233"]


@pytest.mark.parametrize(("number", "rows"), [(1000, [(2, 3)]), (4, [])])
def test_a_person_with_many_times_the_events_of_anybody_else_is_a_position_to_look_at(
    tmp_path: Path, number: int, rows: list[tuple[int, ...]]
) -> None:
    folder = make_study(tmp_path, f"P001,2024-02-01,self_harm,{number},\nP001,2024-03-01,self_harm,,\n")
    write_small_study(folder, n=40)
    (folder / "plan.toml").write_text((folder / "plan.toml").read_text() + PLAN)
    edit(folder, "clients.csv", lambda table: table.assign(start_date="2024-01-01", followed_until="2024-12-30"))
    with (folder / "events.csv").open("a") as file:
        file.writelines(f"P{one:03d},2024-04-{one % 28 + 1:02d},self_harm,{one % 3 + 1},\n" for one in range(2, 31))
    _, findings = examine_study(folder)
    assert [one.rows for one in findings if one.code == "E286" and one.file == "events.csv"] == rows


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("P001,2024-02-01,self_harm,-1,", "number", "E215"),
        ("P001,2024-02-01,self_harm,1.5,", "number", "E213"),
        ("P001,2024-02-01,admission,,2.5", "days", "E213"),
        ("P001,,admission,,4", "date", "E210"),
        ("P001,2024-02-01,party,,", "kind", "E218"),
        ("P999,2024-02-01,self_harm,,", "client_id", "E233"),
    ],
)
def test_what_is_no_event_stops_the_study_with_its_row_and_column(
    tmp_path: Path, row: str, column: str, code: str
) -> None:
    with pytest.raises(DataError) as caught:
        read_study(make_study(tmp_path, rows=row + "\n"))
    (sentence,) = caught.value.sentences
    assert "row 2" in sentence
    assert column in sentence
    assert code in sentence
    assert "999" not in sentence


def test_events_without_a_kind_in_the_plan_are_named_and_not_read(tmp_path: Path) -> None:
    study, findings = examine_study(make_study(tmp_path, plan=""))
    assert study is not None
    assert [one.code for one in findings if one.file == "events.csv"] == ["E264"]


def test_a_table_pasted_below_itself_is_named(tmp_path: Path) -> None:
    rows = "".join(f"P001,2024-02-{day:02d},self_harm,,\n" for day in range(1, 21))
    _, findings = examine_study(make_study(tmp_path, rows=rows * 2))
    assert [one.code for one in findings if one.file == "events.csv"] == ["E268"]


def test_events_before_the_start_are_named_where_the_plan_does_not_say_how_far_back_they_are_known(
    tmp_path: Path,
) -> None:
    study, findings = examine_study(make_study(tmp_path, rows="P001,2023-12-01,admission,,3\n"))
    assert study is not None
    assert [(one.level, one.code) for one in findings if one.file == "events.csv"] == [("NOTE", "E266")]


def test_an_end_of_what_is_known_before_the_start_stops_the_study(tmp_path: Path) -> None:
    folder = make_study(tmp_path)
    edit(folder, "clients.csv", lambda table: table.assign(followed_until="2023-06-01"))
    with pytest.raises(DataError, match="before the start"):
        read_study(folder)


@pytest.mark.parametrize(
    "wrong",
    ["worthwhile = 1.2", "before = 0", 'role = "main"', 'better = "higher"', "weeks = 3", 'short = ""'],
)
def test_a_key_that_says_nothing_of_a_kind_of_event_is_a_fault(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(PlanError, match="self_harm"):
        read_study(
            make_study(
                tmp_path,
                plan=f'[events.self_harm]\nlabel = "x"\nrole = "harm"\n{wrong}\n'.replace(
                    'role = "harm"\nrole', "role"
                ),
            )
        )


@pytest.mark.parametrize("word", ["full", "skills"])
def test_a_kind_of_event_has_not_the_name_of_an_arm(tmp_path: Path, word: str) -> None:
    with pytest.raises(PlanError, match="name of an arm"):
        read_study(make_study(tmp_path, plan=f'[events.{word}]\nlabel = "x"\nrole = "harm"\n'))
