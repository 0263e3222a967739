"""Scores at one visit a second time: statsmodels' OLS, and the E-value as the root of its equation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication.columns import known, standardised, varied
from outcomes.replication.comparison import Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from statsmodels.regression.linear_model import RegressionResults

    from outcomes.cohort import Cohort

ARM = 1  # position of the arm in the design, behind the intercept
REPEATED = 1e-9  # of a column's length: what is left of it beside the others, if it repeats them
ALONE = 1 - 1e-8  # leverage of a person whom the fit follows wherever they go: HC3 is of the others


def at_one_visit(cohort: Cohort, measure: str, covariates: NDArray[np.float64]) -> Numbers:
    """Give the adjusted difference at the primary visit, with HC3 and t on n − k."""
    from statsmodels.regression.linear_model import OLS

    start, end = cohort.scores(measure, cohort.plan.baseline), cohort.scores(measure, cohort.plan.primary)

    def fit(used: NDArray[np.bool_]) -> RegressionResults:
        others = standardised(varied(np.column_stack([start, covariates])[used]))
        design = np.column_stack([np.ones(used.sum()), cohort.full[used], others])
        # what repeats the columns before it tells nothing more, and statsmodels would warn of it
        own = np.abs(np.diag(np.linalg.qr(design, mode="r"))) > REPEATED * math.sqrt(len(design))
        return OLS(end[used], design[:, : len(own)][:, own]).fit()

    used = known(start, end, covariates)
    found = fit(used)
    value, method = float(found.params[ARM]), "ordinary least squares by statsmodels"
    alone = (found.model.exog * found.model.pinv_wexog.T).sum(axis=1) > ALONE
    if alone.any():
        used[np.flatnonzero(used)[alone]] = False
        found = fit(used)
    # not by `get_robustcov_results`, which makes a matrix of people by people
    return Numbers(value=value, method=method, se=float(found.HC3_se[ARM]), df=float(found.df_resid))


def e_value(cohort: Cohort, measure: str, covariates: NDArray[np.float64], difference: float) -> Numbers:
    """Give the larger root E of E² − 2 R E + R = 0, where R is the risk ratio that stands for the difference."""
    start, end = cohort.scores(measure, cohort.plan.baseline), cohort.scores(measure, cohort.plan.primary)
    used = known(start, end, covariates)
    arms = [start[used & cohort.full], start[used & ~cohort.full]]
    df = sum(map(len, arms)) - 2
    sd = math.sqrt(sum(float(np.var(arm)) * len(arm) for arm in arms) / df)
    shrink = math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)
    ratio = math.exp(0.91 * abs(difference) / sd * shrink)
    value = float(np.roots([1.0, -2.0 * ratio, ratio]).real.max())
    method = "root of the equation that defines the E-value, the difference by ordinary least squares by statsmodels"
    return Numbers(value=value, method=method)
