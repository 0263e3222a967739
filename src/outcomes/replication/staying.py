"""Staying a second time: statsmodels' product-limit curve, log-rank test and proportional hazards."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication.columns import standardised
from outcomes.replication.comparison import Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

SETTLED = 1e-10  # a step of Newton's; the next would be its square
ZERO = 1e-7  # for each person, of a score that was solved


def mean_stay(weeks: NDArray[np.float64], left: NDArray[np.bool_], horizon: float) -> Numbers:
    """Mean stay up to a horizon: the area under the curve, with the Greenwood-type standard error."""
    from statsmodels.duration.survfunc import SurvfuncRight

    curve = SurvfuncRight(weeks, left.astype(float))
    before = curve.surv_times < horizon
    edges = np.concatenate([[0.0], curve.surv_times[before], [horizon]])
    areas = np.diff(edges) * np.concatenate([[1.0], curve.surv_prob[before]])
    after = np.cumsum(areas[::-1])[::-1][1:]
    at_risk, gone = curve.n_risk[before], curve.n_events[before]
    rest = np.maximum(at_risk - gone, 1)  # where nobody is left, no area follows
    se = math.sqrt(float((after**2 * gone / (at_risk * rest)).sum()))
    return Numbers(value=float(areas.sum()), method="area under statsmodels' SurvfuncRight", se=se)


def mean_difference(
    weeks: NDArray[np.float64], left: NDArray[np.bool_], full: NDArray[np.bool_], horizon: float
) -> Numbers:
    """Difference of the mean stays."""
    one, zero = (mean_stay(weeks[arm], left[arm], horizon) for arm in (full, ~full))
    method = "difference of the areas under statsmodels' SurvfuncRight"
    return Numbers(value=one.value - zero.value, method=method, se=math.hypot(one.se or 0.0, zero.se or 0.0))


def hazard_ratio(
    weeks: NDArray[np.float64], left: NDArray[np.bool_], full: NDArray[np.bool_], others: NDArray[np.float64]
) -> Numbers | None:
    """Hazard ratio of the arms, with the standard error of its logarithm; None where it did not come to rest."""
    from statsmodels.duration.hazard_regression import PHReg

    design = np.column_stack([full.astype(float), standardised(others)])
    model = PHReg(weeks, design, status=left.astype(float), ties="efron")
    fit = model.fit(method="newton", tol=SETTLED, ridge_factor=0, maxiter=100)
    if np.abs(model.score(fit.params)).max() > ZERO * len(weeks):
        return None
    method = "statsmodels' PHReg, ties by Efron"
    return Numbers(value=math.exp(float(fit.params[0])), method=method, se=float(fit.bse[0]))


def log_rank(weeks: NDArray[np.float64], left: NDArray[np.bool_], full: NDArray[np.bool_]) -> Numbers:
    """Chi-squared of the log-rank test on one degree of freedom."""
    from statsmodels.duration.survfunc import survdiff

    chi_squared, _ = survdiff(weeks, left.astype(float), full)
    return Numbers(value=float(chi_squared), method="statsmodels' survdiff", df=1.0)
