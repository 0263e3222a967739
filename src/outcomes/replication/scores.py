"""Scores at one visit a second time: statsmodels' OLS, and the E-value as the root of its equation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication.columns import known, standardised, varied
from outcomes.replication.comparison import Numbers
from outcomes.replication.people import scores_at

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from statsmodels.regression.linear_model import RegressionResults

    from outcomes.replication.people import People

ARM = 1  # position of the arm in the design, behind the intercept
REPEATED = 1e-9  # of a column's length: what is left of it beside the others, if it repeats them
ALONE = 1 - 1e-8  # leverage of a person whom the fit follows wherever they go: HC3 is of the others


@dataclass(frozen=True, slots=True, repr=False)
class Adjusted:
    """Least squares at one visit: what statsmodels found, and whose scores they are, shape (n,)."""

    found: RegressionResults
    used: NDArray[np.bool_]


def at_one_visit(people: People, measure: str, covariates: NDArray[np.float64], visit: str = "") -> Numbers:
    """Give the adjusted difference at a visit, by default the primary one, with HC3 and t on n − k."""
    first = fit_adjusted(people, measure, covariates, visit)
    found, method = first.found, "ordinary least squares by statsmodels"
    value = float(found.params[ARM])
    among = without_alone(first)
    if among.sum() < first.used.sum():
        found = fit_adjusted(people, measure, covariates, visit, among=among).found
    # not by `get_robustcov_results`, which makes a matrix of people by people
    return Numbers(value=value, method=method, se=float(found.HC3_se[ARM]), df=float(found.df_resid))


def without_alone(fit: Adjusted) -> NDArray[np.bool_]:
    """Who is in a fit, but for those whom it follows wherever they go, shape (n,)."""
    model, among = fit.found.model, fit.used.copy()
    among[np.flatnonzero(among)[(model.exog * model.pinv_wexog.T).sum(axis=1) > ALONE]] = False
    return among


def fit_adjusted(
    people: People,
    measure: str,
    covariates: NDArray[np.float64],
    visit: str = "",
    *,
    among: NDArray[np.bool_] | None = None,
) -> Adjusted:
    """Fit the score at a visit to arm, start and covariates."""
    from statsmodels.regression.linear_model import OLS

    end, others, used = read_adjusted(people, measure, covariates, visit, among=among)
    design = np.column_stack([np.ones(used.sum()), people.full[used], others])
    return Adjusted(OLS(end[used], without_repeats(design)).fit(), used)


def read_adjusted(
    people: People,
    measure: str,
    covariates: NDArray[np.float64],
    visit: str = "",
    *,
    among: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Give the score at a visit, shape (N,), what is adjusted for, shape (n, k), and who has both, shape (N,)."""
    start, end = (
        scores_at(people, measure, people.plan.baseline),
        scores_at(people, measure, visit or people.plan.primary),
    )
    used = known(start, end, covariates) if among is None else among
    return end, standardised(varied(np.column_stack([start, covariates])[used])), used


def without_repeats(design: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out what repeats the columns before it: it tells nothing more, and statsmodels would warn of it."""
    own = np.abs(np.diag(np.linalg.qr(design, mode="r"))) > REPEATED * math.sqrt(len(design))
    return np.asarray(design[:, : len(own)][:, own])


def e_value(people: People, measure: str, covariates: NDArray[np.float64], difference: float) -> Numbers:
    """Give the larger root E of E² − 2 R E + R = 0, where R is the risk ratio that stands for the difference."""
    start, end = scores_at(people, measure, people.plan.baseline), scores_at(people, measure, people.plan.primary)
    used = known(start, end, covariates)
    arms = [start[used & people.full], start[used & ~people.full]]
    df = sum(map(len, arms)) - 2
    sd = math.sqrt(sum(float(np.var(arm)) * len(arm) for arm in arms) / df)
    shrink = math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)
    ratio = math.exp(0.91 * abs(difference) / sd * shrink)
    value = float(np.roots([1.0, -2.0 * ratio, ratio]).real.max())
    method = "root of the equation that defines the E-value, the difference by ordinary least squares by statsmodels"
    return Numbers(value=value, method=method)
