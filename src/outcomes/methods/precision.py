"""What a comparison of a given precision can show: power, the detectable difference, and equivalence.

Sources: Julious (2004) for powers of two means; Schuirmann (1987) for two one-sided tests, whose power at unknown
variance is Owen's Q (Owen 1965; Phillips 1990), here an integral over the distribution of the standard deviation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special

from outcomes.methods.reference import noncentral_t_cdf, t_cdf, t_critical, t_limits, t_quantile
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_REACH = 9.0  # standard deviations of the standard deviation, beyond which its density is nothing
_NODES = 300  # of Gauss and Legendre, between which nothing bends


@dataclass(frozen=True, slots=True, kw_only=True)
class EquivalenceFit:
    """Two one-sided tests of a difference against a margin on either side.

    Attributes
    ----------
    t_lower, t_upper : float
        Statistic against −margin and against +margin.
    p_lower, p_upper : float
        One-sided: that the difference lies above −margin, and below +margin. Each is a test of non-inferiority.
    p_value : float
        The larger of the two: that it lies between.
    low, high : float
        Limits of the interval of level 1 − 2α, which lies within the margins just when `p_value` is below α [points].
    level : float
        1 − 2α [share].
    equivalent : bool
        Whether the interval lies within the margins.
    """

    t_lower: float
    t_upper: float
    p_lower: float
    p_upper: float
    p_value: float
    low: float
    high: float
    level: float
    equivalent: bool


def fit_equivalence(*, estimate: float, se: float, df: float, margin: float, level: float) -> EquivalenceFit:
    """Test whether a difference lies within a margin.

    Parameters
    ----------
    estimate, se : float
        [points]
    df : float
        Degrees of freedom, may be infinite [count].
    margin : float
        [points]
    level : float
        1 − α of each one-sided test [share].

    Raises
    ------
    NotEstimableError
        Without a standard error.
    """
    _require(se)
    lower, upper = (estimate + margin) / se, (estimate - margin) / se
    p_lower, p_upper = t_cdf(-lower, df=df), t_cdf(upper, df=df)
    low, high = t_limits(estimate, se=se, df=df, level=2 * level - 1)
    return EquivalenceFit(
        t_lower=lower,
        t_upper=upper,
        p_lower=p_lower,
        p_upper=p_upper,
        p_value=max(p_lower, p_upper),
        low=low,
        high=high,
        level=2 * level - 1,
        equivalent=-margin < low and high < margin,
    )


def power_for_difference(*, se: float, df: float, difference: float, level: float, either: bool) -> float:
    """Chance that the interval excludes zero, at a difference that is true [share].

    Parameters
    ----------
    se, difference : float
        [points]
    df : float
        Degrees of freedom, may be infinite [count].
    level : float
        Confidence level of the interval [share].
    either : bool
        Whether an interval on the wrong side counts as well; planning does not count it.
    """
    _require(se)
    critical, away = t_critical(df=df, level=level), abs(difference) / se
    if math.isinf(df):
        return float(special.ndtr(away - critical) + either * special.ndtr(-away - critical))
    wrong = noncentral_t_cdf(-critical, df=df, noncentrality=away) if either else 0.0
    return 1.0 - noncentral_t_cdf(critical, df=df, noncentrality=away) + wrong


def detectable_difference(*, se: float, df: float, level: float, power: float) -> float:
    """Smallest true difference that the interval would exclude zero for, with the given chance [points].

    Parameters
    ----------
    se : float
        Standard error of the comparison [points].
    df : float
        Its degrees of freedom, may be infinite [count].
    level, power : float
        Confidence level, and chance to see a difference that is there [share].
    """
    _require(se)
    critical = t_critical(df=df, level=level)

    def lacks(noncentrality: float) -> float:
        return power - power_for_difference(se=1.0, df=df, difference=noncentrality, level=level, either=False)

    high = critical + 1
    while lacks(high) > 0:  # with one or two degrees of freedom it lies far above the critical value
        high *= 2
    return se * float(optimize.brentq(lacks, 0.0, high, xtol=1e-12))


def power_for_equivalence(*, se: float, df: float, margin: float, difference: float, level: float) -> float:
    """Chance that two one-sided tests both succeed, at a true difference [share].

    Parameters
    ----------
    se, margin, difference : float
        [points]
    df : float
        Degrees of freedom, may be infinite [count].
    level : float
        1 − α of each test [share].
    """
    _require(se)
    critical, low, high = t_quantile(level, df=df), (-margin - difference) / se, (margin - difference) / se
    if math.isinf(df):
        return max(0.0, float(special.ndtr(high - critical) - special.ndtr(low + critical)))
    spread = 1 / math.sqrt(2 * df)
    # both tests can succeed only while the estimated standard deviation leaves room between the margins
    most = min((high - low) / (2 * critical), 1 + _REACH * spread)
    least = max(0.0, 1 - _REACH * spread)
    if most <= least:
        return 0.0

    nodes, weights = _nodes()
    ratio = least + (most - least) * (nodes + 1) / 2
    inside = special.ndtr(high - critical * ratio) - special.ndtr(low + critical * ratio)
    # the density of s/σ, whose square times df is chi-squared
    log_density = math.log(2) + df / 2 * math.log(df / 2) - math.lgamma(df / 2)
    density = np.exp(log_density + (df - 1) * np.log(ratio) - df * ratio**2 / 2)
    return float((most - least) / 2 * (weights * inside * density).sum())


@cache
def _nodes() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    nodes, weights = special.roots_legendre(_NODES)
    return nodes, weights


def _require(se: float) -> None:
    if not (se > 0 and np.isfinite(se)):
        raise NotEstimableError("The comparison has no standard error to plan from.")
