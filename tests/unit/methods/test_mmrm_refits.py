"""Many samples at once give what one fit each gives; who is left out and who is drawn is as it is said."""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.methods import mmrm
from outcomes.methods.mmrm.units import to_units
from outcomes.results.outcome import NotEstimableError

N, VISITS = 60, 3


def trial(n: int = N) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(21)
    z = np.column_stack([np.ones(n), np.arange(n) % 2, rng.normal(30, 6, n)])
    y = rng.normal(0, 4, (n, VISITS)) + rng.normal(0, 4, (n, 1)) + 0.5 * z[:, 2:]
    last = rng.integers(1, VISITS + 3, n)
    y[np.arange(VISITS)[None, :] >= last[:, None]] = np.nan
    return {"scores": y, "by_visit": z, "constant": rng.normal(0, 1, (n, 2))}


def groups() -> np.ndarray:
    return np.random.default_rng(2).integers(0, 9, N)


LINE = np.eye(3 * VISITS + 2)[2 * VISITS - 1]


@pytest.mark.parametrize("covariance", mmrm.STRUCTURES)
def test_without_each_client_is_the_fit_to_the_others(covariance: mmrm.Covariance) -> None:
    arrays = trial()
    fit = mmrm.fit_mmrm(**arrays, covariance=covariance)
    without = mmrm.leave_one_out(fit, **arrays)
    for client in (0, 17, 59):
        others = np.arange(N) != client
        alone = mmrm.fit_mmrm(**{name: array[others] for name, array in arrays.items()}, covariance=covariance)
        np.testing.assert_allclose(without.beta[client], alone.beta, rtol=1e-7, atol=1e-8)
        np.testing.assert_allclose(without.covariance[client], alone.covariance, rtol=1e-7)
    assert without.influence(LINE)[17] == pytest.approx(LINE @ fit.beta - LINE @ without.beta[17])


def test_without_each_cluster_is_the_fit_to_the_others() -> None:
    arrays = trial()
    fit = mmrm.fit_mmrm(**arrays)
    without = mmrm.leave_one_out(fit, **arrays, clusters=groups())
    assert list(without.labels) == list(np.unique(groups()))
    others = groups() != 4
    alone = mmrm.fit_mmrm(**{name: array[others] for name, array in arrays.items()})
    np.testing.assert_allclose(without.beta[4], alone.beta, rtol=1e-7, atol=1e-8)
    jackknife = without.jackknife(LINE)
    values = without.beta @ LINE
    assert jackknife.se == pytest.approx(np.sqrt(8 / 9 * ((values - values.mean()) ** 2).sum()))
    assert jackknife.df == 8


def test_the_jackknife_of_a_plain_mean_is_its_standard_error() -> None:
    y = np.random.default_rng(1).normal(20, 4, (30, 1))
    fit = mmrm.fit_mmrm(scores=y, by_visit=np.ones((30, 1)))
    without = mmrm.leave_one_out(fit, scores=y, by_visit=np.ones((30, 1)))
    assert without.jackknife(np.ones(1)).se == pytest.approx(y.std(ddof=1) / np.sqrt(30), rel=1e-9)


def test_without_the_client_on_whom_a_coefficient_hangs_the_fit_is_that_of_the_others_without_it() -> None:
    arrays = trial()
    arrays["constant"][:, 1] = np.arange(N) == 5
    fit = mmrm.fit_mmrm(**arrays)
    without = mmrm.leave_one_out(fit, **arrays)
    others = {name: np.delete(array, 5, axis=0) for name, array in arrays.items()}
    others["constant"] = np.delete(others["constant"], 1, axis=1)
    alone = mmrm.fit_mmrm(**others)
    line = np.delete(LINE, len(LINE) - arrays["constant"].shape[1] + 1)
    assert without.beta[5] @ LINE == pytest.approx(alone.beta @ line, rel=1e-9)
    np.testing.assert_allclose(without.covariance[5], alone.covariance, rtol=1e-8)
    assert np.isfinite(without.beta).all()
    assert without.jackknife(LINE).se > 0


def test_a_client_on_whom_the_arm_hangs_is_named_by_a_reason() -> None:
    arrays = trial()
    alone = int(np.flatnonzero(~np.isnan(arrays["scores"]).any(axis=1))[0])
    arrays["by_visit"][:, 1] = np.arange(N) == alone
    without = mmrm.leave_one_out(mmrm.fit_mmrm(**arrays), **arrays)
    assert np.isnan(without.beta[alone]).all()
    assert np.isfinite(np.delete(without.beta, alone, axis=0)).all()
    with pytest.raises(NotEstimableError, match="cannot be fitted without some"):
        without.jackknife(LINE)


