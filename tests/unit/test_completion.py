"""Completion by each definition, week by week, and what is said where the number needed runs through infinity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

import outcomes
from outcomes.results.outcome import Curve, Estimate, NotEstimable
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.results.registry import Registry


@pytest.fixture
def attended(tmp_path: Path) -> Path:
    """Sixty people with eight weeks: group for all, 121 for the full arm, of whom every second misses four of these."""
    folder = write_small_study(tmp_path / "s", n=60)
    rows = ["client_id,week,kind,status"]
    for number in range(1, 61):
        full = number % 2 == 0
        for week in range(1, 9):
            came = "attended" if week > number % 5 - 2 else "missed"
            rows.append(f"P{number:03d},{week},group,{came}")
            if full:
                alone = "missed" if number % 4 == 0 and week <= 4 else "attended"
                rows.append(f"P{number:03d},{week},individual,{alone}")
    (folder / "attendance.csv").write_text("\n".join(rows) + "\n")
    return folder


def results_of(folder: Path) -> Registry:
    return outcomes.analyse(outcomes.read_study(folder)).registry


def value(results: Registry, name: str) -> float:
    found = results[name]
    assert isinstance(found, Estimate), found
    return found.value


def test_the_group_alone_and_all_sessions_stand_beside_the_plan(attended: Path) -> None:
    results = results_of(attended)
    assert value(results, "completion.group_stream.full.share") == 1.0  # at most two of eight missed
    half = value(results, "completion.any_stream.full.share")
    assert half == 0.5  # every second missed four 121 sessions in a row
    assert value(results, "completion.any_stream.skills.share") == 1.0
    assert -0.5 < value(results, "completion.any_stream.difference") < -0.4  # Firth draws shares towards one half
    assert "Firth" in getattr(results["completion.any_stream.difference"], "method", "")
    assert "few people" in " ".join(getattr(results["completion.any_stream.difference"], "notes", ()))


def test_the_plans_rule_is_the_rule_of_every_stream(attended: Path) -> None:
    plan = (attended / "plan.toml").read_text()
    rule = 'rule = { minimum_share = 0.5, stream = "group", longest_run_missed = 5 }'
    (attended / "plan.toml").write_text(plan.replace('column = "completed"', rule))
    results = results_of(attended)
    assert value(results, "completion.any_stream.full.share") == 1.0
    assert value(results, "completion.full.share") == value(results, "completion.group_stream.full.share")


def test_weeks_show_the_share_who_came_of_those_to_whom_a_session_was_on_offer(attended: Path) -> None:
    results = results_of(attended)
    group, alone = results["attendance.group.skills"], results["attendance.individual.full"]
    assert isinstance(group, Curve)
    assert isinstance(alone, Curve)
    assert group.at == tuple(float(week) for week in range(1, 9))
    assert group.people == (30,) * 8
    assert group.value[0] == pytest.approx(18 / 30)  # those of whom number % 5 is 3 or 4 come later
    assert alone.value[0] == pytest.approx(0.5)
    assert "attendance.individual.skills" not in results


def test_without_attendance_nothing_is_added(small_study: Path) -> None:
    assert not results_of(small_study).under("attendance")
    assert not results_of(small_study).under("completion", "group_stream")


def test_weeks_come_from_dates_where_they_are_not_recorded(attended: Path) -> None:
    table = pd.read_csv(attended / "attendance.csv")
    dates = pd.Timestamp("2024-01-01") + pd.to_timedelta(7 * (table["week"] - 1) + 3, unit="D")
    table.assign(date=dates.dt.date).drop(columns="week").to_csv(attended / "attendance.csv", index=False)
    clients = pd.read_csv(attended / "clients.csv", dtype=str)
    clients.assign(start_date="2024-01-01").to_csv(attended / "clients.csv", index=False)
    curve = results_of(attended)["attendance.group.full"]
    assert isinstance(curve, Curve)
    assert curve.at == tuple(float(week) for week in range(1, 9))


def test_a_number_needed_that_runs_through_infinity_is_told_in_words(small_study: Path) -> None:
    found = results_of(small_study)["completion.adjusted.number_needed"]
    assert isinstance(found, NotEstimable)
    for words in ("one completer fewer in every", "through numbers without end", "one completer more in every"):
        assert words in found.reason


def test_the_odds_ratio_does_not_need_clusters(small_study: Path) -> None:
    plan = (small_study / "plan.toml").read_text()
    (small_study / "plan.toml").write_text(plan.replace("[adjust]", '[adjust]\nskills_group = "group_id"'))
    clients = pd.read_csv(small_study / "clients.csv", dtype=str)
    clients.assign(group_id=["a", "b", "c"] * 20).to_csv(small_study / "clients.csv", index=False)
    results = results_of(small_study)
    assert isinstance(results["completion.adjusted.difference"], NotEstimable)
    assert isinstance(results["completion.adjusted.odds_ratio"], Estimate)
