"""Regression of counts on the log scale, with exposure as an offset: negative binomial, or Poisson.

The negative binomial has variance μ + μ²/θ (NB2); coefficients and θ are those of maximum likelihood together, by
Newton's steps. Where the likelihood rises without end in θ there is no more spread than Poisson's, and the answer is
Poisson's. How sure the coefficients are is told by `count_spread`. Source: Hilbe (2011), chapter 8.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np
from scipy import optimize, special

from outcomes.methods.least_squares import find_repeated, orthogonalise
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Family: TypeAlias = Literal["negative_binomial", "poisson"]
NO_EVENT = "There was no event in one of the programmes, so that no ratio can be estimated by a model."
NOT_SETTLED = "The likelihood of the counts has no maximum that could be found."
ARM = 1  # column of the arm, behind the intercept
_ITERATIONS, _HALVINGS = 200, 40
_SETTLED = 1e-12  # of the largest coefficient
_POISSON = 1e6  # a θ beyond it is Poisson's
_VANISHING = 1e-6  # of the mean rate: a smaller fitted one may be running to zero
_MARGIN = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CountFit:
    """A fit of counts.

    Attributes
    ----------
    beta : ndarray, shape (k,)
        Logarithms of ratios; of the columns that are kept.
    theta : float
        Shape of the negative binomial; infinite where it is Poisson's.
    log_likelihood : float
    counts, exposure, mean : ndarray, shape (n,)
        Counts, exposure [years or occasions], fitted counts, of those who are kept.
    design : ndarray, shape (n, k)
    kept : ndarray of bool, shape (all,)
        Who is in the fit. Who is not is told by a covariate to have no event: their fitted count is zero.
    columns : ndarray of bool, shape (all columns,)
        Columns that are in the fit.
    """

    beta: Array
    theta: float
    log_likelihood: float
    counts: Array
    exposure: Array
    mean: Array
    design: Array
    kept: NDArray[np.bool_]
    columns: NDArray[np.bool_]

    @property
    def weight(self) -> Array:
        """Expected information of each linear predictor, shape (n,)."""
        return self.mean / (1 + self.mean / self.theta)

    @property
    def residual(self) -> Array:
        """Derivative of the log-likelihood by each linear predictor, shape (n,)."""
        return (self.counts - self.mean) / (1 + self.mean / self.theta)

    @property
    def df(self) -> float:
        """People less coefficients; θ costs none."""
        return float(len(self.counts) - len(self.beta))

    @property
    def dispersion(self) -> float:
        """Pearson's chi-square over the degrees of freedom."""
        spread = self.mean * (1 + self.mean / self.theta)
        return float(((self.counts - self.mean) ** 2 / spread).sum() / self.df)


def fit_counts(
    *,
    counts: Array,
    exposure: Array,
    design: Array,
    names: Sequence[str],
    family: Family,
) -> CountFit:
    """Fit counts by maximum likelihood.

    Parameters
    ----------
    counts : ndarray, shape (n,)
        Whole numbers, not below zero.
    exposure : ndarray, shape (n,)
        Above zero [years or occasions].
    design : ndarray, shape (n, k)
        Intercept, arm, then the rest.
    names : sequence of str, length k
        Names of the columns, for refusals.
    family : str
        "negative_binomial" or "poisson".

    Raises
    ------
    NotEstimableError
        When an arm has no event, the design is singular, people are too few, or the likelihood has no maximum.
    """
    for side in (design[:, ARM] == 1, design[:, ARM] == 0):
        if not counts[side].any():
            raise NotEstimableError(NO_EVENT, "too few")
    orthogonalise(design=design, names=names)
    kept, columns = np.ones(len(counts), dtype=bool), np.ones(design.shape[1], dtype=bool)
    fit = _fit(counts, exposure, design, family)
    if fit is None or (fit.mean / exposure).min() < _VANISHING * counts.sum() / exposure.sum():
        kept = ~_find_without_events(counts, design)
        columns = ~find_repeated(design[kept])
        if not columns[ARM]:
            raise NotEstimableError(NO_EVENT, "too few")
        some = design[kept][:, columns]
        orthogonalise(design=some, names=[name for name, stays in zip(names, columns, strict=True) if stays])
        fit = _fit(counts[kept], exposure[kept], some, family)
    if fit is None:
        raise NotEstimableError(NOT_SETTLED)
    return replace(fit, kept=kept, columns=columns)


def _fit(counts: Array, exposure: Array, design: Array, family: Family) -> CountFit | None:
    """Fit on columns of unit length; None where the steps do not settle."""
    length = np.sqrt((design**2).sum(axis=0))
    scaled, offset = design / length, np.log(exposure)
    poisson = _climb(counts, scaled, offset, _begin(counts, exposure, scaled), math.inf)
    if poisson is None:
        return None
    found = poisson
    if family == "negative_binomial":
        mean = np.exp(scaled @ poisson.beta + offset)
        more = float(((counts - mean) ** 2 - mean).sum())
        begin = math.log(max(0.1, float((mean**2).sum()) / max(more, float(mean.sum()) / 10)))
        with_theta = _climb(counts, scaled, offset, poisson.beta, begin)
        if with_theta is not None and with_theta.height > poisson.height:
            found = with_theta
    theta = math.exp(found.log_theta) if found.log_theta < math.log(_POISSON) else math.inf
    beta = found.beta if math.isfinite(theta) else poisson.beta
    return CountFit(
        beta=beta / length,
        theta=theta,
        log_likelihood=found.height if math.isfinite(theta) else poisson.height,
        counts=counts,
        exposure=exposure,
        mean=np.exp(scaled @ beta + offset),
        design=design,
        kept=np.ones(0, dtype=bool),
        columns=np.ones(0, dtype=bool),
    )


