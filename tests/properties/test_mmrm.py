"""What must hold of every repeated-measures fit, whatever the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from outcomes.methods import mmrm
from outcomes.methods.ancova import fit_ancova

T = 3


@st.composite
def trials(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Complete scores (n, T), arm and baseline of a trial of random size, spread and correlation."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_full, n_skills = draw(st.integers(6, 40)), draw(st.integers(6, 40))
    full = np.arange(n_full + n_skills) < n_full
    # correlations up to about 0.95: digits are lost in proportion to how near the visits are to repeating each other
    rho = draw(st.floats(-0.3, 0.95))
    mix = np.linalg.cholesky((1 - rho) * np.eye(T) + rho).T * rng.uniform(0.5, 3.0, size=T)
    base = rng.normal(draw(st.floats(-50, 500)), 8.0, size=len(full))
    location = draw(st.floats(-1000, 1000))
    scores = location + 0.4 * base[:, None] - 2.0 * full[:, None] + 6.0 * rng.standard_normal((len(full), T)) @ mix
    return scores, full, base


def by_visit(full: np.ndarray, *more: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(full)), full, *more]).astype(float)


def arm_at(visit: int, columns: int) -> np.ndarray:
    weights = np.zeros(columns * T)
    weights[T + visit] = 1.0
    return weights


def holes(scores: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    gappy = scores.copy()
    last = rng.integers(1, T + 1, size=len(scores))
    gappy[np.arange(T)[None, :] >= last[:, None]] = np.nan
    return gappy


@given(trials())
@settings(max_examples=60, deadline=None)
def test_on_complete_data_it_is_the_pooled_t_test(trial: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    scores, full, _ = trial
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit(full))
    for visit in range(T):
        t_test = stats.ttest_ind(scores[full, visit], scores[~full, visit])
        difference = scores[full, visit].mean() - scores[~full, visit].mean()
        for method in ("kenward-roger", "satterthwaite"):
            contrast = fit.contrast(arm_at(visit, 2), method=method)
            assert contrast.estimate == pytest.approx(difference, rel=1e-12, abs=1e-12 * np.abs(scores).max())
            assert contrast.df == pytest.approx(t_test.df, rel=1e-8)
            assert contrast.se == pytest.approx(abs(difference / t_test.statistic), rel=1e-10)


@given(trials())
@settings(max_examples=60, deadline=None)
def test_on_complete_data_with_baseline_by_visit_it_is_the_ancova(
    trial: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    scores, full, base = trial
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit(full, base))
    for visit in range(T):
        ancova = fit_ancova(scores=scores[:, visit], full=full, covariates=base[:, None], names=("start",))
        contrast = fit.contrast(arm_at(visit, 3), method="kenward-roger")
        assert contrast.estimate == pytest.approx(ancova.beta[1], rel=1e-12, abs=1e-12 * np.abs(scores).max())
        assert contrast.se == pytest.approx(np.sqrt(ancova.classical_cov[1, 1]), rel=1e-10)
        assert contrast.df == pytest.approx(ancova.df, rel=1e-8)


@given(trials(), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_what_does_not_matter_changes_nothing(trial: tuple[np.ndarray, np.ndarray, np.ndarray], seed: int) -> None:
    scores, full, base = trial
    gappy = holes(scores, seed)
    order = np.random.default_rng(seed).permutation(len(full))
    plain = fit_or_reason(gappy, by_visit(full, base))
    same = {
        "permuted rows": (gappy[order], by_visit(full, base)[order], 1.0, 1.0),
        "a constant added to all scores": (gappy + 100.0, by_visit(full, base), 1.0, 1.0),
        "a client without scores": (
            np.vstack([gappy, np.full((1, T), np.nan)]),
            np.vstack([by_visit(full, base), [1.0, 0.0, 30.0]]),
            1.0,
            1.0,
        ),
        "swapped arms": (gappy, by_visit(~full, base), -1.0, 1.0),
        "scaled scores": (gappy * 10.0, by_visit(full, base), 10.0, 10.0),
        "a covariate in other units": (gappy, by_visit(full, base * 1000.0 + 5.0), 1.0, 1.0),
    }
    for name, (y, z, times, se_times) in same.items():
        other = fit_or_reason(y, z)
        assert (plain is None) == (other is None), name
        if plain is None or other is None:
            continue
        for visit in range(T):
            before, after = (one.contrast(arm_at(visit, 3), method="kenward-roger") for one in (plain, other))
            assert after.estimate == pytest.approx(times * before.estimate, rel=1e-7, abs=1e-7), name
            assert after.se == pytest.approx(se_times * before.se, rel=1e-7), name
            assert after.df == pytest.approx(before.df, rel=1e-6), name


def fit_or_reason(scores: np.ndarray, columns: np.ndarray) -> mmrm.MmrmFit | None:
    try:
        return mmrm.fit_mmrm(scores=scores, by_visit=columns)
    except mmrm.NotEstimableError:
        return None


@given(trials(), st.integers(0, 1000), st.integers(1, 11))
@settings(max_examples=40, deadline=None)
def test_moments_of_parts_add_to_the_moments_of_the_whole(
    trial: tuple[np.ndarray, np.ndarray, np.ndarray], seed: int, cut: int
) -> None:
    scores, full, base = trial
    gappy, columns = holes(scores, seed), by_visit(full, base)
    parts = [mmrm.moments(scores=gappy[rows], by_visit=columns[rows]) for rows in (slice(cut), slice(cut, None))]
    whole = mmrm.moments(scores=gappy, by_visit=columns)
    added = parts[0] + parts[1]
    shift = whole + mmrm.moments(scores=gappy[:1], by_visit=columns[:1])
    assert added.n_clients == whole.n_clients
    assert shift.n_clients == whole.n_clients + 1
    plain, pooled = fit_or_none(whole), fit_or_none(added)
    assert (plain is None) == (pooled is None)
    if plain is not None and pooled is not None:
        np.testing.assert_allclose(pooled.beta, plain.beta, rtol=1e-7, atol=1e-7)
        np.testing.assert_allclose(pooled.covariance, plain.covariance, rtol=1e-7, atol=1e-7)


def fit_or_none(gathered: mmrm.Moments) -> mmrm.MmrmFit | None:
    try:
        return mmrm.fit_moments(gathered)
    except mmrm.NotEstimableError:
        return None


@given(trials(), st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_a_weight_of_two_is_the_client_twice_and_of_zero_nobody(
    trial: tuple[np.ndarray, np.ndarray, np.ndarray], seed: int
) -> None:
    scores, full, base = trial
    gappy, columns = holes(scores, seed), by_visit(full, base)
    copies = np.random.default_rng(seed).integers(0, 3, size=len(full))
    weighted = fit_or_none(mmrm.moments(scores=gappy, by_visit=columns, weights=copies.astype(float)))
    repeated = fit_or_none(
        mmrm.moments(scores=np.repeat(gappy, copies, axis=0), by_visit=np.repeat(columns, copies, axis=0))
    )
    if weighted is None or repeated is None:
        return  # who is counted for "too few people" differs: a client, or the copies
    np.testing.assert_allclose(weighted.beta, repeated.beta, rtol=1e-7, atol=1e-6)
    np.testing.assert_allclose(weighted.beta_cov, repeated.beta_cov, rtol=1e-7, atol=1e-7)


@given(trials())
@settings(max_examples=20, deadline=None)
def test_one_contrast_tested_by_f_is_the_square_of_its_t(trial: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    scores, full, base = trial
    fit = mmrm.fit_mmrm(scores=holes(scores, 1), by_visit=by_visit(full, base)) if len(full) > 40 else None
    if fit is None:
        return
    for method in ("kenward-roger", "satterthwaite"):
        contrast = fit.contrast(arm_at(1, 3), method=method)
        f_test = fit.f_test(arm_at(1, 3)[None, :], method=method)
        assert f_test.p_value == pytest.approx(contrast.p_value, rel=1e-6, abs=1e-12)
        assert f_test.denominator_df == pytest.approx(contrast.df, rel=1e-8)


@given(trials())
@settings(max_examples=40, deadline=None)
def test_on_complete_data_the_arms_at_all_visits_are_compared_by_hotelling(
    trial: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    """Kenward and Roger's scaled F is exact there: T² (ν − T + 1) / (ν T) on T and ν − T + 1 degrees of freedom."""
    scores, full, _ = trial
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit(full))
    test = fit.f_test(np.eye(2 * T)[T:], method="kenward-roger")
    one, other = scores[full], scores[~full]
    nu = len(scores) - 2
    pooled = ((len(one) - 1) * np.cov(one.T) + (len(other) - 1) * np.cov(other.T)) / nu
    gap = one.mean(axis=0) - other.mean(axis=0)
    hotelling = gap @ np.linalg.solve(pooled, gap) * len(one) * len(other) / len(scores)
    assert test.denominator_df == pytest.approx(nu - T + 1, rel=1e-6)
    assert test.statistic == pytest.approx(hotelling * (nu - T + 1) / (nu * T), rel=1e-7, abs=1e-12)


