"""Weighted differences of means, plain and augmented by regressions, with M-estimation standard errors.

Every part is a ratio of means, N/D. A person's influence on it is (n − (N/D) d)/D, plus what the person does to the
propensity model and to the regressions, times how the ratio moves with their coefficients: stacked estimating equations
(Stefanski & Boos 2002; Lunceford & Davidian 2004). With clusters, influences add within a cluster.
Sources of the augmented form: Robins, Rotnitzky & Zhao (1994); Li, Morgan & Zaslavsky (2018); Mao, Li & Greene (2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.estimates import NotEstimableError
from outcomes.methods.cluster import FEWEST_CLUSTERS
from outcomes.methods.least_squares import Contrast, find_repeated, orthogonalise
from outcomes.methods.weights.targets import Tilt, effective_n, tilt, weigh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.weights.propensity import PropensityFit
    from outcomes.methods.weights.targets import Target

_FEWEST = 2
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedFit:
    """A weighted difference.

    Attributes
    ----------
    estimate : float
        Full minus skills [points].
    influence : ndarray, shape (n,)
        Each person's influence; their mean square over n is the variance.
    known : ndarray, shape (n,)
        The same as if propensity and regressions were known.
    effective_full, effective_skills : float
        Effective sample sizes of those seen [count].
    clusters : ndarray or None
    """

    estimate: float
    influence: NDArray[np.float64]
    known: NDArray[np.float64]
    effective_full: float
    effective_skills: float
    clusters: NDArray[np.object_] | None

    @property
    def contrast(self) -> Contrast:
        """Estimate with its standard error; t on the effective sample size less two, or on clusters less one.

        Raises
        ------
        NotEstimableError
            With fewer than four clusters, or where nothing varies.
        """
        df = self.effective_full + self.effective_skills - 2.0
        variance = float(self.influence @ self.influence) / len(self.influence) ** 2
        if self.clusters is not None:
            sums = sum_by(self.influence, self.clusters)
            df = len(sums) - 1.0
            variance = float(sums @ sums) / len(self.influence) ** 2 * len(sums) / df
        if df <= 0 or not variance > _NOTHING**2 * max(1.0, self.estimate**2):
            raise NotEstimableError("The scores leave no spread to judge the difference by.")
        return Contrast(estimate=self.estimate, se=float(np.sqrt(variance)), df=df)

    @property
    def known_se(self) -> float:
        """Standard error as if propensity and regressions were known, by the empirical variance [points]."""
        return float(np.sqrt(self.known @ self.known)) / len(self.known)


def fit_weighted_difference(
    *,
    scores: NDArray[np.float64],
    propensity: PropensityFit,
    target: Target,
    clusters: NDArray[np.object_] | None,
) -> WeightedFit:
    """Difference of weighted means (Hájek).

    Parameters
    ----------
    scores : ndarray, shape (n,)
        nan where not seen [points].
    propensity : PropensityFit
        Of the same people.
    target : str
    clusters : ndarray, shape (n,), or None

    Raises
    ------
    NotEstimableError
        When the target counts people set apart, an arm has fewer than two people seen, or clusters are too few.
    """
    pieces = _Pieces.read(scores, propensity, target, clusters)
    means = [pieces.mean(arm, pieces.scores) for arm in (propensity.full, ~propensity.full)]
    slopes = propensity.influence()
    influence = [one.own + slopes @ one.by_propensity for one in means]
    return pieces.to_fit(means[0].value - means[1].value, influence[0] - influence[1], means[0].own - means[1].own)


def fit_augmented_difference(
    *,
    scores: NDArray[np.float64],
    regressors: NDArray[np.float64],
    propensity: PropensityFit,
    target: Target,
    normalised: bool,
    clusters: NDArray[np.object_] | None,
) -> WeightedFit:
    """Difference of regressions' predictions in the target, plus the weighted difference of what they leave.

    Each arm has its own least-squares regression, fitted to those seen. The estimate is right where either the
    propensity model or the regressions are.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        nan where not seen [points].
    regressors : ndarray, shape (n, p)
        Without an intercept; known for everybody.
    propensity : PropensityFit
    target : str
    normalised : bool
        Whether the weights of what is left add up to one in each arm (else to what they add up to when everybody was
        seen and the propensity model is true).
    clusters : ndarray, shape (n,), or None

    Raises
    ------
    NotEstimableError
        As `fit_weighted_difference`, and when people in an arm are too few for its regression.
    """
    pieces = _Pieces.read(scores, propensity, target, clusters)
    full = propensity.full
    design = np.column_stack([np.ones(len(full)), regressors])
    one, zero = (_Regression.fit(pieces.scores, design, arm & pieces.seen) for arm in (full, ~full))
    gain = pieces.average(one.predicted - zero.predicted)
    left = [
        pieces.mean(arm, pieces.scores - fit.predicted, normalised=normalised)
        for arm, fit in ((full, one), (~full, zero))
    ]
    known = gain.own + left[0].own - left[1].own
    slopes = gain.by_propensity + left[0].by_propensity - left[1].by_propensity
    influence = known + propensity.influence() @ slopes
    for sign, fit, own in ((1.0, one, left[0]), (-1.0, zero, left[1])):
        moved = sign * (gain.pull(fit.design) - own.pull(fit.design))
        influence = influence + fit.influence @ moved
    return pieces.to_fit(gain.value + left[0].value - left[1].value, influence, known)


def sum_by(values: NDArray[np.float64], clusters: NDArray[np.object_]) -> NDArray[np.float64]:
    """Sum within each cluster, shape (g,).

    Raises
    ------
    NotEstimableError
        With fewer than four clusters.
    """
    labels, codes = np.unique(clusters.astype(str), return_inverse=True)
    if len(labels) < FEWEST_CLUSTERS:
        msg = f"There are {len(labels)} clusters; a cluster-robust standard error needs at least {FEWEST_CLUSTERS}."
        raise NotEstimableError(msg)
    return np.bincount(codes, weights=values, minlength=len(labels)).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ratio:
    """N/D with each person's influence, and how it moves.

    Attributes
    ----------
    value : float
    own : ndarray, shape (n,)
    by_propensity : ndarray, shape (k,)
        Slope along the propensity's coefficients.
    share : ndarray, shape (n,)
        Weight of each person's quantity in N, over D.
    """

    value: float
    own: NDArray[np.float64]
    by_propensity: NDArray[np.float64]
    share: NDArray[np.float64]

    def pull(self, design: NDArray[np.float64]) -> NDArray[np.float64]:
        """Slope along coefficients of which the quantity is `design` times them, shape (k,)."""
        return np.asarray(self.share @ design / len(design))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pieces:
    """Weights and tilts of everybody, with zeros for scores not seen."""

    scores: NDArray[np.float64]
    seen: NDArray[np.bool_]
    weights: Tilt
    tilt: Tilt
    propensity: PropensityFit
    clusters: NDArray[np.object_] | None

    @classmethod
    def read(
        cls,
        scores: NDArray[np.float64],
        propensity: PropensityFit,
        target: Target,
        clusters: NDArray[np.object_] | None,
    ) -> _Pieces:
        propensity.require(target)
        seen = ~np.isnan(scores)
        weights = weigh(share=propensity.share, full=propensity.full, target=target)
        for arm in (propensity.full, ~propensity.full):
            if int((arm & seen & (weights.value > 0)).sum()) < _FEWEST:
                raise NotEstimableError("In one programme fewer than two people with any weight were seen.")
        return cls(
            scores=np.where(seen, scores, 0.0),
            seen=seen,
            weights=weights,
            tilt=tilt(share=propensity.share, full=propensity.full, target=target),
            propensity=propensity,
            clusters=clusters,
        )

    def mean(self, arm: NDArray[np.bool_], values: NDArray[np.float64], *, normalised: bool = True) -> _Ratio:
        """Weighted mean of those of an arm who were seen; not normalised: over the sum of the tilts."""
        used = arm & self.seen
        own = Tilt(np.where(used, self.weights.value, 0.0), np.where(used, self.weights.slope, 0.0))
        return self._ratio(values, own, own if normalised else self.tilt)

    def average(self, values: NDArray[np.float64]) -> _Ratio:
        """Mean over the population that the target is about."""
        return self._ratio(values, self.tilt, self.tilt)

    def _ratio(self, values: NDArray[np.float64], above: Tilt, below: Tilt) -> _Ratio:
        size = float(below.value.mean())
        value = float((above.value * values).mean()) / size
        slope = above.slope * values - value * below.slope
        return _Ratio(
            value=value,
            own=(above.value * values - value * below.value) / size,
            by_propensity=slope @ self.propensity.design / len(values) / size,
            share=above.value / size,
        )

    def to_fit(self, estimate: float, influence: NDArray[np.float64], known: NDArray[np.float64]) -> WeightedFit:
        full, skills = (
            effective_n(self.weights.value[arm & self.seen]) for arm in (self.propensity.full, ~self.propensity.full)
        )
        return WeightedFit(
            estimate=estimate,
            influence=influence,
            known=known,
            effective_full=full,
            effective_skills=skills,
            clusters=self.clusters,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Regression:
    """Least squares in one arm, predicted for everybody; a column that repeats others there is left out."""

    predicted: NDArray[np.float64]
    design: NDArray[np.float64]
    influence: NDArray[np.float64]

    @classmethod
    def fit(cls, scores: NDArray[np.float64], design: NDArray[np.float64], used: NDArray[np.bool_]) -> _Regression:
        n, k = int(used.sum()), design.shape[1]
        if n <= k:
            raise NotEstimableError("In one programme too few people were seen for a regression on what is recorded.")
        columns = design[:, ~find_repeated(design[used])]
        q, back = orthogonalise(design=columns[used], names=[""] * columns.shape[1])
        beta = back @ (q.T @ scores[used])
        residual = np.where(used, scores - columns @ beta, 0.0)
        influence = (columns * residual[:, None]) @ (back @ back.T) * len(scores)
        return cls(predicted=columns @ beta, design=columns, influence=influence)
