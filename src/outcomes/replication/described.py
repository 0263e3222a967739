"""Scores as they are, a second time: scipy's and statsmodels' tests and intervals, and published formulas."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication.comparison import Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FARTHEST = 60.0  # of a noncentrality from the t, where a limit is looked for


def factor(df: float) -> float:
    """Hedges' factor for small samples."""
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


def mean(values: Array) -> Numbers:
    """Mean with its t interval."""
    from scipy import stats

    return Numbers(
        value=math.fsum(values) / len(values), method="scipy's sem", se=float(stats.sem(values)), df=len(values) - 1.0
    )


def sd(values: Array) -> Numbers:
    """Give the standard deviation on n − 1."""
    from scipy import stats

    return Numbers(value=float(stats.tstd(values)), method="scipy's tstd")


def pooled_sd(values: Array, full: NDArray[np.bool_]) -> float:
    """Give the standard deviation within both arms together: the residual one of a regression on the arm."""
    left = np.concatenate([values[arm] - values[arm].mean() for arm in (full, ~full)])
    return math.sqrt(math.fsum(left**2) / (len(values) - 2))


def between(values: Array, full: NDArray[np.bool_]) -> Numbers:
    """Difference of two means, pooled t."""
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    both = CompareMeans(DescrStatsW(values[full]), DescrStatsW(values[~full]))
    value = float(values[full].mean() - values[~full].mean())
    method = "statsmodels' CompareMeans"
    return Numbers(value=value, method=method, se=float(both.std_meandiff_pooledvar), df=len(values) - 2.0)


def becker(before: Array, after: Array, sign: float) -> Numbers:
    """Change over the standard deviation at the start (Becker 1988)."""
    n = len(before)
    value = sign * factor(n - 1) * float((after - before).mean()) / sd(before).value
    r = float(np.corrcoef(before, after)[0, 1])
    return Numbers(value=value, method="Becker's formula", se=math.sqrt(2 * (1 - r) / n + value**2 / (2 * n)))


def d_ppc2(before: Array, after: Array, full: NDArray[np.bool_], sign: float) -> Numbers:
    """Difference in change over the pooled standard deviation at the start (Morris 2008, eq. 8 to 10 and 25)."""
    n, m = int(full.sum()), int((~full).sum())
    df, c = n + m - 2.0, factor(n + m - 2.0)
    value = sign * c * between(after - before, full).value / pooled_sd(before, full)
    centred = [np.concatenate([one[arm] - one[arm].mean() for arm in (full, ~full)]) for one in (before, after)]
    r = float(centred[0] @ centred[1] / math.sqrt(float(centred[0] @ centred[0]) * float(centred[1] @ centred[1])))
    spread = 2 * (1 - r) * (n + m) / (n * m)
    variance = c**2 * df / (df - 2) * (spread + value**2) - value**2
    return Numbers(value=value, method="Morris's equations 8 to 10 and 25", se=math.sqrt(variance))


def hedges(values: Array, full: NDArray[np.bool_], sign: float, level: float) -> Numbers:
    """Hedges' g; its limits are the noncentralities between which the t lies, by Brent's root of scipy's nct."""
    from scipy import optimize, stats

    found = between(values, full)
    n, m, df = int(full.sum()), int((~full).sum()), len(values) - 2.0
    root, c, t = math.sqrt(n * m / (n + m)), factor(df), found.value / (found.se or math.nan)
    limits = []
    for tail in ((1 + level) / 2, (1 - level) / 2):

        def off(at: float, tail: float = tail) -> float:
            return float(stats.nct.cdf(t, df, at)) - tail

        reach = 1.0
        while off(t - reach) * off(t + reach) > 0 and reach < FARTHEST:
            reach *= 2
        limits.append(optimize.brentq(off, t - reach, t + reach, xtol=1e-11))
    low, high = sorted(sign * c * limit / root for limit in limits)
    value = sign * c * t / root
    se = math.sqrt(1 / root**2 + value**2 / (2 * len(values)))
    return Numbers(value=value, method="scipy's noncentral t", se=se, interval=(low, high))


def over_start(found: Numbers, start: Array, full: NDArray[np.bool_], sign: float, level: float) -> Numbers:
    """Put a difference of a model over the pooled standard deviation at the start (delta method)."""
    from scipy import stats

    df = len(start) - 2.0
    s, c, se = pooled_sd(start, full), factor(df), found.se or math.nan
    value = sign * c * found.value / s
    spread = c * math.sqrt((se / s) ** 2 + (found.value / s) ** 2 / (2 * df))
    reach = spread * float(stats.t.ppf((1 + level) / 2, found.df or math.inf))
    return Numbers(value=value, method="delta method", se=spread, interval=(value - reach, value + reach))


def smd(values: Array, full: NDArray[np.bool_]) -> Numbers:
    """Difference of means over the root mean square of the arms' standard deviations."""
    one, zero = values[full], values[~full]
    spread = math.sqrt((sd(one).value ** 2 + sd(zero).value ** 2) / 2)
    return Numbers(value=float(one.mean() - zero.mean()) / spread, method="scipy's tstd")


def smd_of_levels(levels: NDArray[np.object_], full: NDArray[np.bool_]) -> Numbers:
    """Give Mahalanobis' distance of the shares of all levels but the first; of two levels with its sign."""
    words = sorted(set(levels.tolist()))
    one, zero = (np.array([np.mean(levels[arm] == word) for word in words[1:]]) for arm in (full, ~full))
    spread = sum(np.diag(share) - np.outer(share, share) for share in (one, zero)) / 2
    gap = one - zero
    distance = math.sqrt(float(gap @ np.linalg.pinv(spread) @ gap))
    value = math.copysign(distance, float(gap[0])) if len(gap) == 1 else distance
    return Numbers(value=value, method="distance of Yang and Dalton")
