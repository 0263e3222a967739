"""A weighted repeated-measures model, with the jackknife that fits the propensity model again each time.

The model comes from the moments of the people, reweighted for each part that is left out. Among many people the error
is that of stacked equations instead: what each brings to the effects at the covariances found, which are orthogonal to
them (Lindstrom & Bates 1988), and to the propensity model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.least_squares import find_repeated
from outcomes.methods.mmrm.fit import fit_first_estimable
from outcomes.methods.mmrm.pattern_moments import moments
from outcomes.methods.mmrm.refit import refit
from outcomes.methods.mmrm.units import to_units
from outcomes.methods.weights.clusters import stratify
from outcomes.methods.weights.jackknife import judge_by_jackknife
from outcomes.methods.weights.stacked import judge_by_influence
from outcomes.methods.weights.targets import effective_n
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.methods.least_squares import Contrast
    from outcomes.methods.mmrm.inference import MmrmFit
    from outcomes.methods.mmrm.structures import Covariance
    from outcomes.methods.mmrm.units import Units
    from outcomes.methods.weights.jackknife import Without
    from outcomes.methods.weights.propensity import PropensityFit
    from outcomes.methods.weights.targets import Target

_RISE = 1e-17  # of the log-likelihood, as where clients are left out


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedMmrmFit:
    """A contrast of the weighted model.

    Attributes
    ----------
    contrast : Contrast
        t on what the clusters leave, else on the effective sample size less two.
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
    names: Sequence[str] | None = None,
    visits: Sequence[str] | None = None,
    used: NDArray[np.bool_],
    propensity: PropensityFit,
    target: Target,
    order: Sequence[Covariance],
    contrast: NDArray[np.float64],
    clusters: NDArray[np.generic] | None,
    without: Without | None,
) -> WeightedMmrmFit:
    """Fit the model to weighted people and judge one contrast of it.

    Parameters
    ----------
    scores, by_visit, constant : ndarray, shape (m, …)
        As `outcomes.methods.mmrm.moments`, of the people used. A constant column that repeats others among those
        with any weight is left out.
    names, visits : sequence of str, optional
        As there, for refusals.
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
    without : Without or None
        Propensities without each of them, by `leave_out`; None for the stacked equations.

    Raises
    ------
    NotEstimableError
        When the model cannot be fitted, with everybody or without some unit, there are fewer than four clusters, or one
        holds a whole arm.
    """
    weights = propensity.weights(target)[used]
    if not weights.any():
        raise NotEstimableError("Nobody who was seen has any weight.")
    weights = weights / weights[weights > 0].mean()  # as below, where somebody is left out
    kept = ~find_repeated(np.column_stack([by_visit, constant])[weights > 0])[by_visit.shape[1] :]
    first = len(contrast) - len(kept)
    constant, contrast = constant[:, kept], np.append(contrast[:first], contrast[first:][kept])
    if names is not None:
        names = [*names[: by_visit.shape[1]], *np.array(names[by_visit.shape[1] :], dtype=object)[kept]]
    gathered = moments(scores=scores, by_visit=by_visit, constant=constant, weights=weights, names=names, visits=visits)
    fit, _ = fit_first_estimable(gathered, order=order)
    there = (weights > 0).astype(float)
    units = to_units(fit, scores=scores, by_visit=by_visit, constant=constant, weights=there, clusters=None)
    seen = np.zeros(len(used), dtype=bool)
    seen[used] = weights > 0
    strata = None if clusters is None else stratify(clusters, propensity.full, seen)
    estimate = float(contrast @ fit.beta)
    effective = sum(effective_n(weights[arm[used]]) for arm in (propensity.full, ~propensity.full))
    if without is None:
        pulls = np.zeros(len(used))
        pulls[used] = _pull(fit, units, contrast, len(scores))
        influence = _stack(pulls, propensity, target, scale=float(propensity.weights(target)[used].mean()))
        judged = judge_by_influence(estimate, influence, strata=strata, effective=effective)
    else:
        values = _refit_without(fit, units, without.weights(target)[:, used], weights > 0) @ contrast
        judged = judge_by_jackknife(estimate, values, strata=strata, effective=effective)
    return WeightedMmrmFit(contrast=judged, covariance_name=fit.covariance_name)


def _refit_without(
    fit: MmrmFit, units: Units, left: NDArray[np.float64], there: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Coefficients without each part, shape (g, k), from the weights without it, shape (g, m)."""
    # the scale of the weights is that of everybody's, so that REML counts the people who are left
    copies = left / left.sum(axis=1, keepdims=True) * (left > 0).sum(axis=1, keepdims=True)
    refits = refit(units.sums(copies[:, there]), fit=fit, rise=_RISE)
    if not refits.fitted.all():
        msg = f"The model cannot be fitted without some of the people or clusters: {refits.reasons[0]}"
        raise NotEstimableError(msg)
    return np.asarray(refits.beta @ fit.basis.back.T + fit.basis.offset)


def _pull(fit: MmrmFit, units: Units, contrast: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Give lᵀ M X_iᵀ W_i e_i of each client at weight one, shape (count,); zero of who has no weight."""
    q, r, size = fit.basis.sizes
    direction = fit.gls.phi @ (fit.basis.back.T @ contrast)
    pulls = np.zeros(count)
    for observed, rows, clients in zip(units.observed, units.rows, units.clients, strict=True):
        visits = np.flatnonzero(observed)
        along, fitted = (
            rows[:, :q] @ line[: q * size].reshape(q, size)[:, visits] + rows[:, q : q + r] @ line[q * size :, None]
            for line in (direction, fit.gls.beta)
        )
        inverse = np.linalg.inv(fit.covariance[np.ix_(visits, visits)])
        pulls[clients] = (along @ inverse * (rows[:, q + r + visits] - fitted)).sum(axis=1)
    return pulls


def _stack(
    pulls: NDArray[np.float64], propensity: PropensityFit, target: Target, *, scale: float
) -> NDArray[np.float64]:
    """Influence of each person on the contrast, by their own scores and by the propensity model, shape (n,)."""
    weights = propensity.weigh(target)
    own, slope = pulls * weights.value / scale, pulls * weights.slope / scale
    return np.asarray(len(pulls) * own + propensity.influence() @ (slope @ propensity.design))