@pytest.mark.parametrize("covariance", ["unstructured", "heterogeneous ar1", "compound symmetry"])
@pytest.mark.parametrize("clustered", [False, True])
def test_every_sample_is_the_fit_with_its_counts_as_weights(covariance: mmrm.Covariance, clustered: bool) -> None:
    arrays = trial()
    clusters = groups() if clustered else None
    drawn = mmrm.bootstrap(
        **arrays, clusters=clusters, covariance=covariance, replicates=6, rng=np.random.default_rng(3)
    )
    units = to_units(drawn.fit, **arrays, weights=None, clusters=clusters)
    stream = np.random.default_rng(3).spawn(1)[0]
    choices = stream.integers(units.count, size=(6, units.count))
    for sample in range(6):
        copies = np.bincount(choices[sample], minlength=units.count).astype(float)
        weights = copies[np.searchsorted(units.labels, groups().astype(str))] if clustered else np.zeros(N)
        if not clustered:
            weights[units.labels] = copies
        alone = mmrm.fit_mmrm(**arrays, weights=weights, covariance=covariance)
        scale = np.sqrt(np.diag(alone.beta_cov))
        # a sample stops climbing less than a ten-thousandth of a standard error from its top
        assert np.abs((drawn.beta[sample] - alone.beta) / scale).max() < 1e-4
        np.testing.assert_allclose(drawn.covariance[sample], alone.covariance, rtol=1e-3)


def test_the_same_seed_gives_the_same_samples_for_any_number_of_workers() -> None:
    arrays = trial()
    one, two = (
        mmrm.bootstrap(
            **arrays, covariance="unstructured", replicates=1100, rng=np.random.default_rng(9), workers=workers
        )
        for workers in (1, 2)
    )
    np.testing.assert_array_equal(one.beta, two.beta)
    assert one.se(LINE) == two.se(LINE)
    # a bootstrap standard error lies near the model's, and its interval near the estimate
    contrast = one.fit.contrast(LINE, method="kenward-roger")
    assert one.se(LINE) == pytest.approx(contrast.se, rel=0.25)
    for limits in ("percentile", "bias-corrected"):
        low, high = one.interval(LINE, level=0.95, limits=limits)
        assert low < contrast.estimate < high


def test_draws_within_strata_keep_their_sizes() -> None:
    arrays = trial()
    drawn = mmrm.bootstrap(
        **arrays,
        strata=arrays["by_visit"][:, 1],
        covariance="unstructured",
        replicates=20,
        rng=np.random.default_rng(1),
    )
    assert len(drawn.beta) == 20
    with pytest.raises(ValueError, match="more than one stratum"):
        mmrm.bootstrap(
            **arrays,
            clusters=groups(),
            strata=arrays["by_visit"][:, 1],
            covariance="unstructured",
            replicates=20,
            rng=np.random.default_rng(1),
        )


def test_samples_that_cannot_be_fitted_are_counted_with_their_reason() -> None:
    arrays = trial(16)
    arrays["constant"] = (np.arange(16) < 2).astype(float)[:, None]  # often nobody who has it is drawn
    drawn = mmrm.bootstrap(**arrays, covariance="compound symmetry", replicates=100, rng=np.random.default_rng(4))
    lost = sum(count for _, count in drawn.reasons)
    assert 0 < lost < 50
    assert len(drawn.beta) + lost == drawn.replicates
    assert np.isfinite(drawn.beta).all()


def test_arrays_of_other_clients_are_a_fault_of_the_caller() -> None:
    arrays = trial()
    fit = mmrm.fit_mmrm(**arrays)
    with pytest.raises(ValueError, match="the fit is of 60 clients"):
        mmrm.leave_one_out(fit, **{name: array[:50] for name, array in arrays.items()})


def test_three_clusters_are_too_few_for_a_sandwich() -> None:
    arrays = trial()
    fit = mmrm.fit_mmrm(**arrays)
    with pytest.raises(NotEstimableError, match="There are 3 clusters"):
        mmrm.fit_cluster_robust(fit, **arrays, clusters=np.arange(N) % 3, kind="CR2")
    with pytest.raises(NotEstimableError, match="There is one cluster"):
        mmrm.leave_one_out(fit, **arrays, clusters=np.zeros(N))


@pytest.mark.parametrize("seed", range(12))
def test_samples_on_which_the_surface_bends_up_twice_raise_no_warning(seed: int) -> None:
    """Few people and a structure that is not linear: scoring steps one after the other."""
    rng = np.random.default_rng(seed)
    z = np.column_stack([np.ones(12), np.arange(12) % 2])
    y = rng.standard_t(2, (12, 4)) + rng.normal(0, 0.3, (12, 1))
    y[rng.random(y.shape) < 0.2] = np.nan
    try:
        drawn = mmrm.bootstrap(
            scores=y, by_visit=z, covariance="heterogeneous toeplitz", replicates=40, rng=np.random.default_rng(seed)
        )
    except NotEstimableError as reason:
        assert "." in str(reason)  # noqa: PT017  # either is an answer
    else:
        assert np.isfinite(drawn.beta).all()
