"""Completion by hand, by each definition, week by week, and what is said where a number needed has no end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

import outcomes
from drawn import points_of
from outcomes.audit.independent import SECOND_ENGINE
from outcomes.blocks.verdicts import say_rung
from outcomes.charts.chart import Chart
from outcomes.charts.style import ARM_STYLES
from outcomes.cohort import assemble
from outcomes.methods.proportions import fit_share_ratio
from outcomes.models.grouping import NOT_ALLOWED_FOR
from outcomes.questions.completion.analysis import analyse
from outcomes.questions.completion.attendance_figure import draw as draw_attendance
from outcomes.questions.completion.figure import draw as draw_completion
from outcomes.results.key import Key
from outcomes.results.outcome import Curve, Estimate, NotEstimable
from outcomes.results.ways import VERDICT_ON_COMPLETION
from outcomes.scoring import score_study
from small_study import edit, write_small_study

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
    assert not results_of(small_study).where(analysis="attendance")
    assert not results_of(small_study).where(analysis="completion", subject="group_stream")


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
    for words in (
        "one completer fewer in every",
        "the data are compatible with anything from",
        "one completer more in every",
    ):
        assert words in found.reason


def test_three_groups_leave_the_comparison_and_say_that_they_are_not_allowed_for(small_study: Path) -> None:
    alone = results_of(small_study)
    plan = (small_study / "plan.toml").read_text()
    (small_study / "plan.toml").write_text(plan.replace("[adjust]", '[adjust]\nskills_group = "group_id"'))
    clients = pd.read_csv(small_study / "clients.csv", dtype=str)
    clients.assign(group_id=["a", "b", "c"] * 20).to_csv(small_study / "clients.csv", index=False)
    results = results_of(small_study)
    for name in ("difference", "ratio", "odds_ratio"):
        found, plain = results[f"completion.adjusted.{name}"], alone[f"completion.adjusted.{name}"]
        assert isinstance(found, Estimate)
        assert isinstance(plain, Estimate)
        assert found.how is not None
        assert (found.value, found.interval) == (plain.value, plain.interval)
        assert found.how.groups_not_allowed_for
        assert NOT_ALLOWED_FOR["group"] in found.notes


def completed_by(folder: Path, *, full: int, skills: int, sizes: tuple[int, int] = (14, 9), groups: int = 0) -> Path:
    """Of so many people an arm, so many completed."""
    write_small_study(folder, n=2 * max(sizes), seed=2)
    clients = pd.read_csv(folder / "clients.csv", dtype=str)
    arms = [clients.index[clients["arm"] == arm][:size] for arm, size in zip(("full", "skills"), sizes, strict=True)]
    clients["completed"] = "no"
    clients.loc[[*arms[0][:full], *arms[1][:skills]], "completed"] = "yes"
    kept = clients.loc[sorted([*arms[0], *arms[1]])]
    if groups:
        kept = kept.assign(group_id=[f"G{row % groups}" for row in range(len(kept))])
        plan = (folder / "plan.toml").read_text()
        (folder / "plan.toml").write_text(plan.replace("[adjust]", '[adjust]\nskills_group = "group_id"'))
    kept.to_csv(folder / "clients.csv", index=False)
    scores = pd.read_csv(folder / "scores.csv", dtype=str)
    scores[scores["client_id"].isin(kept["client_id"])].to_csv(folder / "scores.csv", index=False)
    return folder


@pytest.mark.parametrize("groups", [0, 6])
@pytest.mark.parametrize("happened", [True, False])
def test_where_all_were_alike_nothing_is_adjusted_and_the_intervals_have_a_width(
    tmp_path: Path, happened: bool, groups: int
) -> None:
    folder = completed_by(tmp_path / "s", full=14 * happened, skills=9 * happened, groups=groups)
    results = results_of(folder)
    crude, adjusted = (results[f"completion.{way}.difference"] for way in ("crude", "adjusted"))
    assert isinstance(crude, Estimate)
    assert isinstance(adjusted, Estimate)
    assert adjusted.how is not None
    assert crude.value == adjusted.value == 0
    assert crude.limits == adjusted.limits
    newcombe = confint_proportions_2indep(14 * happened, 14, 9 * happened, 9, method="newcomb")
    assert crude.limits == pytest.approx(newcombe)
    assert adjusted.how.groups_not_allowed_for is bool(groups)
    assert "nothing is adjusted for" in adjusted.notes[0]
    for name in ("odds_ratio", "number_needed"):
        assert isinstance(results[f"completion.adjusted.{name}"], NotEstimable)
    for way in ("crude", "adjusted"):
        ratio = results[f"completion.{way}.ratio"]
        if not happened:
            assert isinstance(ratio, NotEstimable)
            continue
        assert isinstance(ratio, Estimate)
        assert ratio.value == 1
        low, high = ratio.limits or (1.0, 1.0)
        assert low == pytest.approx(14 / (14 + 1.959963984540054**2))  # Wilson's, since the other share is one
        assert high == pytest.approx((9 + 1.959963984540054**2) / 9)


def test_the_second_computation_agrees_where_all_were_alike(tmp_path: Path) -> None:
    folder = completed_by(tmp_path / "s", full=14, skills=9)
    run = outcomes.report(folder, out=tmp_path / "out")
    verdict = outcomes.verify(run.folder, folder, independent=True)
    (again, *_) = (check for check in verdict.checks if check.name == SECOND_ENGINE)
    assert again.status == "equal", verdict.to_text()
    assert verdict.exit_code != 1, verdict.to_text()


@pytest.mark.parametrize(("full", "skills"), [(14, 8), (14, 1), (0, 9), (14, 0)])
def test_no_interval_of_shares_lacks_a_width_or_lies_beyond_what_shares_can_be(
    tmp_path: Path, full: int, skills: int
) -> None:
    study = outcomes.read_study(completed_by(tmp_path / "s", full=full, skills=skills))
    for outcome in analyse(assemble(study, score_study(study))):
        if not isinstance(outcome, Estimate) or outcome.key.what in {"least", "most"}:  # bounds, which chance leaves
            continue
        assert outcome.limits is not None
        low, high = outcome.limits
        assert low < high
        if outcome.unit == "share_difference":
            assert -1 <= low < high <= 1
        if outcome.key.what == "number_needed":
            assert low >= 1


@pytest.mark.parametrize("cells", [(10, 10, 9, 10), (7, 7, 30, 41), (60, 60, 3, 7), (25, 25, 25, 25)])
def test_the_ratio_of_an_arm_in_which_all_did_has_the_limits_of_its_score(cells: tuple[int, int, int, int]) -> None:
    """statsmodels, Koopman's interval: its upper limit, since its search for the lower one stops at a share of one."""
    one, n, zero, m = cells
    fit = fit_share_ratio(events_full=one, n_full=n, events_skills=zero, n_skills=m, level=0.95)
    turned = fit_share_ratio(events_full=zero, n_full=m, events_skills=one, n_skills=n, level=0.95)
    asked = {"compare": "ratio", "method": "score", "correction": False}
    with np.errstate(all="ignore"):
        upper = confint_proportions_2indep(one, n, zero, m, **asked)[1]
    assert fit.by_score
    assert fit.high == pytest.approx(float(np.real(upper)), rel=1e-9)
    assert (turned.low, turned.high) == pytest.approx((1 / fit.high, 1 / fit.low), rel=1e-12)


