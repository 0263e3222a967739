"""The jackknife of a weighted comparison: the propensity model is fitted again without each part.

Each person, or cluster, is left out in turn; of many people, equal parts of both arms. The propensities without them
come from Newton's method on all those samples at once. Sources: Efron & Stein (1981); Wolter (2007), ch. 4, for leaving
out parts and for strata.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from outcomes.methods.least_squares import Contrast
from outcomes.methods.weights.clusters import stratify
from outcomes.methods.weights.propensity import fit_propensity
from outcomes.methods.weights.stacked import NOTHING
from outcomes.methods.weights.targets import tilt, weigh
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.weights.clusters import Strata
    from outcomes.methods.weights.propensity import PropensityFit
    from outcomes.methods.weights.targets import Target

MOST_UNITS = 400  # left out one by one; more are left out in so many parts
_STEPS = 12
_SCORE = 1e-9
_NOBODY = 0.5


class Without(NamedTuple):
    """Propensities without each part.

    Attributes
    ----------
    share : ndarray, shape (g, n)
        One half for those left out.
    present : ndarray of bool, shape (g, n)
        Who is not left out.
    full : ndarray of bool, shape (n,)
    alike : ndarray of bool, shape (g, n)
        Who is present and not set apart.
    """

    share: NDArray[np.float64]
    present: NDArray[np.bool_]
    full: NDArray[np.bool_]
    alike: NDArray[np.bool_]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Without({self.share.shape[0]} parts, {self.share.shape[1]} people)"

    def weights(self, target: Target) -> NDArray[np.float64]:
        """Weights without each part, zero for the part itself and for those set apart, shape (g, n)."""
        return np.where(self.alike, weigh(share=self.share, full=self.full, target=target).value, 0.0)

    def tilts(self, target: Target) -> NDArray[np.float64]:
        """How much each person counts without each part, shape (g, n)."""
        return np.where(self.alike, tilt(share=self.share, full=self.full, target=target).value, 0.0)


def leave_out(fit: PropensityFit, *, clusters: NDArray[np.generic] | None) -> Without:
    """Fit the propensity model without each cluster, or without each person where nobody shares one.

    Parameters
    ----------
    fit : PropensityFit
    clusters : ndarray, shape (n,), or None

    Raises
    ------
    NotEstimableError
        When there are fewer than four clusters, one holds a whole arm, or nothing is left without some part.
    """
    codes = parts_of(fit.full) if clusters is None else stratify(clusters, fit.full, ~fit.apart).codes
    present = codes[None, :] != np.arange(codes.max() + 1)[:, None]
    among = present & ~fit.apart
    length = np.sqrt((fit.design**2).sum(axis=0))
    design = fit.design / length
    beta = np.repeat((fit.beta * length)[None], len(present), axis=0)
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    for _ in range(_STEPS):
        share = special.expit(beta @ design.T)
        score = np.where(among, fit.full - share, 0.0) @ design
        if np.abs(score).max() < _SCORE:
            break
        information = (np.where(among, share * (1 - share), 0.0) @ products).reshape(len(beta), *[design.shape[1]] * 2)
        beta += (np.linalg.pinv(information, hermitian=True) @ score[..., None])[..., 0]
    share = np.where(fit.apart, fit.full, special.expit(beta @ design.T))
    alike = present & ~fit.apart
    for part in np.flatnonzero(~(np.abs(score).max(axis=1) < _SCORE)):
        among_them = _fit_among(fit, present[part])
        share[part, present[part]], alike[part, present[part]] = among_them.share, ~among_them.apart
    # what the model says of those left out can be anything, and is not used
    return Without(np.where(present, share, _NOBODY), present, fit.full, alike)


def parts_of(full: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Code of what each person is left out with, shape (n,): alone, or of many with equal parts of both arms."""
    count = len(full)
    if count <= MOST_UNITS:
        return np.arange(count)
    codes = np.empty(count, dtype=np.intp)
    codes[np.argsort(~full, kind="stable")] = np.arange(count) % MOST_UNITS
    return codes


def judge_by_jackknife(
    estimate: float, values: NDArray[np.float64], *, strata: Strata | None, effective: float
) -> Contrast:
    """Judge an estimate by its spread without each part, within the strata of clusters where there are some.

    Parameters
    ----------
    estimate : float
        With everybody [points].
    values : ndarray, shape (g,)
        Without each part [points].
    strata : Strata or None
    effective : float
        Effective sample size, for the degrees of freedom where there are no clusters [count].

    Raises
    ------
    NotEstimableError
        When nothing varies.
    """
    if strata is None:
        count, df = len(values), effective - 2.0
        variance = float(((values - values.mean()) ** 2).sum()) * (count - 1) / count
    else:
        means = np.bincount(strata.kinds, weights=values) / np.maximum(np.bincount(strata.kinds), 1)
        variance, df = strata.add_up((values - means[strata.kinds]) ** 2, jackknife=True)
    if df <= 0 or not variance > NOTHING**2 * max(1.0, estimate**2):
        raise NotEstimableError("The difference does not change, whoever is left out.")
    return Contrast(estimate=estimate, se=float(np.sqrt(variance)), df=df)


def _fit_among(fit: PropensityFit, present: NDArray[np.bool_]) -> PropensityFit:
    """Propensity by the whole fit, for a sample in which it may have no maximum."""
    return fit_propensity(full=fit.full[present], covariates=fit.design[present, 1:], names=fit.names[1:])
