"""The second computation agrees with the first, is heard when it does not, and goes by fields, never by sentences."""

from __future__ import annotations

import dataclasses
import json
import math
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import made
import outcomes
from awkward_studies import KINDS, awkward_study
from outcomes.audit.independent import check_agreement, judge_comparisons
from outcomes.cohort import assemble
from outcomes.replication import ALLOWED, Comparison, distance, read_people, replicate
from outcomes.replication.columns import covariate_columns
from outcomes.replication.engine import AT_INFINITY, OTHER_STRUCTURE
from outcomes.replication.repeated import over_all_visits
from outcomes.replication.scores import at_one_visit, e_value
from outcomes.replication.shares import crude_difference, share, standardised_difference
from outcomes.replication.staying import hazard_ratio, log_rank, mean_stay
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.registry import Registry
from outcomes.scoring import score_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from outcomes.audit.verdict import Check
    from outcomes.cohort import Cohort
    from outcomes.replication import People
    from outcomes.replication.comparison import Numbers
    from outcomes.results.outcome import Outcome


def check_independently(people: People, results: Registry) -> list[Check]:
    return list(judge_comparisons(list(replicate(people, results, further=True))))


def cohort_of(folder: Path) -> Cohort:
    study = outcomes.read_study(folder)
    return assemble(study, score_study(study))


@pytest.fixture(scope="module")
def example(root: Path) -> tuple[Cohort, Registry]:
    folder = root / "data" / "example"
    return cohort_of(folder), outcomes.analyse(outcomes.read_study(folder)).registry


def test_every_primary_estimate_of_the_example_is_found_again(example: tuple[Cohort, Registry], root: Path) -> None:
    cohort, results = example
    check, kinds = check_independently(read_people(outcomes.read_study(root / "data" / "example")), results)
    assert check.status == "equal"
    assert check.count > 1800  # with the other kinds of results
    assert kinds.status == "noted"
    told = [one for one in results.values() if isinstance(one, Estimate) and not one.key.of]
    assert {line.partition(":")[0] for line in kinds.faults} == {one.key.analysis for one in told}
    assert sum(int(line.split(" of ")[1].split()[0]) for line in kinds.faults) == len(told)  # nothing is silent
    assert any(line.startswith("costs: 17 of 17 computed a second time, 17 agree") for line in kinds.faults)
    assert check_agreement(results).count == 19
    for measure in cohort.plan.primary_measures:
        for what in ("mmrm.{}.end.difference", "ancova.{}.end.difference", "change.{}.end.improved.difference"):
            assert isinstance(results[f"independent.{what.format(measure)}"], Estimate)
    agreeing, compared = results["independent.agreeing"], results["independent.compared"]
    assert isinstance(agreeing, Estimate)
    assert isinstance(compared, Estimate)
    assert agreeing.value == compared.value == 19


@pytest.mark.parametrize("name", ["beat-the-blues", "psychotherapy-add-on"])
def test_real_trials_agree_with_a_second_engine(shared: Path, name: str) -> None:
    folder = shared / "studies" / name
    check, *_ = check_independently(cohort_of(folder), outcomes.analyse(outcomes.read_study(folder)).registry)
    assert (check.status, check.faults) == ("equal", ())
    assert check.count >= 5


def changed(results: Registry, change: Callable[[Outcome], Outcome]) -> Registry:
    """The same records, with other outcomes."""
    return Registry(dataclasses.replace(record, outcome=change(record.outcome)) for record in results.records())


def moved(results: Registry, result: str, by: float) -> Registry:
    """The same results with one value off by a part of its standard error."""
    first = results[result]
    assert isinstance(first, Estimate)
    off = dataclasses.replace(first, value=first.value + by * (first.se or abs(first.value)))
    return changed(results, lambda one: off if one.id == result else one)