@pytest.fixture
def uneven(tmp_path: Path) -> Registry:
    """Of 25 recorded in the full arm 20 completed, of 30 in the other 12; nothing is adjusted for."""
    folder = write_small_study(tmp_path / "s", n=60)
    plan = (folder / "plan.toml").read_text()
    (folder / "plan.toml").write_text(plan.replace('covariates = ["age", "gender"]', "covariates = []"))
    clients = pd.read_csv(folder / "clients.csv", dtype=str)
    full, skills = (clients.index[clients["arm"] == arm] for arm in ("full", "skills"))
    clients["completed"] = "no"
    clients.loc[[*full[:20], *skills[:12]], "completed"] = "yes"
    clients.loc[full[25:], "completed"] = ""
    clients.to_csv(folder / "clients.csv", index=False)
    return results_of(folder)


def wilson(events: int, n: int) -> tuple[float, float]:
    z = 1.959963984540054
    middle, half = events + z * z / 2, z * (events * (n - events) / n + z * z / 4) ** 0.5
    return (middle - half) / (n + z * z), (middle + half) / (n + z * z)


def test_shares_and_what_compares_them_are_what_a_hand_finds(uneven: Registry) -> None:
    limits = {"full": wilson(20, 25), "skills": wilson(12, 30)}
    for arm, (events, n) in {"full": (20, 25), "skills": (12, 30)}.items():
        share = uneven[Key("completion", what="share", arm=arm)]
        assert isinstance(share, Estimate)
        assert (share.value, share.n, share.cells) == (events / n, n, (events, n - events))
        assert share.limits == pytest.approx(limits[arm], rel=1e-12)
        assert (share.n_full, share.n_skills) == ((n, None) if arm == "full" else (None, n))
    crude = uneven[Key("completion", what="difference", category="crude")]
    assert isinstance(crude, Estimate)
    (low1, high1), (low0, high0) = limits.values()
    newcombe = (
        0.4 - ((0.8 - low1) ** 2 + (high0 - 0.4) ** 2) ** 0.5,
        0.4 + ((high1 - 0.8) ** 2 + (0.4 - low0) ** 2) ** 0.5,
    )
    assert crude.value == pytest.approx(0.4)
    assert crude.limits == pytest.approx(newcombe, rel=1e-12)
    assert crude.cells == (20, 5, 12, 18)
    ratio = uneven[Key("completion", what="ratio", category="crude")]
    assert isinstance(ratio, Estimate)
    spread = 1.959963984540054 * (1 / 20 - 1 / 25 + 1 / 12 - 1 / 30) ** 0.5
    assert ratio.value == pytest.approx(2.0)
    assert ratio.limits == pytest.approx((2 * math.exp(-spread), 2 * math.exp(spread)), rel=1e-12)


