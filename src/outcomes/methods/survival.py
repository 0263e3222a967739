"""How long people stay: Kaplan–Meier, restricted mean time, log-rank.

Sources: Kaplan & Meier (1958); Greenwood (1926); Kalbfleisch & Prentice (1980), log-log limits; Mantel (1966) for the
log-rank test with its hypergeometric variance; Royston & Parmar (2013) for the restricted mean time; Therneau &
Grambsch (2000), section 2.2, for influences (the infinitesimal jackknife).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.methods.cluster import number_clusters
from outcomes.methods.reference import normal_critical, t_limits, t_p_value
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_CLUSTERS = 4


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KaplanMeierFit:
    """Product-limit curve of staying.

    Attributes
    ----------
    at : ndarray, shape (k,)
        Times at which somebody left, increasing [units of time].
    at_risk : ndarray of int, shape (k,)
        People still there just before each [count].
    left : ndarray of int, shape (k,)
        Who left at each [count].
    share : ndarray, shape (k,)
        Share still there after each.
    log_variance : ndarray, shape (k,)
        Greenwood's variance of the logarithm of `share`; infinite once nobody is left.
    n : int
        People [count].
    last : float
        Longest time of anybody [units of time].
    """

    at: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    left: NDArray[np.int64]
    share: NDArray[np.float64]
    log_variance: NDArray[np.float64]
    n: int
    last: float

    def limits(self, level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Log-log limits of `share` at each time; where nobody is left both are zero, as nothing bounds them."""
        z = normal_critical(level=level)
        inside = (self.share > 0) & (self.share < 1)
        share = np.where(inside, self.share, 0.5)
        half_width = z * np.sqrt(np.where(inside, self.log_variance, 0.0)) / np.abs(np.log(share))
        low, high = share ** np.exp(half_width), share ** np.exp(-half_width)
        return np.where(inside, low, self.share), np.where(inside, high, self.share)

    def position(self, time: float) -> int:
        """Position of the last time of leaving at or before `time`; −1 before the first."""
        return int(np.searchsorted(self.at, time, side="right")) - 1


def require_times(times: NDArray[np.float64]) -> None:
    """Refuse times that are none; raises ValueError."""
    if not (np.isfinite(times) & (times >= 0)).all():
        msg = "a time is a number, not below zero"
        raise ValueError(msg)


