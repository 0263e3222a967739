"""All parts of a 121 session, how it was held, several targets in their order, and what the plan expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import outcomes
from active_study import add_to_plan, write_active_study
from outcomes.cohort import assemble
from outcomes.errors import DataError, PlanError
from outcomes.plan.questions import PARTS
from outcomes.questions.sessions import analysis as sessions
from outcomes.questions.sessions.components import _LABELS, COMPONENTS
from outcomes.results.outcome import Estimate, NotEstimable, Outcome
from outcomes.scoring import score_study
from outcomes.study.schemas import TABLES
from small_study import edit

if TYPE_CHECKING:
    from pathlib import Path

NEW = (
    *("crisis_reviewed", "priority_target_worked_on", "goal_set", "cognitive_restructuring"),
    *("behavioural_task_set", "relationship_discussed", "plan_adjusted"),
)


def analyse(folder: Path) -> dict[str, Outcome]:
    study = outcomes.read_study(folder)
    return {outcome.id: outcome for outcome in sessions.analyse(assemble(study, score_study(study)))}


def value(found: dict[str, Outcome], name: str) -> float:
    outcome = found[name]
    assert isinstance(outcome, Estimate), outcome
    return outcome.value


@pytest.fixture
def active(tmp_path: Path) -> Path:
    return write_active_study(tmp_path / "study")


def set_column(folder: Path, **columns: object) -> None:
    edit(folder, "sessions.csv", lambda table: table.assign(**columns))


def test_every_part_has_one_label_and_one_column() -> None:
    assert tuple(COMPONENTS) == PARTS
    assert set(_LABELS) == set(PARTS)
    assert set(PARTS) <= set(TABLES["sessions"].columns)
    assert set(NEW) < set(PARTS)


@pytest.mark.parametrize("part", NEW)
def test_each_new_part_alone_is_read_and_told(active: Path, part: str) -> None:
    def only(table: pd.DataFrame) -> pd.DataFrame:
        kept = table[["client_id", "date", "session"]].copy()
        kept[part] = np.where(np.arange(len(kept)) % 4 == 0, "yes", "no")
        return kept

    edit(active, "sessions.csv", only)
    found = analyse(active)
    rows = len(pd.read_csv(active / "sessions.csv"))
    assert value(found, f"sessions.{part}.share") == pytest.approx(-(-rows // 4) / rows, abs=1e-12)
    other = found["sessions.agenda_set.share"]
    assert isinstance(other, NotEstimable)
    assert other.cause == "not provided"


def test_a_behavioural_task_is_followed_up_where_the_next_session_reviewed_what_was_set(active: Path) -> None:
    def draw(table: pd.DataFrame) -> pd.DataFrame:
        turn = table["session"].astype(int)
        table = table[turn <= 4].copy()
        turn = table["session"].astype(int)
        return table.assign(
            homework_set="no",
            behavioural_task_set=np.where(turn.isin([1, 3]), "yes", "no"),
            homework_reviewed=np.where(turn == 2, "yes", "no"),
        )

    edit(active, "sessions.csv", draw)
    found = analyse(active)
    # of each person's tasks, set in sessions 1 and 3, that of 1 was reviewed in 2 and that of 3 not in 4
    assert value(found, "sessions.behavioural_task.followed_up") == 0.5
    assert value(found, "sessions.behavioural_task.clients") == 30
    assert isinstance(found["sessions.homework.followed_up"], NotEstimable)


def test_targets_are_judged_within_a_session_and_the_first_stands_for_it_over_sessions(active: Path) -> None:
    cells = (
        "life_threatening;skills",  # in order, life first
        "skills; life_threatening",  # not in order
        "therapy_interfering;quality_of_life;skills",  # in order
        "quality_of_life;life_threatening",  # not in order
        "skills",
        "",
    )

    def draw(table: pd.DataFrame) -> pd.DataFrame:
        table = table[table["session"].astype(int) <= 6].copy()
        return table.assign(target=[cells[int(turn) - 1] for turn in table["session"]])

    edit(active, "sessions.csv", draw)
    found = analyse(active)
    turns = pd.read_csv(active / "sessions.csv")["session"].value_counts()
    assert set(turns) == {30}
    assert value(found, "sessions.order.several") == pytest.approx(4 / 5)
    assert value(found, "sessions.order.in_order") == pytest.approx(2 / 4)
    assert value(found, "sessions.order.life_threatening_first_within") == pytest.approx(1 / 3)
    assert value(found, "sessions.target.life_threatening.taken") == pytest.approx(3 / 5)
    assert value(found, "sessions.target.life_threatening.share") == pytest.approx(1 / 5)
    assert value(found, "sessions.target.skills.taken") == pytest.approx(4 / 5)
    assert value(found, "sessions.target.quality_of_life.clients") == 30
    assert sum(value(found, f"sessions.target.{one}.share") for one in order_of_targets()) == pytest.approx(1)
    # ranks by the first target are 0 3 1 2 3: of the nine pairs that differ, those out of order are (3,1) and (3,2)
    assert value(found, "sessions.order.concordance") == pytest.approx(7 / 9)
    assert value(found, "sessions.order.life_threatening_first") == 1.0


def order_of_targets() -> tuple[str, ...]:
    return ("life_threatening", "therapy_interfering", "quality_of_life", "skills")


def test_one_target_a_session_leaves_what_is_told_of_targets_as_it_was(active: Path) -> None:
    found = analyse(active)
    for target in order_of_targets():
        share = found[f"sessions.target.{target}.share"]
        assert value(found, f"sessions.target.{target}.taken") == value(found, f"sessions.target.{target}.share")
        assert not any("taken first" in note for note in share.notes)  # type: ignore[union-attr]
    assert value(found, "sessions.order.several") == 0.0
    assert isinstance(found["sessions.order.in_order"], NotEstimable)


@pytest.mark.parametrize("cell", ["life_threatening;", "skills;skills", "skills,life_threatening", "skills;sleep"])
def test_targets_that_are_no_list_of_known_words_stop_the_study(active: Path, cell: str) -> None:
    edit(active, "sessions.csv", lambda t: t.assign(target=np.where(t.index == 3, cell, t["target"])))
    with pytest.raises(DataError) as caught:
        outcomes.read_study(active)
    assert "E218" in str(caught.value)
    assert "row 5" in str(caught.value)
    assert "sleep" not in str(caught.value)


def test_the_ways_of_meeting_and_the_ratings_are_told(active: Path) -> None:
    rows = len(pd.read_csv(active / "sessions.csv"))
    places = np.arange(rows)
    set_column(
        active,
        mode=np.select([places % 3 == 0, places % 3 == 1], ["in_person", "phone"], ""),
        adherence=np.where(places % 2 == 0, np.where(places % 4 == 0, "3", "5"), ""),
    )
    found = analyse(active)
    in_person, phone = (places % 3 == 0).sum(), (places % 3 == 1).sum()
    assert value(found, "sessions.mode.in_person.share") == pytest.approx(in_person / (in_person + phone))
    assert value(found, "sessions.mode.online.share") == 0.0
    threes, fives = (places % 4 == 0).sum(), (places % 4 == 2).sum()
    assert value(found, "sessions.adherence.mean") == pytest.approx((3 * threes + 5 * fives) / (threes + fives))
    assert value(found, "sessions.adherence.recorded_share") == pytest.approx((places % 2 == 0).mean())


@pytest.mark.parametrize(("column", "cell", "code"), [("mode", "video", "E218"), ("adherence", "77777", "E215")])
def test_a_way_of_meeting_or_a_rating_that_cannot_be_stops_the_study(
    active: Path, column: str, cell: str, code: str
) -> None:
    set_column(active, **{column: cell})
    with pytest.raises(DataError) as caught:
        outcomes.read_study(active)
    assert code in str(caught.value)
    assert cell not in str(caught.value)


def test_the_plan_may_say_in_what_share_of_sessions_a_part_is_expected(active: Path) -> None:
    add_to_plan(active, "[sessions.expected]\nagenda_set = 0.9\nfeedback = 1")
    assert outcomes.read_study(active).plan.sessions.expected == {"agenda_set": 0.9, "feedback": 1.0}


@pytest.mark.parametrize("line", ["agenda = 0.9", "agenda_set = 90", 'agenda_set = "often"'])
def test_an_expected_share_of_no_part_or_no_share_is_a_fault_of_the_plan(active: Path, line: str) -> None:
    add_to_plan(active, f"[sessions.expected]\n{line}")
    with pytest.raises(PlanError) as caught:
        outcomes.read_study(active)
    assert "sessions.expected" in str(caught.value)
