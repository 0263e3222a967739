"""The second computation agrees with the first and with statsmodels, and is heard when it does not agree."""

from __future__ import annotations

import dataclasses
import json
import math
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import outcomes
from outcomes.audit.independent import check_agreement, check_independently
from outcomes.cohort import assemble
from outcomes.cohort.stay import read_stay
from outcomes.replication import ALLOWED, disagreement, look_again
from outcomes.replication.columns import covariate_columns
from outcomes.replication.repeated import over_all_visits
from outcomes.replication.scores import at_one_visit, e_value
from outcomes.replication.shares import standardised_difference
from outcomes.replication.staying import log_hazard_ratio, mean_stay
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.registry import Registry
from outcomes.scoring import score_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.cohort import Cohort


def cohort_of(folder: Path) -> Cohort:
    study = outcomes.read_study(folder)
    return assemble(study, score_study(study))


@pytest.fixture(scope="module")
def example(root: Path) -> tuple[Cohort, Registry]:
    folder = root / "data" / "example"
    return cohort_of(folder), outcomes.analyse(outcomes.read_study(folder)).registry


def test_every_primary_estimate_of_the_example_is_found_again(example: tuple[Cohort, Registry]) -> None:
    cohort, results = example
    (check,) = check_independently(cohort, results)
    assert (check.status, check.count) == ("equal", 19)
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
    (check,) = check_independently(cohort_of(folder), outcomes.analyse(outcomes.read_study(folder)).registry)
    assert (check.status, check.faults) == ("equal", ())
    assert check.count >= 5


def moved(results: Registry, result: str, by: float) -> Registry:
    """The same results with one value off by a part of its standard error."""
    first = results[result]
    assert isinstance(first, Estimate)
    off = dataclasses.replace(first, value=first.value + by * (first.se or abs(first.value)))
    return Registry(
        dataclasses.replace(record, outcome=off if record.id == result else record.outcome)
        for record in results.records()
    )


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
    for check in (*check_independently(cohort, off), check_agreement(off)):
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
    page = (small_run / "internal" / "report.html").read_text(encoding="utf-8")
    assert "main estimates agree with a second computation" in page
    assert "independent.largest" in page


def test_what_cannot_be_computed_twice_says_why(small_study: Path) -> None:
    """Five people with three visits leave no unstructured covariance."""
    scores = pd.read_csv(small_study / "scores.csv", dtype=str)
    scores[scores["client_id"].isin([f"P{number:03d}" for number in range(1, 9)])].to_csv(
        small_study / "scores.csv", index=False
    )
    results = outcomes.analyse(outcomes.read_study(small_study)).registry
    for outcome in results.under("independent"):
        if isinstance(outcome, NotEstimable):
            assert outcome.reason.endswith(".")
    for look in look_again(cohort_of(small_study), results):
        assert look.value is None or look.disagreement <= ALLOWED


def test_scores_at_one_visit_are_those_of_statsmodels(example: tuple[Cohort, Registry]) -> None:
    from statsmodels.regression.linear_model import OLS

    cohort, _ = example
    start, end = cohort.scores("dts", "start"), cohort.scores("dts", "end")
    design = np.column_stack([np.ones(len(start)), cohort.full, start, covariate_columns(cohort)])
    used = ~np.isnan(np.column_stack([design, end])).any(axis=1)
    fit = OLS(end[used], design[used]).fit()
    value = at_one_visit(cohort, "dts", covariate_columns(cohort))
    assert value == pytest.approx(float(fit.params[1]), rel=1e-10)
    # the E-value solves R = E² / (2E − 1)
    found = e_value(cohort, "dts", covariate_columns(cohort), value)
    assert found**2 / (2 * found - 1) > 1


@pytest.mark.parametrize("rare", [False, True])
def test_shares_are_those_of_statsmodels_and_of_firths_penalty(rare: bool) -> None:
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    rng = np.random.default_rng(8)
    full, age = np.arange(90) % 2 == 0, rng.normal(35, 9, 90)
    events = (rng.random(90) < (0.05 if rare else 0.6)).astype(float)
    value = standardised_difference(events, full, age[:, None], penalised=rare)
    design = np.column_stack([np.ones(90), full, age])
    if not rare:
        fit = GLM(events, design, family=Binomial()).fit(tol=1e-13)
    else:  # Firth's score is that of a regression with h/2 of a person added to each side: iterate that to rest
        h = np.zeros(90)
        for _ in range(200):
            weights, share = 1 + h, (events + h / 2) / (1 + h)
            fit = GLM(share, design, family=Binomial(), freq_weights=weights).fit(tol=1e-13)
            p = fit.predict(design)
            scaled = np.sqrt(p * (1 - p))[:, None] * design
            h = np.einsum("ij,jk,ik->i", scaled, np.linalg.inv(scaled.T @ scaled), scaled)
    one, zero = (fit.predict(np.column_stack([np.ones(90), np.full(90, arm), age])).mean() for arm in (1.0, 0.0))
    assert value == pytest.approx(float(one - zero), rel=1e-7)


def test_staying_is_that_of_statsmodels(example: tuple[Cohort, Registry]) -> None:
    from statsmodels.duration.hazard_regression import PHReg
    from statsmodels.duration.survfunc import SurvfuncRight

    cohort, _ = example
    stay, full, covariates = read_stay(cohort), cohort.full, covariate_columns(cohort)
    design = np.column_stack([full, covariates])
    fit = PHReg(stay.weeks, design, status=stay.left.astype(int), ties="efron").fit(disp=False)
    value = log_hazard_ratio(stay.weeks, stay.left, full, covariates)
    assert value == pytest.approx(float(fit.params[0]), rel=1e-6)
    rng = np.random.default_rng(2)
    weeks, left = np.ceil(rng.exponential(12, 80)).clip(0, 24), rng.random(80) < 0.7
    weeks[np.argmax(weeks)], left[np.argmax(weeks)] = 24, False
    curve = SurvfuncRight(weeks, left.astype(int))
    edges = np.concatenate([[0.0], curve.surv_times[curve.surv_times < 20], [20.0]])
    heights = np.concatenate([[1.0], curve.surv_prob[curve.surv_times < 20]])
    assert mean_stay(weeks, left, 20.0) == pytest.approx(float(np.diff(edges) @ heights), rel=1e-12)


def test_repeated_measures_are_those_of_r(shared: Path) -> None:
    """The polished values of mmrm; expectation and maximisation stop at about a billionth of a standard error."""
    gold = json.loads((shared / "reference" / "mmrm.json").read_text())
    cohort = cohort_of(shared / "studies" / "beat-the-blues")
    last = gold["beat-the-blues: bdi ~ bdi.pre*visit + drug + length + arm*visit"]["per_visit_observed_information"][-1]
    value = over_all_visits(cohort, "bdi", covariate_columns(cohort))
    assert value == pytest.approx(last["est"], rel=1e-8)


def test_a_disagreement_is_counted_in_standard_errors_and_of_a_ratio_on_the_logarithm() -> None:
    points = Estimate(id="ancova.m.v.difference", label="x", value=3.0, unit="points", se=2.0)
    ratio = Estimate(id="retention.hazard_ratio", label="x", value=0.5, unit="ratio", se=0.25)
    assert disagreement(points, 4.0) == 0.5
    assert disagreement(ratio, 0.5 * math.exp(0.5)) == pytest.approx(2.0)