@given(trials(), st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_moments_stream_from_chunks_even_empty_ones(
    trial: tuple[np.ndarray, np.ndarray, np.ndarray], seed: int
) -> None:
    scores, full, base = trial
    gappy, columns = holes(scores, seed), by_visit(full, base)
    gappy[:4] = np.nan  # the first chunk has nobody
    chunks = ((gappy[start : start + 4], columns[start : start + 4]) for start in range(0, len(full), 4))
    streamed = sum(mmrm.moments(scores=y, by_visit=z) for y, z in chunks)
    whole = mmrm.moments(scores=gappy, by_visit=columns)
    assert isinstance(streamed, mmrm.Moments)
    assert streamed.n_observations == whole.n_observations
    np.testing.assert_array_equal(streamed.patterns, whole.patterns)
    np.testing.assert_allclose(
        streamed.about(whole.centre), whole.gram, rtol=1e-9, atol=1e-9 * np.abs(whole.gram).max()
    )


@given(trials(), st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_the_difference_of_two_adjusted_means_is_the_difference_of_the_arms(
    trial: tuple[np.ndarray, np.ndarray, np.ndarray], seed: int
) -> None:
    scores, full, base = trial
    gappy = holes(scores, seed)
    fit = fit_or_reason(gappy, by_visit(full, base))
    if fit is None:
        return
    seen = ~np.isnan(gappy).all(axis=1)
    np.testing.assert_allclose(fit.means, by_visit(full, base)[seen].mean(axis=0))
    for visit in range(T):
        gap = fit.line(visit=visit, at={1: 1.0}) - fit.line(visit=visit, at={1: 0.0})
        np.testing.assert_allclose(gap, arm_at(visit, 3))
        mean = fit.adjusted_mean(visit=visit, at={1: 1.0}, method="kenward-roger")
        expected = fit.beta[visit] + fit.beta[T + visit] + fit.beta[2 * T + visit] * base[seen].mean()
        assert mean.estimate == pytest.approx(expected, rel=1e-9, abs=1e-7)