def fit_kaplan_meier(*, times: NDArray[np.float64], left: NDArray[np.bool_]) -> KaplanMeierFit:
    """Fit the product-limit curve.

    Parameters
    ----------
    times : ndarray, shape (n,)
        Time at which each left, or up to which they were known to be there; zero and more [units of time].
    left : ndarray of bool, shape (n,)
        Whether they left; else their time is censored, after those who left at the same time.

    Raises
    ------
    NotEstimableError
        With nobody.
    ValueError
        When a time is missing or below zero.
    """
    if not len(times):
        raise NotEstimableError("Nobody's time in the programme is known.")
    require_times(times)
    at, count = np.unique(times[left], return_counts=True)
    at_risk = len(times) - np.searchsorted(np.sort(times), at, side="left")
    rest = at_risk - count
    with np.errstate(divide="ignore"):
        steps = np.where(rest > 0, count / (at_risk * np.where(rest > 0, rest, 1)), np.inf)
    return KaplanMeierFit(
        at=at,
        at_risk=at_risk,
        left=count,
        share=np.asarray(np.cumprod(rest / at_risk), dtype=np.float64),
        log_variance=np.cumsum(steps),
        n=len(times),
        last=float(times.max()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedMean:
    """Mean time up to a horizon, or a difference of two.

    Attributes
    ----------
    value, se : float
        [units of time]
    df : float
        Infinite, or clusters − 1 [count].
    """

    value: float
    se: float
    df: float = math.inf

    def interval(self, level: float) -> tuple[float, float]:
        """Confidence limits [units of time]."""
        return t_limits(self.value, se=self.se, df=self.df, level=level)

    @property
    def p_value(self) -> float:
        """Two-sided, against zero."""
        return t_p_value(self.value, se=self.se, df=self.df)

    def minus(self, other: RestrictedMean) -> RestrictedMean:
        """Difference of two that share nobody."""
        return RestrictedMean(value=self.value - other.value, se=math.hypot(self.se, other.se))


def fit_restricted_mean(*, fit: KaplanMeierFit, horizon: float) -> RestrictedMean:
    """Area under the curve up to a horizon, with the Greenwood-type standard error.

    The variance is Σ A_j² d_j / (n_j (n_j − d_j)) over the times of leaving before the horizon, where A_j is the area
    from t_j on.

    Parameters
    ----------
    fit : KaplanMeierFit
    horizon : float
        [units of time]

    Raises
    ------
    NotEstimableError
        When nobody was followed up to the horizon, unless all had left by then.
    """
    if horizon > fit.last and (not len(fit.share) or fit.share[-1] > 0):
        raise NotEstimableError("Nobody was followed as far as the horizon of the mean time.")
    after = _areas_after(fit, horizon)
    count = len(after)
    first = float(fit.at[0]) if count else horizon  # before anybody left, everybody was there
    rest = fit.at_risk[:count] - fit.left[:count]
    steps = np.where(rest > 0, fit.left[:count] / (fit.at_risk[:count] * np.where(rest > 0, rest, 1)), 0.0)
    value = first + (float(after[0]) if count else 0.0)
    return RestrictedMean(value=value, se=math.sqrt(float((after**2 * steps).sum())))


def _areas_after(fit: KaplanMeierFit, horizon: float) -> NDArray[np.float64]:
    """Area under the curve from each time of leaving before the horizon up to it."""
    count = int(np.searchsorted(fit.at, horizon, side="left"))
    areas = np.diff(np.append(fit.at[:count], horizon)) * fit.share[:count]
    return np.asarray(np.cumsum(areas[::-1])[::-1])


def fit_mean_difference(
    *,
    times: NDArray[np.float64],
    left: NDArray[np.bool_],
    full: NDArray[np.bool_],
    clusters: NDArray[np.generic],
    horizon: float,
) -> RestrictedMean:
    """Difference of two mean times, full less skills, of people who share clusters within or across the arms.

    The variance is the sandwich of the clusters' summed influences times G/(G − 1). If everybody stood alone, the sum
    of the squared influences would be the Greenwood-type variance exactly.

    Parameters
    ----------
    times : ndarray, shape (n,)
    left, full : ndarray of bool, shape (n,)
    clusters : ndarray, shape (n,)
    horizon : float
        [units of time]

    Raises
    ------
    NotEstimableError
        With fewer than four clusters, and as `fit_restricted_mean`.
    """
    codes, labels = number_clusters(clusters)
    count = len(labels)
    if count < FEWEST_CLUSTERS:
        msg = f"There are {count} clusters; a cluster-robust standard error needs at least {FEWEST_CLUSTERS}."
        raise NotEstimableError(msg)
    influence, value = np.zeros(len(times)), 0.0
    for arm, sign in ((full, 1.0), (~full, -1.0)):
        fit = fit_kaplan_meier(times=times[arm], left=left[arm])
        value += sign * fit_restricted_mean(fit=fit, horizon=horizon).value
        influence[arm] = sign * _influence(times[arm], left[arm], fit, horizon)
    sums = np.bincount(codes, weights=influence, minlength=count)
    return RestrictedMean(value=value, se=math.sqrt(float(sums @ sums) * count / (count - 1)), df=count - 1.0)


def _influence(
    times: NDArray[np.float64], left: NDArray[np.bool_], fit: KaplanMeierFit, horizon: float
) -> NDArray[np.float64]:
    """Give what the area changes by with each person's weight: Σ A_j [(R_j − E_j)/(n_j − d_j) − R_j/n_j]."""
    count = int(np.searchsorted(fit.at, horizon, side="left"))
    after = _areas_after(fit, horizon)
    rest = fit.at_risk[:count] - fit.left[:count]
    stays = np.where(rest > 0, after / np.where(rest > 0, rest, 1), 0.0)
    passing = np.concatenate([[0.0], np.cumsum(stays - np.where(rest > 0, after / fit.at_risk[:count], 0.0))])
    seen = np.searchsorted(fit.at[:count], times, side="right")
    at = np.searchsorted(fit.at[:count], times, side="left")
    going = left & (times < horizon)
    return np.asarray(passing[seen] - np.where(going, np.append(stays, 0.0)[at], 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRank:
    """Log-rank test of two arms.

    Attributes
    ----------
    observed, expected, variance : float
        People of the full arm who left, how many would have if the arms were alike, and the variance of that [count].
    """

    observed: float
    expected: float
    variance: float

    @property
    def chi_squared(self) -> float:
        """Statistic on one degree of freedom."""
        return (self.observed - self.expected) ** 2 / self.variance

    @property
    def p_value(self) -> float:
        """Two-sided."""
        return float(special.chdtrc(1, self.chi_squared))


def fit_log_rank(*, times: NDArray[np.float64], left: NDArray[np.bool_], full: NDArray[np.bool_]) -> LogRank:
    """Compare who left with who would have if the arms were alike.

    Parameters
    ----------
    times : ndarray, shape (n,)
    left, full : ndarray of bool, shape (n,)

    Raises
    ------
    NotEstimableError
        When nobody left, or never while both arms had people there.
    """
    if not left.any():
        raise NotEstimableError("Nobody left, so that there is nothing to compare.")
    at, count = np.unique(times[left], return_counts=True)
    at_risk = len(times) - np.searchsorted(np.sort(times), at, side="left")
    mine = full.sum() - np.searchsorted(np.sort(times[full]), at, side="left")
    share = mine / at_risk
    rest = np.where(at_risk > 1, at_risk - 1, 1)
    variance = float((count * share * (1 - share) * (at_risk - count) / rest).sum())
    if variance <= 0:
        raise NotEstimableError("Nobody left while there were people to compare in both arms.")
    observed = float((left & full).sum())
    return LogRank(observed=observed, expected=float((count * share).sum()), variance=variance)