def test_with_nothing_to_adjust_for_the_adjusted_numbers_are_the_crude_ones(uneven: Registry) -> None:
    wanted = {"difference": 0.4, "ratio": 2.0, "odds_ratio": (20 / 5) / (12 / 18), "number_needed": 2.5}
    for what, number in wanted.items():
        found = uneven[Key("completion", what=what, category="adjusted")]
        assert isinstance(found, Estimate)
        assert found.value == pytest.approx(number, rel=1e-7)
        assert found.how is not None
        assert not found.how.penalised
        assert (found.n, found.n_full, found.n_skills) == (55, 25, 30)
    left = uneven[Key("completion", what="ratio_not_completed", category="adjusted")]
    assert isinstance(left, Estimate)
    spread = 1.959963984540054 * (1 / 5 - 1 / 25 + 1 / 18 - 1 / 30) ** 0.5  # Katz, which the delta method gives here
    assert left.value == pytest.approx((5 / 25) / (18 / 30), rel=1e-7)
    assert left.limits == pytest.approx((left.value * math.exp(-spread), left.value * math.exp(spread)), rel=1e-7)
    assert "completer more" in uneven[Key("completion", what="number_needed", category="adjusted")].label


def test_what_compares_shares_tells_the_share_of_one_arm_from_that_of_the_other(uneven: Registry) -> None:
    shares = tuple(Key("completion", what="share", arm=arm) for arm in ("full", "skills"))
    for outcome in uneven.where(analysis="completion"):
        assert outcome.key is not None
        if outcome.key.what in {"difference", "ratio", "ratio_not_completed", "odds_ratio"}:
            assert outcome.tells == (shares,)
    (inverse,) = uneven.where(analysis="completion", what="number_needed")
    assert inverse.tells == ((Key("completion", what="difference", category="adjusted"),),)


def test_a_share_is_drawn_in_its_own_arm_at_its_value(uneven: Registry, tmp_path: Path) -> None:
    figure = draw_completion(uneven, outcomes.read_study(tmp_path / "s").plan)
    assert figure is not None
    chart, beside = figure.axes
    assert isinstance(chart, Chart)
    assert chart.marks["y"].labels == ["Full programme", "Skills group only"]
    places = chart.marks["y"].at
    assert places is not None
    assert points_of(chart, ARM_STYLES["full"].marker) == [(pytest.approx(80), places[0])]
    assert points_of(chart, ARM_STYLES["skills"].marker) == [(pytest.approx(40), places[1])]
    difference = uneven[Key("completion", what="difference", category="adjusted")]
    assert isinstance(difference, Estimate)
    assert [at for at, _ in points_of(beside, "s")] == [100 * difference.value]
    low, high = beside.get_xlim()
    assert low < 0 < high  # no difference is always in sight
    verdict = uneven[VERDICT_ON_COMPLETION]
    assert isinstance(verdict, Estimate)
    assert verdict.verdict is not None
    assert chart.heading.text == f"Completed: {say_rung(verdict.verdict, {'full': 'Full programme'})}"


