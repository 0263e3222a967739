"""Expected and drawn scores under every assumption against dense matrices, client by client, written out here.

Each client's means and covariance are those of the fit; the marginal means after leaving are put together from the two
arms' means as Carpenter, Roger & Kenward (2013) describe; what is missing is its normal expectation given what is seen.
The jackknife is made by fitting again without each client. Tolerances: 1e-10 for given parameters; 1e-6 for the
standard error, whose refits stop at 1e-13 of a log-likelihood.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.methods import impute, mmrm
from outcomes.methods.ancova import fit_ancova, fit_arm_of_many

sys.path.insert(0, str(Path(__file__).parent))

from trials import draw_trial  # beside this file, which is no package


def expect(
    scores: np.ndarray, design: np.ndarray, effects: np.ndarray, sigma: np.ndarray, how: str, *, reference: bool
) -> np.ndarray:
    """Missing scores at their expected value, client by client."""
    filled = scores.copy()
    for row, columns in enumerate(design):
        lent = columns.copy()
        lent[1] = float(reference)
        own, other = columns @ effects, lent @ effects
        seen = ~np.isnan(scores[row])
        last = int(np.flatnonzero(seen)[-1]) if seen.any() else -1
        after = np.arange(len(seen)) > last
        mean, told_by = own.copy(), own
        if how == "jump to reference":
            mean[after] = other[after]
        elif how == "copy increments":
            mean[after] = (other + (own[last] - other[last] if last >= 0 else 0.0))[after]
        elif how == "copy reference":
            mean[after], told_by = other[after], other
        for visit in np.flatnonzero(~seen):
            slope = np.linalg.solve(sigma[np.ix_(seen, seen)], sigma[seen, visit])
            base = told_by if after[visit] else own
            filled[row, visit] = mean[visit] + slope @ (scores[row, seen] - base[seen])
    return filled


def compare(design: np.ndarray, scores: np.ndarray) -> float:
    return float(np.linalg.lstsq(design, scores, rcond=None)[0][1])


def fit_and_compare(
    scores: np.ndarray, by_visit: np.ndarray, constant: np.ndarray, how: str, *, reference: bool
) -> float:
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit, constant=constant)
    design, size = np.column_stack([by_visit, constant]), scores.shape[1]
    effects = np.vstack([fit.beta[: 3 * size].reshape(3, size), np.repeat(fit.beta[3 * size :, None], size, axis=1)])
    filled = expect(scores, design, effects, fit.covariance, how, reference=reference)
    return compare(design, filled[:, -1])


def fit_expected(
    scores: np.ndarray, by_visit: np.ndarray, constant: np.ndarray, units: np.ndarray | None = None
) -> impute.Expected:
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit, constant=constant)
    return impute.fit_expected(
        people=impute.to_people(scores=scores, by_visit=by_visit, constant=constant),
        without=mmrm.leave_one_out(fit, scores=scores, by_visit=by_visit, constant=constant, clusters=units),
        units=np.arange(len(scores)) if units is None else units,
        names=[f"column {k}" for k in range(3 + constant.shape[1])],
        visit=scores.shape[1] - 1,
    )


@pytest.mark.parametrize("reference", [False, True])
@pytest.mark.parametrize("how", impute.ASSUMPTIONS)
def test_expected_scores_are_those_written_out(how: impute.Assumption, reference: bool) -> None:
    trial = draw_trial(np.random.default_rng(7))
    found = fit_expected(*trial).under(how, reference=reference)
    assert found.value == pytest.approx(fit_and_compare(*trial, how, reference=reference), rel=1e-10)


@pytest.mark.parametrize("how", impute.ASSUMPTIONS)
def test_the_jackknife_is_that_of_fitting_again(how: impute.Assumption) -> None:
    scores, by_visit, constant = draw_trial(np.random.default_rng(8), n=36)
    found = fit_expected(scores, by_visit, constant).under(how, reference=False)
    keep = ~np.eye(len(scores), dtype=bool)
    again = [fit_and_compare(scores[k], by_visit[k], constant[k], how, reference=False) for k in keep]
    assert found.without == pytest.approx(np.array(again), rel=1e-6, abs=1e-6)


def test_clusters_are_left_out_as_a_whole() -> None:
    scores, by_visit, constant = draw_trial(np.random.default_rng(9), n=48)
    groups = np.array([f"g{k % 8}" for k in range(len(scores))])
    found = fit_expected(scores, by_visit, constant, groups).under("jump to reference", reference=False)
    again = []
    for group in np.unique(groups):
        k = groups != group
        again.append(fit_and_compare(scores[k], by_visit[k], constant[k], "jump to reference", reference=False))
    assert found.without == pytest.approx(np.array(again), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("how", impute.ASSUMPTIONS)
def test_drawn_scores_move_as_their_expectations_do(how: impute.Assumption) -> None:
    scores, by_visit, constant = draw_trial(np.random.default_rng(10))
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit, constant=constant)
    people = impute.to_people(scores=scores, by_visit=by_visit, constant=constant)
    draws = impute.draw_posterior(fit, people=people, draws=4, rng=np.random.default_rng(1))
    completed = impute.complete_scores(people=people, draws=draws, rng=np.random.default_rng(2))
    effects = people.spread_out(draws.beta)
    moved = completed.under(how, reference=False) - completed.grids
    for draw in range(4):
        expected = [
            expect(scores, people.design, effects[draw], draws.covariance[draw], one, reference=False)
            for one in (how, "missing at random")
        ]
        assert moved[draw] == pytest.approx(expected[0] - expected[1], abs=1e-9)


def test_drawn_scores_spread_around_their_expectations_as_the_model_says() -> None:
    scores, by_visit, constant = draw_trial(np.random.default_rng(11))
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit, constant=constant)
    people = impute.to_people(scores=scores, by_visit=by_visit, constant=constant)
    count = 20_000
    same = impute.Draws(
        beta=np.repeat(fit.beta[None], count, 0), covariance=np.repeat(fit.covariance[None], count, 0), steps=0
    )
    grids = impute.complete_scores(people=people, draws=same, rng=np.random.default_rng(2)).grids
    mean = expect(
        scores, people.design, people.spread_out(fit.beta), fit.covariance, "missing at random", reference=False
    )
    for row in range(len(scores)):
        seen = ~np.isnan(scores[row])
        given = np.linalg.pinv(fit.covariance[np.ix_(seen, seen)])
        left = fit.covariance - fit.covariance[:, seen] @ given @ fit.covariance[seen]
        drawn = grids[:, row] - mean[row]
        assert (np.abs(drawn.mean(axis=0)) <= 5 * np.sqrt(np.abs(np.diag(left)) / count) + 1e-12).all()
        assert drawn.T @ drawn / count == pytest.approx(left, abs=0.06 * left.max() + 1e-12)


def test_many_comparisons_at_once_are_the_single_ones() -> None:
    rng = np.random.default_rng(12)
    full, covariates = rng.random(30) < 0.5, rng.normal(size=(30, 2))
    scores = rng.normal(size=(4, 30))
    design = np.column_stack([np.ones(30), full, covariates])
    many = fit_arm_of_many(scores=scores, design=design, names=("intercept", "arm", "a", "b"))
    for at, one in enumerate(scores):
        single = fit_ancova(scores=one, full=full, covariates=covariates, names=("a", "b")).arm
        assert many.estimates[at] == pytest.approx(single.estimate, rel=1e-12)
        assert many.variances[at] == pytest.approx(single.se**2, rel=1e-11)
        assert many.df == single.df


@pytest.mark.parametrize("trial", ["beat-the-blues", "psychotherapy-add-on"])
@pytest.mark.parametrize("how", impute.ASSUMPTIONS)
def test_the_real_trials_are_as_written_out(shared: Path, trial: str, how: impute.Assumption) -> None:
    arrays = read_trial(shared / "studies" / trial)
    found = fit_expected(*arrays).under(how, reference=False)
    assert found.value == pytest.approx(fit_and_compare(*arrays, how, reference=False), rel=1e-9)


def read_trial(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    clients, scores = (pd.read_csv(folder / name) for name in ("clients.csv", "scores.csv"))
    wide = scores[scores["measure"] == "bdi"].pivot_table(index="client_id", columns="visit", values="score")
    wide = wide[list(dict.fromkeys(scores["visit"]))].reindex(clients["client_id"]).to_numpy()
    full = clients["arm"].isin(["BtheB", "PA"]).to_numpy(dtype=float)
    constant = np.empty((len(clients), 0))
    if "drug" in clients:
        constant = np.column_stack([clients["drug"] == "yes", clients["length"] == "over_6_months"]).astype(float)
    return wide[:, 1:], np.column_stack([np.ones(len(full)), full, wide[:, 0]]), constant
