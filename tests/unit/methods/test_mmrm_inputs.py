"""What a weight means, which names a structure has, and that a fit ends at the top wherever its moments are centred."""

from __future__ import annotations

import pickle
import tracemalloc

import numpy as np
import pytest

from outcomes.methods import mmrm

N, T = 40, 3
ARM = np.eye(2 * T + 1)[2 * T - 1]


def trial() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(11)
    scores = rng.normal(20, 4, (N, T)) + rng.normal(0, 4, (N, 1))
    scores[rng.random(scores.shape) < 0.15] = np.nan
    by_visit = np.column_stack([np.ones(N), np.arange(N) % 2]).astype(float)
    return {"scores": scores, "by_visit": by_visit, "constant": rng.normal(0, 1, (N, 1))}


def same(one: mmrm.MmrmFit, other: mmrm.MmrmFit) -> None:
    for method in ("kenward-roger", "satterthwaite"):
        before, after = (fit.contrast(ARM, method=method) for fit in (one, other))  # type: ignore[arg-type]
        assert (after.estimate, after.se, after.df) == pytest.approx((before.estimate, before.se, before.df), rel=1e-8)
    np.testing.assert_allclose(other.covariance, one.covariance, rtol=1e-8)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-11)


@pytest.mark.parametrize("covariance", mmrm.STRUCTURES)
def test_weights_of_one_are_no_weights(covariance: str) -> None:
    arrays = trial()
    plain, weighted = (mmrm.fit_mmrm(**arrays, weights=w, covariance=covariance) for w in (None, np.ones(N)))
    same(plain, weighted)


@pytest.mark.parametrize("covariance", mmrm.STRUCTURES)
def test_a_weight_counts_its_client_so_many_times(covariance: str) -> None:
    arrays, times = trial(), np.random.default_rng(3).integers(0, 4, N)
    repeated = {name: np.repeat(array, times, axis=0) for name, array in arrays.items()}
    weighted = mmrm.fit_mmrm(**arrays, weights=times.astype(float), covariance=covariance)
    same(mmrm.fit_mmrm(**repeated, covariance=covariance), weighted)
    assert weighted.n_clients == int(((times > 0) & ~np.isnan(arrays["scores"]).all(axis=1)).sum())


def test_weights_between_whole_numbers_lie_between_their_answers() -> None:
    arrays = trial()
    values = []
    for weight in (1.0, 1.5, 2.0):
        weights = np.ones(N)
        weights[4] = weight
        values.append(mmrm.fit_mmrm(**arrays, weights=weights).contrast(ARM, method="satterthwaite").estimate)
    assert min(values[0], values[2]) < values[1] < max(values[0], values[2])


def test_with_weights_the_sandwich_by_client_does_not_depend_on_their_scale() -> None:
    arrays, weights = trial(), np.random.default_rng(4).uniform(0.3, 3.0, N)
    errors, estimates = [], []
    for scale in (1.0, 2.0):
        fit = mmrm.fit_mmrm(**arrays, weights=scale * weights, covariance="compound symmetry")
        robust = mmrm.fit_cluster_robust(fit, **arrays, weights=scale * weights, kind="CR0")
        estimates.append(fit.beta @ ARM)
        errors.append(robust.contrast(ARM).se)
    # REML takes the weights for people, so that the correlation moves a little; the sandwich hardly
    assert estimates[1] == pytest.approx(estimates[0], abs=0.01 * errors[0])
    assert errors[1] == pytest.approx(errors[0], rel=0.01)


def test_weighted_moments_of_parts_add() -> None:
    arrays, weights = trial(), np.random.default_rng(4).uniform(0.3, 3.0, N)
    whole = mmrm.moments(**arrays, weights=weights)
    parts = [
        mmrm.moments(**{name: array[rows] for name, array in arrays.items()}, weights=weights[rows])
        for rows in (slice(7), slice(7, 23), slice(23, None))
    ]
    added = sum(parts)
    assert isinstance(added, mmrm.Moments)
    same(mmrm.fit_moments(whole), mmrm.fit_moments(added))


def test_the_pass_needs_no_more_memory_for_more_people() -> None:
    peaks = []
    for people in (30_000, 120_000):
        by_visit = np.column_stack([np.ones(people), np.arange(people) % 2]).astype(float)
        scores = np.random.default_rng(0).normal(0, 1, (people, T))
        tracemalloc.start()
        mmrm.moments(scores=scores, by_visit=by_visit)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] == pytest.approx(peaks[0], rel=0.05)


def test_moments_travel_between_processes() -> None:
    whole = mmrm.moments(**trial())
    travelled = pickle.loads(pickle.dumps(whole))  # noqa: S301  # our own bytes
    same(mmrm.fit_moments(whole), mmrm.fit_moments(travelled))


@pytest.mark.parametrize(
    ("name", "structure"),
    [
        ("UN", "unstructured"),
        ("us", "unstructured"),
        ("Unstructured", "unstructured"),
        ("AR(1)", "ar1"),
        ("ar1", "ar1"),
        ("ARH(1)", "heterogeneous ar1"),
        ("ar1h", "heterogeneous ar1"),
        ("heterogeneous AR(1)", "heterogeneous ar1"),
        ("CS", "compound symmetry"),
        ("compound_symmetry", "compound symmetry"),
        ("exchangeable", "compound symmetry"),
        ("CSH", "heterogeneous compound symmetry"),
        ("TOEP", "toeplitz"),
        ("toeph", "heterogeneous toeplitz"),
        ("heterogeneous-toeplitz", "heterogeneous toeplitz"),
    ],
)
def test_structures_have_the_names_of_other_programs(name: str, structure: str) -> None:
    assert mmrm.fit_mmrm(**trial(), covariance=name).covariance_name == structure


@pytest.mark.parametrize("name", ["", "spatial", "ar2", "vc"])
def test_a_name_that_is_no_structure_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(ValueError, match="known are: unstructured"):
        mmrm.fit_mmrm(**trial(), covariance=name)


@pytest.mark.parametrize("seed", range(15))
def test_the_slope_is_zero_at_the_end_wherever_the_moments_are_centred(seed: int) -> None:
    """Pooled about a first client far from all others, the log-likelihood is too coarse to show the last steps."""
    rng = np.random.default_rng(seed)
    z = np.column_stack([np.ones(N), np.arange(N) % 2, rng.normal(480, 12, N)])
    y = 480 + rng.normal(0, 6, (N, T)) + rng.normal(0, 6, (N, 1))
    y[0], z[0, 2] = y[0] + 3000, z[0, 2] - 3000
    last = rng.integers(1, T + 2, N)
    y[np.arange(T)[None, :] >= last[:, None]] = np.nan
    parts = [mmrm.moments(scores=y[rows], by_visit=z[rows]) for rows in (slice(1), slice(1, None))]
    fit = mmrm.fit_moments(parts[0] + parts[1])
    assert fit.score @ fit.theta_cov @ fit.score < 1e-16
