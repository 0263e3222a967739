"""Tiny trials, visits that repeat each other, coarse scores, many gaps: a finite number or a reason, never a crash."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest

from outcomes.methods import impute, mmrm
from outcomes.methods.ancova import fit_arm_of_many
from outcomes.methods.pooling import pool_estimates
from outcomes.results.outcome import NotEstimableError

ORDER: tuple[mmrm.Covariance, ...] = (
    "unstructured",
    "heterogeneous toeplitz",
    "heterogeneous ar1",
    "compound symmetry",
)
NAMES = ("the intercept", "the arm", "the score at the start")


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    n, visits = int(rng.integers(6, 30)), int(rng.integers(1, 5))
    full, start = rng.random(n) < 0.5, rng.normal(30, 7, n)
    noise = 10 ** rng.uniform(-7, 1)
    scores = start[:, None] + rng.normal(0, 5, n)[:, None] + noise * rng.standard_normal((n, visits))
    scores = np.round(scores, int(rng.integers(0, 9)))
    scores[rng.random(scores.shape) < rng.uniform(0, 0.5)] = np.nan
    return scores, np.column_stack([np.ones(n), full, start]).astype(float)


def test_every_odd_trial_gives_finite_numbers_or_a_reason() -> None:
    done = {"drawn": 0, "expected": 0}
    for seed in (*range(100), 155):  # in 155 the likelihood without some person is flat
        scores, by_visit = draw(seed)
        with suppress(NotEstimableError):
            fit, _ = mmrm.fit_first_estimable(mmrm.moments(scores=scores, by_visit=by_visit), order=ORDER)
            people = impute.to_people(scores=scores, by_visit=by_visit, constant=scores[:, :0])
            with suppress(NotEstimableError):
                require_drawn(fit, people)
                done["drawn"] += 1
            require_expected(fit, people)
            done["expected"] += 1
    assert min(done.values()) > 30


def require_drawn(fit: mmrm.MmrmFit, people: impute.People) -> None:
    rng = np.random.default_rng(1)
    draws = impute.draw_posterior(fit, people=people, draws=10, rng=rng)
    completed = impute.complete_scores(people=people, draws=draws, rng=rng)
    for how in impute.ASSUMPTIONS:
        assert np.isfinite(completed.under(how, reference=False)).all()
    arms = fit_arm_of_many(scores=completed.grids[:, :, -1], design=people.design, names=NAMES)
    pooled = pool_estimates(estimates=arms.estimates, variances=arms.variances, df_complete=arms.df)
    assert np.isfinite([pooled.estimate, pooled.total, pooled.df]).all()
    assert pooled.df > 0


def require_expected(fit: mmrm.MmrmFit, people: impute.People) -> None:
    arrays = {"scores": people.scores, "by_visit": people.by_visit}
    count, visits = people.scores.shape
    without = mmrm.leave_one_out(fit, **arrays)
    found = impute.fit_expected(people=people, without=without, units=np.arange(count), names=NAMES, visit=visits - 1)
    for how in impute.ASSUMPTIONS:
        one = found.under(how, reference=False)
        assert np.isfinite([one.value, *one.without]).all()
    base, slope = found.under("missing at random", reference=False), found.slope(full=True)
    with suppress(NotEstimableError):
        assert np.isfinite(impute.Tipping(base=base, slope=slope, df=count - 1.0, level=0.95).where_undecided())


@pytest.mark.parametrize("how", impute.ASSUMPTIONS)
def test_who_was_never_seen_goes_with_the_one_person_who_tells_of_them(how: impute.Assumption) -> None:
    """Of a level of three, one was seen: without that person the comparison is that of all but the three."""
    rng = np.random.default_rng(7)
    n, few, seen = 31, [3, 10, 17], 3
    full, start, level = np.arange(n) % 2 == 0, rng.normal(30, 7, n), np.isin(np.arange(n), few)
    scores = start[:, None] - 4 * full[:, None] + rng.normal(0, 4, (n, 2))
    scores[few[1:]] = np.nan
    scores[25, 1] = scores[28, 1] = np.nan
    by_visit, told = np.column_stack([np.ones(n), full, start]), level[:, None].astype(float)
    found = compare(scores, by_visit, told, how)
    others = compare(scores[~level], by_visit[~level], told[~level, :0], how)
    assert found.without[seen] == pytest.approx(others.value, rel=1e-6)  # two fits, each to where its score is zero
    assert found.value != pytest.approx(others.value, rel=1e-3)


def compare(
    scores: np.ndarray, by_visit: np.ndarray, constant: np.ndarray, how: impute.Assumption
) -> impute.Jackknifed:
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit, constant=constant)
    people = impute.to_people(scores=scores, by_visit=by_visit, constant=constant)
    without = mmrm.leave_one_out(fit, scores=scores, by_visit=by_visit, constant=constant)
    names = (*NAMES, *["the level"] * constant.shape[1])
    expected = impute.fit_expected(people=people, without=without, units=np.arange(len(scores)), names=names, visit=1)
    return expected.under(how, reference=False)
