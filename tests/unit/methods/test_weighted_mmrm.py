"""The weighted repeated-measures model: its jackknife against fits made one by one, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import special

from outcomes.methods import mmrm, weights
from outcomes.methods.weights import jackknife
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Trial:
    """Two visits, some of them missed, in eight groups that hold people of both arms."""

    def __init__(self, n: int = 60, seed: int = 8) -> None:
        rng = np.random.default_rng(seed)
        self.x = rng.normal(size=(n, 2))
        self.full = rng.random(n) < special.expit(0.6 * self.x[:, 0])
        groups = rng.integers(0, 8, n)
        self.groups = np.array([f"g{group}" for group in groups], dtype=object)
        shared = rng.normal(0, 0.5, 8)[groups]
        self.scores = self.x[:, :1] + shared[:, None] + self.full[:, None] * [0.5, 1.0] + rng.normal(size=(n, 2))
        self.scores[rng.random((n, 2)) < 0.15] = np.nan
        self.used = ~np.isnan(self.scores).all(axis=1)
        self.propensity = weights.fit_propensity(full=self.full, covariates=self.x, names=("a", "b"))

    def columns(self, used: NDArray[Any]) -> NDArray[Any]:
        return np.column_stack([np.ones(used.sum()), self.full[used], self.x[used, 0]])

    def fit(self, clusters: NDArray[Any] | None) -> weights.WeightedMmrmFit:
        return weights.fit_weighted_mmrm(
            scores=self.scores[self.used],
            by_visit=self.columns(self.used),
            constant=self.x[self.used, 1:],
            used=self.used,
            propensity=self.propensity,
            target="overlap",
            order=("unstructured",),
            contrast=np.eye(7)[3],
            clusters=clusters,
            without=weights.leave_out(self.propensity, clusters=clusters),
        )

    def alone(self, kept: NDArray[Any]) -> float:
        """Fit propensity and model to some people, in plain steps."""
        fit = weights.fit_propensity(full=self.full[kept], covariates=self.x[kept], names=("a", "b"))
        used = kept & self.used
        mine = np.zeros(len(kept))
        mine[kept] = fit.weights("overlap")
        found = mmrm.fit_mmrm(
            scores=self.scores[used],
            by_visit=self.columns(used),
            constant=self.x[used, 1:],
            weights=mine[used] / mine[used].mean(),
        )
        return float(found.beta[3])


@pytest.mark.parametrize("shared", [False, True])
def test_the_stacked_equations_give_the_jackknife_to_first_order(*, shared: bool) -> None:
    """Both differ by some five in n, and more by eight groups.

    As the model is not adjusted for what decides the arm, a person moves the weights of all others.
    """
    trial = Trial(n=400, seed=3)
    trial.scores += 2 * trial.x[:, :1]
    clusters = trial.groups if shared else None
    found = [
        weights.fit_weighted_mmrm(
            scores=trial.scores[trial.used],
            by_visit=trial.columns(trial.used)[:, :2],
            constant=np.zeros((trial.used.sum(), 0)),
            used=trial.used,
            propensity=trial.propensity,
            target="overlap",
            order=("unstructured",),
            contrast=np.eye(4)[3],
            clusters=clusters,
            without=without,
        ).contrast
        for without in (weights.leave_out(trial.propensity, clusters=clusters), None)
    ]
    one_by_one, stacked = found
    assert stacked.estimate == one_by_one.estimate
    assert stacked.se == pytest.approx(one_by_one.se, rel=0.04 if shared else 0.02)
    assert stacked.df == pytest.approx(one_by_one.df)


@pytest.fixture(scope="module")
def trial() -> Trial:
    return Trial()


@pytest.mark.parametrize("shared", [False, True])
def test_the_jackknife_is_that_of_fits_made_one_by_one(trial: Trial, *, shared: bool) -> None:
    parts = trial.groups if shared else np.arange(len(trial.full)).astype(str).astype(object)
    values = np.array([trial.alone(parts != part) for part in np.unique(parts)])
    count = len(values)
    found = trial.fit(trial.groups if shared else None).contrast
    assert found.estimate == pytest.approx(trial.alone(np.ones(len(parts), dtype=bool)), rel=1e-9)
    assert found.se == pytest.approx(np.sqrt((count - 1) * values.var()), rel=1e-6)  # a jackknife of differences
    effective = [
        weights.effective_n(trial.propensity.weights("overlap")[trial.used & arm]) for arm in (trial.full, ~trial.full)
    ]
    assert found.df == pytest.approx(count - 1 if shared else sum(effective) - 2)


def test_many_people_are_left_out_in_equal_parts_of_both_arms() -> None:
    full = np.arange(1000) < 700
    codes = jackknife.parts_of(full)  # the rule itself
    counts = np.bincount(codes[full], minlength=jackknife.MOST_UNITS)
    assert counts.max() - counts.min() <= 1
    assert np.bincount(codes).max() - np.bincount(codes).min() <= 1


def test_leaving_out_parts_tells_nearly_the_same_error(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial(n=600)
    parts = trial.fit(None).contrast
    monkeypatch.setattr(jackknife, "MOST_UNITS", 600)
    single = trial.fit(None).contrast
    assert parts.estimate == single.estimate
    assert parts.se == pytest.approx(single.se, rel=0.1)  # 400 parts leave the error itself 4 per cent of noise


def test_therapists_in_one_arm_are_judged_within_their_stratum(trial: Trial) -> None:
    """The full arm in three therapists' hands, everybody else alone: two strata, hardly more than two degrees."""
    people = np.array([f"p{row}" for row in range(len(trial.full))], dtype=object)
    therapists = np.array([f"t{row % 3}" for row in range(len(trial.full))], dtype=object)
    parts = np.where(trial.full, therapists, people)
    labels = np.unique(parts)
    values = np.array([trial.alone(parts != part) for part in labels])
    shared = np.array([label.startswith("t") for label in labels])
    spreads = [(values[kind] - values[kind].mean()) ** 2 for kind in (shared, ~shared)]
    judged = [float(one.sum()) * (len(one) - 1) / len(one) for one in spreads]
    found = trial.fit(parts).contrast
    assert found.se**2 == pytest.approx(sum(judged), rel=1e-5)
    weight = sum(part**2 / (len(one) - 1) for part, one in zip(judged, spreads, strict=True))
    assert found.df == pytest.approx(sum(judged) ** 2 / weight, rel=1e-5)
    assert found.df < 30


