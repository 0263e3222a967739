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


def mean_stay(weeks: NDArray[np.float64], left: NDArray[np.bool_], horizon: float, *, level: float) -> Numbers:
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
    return Numbers.with_error(float(areas.sum()), "area under statsmodels' SurvfuncRight", se=se, level=level)


def mean_difference(
    weeks: NDArray[np.float64],
    left: NDArray[np.bool_],
    full: NDArray[np.bool_],
    horizon: float,
    *,
    level: float,
    clustered: bool,
) -> Numbers:
    """Difference of the mean stays; its standard error where nobody shares a group."""
    one, zero = (mean_stay(weeks[arm], left[arm], horizon, level=level) for arm in (full, ~full))
    value, method = one.value - zero.value, "difference of the areas under statsmodels' SurvfuncRight"
    if clustered:
        return Numbers(value=value, method=method)
    return Numbers.with_error(value, method, se=math.hypot(one.se or 0.0, zero.se or 0.0), level=level)


def hazard_ratio(
    weeks: NDArray[np.float64],
    left: NDArray[np.bool_],
    full: NDArray[np.bool_],
    others: NDArray[np.float64],
    *,
    level: float,
    clustered: bool,
) -> Numbers | None:
    """Hazard ratio of the arms; None where the likelihood did not come to rest.

    Its standard error where nobody shares a group: statsmodels' sandwich splits the score as Breslow does, not Efron.
    """
    from statsmodels.duration.hazard_regression import PHReg

    design = np.column_stack([full.astype(float), standardised(others)])
    model = PHReg(weeks, design, status=left.astype(float), ties="efron")
    fit = model.fit(method="newton", tol=SETTLED, ridge_factor=0, maxiter=100)
    if np.abs(model.score(fit.params)).max() > ZERO * len(weeks):
        return None
    value, method = math.exp(float(fit.params[0])), "statsmodels' PHReg, ties by Efron"
    if clustered:
        return Numbers(value=value, method=method)
    return Numbers.with_error(value, method, se=float(fit.bse[0]), level=level, log=True)


def log_rank(weeks: NDArray[np.float64], left: NDArray[np.bool_], full: NDArray[np.bool_]) -> Numbers:
    """Chi-squared of the log-rank test on one degree of freedom."""
    from statsmodels.duration.survfunc import survdiff

    chi_squared, _ = survdiff(weeks, left.astype(float), full)
    return Numbers(value=float(chi_squared), method="statsmodels' survdiff", df=1.0)