def test_weeks_are_drawn_under_their_kind_of_session_and_in_their_arm(attended: Path) -> None:
    results = results_of(attended)
    figure = draw_attendance(results, outcomes.read_study(attended).plan)
    assert figure is not None
    panels = [chart for chart in figure.axes if chart.lines and isinstance(chart, Chart)]
    kinds = {"Group sessions": "group", "121 sessions": "individual"}
    named = {chart.heading.text: chart for chart in panels if chart.heading is not None}
    weeks = [at for curve in results.where(analysis="attendance") if isinstance(curve, Curve) for at in curve.at]
    assert panels[0].get_xlim() == (min(weeks), max(weeks))  # the panel ends where its data end
    assert list(named) == list(kinds)
    for title, kind in kinds.items():
        for arm in ("full", "skills"):
            curve = results.get(Key("attendance", what="attended", subject=kind, arm=arm))
            drawn = points_of(named[title], ARM_STYLES[arm].marker)
            at_hand = (
                [] if curve is None else [(at, 100 * share) for at, share in zip(curve.at, curve.value, strict=True)]
            )
            assert drawn == at_hand


def test_what_the_share_would_be_either_way_is_of_everybody_who_started(uneven: Registry) -> None:
    for arm, what, many, cells in (
        ("full", "least", 20, (20, 10)),
        ("full", "most", 25, (20, 5, 5)),
        ("skills", "least", 12, (12, 18)),
        ("skills", "most", 12, (12, 18, 0)),
    ):
        found = uneven[Key("completion", what=what, arm=arm)]
        assert isinstance(found, Estimate)
        assert (found.value, found.n, found.cells, found.limits) == (many / 30, 30, cells, None)


@pytest.mark.parametrize(
    ("change", "cause", "reason"),
    [
        (("column", "column"), "not provided", "Completion is not recorded for anybody."),
        (('[completion]\ncolumn = "completed"', ""), "not planned", "The plan does not say how completion is judged."),
        (
            ('column = "completed"', "rule = { minimum_share = 0.5 }"),
            "not provided",
            "attendance.csv was not provided.",
        ),
    ],
)
def test_why_nobody_is_known_to_have_completed_is_said_once_with_its_cause(
    small_study: Path, change: tuple[str, str], cause: str, reason: str
) -> None:
    plan = small_study / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    clients = pd.read_csv(small_study / "clients.csv", dtype=str).assign(completed="")
    clients.to_csv(small_study / "clients.csv", index=False)
    prices = "item,unit_cost,currency,price_year,source\nindividual_session,90,GBP,2025,invented\n"
    (small_study / "costs.csv").write_text(prices, encoding="utf-8")
    if "attendance" not in reason:
        rows = "".join(f"{client},{week},individual,attended\n" for client in clients["client_id"] for week in (1, 2))
        (small_study / "attendance.csv").write_text(f"client_id,week,kind,status\n{rows}", encoding="utf-8")
    results = results_of(small_study)
    told = {
        name: results[name]
        for name in ("flow.full.completed", "completion.full.share", "completion.skills.most", "costs.per_completion")
    }
    assert {
        name: (getattr(one, "cause", ""), getattr(one, "reason", "")) for name, one in told.items()
    } == dict.fromkeys(told, (cause, reason))


def test_nothing_is_adjusted_where_those_with_covariates_are_all_alike(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "study", n=40)
    edit(folder, "clients.csv", lambda c: c.assign(age=c["age"].where(c["completed"] == "yes", "")))
    found = results_of(folder)
    assert {value(found, f"completion.{arm}.share") for arm in ("full", "skills")}.isdisjoint({0.0, 1.0})
    refused = found["completion.adjusted.difference"]
    assert isinstance(refused, NotEstimable)
    assert "nothing is left to adjust" in refused.reason
