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

from outcomes.methods.weights.clusters import stratify
from outcomes.methods.weights.jackknife import judge_by_jackknife
from outcomes.methods.weights.regression import ArmRegression, predict_without
from outcomes.methods.weights.stacked import judge_by_influence
from outcomes.methods.weights.targets import Tilt, effective_n
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.least_squares import Contrast
    from outcomes.methods.weights.clusters import Strata
    from outcomes.methods.weights.jackknife import Without
    from outcomes.methods.weights.propensity import PropensityFit
    from outcomes.methods.weights.targets import Target

_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
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
    strata : Strata or None
        Clusters, where people share some.
    without : ndarray, shape (g,), or None
        The estimate without each person or cluster, where the error is the jackknife's.
    """

    estimate: float
    influence: NDArray[np.float64]
    known: NDArray[np.float64]
    effective_full: float
    effective_skills: float
    strata: Strata | None
    without: NDArray[np.float64] | None

    @property
    def contrast(self) -> Contrast:
        """Estimate with its standard error; t on the effective sample size less two, or on what the clusters leave.

        Raises
        ------
        NotEstimableError
            Where nothing varies.
        """
        effective = self.effective_full + self.effective_skills
        if self.without is not None:
            return judge_by_jackknife(self.estimate, self.without, strata=self.strata, effective=effective)
        return judge_by_influence(self.estimate, self.influence, strata=self.strata, effective=effective)

    @property
    def known_se(self) -> float:
        """Standard error as if propensity and regressions were known, by the empirical variance [points]."""
        return float(np.sqrt(self.known @ self.known)) / len(self.known)


def fit_weighted_difference(
    *,
    scores: NDArray[np.float64],
    propensity: PropensityFit,
    target: Target,
    clusters: NDArray[np.generic] | None,
    without: Without | None,
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
    without : Without or None
        Propensities without each person, or cluster: for the jackknife, which holds its level in small samples. None
        for the sandwich of the stacked equations.

    Raises
    ------
    NotEstimableError
        When an arm has fewer than two people seen, clusters are too few, or one holds a whole arm.
    """
    pieces = _Pieces.read(scores, propensity, target, clusters)
    means = [pieces.mean(arm, pieces.scores) for arm in (propensity.full, ~propensity.full)]
    slopes = propensity.influence()
    influence = [one.own + slopes @ one.by_propensity for one in means]
    return pieces.to_fit(
        means[0].value - means[1].value,
        influence[0] - influence[1],
        means[0].own - means[1].own,
        None if without is None else pieces.without(without, target, None, normalised=True),
    )


def fit_augmented_difference(
    *,
    scores: NDArray[np.float64],
    regressors: NDArray[np.float64],
    propensity: PropensityFit,
    target: Target,
    normalised: bool,
    clusters: NDArray[np.generic] | None,
    without: Without | None,
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
    without : Without or None
        As there.

    Raises
    ------
    NotEstimableError
        As `fit_weighted_difference`, and when people in an arm are too few for its regression.
    """
    pieces = _Pieces.read(scores, propensity, target, clusters)
    full = propensity.full
    design = np.column_stack([np.ones(len(full)), regressors])
    one, zero = (ArmRegression.fit(pieces.scores, design, arm & pieces.seen) for arm in (full, ~full))
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
    values = None
    if without is not None:
        values = pieces.without(without, target, (one.design, zero.design), normalised=normalised)
    return pieces.to_fit(gain.value + left[0].value - left[1].value, influence, known, values)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Pieces:
    """Weights and tilts of everybody, with zeros for scores not seen."""

    scores: NDArray[np.float64]
    seen: NDArray[np.bool_]
    weights: Tilt
    tilt: Tilt
    propensity: PropensityFit
    strata: Strata | None

    @classmethod
    def read(
        cls,
        scores: NDArray[np.float64],
        propensity: PropensityFit,
        target: Target,
        clusters: NDArray[np.generic] | None,
    ) -> _Pieces:
        seen = ~np.isnan(scores)
        weights = propensity.weigh(target)
        for arm in (propensity.full, ~propensity.full):
            if int((arm & seen & (weights.value > 0)).sum()) < _FEWEST:
                raise NotEstimableError("In one programme fewer than two people with any weight were seen.")
        return cls(
            scores=np.where(seen, scores, 0.0),
            seen=seen,
            weights=weights,
            tilt=propensity.tilt(target),
            propensity=propensity,
            strata=None if clusters is None else stratify(clusters, propensity.full, seen & (weights.value > 0)),
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

    def without(
        self,
        left_out: Without,
        target: Target,
        designs: tuple[NDArray[np.float64], ...] | None,
        *,
        normalised: bool,
    ) -> NDArray[np.float64]:
        """Estimate without each part, with regressions on each arm's design where it is augmented, shape (g,)."""
        used = left_out.weights(target) * self.seen
        tilts = left_out.tilts(target)
        total = np.zeros(len(used))
        for place, arm in enumerate((self.propensity.full, ~self.propensity.full)):
            sign = -1.0 if place else 1.0
            mine = used * arm
            below = (mine if normalised else tilts).sum(axis=1)
            if not (below > 0).all():
                raise NotEstimableError(
                    "Without some of the people or clusters nobody in one programme has any weight."
                )
            predicted = np.zeros(1)
            if designs is not None:
                predicted = predict_without(self.scores, designs[place], left_out.present & arm & self.seen)
                total += sign * (tilts * predicted).sum(axis=1) / tilts.sum(axis=1)
            total += sign * (mine * (self.scores - predicted)).sum(axis=1) / below
        return total

    def to_fit(
        self,
        estimate: float,
        influence: NDArray[np.float64],
        known: NDArray[np.float64],
        without: NDArray[np.float64] | None,
    ) -> WeightedFit:
        full, skills = (
            effective_n(self.weights.value[arm & self.seen]) for arm in (self.propensity.full, ~self.propensity.full)
        )
        return WeightedFit(
            estimate=estimate,
            influence=influence,
            known=known,
            effective_full=full,
            effective_skills=skills,
            strata=self.strata,
            without=without,
        )
