"""Who left early and who did not, and the analysis of staying at its edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import outcomes
from drawn import points_of
from outcomes.charts.style import ARM_STYLES
from outcomes.cohort import assemble
from outcomes.cohort.stay import Stay, read_stay
from outcomes.questions.retention.figure import draw
from outcomes.results.key import Key
from outcomes.results.outcome import Curve, Estimate, NotEstimable
from outcomes.results.quantity import Quantity
from outcomes.scoring import score_study
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.results.registry import Registry

START = pd.Timestamp("2024-01-01")


def with_dates(folder: Path, weeks: list[float], completed: list[str] | None = None) -> Path:
    """Give the clients an end so many weeks after their start; a negative number gives none."""
    clients = pd.read_csv(folder / "clients.csv", dtype=str)
    days = [round(7 * week) for week in weeks]
    ends = ["" if day < 0 else (START + pd.Timedelta(days=day)).date().isoformat() for day in days]
    clients = clients.assign(start_date=START.date().isoformat(), end_date=ends)
    if completed is not None:
        clients["completed"] = completed
    clients.to_csv(folder / "clients.csv", index=False)
    return folder


def stay_of(folder: Path) -> Stay:
    study = outcomes.read_study(folder)
    return read_stay(assemble(study, score_study(study)))


def results_of(folder: Path) -> Registry:
    return outcomes.analyse(outcomes.read_study(folder)).registry


def test_who_ends_early_without_completing_has_left(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=6)
    stay = stay_of(with_dates(folder, [5, 5, 160 / 7, 23.5, 24, 30], ["no", "yes", "no", "no", "yes", "no"]))
    assert list(stay.left) == [True, False, True, False, False, False]
    assert list(stay.weeks) == [5, 5, pytest.approx(160 / 7), pytest.approx(164 / 7), 24, 24]


def test_who_comes_to_the_last_weekly_session_has_not_left(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=6)
    rows = ["client_id,date,kind,status"]
    for client, weeks in (("P001", 24), ("P002", 23), ("P003", 24)):
        rows += [f"{client},{(START + pd.Timedelta(days=7 * week)).date()},group,attended" for week in range(weeks)]
    rows += [f"P003,{(START + pd.Timedelta(days=300)).date()},group,missed"]
    (folder / "attendance.csv").write_text("\n".join(rows) + "\n")
    stay = stay_of(with_dates(folder, [-1, -1, -1, 23, 22.9, 23], ["no"] * 6))
    assert list(stay.left) == [False, True, False, False, True, False]


@pytest.mark.parametrize("blank", ["no", ""])
def test_a_blank_in_completion_does_not_tell_that_somebody_stayed(tmp_path: Path, blank: str) -> None:
    """Of twelve an arm the ends of four are recorded, and of six neither an end nor that they completed."""
    folder = write_small_study(tmp_path / "s", n=24)
    weeks = [6.0 + place if place < 8 else -1.0 for place in range(24)]
    completed = ["no"] * 8 + [blank] * 12 + ["yes"] * 4
    ends = with_dates(folder, weeks, completed)
    clients = pd.read_csv(ends / "clients.csv", dtype=str)
    clients.loc[23, "end_date"] = "2025-01-31"  # the planned end of everybody is past
    clients.to_csv(ends / "clients.csv", index=False)
    stay = stay_of(ends)
    assert np.isnan(stay.weeks).tolist() == [False] * 8 + [True] * 12 + [False] * 4
    results = results_of(ends)
    for arm in ("full", "skills"):
        found = results[f"retention.{arm}.left"]
        assert isinstance(found, Estimate)
        assert found.n == 6
        assert found.value == pytest.approx(4 / 6)


def test_the_planned_length_is_the_plans(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=4)
    plan = (folder / "plan.toml").read_text()
    (folder / "plan.toml").write_text(plan.replace('column = "completed"', 'column = "completed"\nweeks = 12'))
    stay = stay_of(with_dates(folder, [5, 12, 20, 10.5], ["no"] * 4))
    assert stay.planned == 12
    assert list(stay.left) == [True, False, False, True]


def test_attendance_tells_the_end_where_no_date_does(tmp_path: Path) -> None:
    folder = with_dates(write_small_study(tmp_path / "s", n=4), [-1, -1, -1, -1], ["no", "no", "yes", "no"])
    rows = ["client_id,date,kind,status"]
    for client, weeks in (("P001", range(5)), ("P002", range(20)), ("P003", range(16)), ("P004", range(2))):
        for week in range(20):
            status = "attended" if week in weeks and client != "P004" else "missed"
            rows.append(f"{client},{(START + pd.Timedelta(days=7 * week)).date()},group,{status}")
    (folder / "attendance.csv").write_text("\n".join(rows) + "\n")
    stay = stay_of(folder)
    assert list(stay.left) == [True, False, False, True]
    assert list(stay.weeks) == [4, 19, 15, 0]
    assert stay.from_attendance == 2


def test_without_any_date_each_planned_number_says_so(small_study: Path) -> None:
    for outcome in results_of(small_study).where(analysis="retention"):
        assert isinstance(outcome, NotEstimable)
        assert "attendance.csv" in outcome.reason


def dates_of_start(folder: Path, **columns: str) -> Path:
    clients = pd.read_csv(folder / "clients.csv", dtype=str).assign(start_date="2024-01-01", **columns)
    clients.loc[::3, "start_date"] = "2024-05-27"  # so that the latest date of the study lies far from most starts
    clients.to_csv(folder / "clients.csv", index=False)
    return folder


def with_dated_scores(folder: Path) -> Path:
    scores = pd.read_csv(folder / "scores.csv", dtype=str)
    when = scores["visit"].map({"start": "2024-05-27", "mid": "2024-08-19", "end": "2024-11-11"})
    scores.assign(date=when).to_csv(folder / "scores.csv", index=False)
    return folder


def with_sessions(folder: Path) -> Path:
    (folder / "sessions.csv").write_text("client_id,date\nP002,2024-06-03\nP004,2024-09-02\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("more", ["nothing", "blank ends", "dated scores", "dated sessions", "blank completion"])
def test_starts_alone_do_not_tell_that_nobody_left(tmp_path: Path, more: str) -> None:
    blank = {"blank ends": {"end_date": ""}, "blank completion": {"end_date": "", "completed": ""}}.get(more, {})
    folder = dates_of_start(write_small_study(tmp_path / "s", n=30), **blank)
    folder = {"dated scores": with_dated_scores, "dated sessions": with_sessions}.get(more, lambda same: same)(folder)
    found = results_of(folder).where(analysis="retention")
    assert len(found) == 12
    for outcome in found:
        assert isinstance(outcome, NotEstimable), outcome.id
        assert outcome.reason.startswith("Nothing tells when people left")


def test_ends_of_one_arm_tell_nothing_of_the_other(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=30)
    weeks = [-1.0 if place % 2 == 0 else 5.0 + place for place in range(30)]  # the skills group has no ends
    results = results_of(with_dates(folder, weeks, ["no"] * 30))
    assert isinstance(results["retention.full.left"], Estimate)
    for name in ("skills.left", "skills.rmst", "curve.skills", "rmst.difference", "hazard_ratio", "logrank"):
        outcome = results[f"retention.{name}"]
        assert isinstance(outcome, NotEstimable), name
        assert "Skills group only" in outcome.reason


def test_ends_of_completers_alone_do_not_tell_when_others_left(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=30)
    completed = ["no" if place % 5 < 2 else "yes" for place in range(30)]
    weeks = [24.0 if one == "yes" else -1.0 for one in completed]
    for outcome in results_of(with_dates(folder, weeks, completed)).where(analysis="retention"):
        assert isinstance(outcome, NotEstimable), outcome.id


def test_who_did_not_complete_and_has_no_end_is_left_out(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=6)
    stay = stay_of(with_dates(folder, [5, 5, -1, 30, 24, -1], ["no", "no", "no", "no", "yes", "yes"]))
    assert np.isnan(stay.weeks).tolist() == [False, False, True, False, False, False]
    assert not stay.left[5]


def weeks_of(case: str, n: int, rng: np.random.Generator) -> list[float]:
    weeks = np.minimum(np.ceil(rng.exponential(30, n)), 24)
    if case == "no drop-out":
        weeks[:] = 24
    elif case == "only drop-out":
        weeks = np.minimum(weeks, 22)
    elif case == "times of zero":
        weeks[::4] = 0
    elif case == "all left on the first day":
        weeks[:] = 0
    elif case == "heavy ties":
        weeks = np.where(weeks < 24, 7, 24)
    elif case == "drop-out in one arm only":
        weeks[1::2] = 24
    elif case == "nobody has an end":
        weeks[:] = -1
    elif case == "half have no end":
        weeks[::2] = -1
    return list(weeks)


@pytest.mark.parametrize(
    "case",
    [
        *("no drop-out", "only drop-out", "times of zero", "all left on the first day", "heavy ties"),
        *("drop-out in one arm only", "nobody has an end", "half have no end", "as it is"),
    ],
)
def test_odd_stays_give_a_number_or_a_reason(tmp_path: Path, case: str) -> None:
    folder = write_small_study(tmp_path / "s", n=60)
    with_dates(folder, weeks_of(case, 60, np.random.default_rng(3)), ["no"] * 60)
    results = results_of(folder)
    found = {outcome.id: outcome for outcome in results.where(analysis="retention")}
    assert getattr(results["independent.agreeing"], "value", 0) == getattr(results["independent.compared"], "value", 1)
    assert {"retention.curve.full", "retention.hazard_ratio", "retention.rmst.difference", "retention.logrank"} <= set(
        found
    )
    limits = [one.limits for one in found.values() if isinstance(one, Estimate) and one.limits is not None]
    assert all(low < high for low, high in limits)
    if case in {"as it is", "times of zero", "heavy ties", "only drop-out"}:
        assert not [
            name for name, outcome in found.items() if isinstance(outcome, NotEstimable) if "proportional" not in name
        ]
    if case == "drop-out in one arm only":
        ratio = found["retention.hazard_ratio"]
        assert isinstance(ratio, NotEstimable)
        assert "no limit" in ratio.reason
        assert isinstance(found["retention.rmst.difference"], Estimate)


@pytest.mark.parametrize("case", ["all left on the first day", "as it is"])
def test_a_page_with_odd_stays_verifies(tmp_path: Path, case: str) -> None:
    folder = write_small_study(tmp_path / "s", n=60)
    with_dates(folder, weeks_of(case, 60, np.random.default_rng(3)), ["no"] * 60)
    run = outcomes.report(outcomes.read_study(folder), out=tmp_path / "reports")
    assert outcomes.verify(run.folder, study=folder).exit_code == 0


def test_swapping_the_arms_turns_every_comparison(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=60)
    with_dates(folder, weeks_of("as it is", 60, np.random.default_rng(3)))
    rows = [
        f"P{n:03d},{week},group,{'missed' if (n + week) % 4 == 0 else 'attended'}"
        for n in range(1, 61)
        for week in range(n % 7, 9)
    ]
    (folder / "attendance.csv").write_text("\n".join(["client_id,week,kind,status", *rows]) + "\n")
    plan = (folder / "plan.toml").read_text().replace("worthwhile = 5", "worthwhile = 5\nreliability = 0.9")
    (folder / "plan.toml").write_text(plan)
    one = results_of(folder)
    swapped = plan.replace('value = "full"', 'value = "x"').replace('value = "skills"', 'value = "full"')
    (folder / "plan.toml").write_text(swapped.replace('value = "x"', 'value = "skills"'))
    two = results_of(folder)

    def value(results: Registry, name: str) -> float:
        found = results[name]
        assert isinstance(found, Estimate), found
        return found.value

    for name in (
        *("retention.rmst.difference", "completion.crude.difference", "completion.adjusted.difference"),
        *("completion.any_stream.difference", "change.mood.end.improved.difference"),
    ):
        assert value(one, name) == pytest.approx(-value(two, name), rel=1e-8), name
    for name in (
        *("retention.hazard_ratio", "retention.unadjusted.hazard_ratio"),
        *("completion.crude.ratio", "completion.adjusted.ratio", "completion.adjusted.odds_ratio"),
    ):
        assert value(one, name) * value(two, name) == pytest.approx(1, rel=1e-8), name
    for name in ("retention.logrank", "retention.proportional_hazards"):
        assert value(one, name) == pytest.approx(value(two, name), rel=1e-8)
    assert value(one, "retention.full.rmst") == value(two, "retention.skills.rmst")


def test_the_mean_stay_is_the_area_under_the_curve(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=60)
    with_dates(folder, weeks_of("times of zero", 60, np.random.default_rng(3)), ["no"] * 60)
    results = results_of(folder)
    for arm in ("full", "skills"):
        curve, mean = results[f"retention.curve.{arm}"], results[f"retention.{arm}.rmst"]
        assert isinstance(curve, Curve)
        assert isinstance(mean, Estimate)
        assert mean.value == pytest.approx(float(np.diff(curve.at) @ np.array(curve.value[:-1])), rel=1e-12)


# Weeks and whether each left: by hand, Kaplan–Meier of full is 3/4 at 4 and 3/8 at 10, of skills 4/5, 3/5, 3/10.
STAYS = {
    "full": ((4, True), (6, False), (10, True), (24, False)),
    "skills": ((2, True), (4, True), (8, False), (12, True), (24, False)),
}
CURVES = {"full": {0: 1, 4: 3 / 4, 10: 3 / 8}, "skills": {0: 1, 2: 4 / 5, 4: 3 / 5, 12: 3 / 10}}
AREAS = {"full": 4 + 6 * 3 / 4 + 14 * 3 / 8, "skills": 2 + 2 * 4 / 5 + 8 * 3 / 5 + 12 * 3 / 10}


@pytest.fixture
def few(tmp_path: Path) -> Registry:
    folder = write_small_study(tmp_path / "s", n=10)
    clients = pd.read_csv(folder / "clients.csv", dtype=str)
    places = {arm: list(clients.index[clients["arm"] == arm]) for arm in STAYS}
    clients = clients.drop(index=places["full"][len(STAYS["full"]) :])
    clients["start_date"] = START.date().isoformat()
    for arm, stays in STAYS.items():
        for place, (weeks, left) in zip(places[arm], stays, strict=False):
            clients.loc[place, "end_date"] = (START + pd.Timedelta(days=7 * weeks)).date().isoformat()
            clients.loc[place, "completed"] = "no" if left else "yes"
    clients.to_csv(folder / "clients.csv", index=False)
    scores = pd.read_csv(folder / "scores.csv", dtype=str)
    scores[scores["client_id"].isin(clients["client_id"])].to_csv(folder / "scores.csv", index=False)
    return results_of(folder)


def test_curves_means_and_who_left_are_what_a_hand_finds(few: Registry) -> None:
    for arm, heights in CURVES.items():
        curve = few[Key("retention", what="curve", arm=arm)]
        assert isinstance(curve, Curve)
        told = dict(zip(curve.at, curve.value, strict=True))
        assert {at: told[at] for at in heights} == pytest.approx(heights)
        left, mean = (few[Key("retention", what=what, arm=arm)] for what in ("left", "rmst"))
        assert isinstance(left, Estimate)
        assert isinstance(mean, Estimate)
        assert left.value == pytest.approx(1 - min(heights.values()))
        assert mean.value == pytest.approx(AREAS[arm])
        gone = sum(one for _, one in STAYS[arm])
        assert left.cells == mean.cells == (gone, len(STAYS[arm]) - gone)
        assert (left.n_full, left.n_skills) == ((4, None) if arm == "full" else (None, 5))
    difference = few[Key("retention", what="difference", subject="rmst")]
    assert isinstance(difference, Estimate)
    assert difference.value == pytest.approx(AREAS["full"] - AREAS["skills"])
    assert difference.cells == (2, 2, 3, 2)
    assert difference.tells == (tuple(Key("retention", what="rmst", arm=arm) for arm in ("full", "skills")),)


def test_the_log_rank_test_counts_who_was_at_risk_in_each_arm(few: Registry) -> None:
    # weeks at which somebody left: at risk in full and in all, and how many left
    table = ((4, 9, 1), (4, 8, 2), (2, 4, 1), (1, 3, 1))
    expected = sum(left * full / everybody for full, everybody, left in table)
    variance = sum(left * (full / n) * (1 - full / n) * (n - left) / max(n - 1, 1) for full, n, left in table)
    test = few[Key("retention", what="logrank")]
    assert isinstance(test, Estimate)
    assert test.quantity is Quantity.STATISTIC
    assert (test.value, test.df) == (pytest.approx((2 - expected) ** 2 / variance), 1)


def test_each_curve_is_drawn_in_its_own_arm(few: Registry, tmp_path: Path) -> None:
    figure = draw(few, outcomes.read_study(tmp_path / "s").plan)
    assert figure is not None
    chart = figure.axes[0]
    for arm, heights in CURVES.items():
        falls = {at: 100 * height for at, height in heights.items() if at}
        assert dict(points_of(chart, ARM_STYLES[arm].marker)) == pytest.approx(falls)
