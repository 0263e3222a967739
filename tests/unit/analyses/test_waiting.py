"""How long people waited, and how results run by quarter: drawn dates whose answer can be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import outcomes
from active_study import add_to_plan, write_active_study
from outcomes.cohort import assemble
from outcomes.errors import PlanError
from outcomes.questions.run_chart import analysis as run_chart
from outcomes.questions.waiting import analysis as waiting
from outcomes.release.known import is_inside_only
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable, Outcome
from outcomes.scoring import score_study
from outcomes.study.read import examine_study
from small_study import edit

if TYPE_CHECKING:
    from pathlib import Path

STARTS = ("2024-01-08", "2024-02-12", "2024-05-06", "2024-09-30")  # Q1, Q1, Q2, Q3


@pytest.fixture
def active(tmp_path: Path) -> Path:
    return write_active_study(tmp_path / "study")


def date_way_in(folder: Path, weeks: tuple[int, ...] = (4, 8, 12, 16, 20)) -> None:
    """Give every person one of some starts, and a referral so many weeks before it; assessment lies half way."""

    def draw(table: pd.DataFrame) -> pd.DataFrame:
        start = pd.to_datetime([STARTS[place % len(STARTS)] for place in range(len(table))])
        wait = pd.to_timedelta([7 * weeks[place % len(weeks)] for place in range(len(table))], unit="D")
        return table.assign(
            start_date=start.strftime("%Y-%m-%d"),
            end_date=(start + pd.Timedelta(weeks=24)).strftime("%Y-%m-%d"),
            referred_date=(start - wait).strftime("%Y-%m-%d"),
            assessed_date=(start - wait / 2).strftime("%Y-%m-%d"),
        )

    edit(folder, "clients.csv", draw)
    (folder / "attendance.csv").unlink()
    (folder / "sessions.csv").unlink()


def analyse(folder: Path, question=waiting) -> dict[str, Outcome]:
    study = outcomes.read_study(folder)
    return {outcome.id: outcome for outcome in question.analyse(assemble(study, score_study(study)))}


def estimate(found: dict[str, Outcome], name: str) -> Estimate:
    outcome = found[name]
    assert isinstance(outcome, Estimate), outcome
    return outcome


def test_a_median_wait_is_that_of_the_weeks_between_two_dates(active: Path) -> None:
    date_way_in(active)
    found = analyse(active)
    whole, first = (
        estimate(found, f"waiting.{span}.full.median") for span in ("referred_to_started", "referred_to_assessed")
    )
    assert (whole.value, first.value) == (12.0, 6.0)  # six people of 30 for each of 4, 8, 12, 16 and 20 weeks
    assert whole.interval is not None
    # of thirty in order the tenth from either end: 2·P(X < 10) = 0.043, with the eleventh 0.099
    assert (whole.interval.low, whole.interval.high) == (8.0, 16.0)
    offered = found["waiting.assessed_to_offered.full.median"]
    assert isinstance(offered, NotEstimable)
    assert offered.reason == waiting.NO_DATES


def test_the_share_within_the_target_counts_who_waited_exactly_so_long(active: Path) -> None:
    date_way_in(active)
    assert "waiting.referred_to_started.full.within" not in analyse(active)
    add_to_plan(active, "[waiting]\nreferred_to_started = 12\n")
    share = estimate(analyse(active), "waiting.referred_to_started.full.within")
    assert (share.value, share.n) == (18 / 30, 30)


def test_by_quarter_waits_are_those_of_the_people_who_started_in_it(active: Path) -> None:
    date_way_in(active)
    found = analyse(active)
    clients = pd.read_csv(active / "clients.csv")
    mine = clients[(clients["arm"] == "full") & clients["start_date"].isin(STARTS[:2])]
    weeks = (pd.to_datetime(mine["start_date"]) - pd.to_datetime(mine["referred_date"])).dt.days / 7
    quarter = estimate(found, "waiting.referred_to_started.2024_q1.full.median")
    assert (quarter.value, quarter.n, quarter.named) == (weeks.median(), len(mine), "2024 Q1")
    assert {key.split(".")[2] for key in found if "started.2024" in key} == {"2024_q1", "2024_q2", "2024_q3"}


def test_dates_out_of_order_are_asked_about_and_that_wait_alone_is_left_out(active: Path) -> None:
    date_way_in(active)
    edit(
        active, "clients.csv", lambda t: t.assign(assessed_date=np.where(t.index < 2, "2023-01-02", t["assessed_date"]))
    )
    _, findings = examine_study(active)
    told = [one for one in findings if one.code == "E288"]
    assert [(one.level, one.rows) for one in told] == [("CHECK", (2, 3))]
    assert told[0].rule == "assessment lies before referral"
    found = analyse(active)
    left_out = sum(
        estimate(found, f"waiting.referred_to_assessed.{arm}.not_recorded").value for arm in ("full", "skills")
    )
    assert left_out == 2
    assert (
        sum(estimate(found, f"waiting.referred_to_started.{arm}.not_recorded").value for arm in ("full", "skills")) == 0
    )


def test_a_wait_of_more_than_three_years_is_asked_about(active: Path) -> None:
    date_way_in(active)
    edit(
        active,
        "clients.csv",
        lambda t: t.assign(referred_date=np.where(t.index == 4, "2014-03-01", t["referred_date"])),
    )
    _, findings = examine_study(active)
    assert [(one.level, one.rows) for one in findings if one.code == "E289"] == [("CHECK", (6,))]


def test_without_dates_of_the_way_in_every_wait_says_what_is_missing(active: Path) -> None:
    found = analyse(active)
    assert all(isinstance(outcome, NotEstimable) and outcome.cause == "not provided" for outcome in found.values())


@pytest.mark.parametrize("line", ["referred_to_started = 0", "referred_to_started = -2", "referral = 18"])
def test_a_target_that_is_no_time_or_of_no_wait_is_a_fault_of_the_plan(active: Path, line: str) -> None:
    add_to_plan(active, f"[waiting]\n{line}")
    with pytest.raises(PlanError, match="waiting"):
        outcomes.read_study(active)


def test_a_run_chart_gives_each_quarter_its_mean_and_its_limits(active: Path) -> None:
    date_way_in(active)
    found = analyse(active, run_chart)
    study = outcomes.read_study(active)
    cohort = assemble(study, score_study(study))
    measure, visit = cohort.plan.primary_measures[0], cohort.plan.primary
    change = cohort.scores(measure, visit) - cohort.scores(measure, cohort.plan.baseline)
    third = cohort.full & (cohort.clients["start_date"] == "2024-09-30").to_numpy() & ~np.isnan(change)
    value = estimate(found, f"run_chart.{measure}.{visit}.2024_q3.full.value")
    assert (value.value, value.n) == (pytest.approx(change[third].mean()), third.sum())
    centre = estimate(found, f"run_chart.{measure}.{visit}.full.centre")
    assert centre.value == pytest.approx(np.nanmean(change[cohort.full]))
    low, high = (estimate(found, f"run_chart.{measure}.{visit}.2024_q3.full.{side}") for side in ("lower", "upper"))
    assert low.value + high.value == pytest.approx(2 * centre.value)


def test_nothing_by_quarter_leaves_the_clinic() -> None:
    assert is_inside_only(Key("run_chart", what="centre", subject="completed", arm="full"))
    assert is_inside_only(Key("waiting", what="median", subject="referred_to_started", category="2024_q1", arm="full"))
    assert not is_inside_only(Key("waiting", what="median", subject="referred_to_started", arm="full"))


def test_one_quarter_alone_is_said_to_have_nothing_to_be_set_against(active: Path) -> None:
    found = analyse(active, run_chart)
    reasons = {outcome.reason for outcome in found.values() if isinstance(outcome, NotEstimable)}
    assert any("one quarter" in reason for reason in reasons)