@pytest.mark.parametrize(
    "result",
    [
        *("mmrm.dts.end.difference", "ancova.ders16.end.difference", "confounding.dts.end.e_value"),
        *("completion.adjusted.difference", "retention.hazard_ratio", "retention.rmst.difference"),
        *("change.ffmq15.end.improved.difference", "weighting.dts.end.overlap"),
    ],
)
def test_an_estimate_that_is_off_by_a_thousandth_of_its_error_is_found(
    example: tuple[Cohort, Registry], result: str
) -> None:
    cohort, results = example
    off = moved(results, result, 0.001)
    assert [one.first.id for one in replicate(cohort, off) if one.disagreement > ALLOWED] == [result]
    check = check_agreement(off)
    assert check.status == "differs"
    assert result in check.faults[0]


def test_verify_fails_when_a_second_value_is_off(small_run: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    stored = json.loads((run / "results.json").read_text())
    row = next(row for row in stored["results"] if row["id"] == "independent.ancova.mood.end.difference")
    row["value"] += 1.0
    (run / "results.json").write_text(json.dumps(stored))
    verdict = outcomes.verify(run, study=small_run.parents[2] / "small")
    check = next(check for check in verdict.checks if "second computation" in check.name)
    assert check.status == "differs"
    assert verdict.exit_code == 1


def test_the_page_says_how_many_agree(small_run: Path) -> None:
    page = (small_run / "internal" / "annex.html").read_text(encoding="utf-8")
    assert "main estimates agree with a second computation" in page
    assert "independent.largest" in page


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cohort, Registry]:
    """A study in which nobody shares a group, so that statsmodels has a standard error for everything but the MMRM."""
    folder = tmp_path_factory.mktemp("alone") / "study"
    awkward_study(list(KINDS).index("neither groups nor therapists"), folder)
    return cohort_of(folder), outcomes.analyse(outcomes.read_study(folder)).registry


@pytest.fixture(scope="module")
def compared(alone: tuple[Cohort, Registry]) -> list[Comparison]:
    return list(replicate(*alone, further=True))


ALONE = ("ancova.mood.end.difference", "change.mood.end.improved.difference", "completion.adjusted.difference")
STAYING = ("retention.hazard_ratio", "retention.unadjusted.hazard_ratio", "retention.rmst.difference")


def test_where_nobody_shares_a_group_errors_and_limits_are_found_again(
    alone: tuple[Cohort, Registry], compared: list[Comparison]
) -> None:
    assert [name for one in compared for name in one.differing()] == []
    found = {one.first.id: one.second for one in compared}
    for result in (*ALONE, *STAYING, "retention.full.rmst", "retention.skills.rmst"):
        second, first = found[result], alone[1][result]
        assert second is not None
        assert isinstance(first, Estimate)
        assert second.se == pytest.approx(first.se, rel=1e-7)
        assert second.limits(0.95, log=first.unit == "ratio") == pytest.approx(first.limits, rel=1e-6)
    ancova = found["ancova.mood.end.difference"]
    assert ancova is not None
    assert ancova.df == pytest.approx(float(getattr(alone[1]["ancova.mood.end.difference"], "df", 0.0)))
    for result in ("completion.full.share", "completion.skills.share", "completion.crude.difference"):
        second = found[result]
        assert second is not None
        assert second.interval is not None


@pytest.mark.parametrize(
    ("result", "number"),
    [
        ("ancova.mood.end.difference", "df"),
        *((result, number) for result in (*ALONE, *STAYING) for number in ("se", "low", "high")),
        *(
            (result, limit)
            for result in ("retention.full.rmst", "completion.skills.share")
            for limit in ("low", "high")
        ),
    ],
)
def test_a_standard_error_a_df_and_a_limit_that_are_off_are_found(
    alone: tuple[Cohort, Registry],
    compared: list[Comparison],
    result: str,
    number: str,
) -> None:
    first = alone[1][result]
    assert isinstance(first, Estimate)
    assert first.interval is not None
    if number in {"low", "high"}:
        limit = getattr(first.interval, number) + 0.001 * (first.se or 1.0)
        off = dataclasses.replace(first, interval=dataclasses.replace(first.interval, **{number: limit}))
    else:
        off = dataclasses.replace(first, **{number: getattr(first, number) * 1.001})
    now = [dataclasses.replace(one, first=off) if one.first.id == result else one for one in compared]
    check, *_ = judge_comparisons(now)
    assert check.status == "differs"
    assert any(fault.startswith(f"{result}: ") and f" as {number} " in fault for fault in check.faults)


