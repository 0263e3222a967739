"""Scores that leave nothing to judge by are refused: rounding is never taken for spread."""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.methods import ancova, cox, effect_size, means, sensitivity, weights
from outcomes.methods.least_squares import fit_least_squares
from outcomes.results.outcome import NotEstimableError

FULL = np.arange(20) % 2 == 0
BEFORE = np.random.default_rng(3).normal(30.1, 8, 20)
AGE = np.random.default_rng(4).normal(40, 9, 20)
EXPLAINED = {"all equal": np.full(20, 2.1), "a line in the start": 0.3 + 0.7 * BEFORE}


@pytest.mark.parametrize("scores", EXPLAINED.values(), ids=list(EXPLAINED))
def test_a_comparison_that_explains_every_score_has_no_standard_error(scores: np.ndarray) -> None:
    columns = np.column_stack([BEFORE, AGE])
    with pytest.raises(NotEstimableError, match="no spread"):
        _ = ancova.fit_ancova(scores=scores, full=FULL, covariates=columns, names=("start", "age")).arm
    with pytest.raises(NotEstimableError, match="nothing to be explained"):
        sensitivity.fit_benchmarks(scores=scores, full=FULL, covariates=columns, names=("start", "age"))


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
def test_residuals_that_are_there_are_kept_at_any_scale(size: float) -> None:
    scores = size * (BEFORE + 1e-6 * AGE)
    design = np.column_stack([np.ones(20), BEFORE])
    fit = fit_least_squares(scores=scores, design=design, names=("one", "start"))
    assert (np.abs(fit.residuals) > 0).all()


def test_changes_that_are_all_alike_have_no_interval() -> None:
    after = BEFORE + 1
    with pytest.raises(NotEstimableError, match="no spread"):
        means.fit_difference(scores=after - BEFORE, full=FULL)
    with pytest.raises(NotEstimableError, match="no spread"):
        means.fit_change(before=BEFORE, after=after)


@pytest.mark.parametrize("seed", range(20))
def test_a_correlation_of_one_is_never_more_than_one(seed: int) -> None:
    before = np.random.default_rng(seed).normal(2, 0.3, 12)
    shifted = effect_size.fit_standardised_change(before=before, after=1.1 * before + 0.3, level=0.95)
    assert np.isfinite(shifted.se)
    with pytest.raises(NotEstimableError, match="no spread"):
        effect_size.fit_standardised_change(before=before, after=before.copy(), level=0.95)
    apart = effect_size.fit_d_ppc2(before=before, after=1.1 * before, full=FULL[:12], level=0.95)
    assert np.isfinite(apart.se)


def test_a_limit_needs_a_degree_of_freedom_for_the_confounder() -> None:
    assert 0 < sensitivity.robustness_value(t=2.0, df=1.0, level=None) < 1
    with pytest.raises(NotEstimableError, match="degrees of freedom"):
        sensitivity.robustness_value(t=2.0, df=1.0, level=0.95)


def test_a_weighted_comparison_of_equal_scores_is_refused() -> None:
    covariates = AGE[:, None]
    propensity = weights.fit_propensity(full=FULL, covariates=covariates, names=("age",))
    without = weights.leave_out(propensity, clusters=None)
    fit = weights.fit_augmented_difference(
        scores=np.full(20, 2.1),
        regressors=covariates,
        propensity=propensity,
        target="overlap",
        normalised=True,
        clusters=None,
        without=without,
    )
    with pytest.raises(NotEstimableError, match="does not change"):
        _ = fit.contrast


def test_a_hazard_ratio_needs_people_of_both_arms_where_somebody_left() -> None:
    weeks = np.where(FULL, np.arange(20) / 2, 0.0)
    left = FULL & (np.arange(20) > 3)
    with pytest.raises(NotEstimableError, match="alike in the arm"):
        cox.fit_cox(times=weeks, left=left, design=FULL[:, None].astype(float), names=("the arm",))


def test_without_covariates_there_is_nothing_to_be_as_strong_as() -> None:
    assert sensitivity.fit_benchmarks(scores=BEFORE, full=FULL, covariates=np.empty((20, 0)), names=()) == ()
