"""Regressions of counts a second time: statsmodels' likelihoods, solved by MINPACK, with sandwiches by definition."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication.columns import independent
from outcomes.replication.dense import judge_groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

ARM = 1
RUN = 25  # steps, each of which takes a rate that runs to zero down by a factor of e
VANISHED = 1e-6  # of the mean rate


def fit_spread(number: Array, years: Array, design: Array) -> tuple[Array | None, float]:
    """Fit the negative binomial, or Poisson's regression where there is no more spread than that."""
    found = maximise(number, years, design, is_poisson=False)
    return found if found[0] is not None else maximise(number, years, design, is_poisson=True)


def maximise(number: Array, years: Array, design: Array, *, is_poisson: bool) -> tuple[Array | None, float]:
    """Solve the scores that statsmodels gives, by MINPACK."""
    from scipy import optimize
    from statsmodels.discrete.discrete_model import NegativeBinomial, Poisson

    poisson = Poisson(number, design, exposure=years)
    start = np.asarray(poisson.fit(method="newton", disp=False, maxiter=200, tol=1e-12).params)
    found = optimize.root(poisson.score, start, tol=1e-13)
    if is_poisson:
        return np.asarray(found.x), 0.0
    model = NegativeBinomial(number, design, loglike_method="nb2", exposure=years)
    mean = years * np.exp(design @ found.x)
    alpha = max(float(((number - mean) ** 2 - mean).sum() / (mean**2).sum()), 0.05)
    fitted = model.fit(start_params=np.append(found.x, alpha), method="bfgs", disp=False, maxiter=500, gtol=1e-8)
    both = optimize.root(model.score, np.asarray(fitted.params), tol=1e-13)
    near = np.abs(model.score(both.x)).max() < 1e-6 * len(number)
    return (np.asarray(both.x[:-1]), float(both.x[-1])) if near else (None, 0.0)


def find_told(number: Array, years: Array, design: Array) -> NDArray[np.bool_]:
    """Find who is told by a covariate to have no event: their rate has run to nothing where the others' is at rest."""
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it did not converge, where a rate runs on
        rate = GLM(number, design, family=Poisson(), exposure=years).fit(maxiter=RUN, tol=0.0).fittedvalues / years
    return np.asarray((number == 0) & (rate < VANISHED * number.sum() / years.sum()))


def lay_out(
    people: tuple[Array, Array, Array], columns: Array, used: NDArray[np.bool_]
) -> tuple[tuple[Array, Array, Array], NDArray[np.bool_]]:
    """Numbers, years and columns of those whom no covariate tells to have no event, and who they are.

    Parameters
    ----------
    people : tuple of ndarray, shape (n,)
        Numbers, years, and the arm (1 for full).
    columns : ndarray, shape (n, k)
        What is adjusted for.
    used : ndarray of bool, shape (n,)
        Who is compared.
    """
    number, years, full = people
    mine = used.copy()
    mine[used] = ~find_told(number[used], years[used], _design(full[used], columns[used]))
    return (number[mine], years[mine], _design(full[mine], columns[mine])), mine


def _design(full: Array, columns: Array) -> Array:
    beside = independent(columns - columns.mean(axis=0)) if columns.shape[1] else columns
    return np.column_stack([np.ones(len(full)), full, beside])


def find_heaviest(data: tuple[Array, Array, Array], fitted: tuple[Array, float]) -> int:
    """Find who moves the ratio most, in one step of the fit."""
    number, years, design = data
    mean = years * np.exp(design @ fitted[0])
    weight, residual = mean / (1 + fitted[1] * mean), (number - mean) / (1 + fitted[1] * mean)
    bread = np.linalg.inv(design.T @ (design * weight[:, None]))
    leverage = weight * (design @ bread * design).sum(axis=1)
    return int(np.abs(design @ bread[ARM] * residual / (1 - leverage)).argmax())


def judge(
    data: tuple[Array, Array, Array], fitted: tuple[Array, float], slope: Array, labels: list[object]
) -> tuple[float, float]:
    """Find the standard error and degrees of freedom of a combination of the coefficients."""
    number, years, design = data
    beta, alpha = fitted
    mean = years * np.exp(design @ beta)
    spread = mean + alpha * mean**2
    scaled = design * mean[:, None]
    bread = np.linalg.inv(scaled.T @ (scaled / spread[:, None]))
    if labels:
        shown = (number - mean) + scaled @ beta
        rows = [[row for row, label in enumerate(labels) if label == group] for group in dict.fromkeys(labels)]
        blocks = [(scaled[one], shown[one], np.diag(spread[one])) for one in rows]
        judged = judge_groups(blocks, np.asarray(bread, dtype=np.float64), beta, slope)
        return judged.se, judged.df
    leverage = (scaled @ bread * scaled).sum(axis=1) / spread
    pull = (scaled @ bread @ slope) / spread * (number - mean) / (1 - leverage)
    return math.sqrt(float(pull @ pull)), float(len(number) - len(beta))