# Studies in which something decides whether and how there is a second computation: a penalty, another covariance, a
# coefficient without end.
DECIDED = ("arms of 8", "seven visits, 20 people", "random allocation, several sites")


@pytest.mark.parametrize("kind", DECIDED)
def test_rewording_switches_no_second_computation_off_and_none_on(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    awkward_study(list(KINDS).index(kind), folder)
    cohort, results = cohort_of(folder), outcomes.analyse(outcomes.read_study(folder)).registry

    def reword(one: Outcome) -> Outcome:
        if isinstance(one, NotEstimable):
            return dataclasses.replace(one, label="another label", reason="Another reason.")
        return dataclasses.replace(one, label="another label", method="another method", notes=("Another note.",))

    def mislead(one: Outcome) -> Outcome:
        told = "unstructured, toeplitz, runs to infinity, Firth, HC3, by therapist, penalised"
        return one if isinstance(one, NotEstimable) else dataclasses.replace(one, method=told, notes=(told,))

    comparisons = list(replicate(cohort, results, further=True))
    assert [one.first.id for one in comparisons if any(one.differing())] == []
    expected = shown(comparisons)
    assert len(expected) > 10
    for change in (reword, mislead):
        assert shown(replicate(cohort, changed(results, change), further=True)) == expected


def shown(comparisons: Iterable[Comparison]) -> dict[str, tuple[Numbers | None, str]]:
    return {one.first.id: (one.second, one.reason) for one in comparisons}


def test_fields_decide_what_has_a_second_computation(example: tuple[Cohort, Registry]) -> None:
    cohort, results = example
    result, hazard, completed = "mmrm.dts.end.difference", "retention.hazard_ratio", "completion.adjusted.difference"

    def change(one: Outcome) -> Outcome:
        fields = {result: {"structure": "toeplitz"}, hazard: {"infinite": True}, completed: {"penalised": True}}
        if one.id not in fields or not isinstance(one, Estimate):
            return one
        assert one.how is not None
        return dataclasses.replace(one, how=dataclasses.replace(one.how, **fields[one.id]))

    before, after = (shown(replicate(cohort, found)) for found in (results, changed(results, change)))
    assert after[result] == (None, OTHER_STRUCTURE)
    assert after[hazard] == (None, AT_INFINITY)
    first, second = before[completed][0], after[completed][0]
    assert first is not None
    assert second is not None
    assert abs(second.value) < abs(first.value)  # Firth's penalty draws towards none
    for one in (result, hazard, completed):
        before.pop(one)
        after.pop(one)
    assert before == after


def test_what_cannot_be_computed_twice_says_why(small_study: Path) -> None:
    """Five people with three visits leave no unstructured covariance."""
    scores = pd.read_csv(small_study / "scores.csv", dtype=str)
    scores[scores["client_id"].isin([f"P{number:03d}" for number in range(1, 9)])].to_csv(
        small_study / "scores.csv", index=False
    )
    results = outcomes.analyse(outcomes.read_study(small_study)).registry
    for outcome in results.where(analysis="independent"):
        if isinstance(outcome, NotEstimable):
            assert outcome.reason.endswith(".")
    for one in replicate(cohort_of(small_study), results):
        assert one.second is None or one.disagreement <= ALLOWED


def test_the_difference_at_one_visit_is_that_of_the_normal_equations_with_hc3(example: tuple[Cohort, Registry]) -> None:
    cohort, _ = example
    start, end = cohort.scores("dts", "start"), cohort.scores("dts", "end")
    design = np.column_stack([np.ones(len(start)), cohort.full, start, covariate_columns(cohort)])
    used = ~np.isnan(np.column_stack([design, end])).any(axis=1)
    x, y = design[used], end[used]
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    leverage = np.einsum("ij,jk,ik->i", x, inverse, x)
    cov = inverse @ ((x.T * ((y - x @ beta) / (1 - leverage)) ** 2) @ x) @ inverse
    found = at_one_visit(cohort, "dts", covariate_columns(cohort))
    assert found.value == pytest.approx(float(beta[1]), rel=1e-9)
    assert found.se == pytest.approx(float(np.sqrt(cov[1, 1])), rel=1e-8)
    assert found.df == x.shape[0] - x.shape[1]
    # the E-value solves R = E² / (2E − 1)
    e = e_value(cohort, "dts", covariate_columns(cohort), found.value).value
    assert e**2 / (2 * e - 1) > 1


def test_who_decides_a_coefficient_alone_is_left_out_of_the_standard_error(example: tuple[Cohort, Registry]) -> None:
    cohort, _ = example
    lone, without = np.zeros((len(cohort.full), 1)), np.zeros((len(cohort.full), 1))
    both = ~np.isnan(cohort.scores("dts", "end")) & ~np.isnan(cohort.scores("dts", "start"))
    person = np.flatnonzero(both)[0]
    lone[person], without[person] = 1.0, np.nan
    found, others = at_one_visit(cohort, "dts", lone), at_one_visit(cohort, "dts", without)
    assert (found.value, found.se, found.df) == pytest.approx((others.value, others.se, others.df))


@pytest.mark.parametrize("rare", [False, True])
def test_shares_are_those_of_weighted_least_squares_iterated_and_of_firths_penalty(rare: bool) -> None:
    rng = np.random.default_rng(8)
    full, age = np.arange(90) % 2 == 0, rng.normal(35, 9, 90)
    events = (rng.random(90) < (0.05 if rare else 0.6)).astype(float)
    found = standardised_difference(events, full, age[:, None], penalised=rare)
    x = np.column_stack([np.ones(90), full, age - 35])
    beta = np.zeros(3)
    for _ in range(500):
        p = 1 / (1 + np.exp(-x @ beta))
        cov = np.linalg.inv((x.T * (p * (1 - p))) @ x)
        h = np.einsum("ij,jk,ik->i", x, cov, x) * p * (1 - p) if rare else np.zeros(90)
        beta = beta + cov @ x.T @ (events - p + h * (0.5 - p))
    shares, slopes = [], []
    for arm in (1.0, 0.0):
        everybody = np.column_stack([np.ones(90), np.full(90, arm), age - 35])
        p = 1 / (1 + np.exp(-everybody @ beta))
        shares.append(p.mean())
        slopes.append((p * (1 - p)) @ everybody / 90)
    slope = slopes[0] - slopes[1]
    assert found is not None
    assert found.value == pytest.approx(shares[0] - shares[1], rel=1e-7)
    assert found.se == pytest.approx(float(np.sqrt(slope @ cov @ slope)), rel=1e-6)


def test_someone_alone_in_a_level_leaves_the_shares_of_the_others() -> None:
    """Their coefficient has no end; everybody else's likelihood is what it would be without them."""
    rng = np.random.default_rng(3)
    full, events = np.arange(60) % 2 == 0, (rng.random(60) < 0.5).astype(float)
    lone = np.zeros((60, 1))
    lone[7] = 1.0
    found = standardised_difference(events, full, lone, penalised=False)
    others = np.arange(60) != 7
    one, zero = events[others & full].mean(), events[others & ~full].mean()
    assert found is not None
    assert found.value == pytest.approx((one - zero) * 59 / 60, rel=1e-7)


def test_shares_have_the_intervals_of_wilson_and_newcombe() -> None:
    """The example of Newcombe (1998), 56 of 70 and 48 of 80, with one person more of whom nothing is known."""
    happened = np.array([1.0] * 56 + [0.0] * 14 + [1.0] * 48 + [0.0] * 32 + [np.nan])
    full = np.arange(151) < 70
    difference = crude_difference(happened, full, level=0.95)
    assert difference.value == pytest.approx(0.2)
    assert difference.interval == pytest.approx((0.0524, 0.3339), abs=5e-5)
    wilson = share(happened[full], level=0.95)
    z2 = 1.959963984540054**2
    middle, reach = (56 + z2 / 2) / (70 + z2), math.sqrt(z2 * (0.8 * 0.2 * 70 + z2 / 4)) / (70 + z2)
    assert wilson.interval == pytest.approx((middle - reach, middle + reach), rel=1e-12)


def test_staying_is_what_a_hand_finds() -> None:
    """Five and five people: leaving at 2, 4, 4 and 6, 8, the others censored."""
    weeks = np.array([2.0, 4.0, 4.0, 5.0, 10.0, 6.0, 8.0, 3.0, 10.0, 10.0])
    left = np.array([1, 1, 1, 0, 0, 1, 1, 0, 0, 0], dtype=bool)
    full = np.arange(10) >= 5
    one = mean_stay(weeks[~full], left[~full], 10.0)
    assert one.value == pytest.approx(2 + 2 * 0.8 + 6 * 0.4)
    assert one.se == pytest.approx(math.sqrt((2 * 0.8 + 6 * 0.4) ** 2 / (5 * 4) + (6 * 0.4) ** 2 * 2 / (4 * 2)))
    # expected of the second arm: 5/10 at 2, then 2·4/8 at 4, 4/5 at 6 and 3/4 at 8
    expected = 5 / 10 + 2 * 4 / 8 + 4 / 5 + 3 / 4
    variance = 1 / 4 + 2 * (4 / 8) * (4 / 8) * 6 / 7 + (4 / 5) * (1 / 5) + (3 / 4) * (1 / 4)
    assert log_rank(weeks, left, full).value == pytest.approx((2 - expected) ** 2 / variance)
    ratio = hazard_ratio(weeks, left, full, np.zeros((10, 0)))
    assert ratio is not None

    def score(beta: float) -> float:
        r = math.exp(beta)
        at = [(5, 5), (4, 4), (3, 4), (1, 4), (1, 3)]  # skills and full: of the two who tie at 4, half of each goes
        return 2 - sum(full * r / (full * r + skills) for skills, full in at)

    assert score(math.log(ratio.value)) == pytest.approx(0.0, abs=1e-9)


def test_a_stay_that_nobody_cuts_short_is_the_horizon() -> None:
    found = mean_stay(np.array([9.0, 12.0, 12.0]), np.zeros(3, dtype=bool), 9.0)
    assert (found.value, found.se) == (9.0, 0.0)


def test_repeated_measures_are_those_of_r(shared: Path) -> None:
    """The polished values of mmrm; expectation and maximisation stop at about a billionth of a standard error."""
    gold = json.loads((shared / "reference" / "mmrm.json").read_text())
    cohort = cohort_of(shared / "studies" / "beat-the-blues")
    last = gold["beat-the-blues: bdi ~ bdi.pre*visit + drug + length + arm*visit"]["per_visit_observed_information"][-1]
    found = over_all_visits(cohort, "bdi", covariate_columns(cohort))
    assert found is not None
    assert found.value == pytest.approx(last["est"], rel=1e-8)


def test_a_disagreement_is_counted_in_standard_errors_and_of_a_ratio_on_the_logarithm() -> None:
    points = made.estimate("ancova.m.v.difference", label="x", value=3.0, unit="points", se=2.0)
    ratio = made.estimate("retention.hazard_ratio", label="x", value=0.5, unit="ratio", se=0.25)
    assert distance(points, 3.0, 4.0) == 0.5
    assert distance(ratio, 0.5, 0.5 * math.exp(0.5)) == pytest.approx(2.0)
    assert distance(ratio, 0.5, 0.0) == math.inf


def test_the_key_of_a_second_computation_tells_that_of_the_first(example: tuple[Cohort, Registry]) -> None:
    _, results = example
    (second,) = (one for one in results.where(of="change", measure="dts") if one.key is not None)
    assert second.key == Key("independent", "dts", "end", "difference", category="improved", of="change")
    assert second.id == "independent.change.dts.end.improved.difference"