def test_an_arm_in_one_cluster_is_refused(trial: Trial) -> None:
    people = np.array([f"p{row}" for row in range(len(trial.full))], dtype=object)
    with pytest.raises(NotEstimableError, match="share one cluster"):
        trial.fit(np.where(trial.full, "t", people))


def test_few_clusters_are_refused(trial: Trial) -> None:
    with pytest.raises(NotEstimableError, match="at least 4"):
        trial.fit(np.where(trial.full, "a", "b").astype(object))


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("target", ["overlap", "ate", "att"])
@pytest.mark.parametrize("augmented", [False, True])
def test_the_jackknife_of_differences_is_that_of_fits_made_one_by_one(
    trial: Trial, target: weights.Target, *, augmented: bool, shared: bool
) -> None:
    parts = trial.groups if shared else np.arange(len(trial.full)).astype(str).astype(object)

    def fit(kept: NDArray[Any], clusters: NDArray[Any] | None) -> weights.WeightedFit:
        scores = trial.scores[kept, 1]
        x = trial.x[kept]
        propensity = weights.fit_propensity(full=trial.full[kept], covariates=x, names=("a", "b"))
        without = weights.leave_out(propensity, clusters=clusters)
        if augmented:
            return weights.fit_augmented_difference(
                scores=scores,
                regressors=x,
                propensity=propensity,
                target=target,
                normalised=True,
                clusters=clusters,
                without=without,
            )
        return weights.fit_weighted_difference(
            scores=scores, propensity=propensity, target=target, clusters=clusters, without=without
        )

    values = np.array([fit(parts != part, None).estimate for part in np.unique(parts)])
    found = fit(np.ones(len(parts), dtype=bool), trial.groups if shared else None)
    np.testing.assert_allclose(np.sort(found.without if found.without is not None else []), np.sort(values), rtol=1e-7)
    assert found.contrast.se == pytest.approx(np.sqrt((len(values) - 1) * values.var()), rel=1e-6)