class _Place(NamedTuple):
    beta: Array
    log_theta: float
    height: float


def _begin(counts: Array, exposure: Array, design: Array) -> Array:
    """Begin at the mean rate: the least-squares line of a constant is that constant wherever there is an intercept."""
    rate = counts.sum() / exposure.sum()
    return np.asarray(np.linalg.lstsq(design, np.full(len(counts), math.log(rate)), rcond=None)[0])


def _climb(counts: Array, design: Array, offset: Array, beta: Array, log_theta: float) -> _Place | None:
    """Climb by Newton's steps over coefficients and log θ together; over the coefficients alone where θ is infinite."""
    with_theta = math.isfinite(log_theta)
    height = _height(counts, design @ beta + offset, log_theta)
    last = math.inf
    for _ in range(_ITERATIONS):
        score, information = _slope(counts, design, design @ beta + offset, log_theta)
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError:
            return None
        move = np.abs(step).max() / (1 + np.abs(beta).max())
        if move < _SETTLED or (last < 1e-7 and move >= last):  # noqa: PLR2004  # rounding is all that is left
            return _Place(beta, log_theta, height)
        last = move
        for part in 0.5 ** np.arange(_HALVINGS):
            tried = beta + part * step[: len(beta)]
            theta = log_theta + part * float(step[-1]) if with_theta else log_theta
            new = _height(counts, design @ tried + offset, theta)
            if new >= height - 1e-10 * (1 + abs(height)):
                break
        else:
            return None
        beta, log_theta, height = tried, theta, new
        if with_theta and log_theta > math.log(_POISSON):
            return _Place(beta, log_theta, height)
    return None


def _height(counts: Array, predictor: Array, log_theta: float) -> float:
    """Log-likelihood; −∞ where a mean or θ cannot be held in a number."""
    if np.abs(predictor).max() > 500 or (math.isfinite(log_theta) and abs(log_theta) > 30):  # noqa: PLR2004
        return -math.inf
    mean = np.exp(predictor)
    if math.isinf(log_theta):
        return float((counts * predictor - mean - special.gammaln(counts + 1)).sum())
    theta = math.exp(log_theta)
    made = special.gammaln(counts + theta) - special.gammaln(theta) - special.gammaln(counts + 1)
    # θ log θ + y log μ − (y + θ) log(θ + μ), so written that a large θ costs no digits
    return float((made - theta * np.log1p(mean / theta) + counts * (predictor - np.log(theta + mean))).sum())


def _slope(counts: Array, design: Array, predictor: Array, log_theta: float) -> tuple[Array, Array]:
    """Score, and the observed information where it rises everywhere, else the expected one."""
    mean = np.exp(predictor)
    if math.isinf(log_theta):
        return design.T @ (counts - mean), (design.T * mean) @ design
    theta = math.exp(log_theta)
    both = theta + mean
    by_theta = special.digamma(counts + theta) - special.digamma(theta) + 1 - np.log1p(mean / theta)
    by_theta = by_theta - (counts + theta) / both
    second = special.polygamma(1, counts + theta) - special.polygamma(1, theta) + 1 / theta - 2 / both
    second = second + (counts + theta) / both**2
    score = np.append(design.T @ ((counts - mean) * theta / both), theta * by_theta.sum())
    corner = -(theta**2 * float(second.sum()) + theta * float(by_theta.sum()))
    cross = -theta * (design.T @ ((counts - mean) * mean / both**2))
    own = (design.T * (mean * theta * (theta + counts) / both**2)) @ design
    information = np.block([[own, cross[:, None]], [cross[None, :], np.array([[corner]])]])
    if np.linalg.eigvalsh(information)[0] <= 0:
        own = (design.T * (mean * theta / both)) @ design
        none = np.zeros((len(cross), 1))
        information = np.block([[own, none], [none.T, np.array([[max(abs(corner), 1.0)]])]])
    return score, information


def find_information(fit: CountFit) -> tuple[Array, float]:
    """Information of the coefficients, expected, shape (k, k), and of log θ, observed; the two have none in common.

    Of a Poisson fit there is none of log θ, and zero is given.
    """
    own = np.asarray((fit.design.T * fit.weight) @ fit.design)
    if math.isinf(fit.theta):
        return own, 0.0
    predictor = fit.design @ fit.beta + np.log(fit.exposure)
    return own, float(_slope(fit.counts, fit.design, predictor, math.log(fit.theta))[1][-1, -1])


def _find_without_events(counts: Array, design: Array) -> NDArray[np.bool_]:
    """Who is told by some combination of the columns to have no event, shape (n,).

    The linear programme max Σ −x_iᵀb over those without an event, with x_iᵀb ≤ 0 for them, x_iᵀb = 0 for the others and
    |b| ≤ 1, is above zero exactly where a coefficient runs to −∞; asked again until nobody is left.
    """
    found, scaled = np.zeros(len(counts), dtype=bool), design / np.abs(design).max(axis=0)
    while True:
        none = (counts == 0) & ~found
        if not none.any():
            return found
        lines, others = scaled[none], scaled[counts > 0]
        answer = optimize.linprog(
            lines.sum(axis=0),
            A_ub=lines,
            b_ub=np.zeros(len(lines)),
            A_eq=others,
            b_eq=np.zeros(len(others)),
            bounds=(-1, 1),
        )
        if answer.x is None or not (new := lines @ answer.x < -_MARGIN).any():
            return found
        found[np.flatnonzero(none)[new]] = True
