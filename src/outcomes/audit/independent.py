"""A second engine: the main figures computed again by other code, from the rows, with other libraries.

It shares nothing with the methods: the repeated-measures model is maximised by a general optimiser over a log-Cholesky
factor, with dense matrices for each client; the comparison at one visit is statsmodels' least squares; completion is
statsmodels' logistic regression, averaged over the people. It is slower and cruder, and that is its use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import optimize

from outcomes.audit.verdict import Check, judge
from outcomes.core.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.registry import Registry

# Part of a standard error by which the two engines may differ: the optimiser stops when its slope is small, not zero.
ALLOWED = 1e-3
MAIN_STRUCTURE = "unstructured"


def check_independently(cohort: Cohort, registry: Registry) -> Check:
    """Compare every primary estimate with the second engine's."""
    compared, faults = 0, []
    for result, value in _second_looks(cohort, registry):
        stored = registry[result]
        if not isinstance(stored, Estimate) or not stored.se:
            continue
        compared += 1
        if abs(stored.value - value) > ALLOWED * stored.se:
            faults.append(f"{result}: a second engine finds {value:.6g} where {stored.value:.6g} is stored")
    return judge("primary estimates, by a second engine", compared, faults)


def _second_looks(cohort: Cohort, registry: Registry) -> Iterator[tuple[str, float]]:
    covariates = covariate_columns(cohort)
    for measure in cohort.plan.primary_measures:
        at = f"{measure}.{cohort.plan.primary}"
        main = registry.get(f"mmrm.{at}.difference")
        if isinstance(main, Estimate) and MAIN_STRUCTURE in main.method:
            yield main.id, repeated_measures(cohort, measure, covariates)
        single = registry.get(f"ancova.{at}.difference")
        if isinstance(single, Estimate):
            yield single.id, single_visit(cohort, measure, covariates)
    completed = registry.get("completion.adjusted.difference")
    if isinstance(completed, Estimate) and "maximum likelihood" in completed.method:
        yield completed.id, completion(cohort, covariates)


def covariate_columns(cohort: Cohort) -> pd.DataFrame:
    """Covariates as numbers, words against the first of their levels; missing stays missing."""
    chosen = cohort.clients[list(cohort.plan.adjust.covariates)]
    words = [name for name in chosen if not pd.api.types.is_numeric_dtype(chosen[name])]
    if chosen.empty or not words:
        return chosen.astype(float)
    made = pd.get_dummies(chosen, columns=words, drop_first=True, dtype=float)
    for name in words:
        made.loc[chosen[name].isna(), [column for column in made if str(column).startswith(f"{name}_")]] = np.nan
    return made.astype(float)


def single_visit(cohort: Cohort, measure: str, covariates: pd.DataFrame) -> float:
    """Give the adjusted difference at the primary visit, by statsmodels."""
    from statsmodels.regression.linear_model import OLS

    frame = covariates.assign(
        start=cohort.scores(measure, cohort.plan.baseline),
        full=cohort.full.astype(float),
        end=cohort.scores(measure, cohort.plan.primary),
        one=1.0,
    ).dropna()
    return float(OLS(frame["end"], frame.drop(columns="end")).fit().params["full"])


def completion(cohort: Cohort, covariates: pd.DataFrame) -> float:
    """Give the adjusted difference in completion, by statsmodels, averaged over everybody."""
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    frame = covariates.assign(full=cohort.full.astype(float), done=cohort.completed, one=1.0).dropna()
    columns = frame.drop(columns="done")
    fit = GLM(frame["done"], columns, Binomial()).fit(tol=1e-12)
    one, zero = (fit.predict(columns.assign(full=value)).mean() for value in (1.0, 0.0))
    return float(one - zero)


def repeated_measures(cohort: Cohort, measure: str, covariates: pd.DataFrame) -> float:
    """Give the adjusted difference at the primary visit over all visits: REML by a general optimiser."""
    grid, full = cohort.grids[measure], cohort.full
    seen = ~np.isnan(grid)
    used = seen[:, 0] & seen[:, 1:].any(axis=1) & covariates.notna().all(axis=1).to_numpy()
    visits = [v for v in range(1, grid.shape[1]) if all(seen[used & arm, v].any() for arm in (full, ~full))]
    scores, columns = grid[used][:, visits], covariates.to_numpy()[used]
    varied = columns[:, [bool(np.ptp(columns[:, k])) for k in range(columns.shape[1])]]
    z = np.column_stack([np.ones(used.sum()), full[used], grid[used, 0]])
    clients = [_client(scores[i], z[i], varied[i]) for i in range(len(scores))]
    size = len(visits)

    def climb(theta: NDArray[np.float64]) -> float:
        return _deviance(clients, _covariance(theta, size))[0]

    found = optimize.minimize(climb, _start(scores, z, varied), method="BFGS", options={"gtol": 1e-7})
    beta = _deviance(clients, _covariance(found.x, size))[1]
    return float(beta[size + visits.index(list(cohort.plan.visits).index(cohort.plan.primary))])


def _client(y: NDArray[np.float64], z: NDArray[np.float64], c: NDArray[np.float64]) -> tuple[Any, ...]:
    """Give what a client was seen at: visits, design, scores."""
    seen = np.flatnonzero(~np.isnan(y))
    size = len(y)
    rows = np.zeros((len(seen), len(z) * size + len(c)))
    for row, visit in enumerate(seen):
        rows[row, visit : len(z) * size : size] = z
        rows[row, len(z) * size :] = c
    return tuple(int(visit) for visit in seen), rows, y[seen]


def _start(scores: NDArray[np.float64], z: NDArray[np.float64], c: NDArray[np.float64]) -> NDArray[np.float64]:
    """Begin with the spread that least squares leaves at each visit, and no correlation."""
    size = scores.shape[1]
    spreads = []
    for visit in range(size):
        seen = ~np.isnan(scores[:, visit])
        design = np.column_stack([z, c])[seen]
        left = scores[seen, visit] - design @ np.linalg.lstsq(design, scores[seen, visit], rcond=None)[0]
        spreads.append(np.log(left.std()))
    theta = np.zeros(size * (size + 1) // 2)
    theta[:size] = spreads
    return theta


def _covariance(theta: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    factor = np.zeros((size, size))
    factor[np.tril_indices(size, -1)] = theta[size:]
    scale = np.exp(theta[:size])
    factor = scale[:, None] * factor + np.diag(scale)
    return np.asarray(factor @ factor.T)


def _deviance(clients: list[tuple[Any, ...]], sigma: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Minus twice the restricted log-likelihood, without its constant, and the coefficients."""
    k = clients[0][1].shape[1]
    information, right, square, log_det = np.zeros((k, k)), np.zeros(k), 0.0, 0.0
    inverses: dict[tuple[int, ...], tuple[Any, float]] = {}
    for seen, x, y in clients:
        if seen not in inverses:
            part = sigma[np.ix_(seen, seen)]
            inverses[seen] = np.linalg.inv(part), float(np.linalg.slogdet(part)[1])
        inverse, size = inverses[seen]
        weighted = x.T @ inverse
        information += weighted @ x
        right += weighted @ y
        square += float(y @ inverse @ y)
        log_det += size
    beta = np.linalg.solve(information, right)
    return log_det + float(np.linalg.slogdet(information)[1]) + square - float(right @ beta), beta
