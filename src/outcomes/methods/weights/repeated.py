"""A weighted repeated-measures model, with the jackknife that fits the propensity model again each time.

Each person, or cluster, is left out in turn; of many people, equal parts of both arms. The propensities without them
come from Newton's method on all those samples at once, and the model from their reweighted moments. Sources: Efron &
Stein (1981) for the jackknife; Wolter (2007), ch. 4, for leaving out parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.core.estimates import NotEstimableError
from outcomes.methods.cluster import FEWEST_CLUSTERS
from outcomes.methods.least_squares import Contrast
from outcomes.methods.mmrm.fit import fit_first_estimable
from outcomes.methods.mmrm.pattern_moments import moments
from outcomes.methods.mmrm.refit import refit
from outcomes.methods.mmrm.units import to_units
from outcomes.methods.weights.propensity import fit_propensity
from outcomes.methods.weights.targets import effective_n, weigh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.methods.mmrm.structures import Covariance
    from outcomes.methods.weights.propensity import PropensityFit
    from outcomes.methods.weights.targets import Target

MOST_UNITS = 400  # left out one by one; more are left out in so many parts
_RISE = 1e-17  # of the log-likelihood, as where clients are left out
_STEPS = 12
_SCORE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedMmrmFit:
    """A contrast of the weighted model.

    Attributes
    ----------
    contrast : Contrast
        t on clusters less one, else on the effective sample size less two.
    covariance_name : str
        Structure within a client that was used.
    """

    contrast: Contrast
    covariance_name: str


def fit_weighted_mmrm(
    *,
    scores: NDArray[np.float64],
    by_visit: NDArray[np.float64],
    constant: NDArray[np.float64],
    used: NDArray[np.bool_],
    propensity: PropensityFit,
    target: Target,
    order: Sequence[Covariance],
    contrast: NDArray[np.float64],
    clusters: NDArray[np.object_] | None,
) -> WeightedMmrmFit:
    """Fit the model to weighted people and judge one contrast of it.

    Parameters
    ----------
    scores, by_visit, constant : ndarray, shape (m, …)
        As `outcomes.methods.mmrm.moments`, of the people used.
    used : ndarray of bool, shape (n,)
        Who of the propensity model they are.
    propensity : PropensityFit
        Of n people.
    target : str
    order : sequence of str
        Covariance structures, the first that can be estimated is used.
    contrast : ndarray, shape (k,)
    clusters : ndarray, shape (n,), or None
        What is left out as a whole.

    Raises
    ------
    NotEstimableError
        When the model cannot be fitted, with everybody or without some unit, or there are fewer than four clusters.
    """
    weights = propensity.weights(target)[used]
    if not weights.any():
        raise NotEstimableError("Nobody who was seen has any weight.")
    weights = weights / weights.mean()
    gathered = moments(scores=scores, by_visit=by_visit, constant=constant, weights=weights)
    fit, _ = fit_first_estimable(gathered, order=order)
    there = (weights > 0).astype(float)
    units = to_units(fit, scores=scores, by_visit=by_visit, constant=constant, weights=there, clusters=None)
    without = _weights_without(propensity, target, _parts(propensity.full, clusters))[:, used]
    # the scale of the weights is that of everybody's, so that REML counts the people who are left
    copies = without / without.sum(axis=1, keepdims=True) * (without > 0).sum(axis=1, keepdims=True)
    refits = refit(units.sums(copies[:, weights > 0]), fit=fit, rise=_RISE)
    if not refits.fitted.all():
        msg = f"The model cannot be fitted without some of the people or clusters: {refits.reasons[0]}"
        raise NotEstimableError(msg)
    effective = sum(effective_n(weights[arm[used]]) for arm in (propensity.full, ~propensity.full))
    judged = _jackknife(
        float(contrast @ fit.beta),
        (refits.beta @ fit.basis.back.T + fit.basis.offset) @ contrast,
        df=effective - 2.0 if clusters is None else len(copies) - 1.0,
    )
    return WeightedMmrmFit(contrast=judged, covariance_name=fit.covariance_name)


def _jackknife(estimate: float, values: NDArray[np.float64], *, df: float) -> Contrast:
    count = len(values)
    variance = (count - 1) / count * float(((values - values.mean()) ** 2).sum())
    if variance <= 0 or df <= 0:
        raise NotEstimableError("The difference does not change, whoever is left out.")
    return Contrast(estimate=estimate, se=float(np.sqrt(variance)), df=df)


def _parts(full: NDArray[np.bool_], clusters: NDArray[np.object_] | None) -> NDArray[np.intp]:
    """Code of what each person is left out with, shape (n,)."""
    if clusters is not None:
        labels, codes = np.unique(clusters.astype(str), return_inverse=True)
        if len(labels) < FEWEST_CLUSTERS:
            msg = f"There are {len(labels)} clusters; a cluster-robust standard error needs at least {FEWEST_CLUSTERS}."
            raise NotEstimableError(msg)
        return codes
    count = len(full)
    if count <= MOST_UNITS:
        return np.arange(count)
    codes = np.empty(count, dtype=np.intp)
    codes[np.argsort(~full, kind="stable")] = np.arange(count) % MOST_UNITS
    return codes


def _weights_without(fit: PropensityFit, target: Target, codes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Weights from the propensity model without each part, zero for the part itself, shape (g, n)."""
    present = codes[None, :] != np.arange(codes.max() + 1)[:, None]
    among = present & ~fit.apart
    design = fit.design / np.sqrt((fit.design**2).sum(axis=0))
    start = fit.beta * np.sqrt((fit.design**2).sum(axis=0))
    beta = np.repeat(start[None], len(present), axis=0)
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    for _ in range(_STEPS):
        share = special.expit(beta @ design.T)
        score = np.where(among, fit.full - share, 0.0) @ design
        if np.abs(score).max() < _SCORE:
            break
        information = (np.where(among, share * (1 - share), 0.0) @ products).reshape(len(beta), *[design.shape[1]] * 2)
        beta += (np.linalg.pinv(information, hermitian=True) @ score[..., None])[..., 0]
    share = np.where(fit.apart, fit.full, special.expit(beta @ design.T))
    for part in np.flatnonzero(~(np.abs(score).max(axis=1) < _SCORE)):
        share[part, present[part]] = _share_among(fit, present[part])
    return np.where(present, weigh(share=share, full=fit.full, target=target).value, 0.0)


def _share_among(fit: PropensityFit, present: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Propensity by the whole fit, for a sample in which it may have no maximum."""
    return fit_propensity(full=fit.full[present], covariates=fit.design[present, 1:], names=fit.names[1:]).share
