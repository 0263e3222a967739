"""Reference distributions: p-values and limits from t, and limits of a noncentrality.

From `scipy.special`, whose functions `scipy.stats` wraps: to import the latter costs a third of a second of every run.
Source of the noncentral limits: Steiger & Fouladi (1997); Steiger (2004). Of the series beside scipy's: Lenth (1989),
AS 243.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special

if TYPE_CHECKING:
    from collections.abc import Callable

_PRECISION = 1e-14


def t_p_value(value: float, *, se: float, df: float) -> float:
    """Two-sided p-value of `value / se` on `df` degrees of freedom; without spread, 1 at zero and 0 elsewhere."""
    if se <= 0:
        return 1.0 if value == 0 else 0.0
    return 2 * t_cdf(-abs(value / se), df=df)


def t_limits(value: float, *, se: float, df: float, level: float) -> tuple[float, float]:
    """Confidence limits of a t reference; of the normal where the degrees of freedom are infinite."""
    half_width = t_critical(df=df, level=level) * se
    return value - half_width, value + half_width


def t_critical(*, df: float, level: float) -> float:
    """Give how many standard errors out the limits of a level stand on `df` degrees of freedom."""
    _require_level(level)
    return t_quantile((1 + level) / 2, df=df)


def normal_critical(*, level: float) -> float:
    """Give how many standard errors out the limits of a level stand on the normal distribution."""
    _require_level(level)
    return float(special.ndtri((1 + level) / 2))


def _require_level(level: float) -> None:
    """Refuse a level that is no share, such as 95: its limits would be nan, or infinite."""
    if not 0 < level < 1:
        msg = "a confidence level is a share between 0 and 1, such as 0.95"
        raise ValueError(msg)


def t_cdf(t: float, *, df: float) -> float:
    """P(T ≤ t) on `df` degrees of freedom, which may be infinite."""
    return float(special.ndtr(t) if math.isinf(df) else special.stdtr(df, t))


def t_quantile(share: float, *, df: float) -> float:
    """Where T lies below with this probability, on `df` degrees of freedom, which may be infinite."""
    return float(special.ndtri(share) if math.isinf(df) else special.stdtrit(df, share))


def noncentral_t_limits(t: float, *, df: float, level: float) -> tuple[float, float]:
    """Limits of the noncentrality of a t statistic: the values under which `t` lies at the tails' edges.

    Parameters
    ----------
    t : float
        Observed statistic.
    df : float
        Degrees of freedom [count].
    level : float
        Confidence level [share].

    Returns
    -------
    tuple of float
        Lower and upper limit; P(T ≥ t | low) = P(T ≤ t | high) = (1 − level)/2.
    """
    tail = (1 - level) / 2
    if t < 0:  # the far tail of a large negative t loses digits; its mirror does not
        low, high = noncentral_t_limits(-t, df=df, level=level)
        return -high, -low
    # A step is the standard error of Johnson & Welch's normal approximation: the search never strays into a far tail,
    # where the series gives no digits.
    step = math.sqrt(1 + t * t / (2 * df))
    low = _root(lambda nc: noncentral_t_cdf(t, df=df, noncentrality=nc) - (1 - tail), t, step)
    high = _root(lambda nc: noncentral_t_cdf(t, df=df, noncentrality=nc) - tail, t, step)
    return low, high


def noncentral_t_cdf(t: float, *, df: float, noncentrality: float) -> float:
    """P(T ≤ t); of a noncentrality below zero by its mirror image."""
    if noncentrality < 0:
        return 1.0 - noncentral_t_cdf(-t, df=df, noncentrality=-noncentrality)
    found = float(special.nctdtr(df, noncentrality, t))
    return found if math.isfinite(found) else _by_series(t, df, noncentrality)


def _by_series(t: float, df: float, noncentrality: float) -> float:
    """Lenth (1989): far from the noncentrality, where scipy has no number, it still holds to 1e-14 of the whole."""
    half = noncentrality**2 / 2
    terms = np.arange(math.ceil(half + 12 * math.sqrt(half)) + 50)
    even = np.exp(special.xlogy(terms, half) - half - special.gammaln(terms + 1))
    odd = noncentrality / math.sqrt(2) * np.exp(special.xlogy(terms, half) - half - special.gammaln(terms + 1.5))
    inside = t * t / (t * t + df)
    beside = even * special.betainc(terms + 0.5, df / 2, inside)
    beside = math.copysign(1.0, t) * beside + odd * special.betainc(terms + 1, df / 2, inside)
    return min(max(float(special.ndtr(-noncentrality) + beside.sum() / 2), 0.0), 1.0)


def _root(function: Callable[[float], float], start: float, step: float) -> float:
    """Root of a falling function, bracketed by walking from `start`."""
    low = high = start
    while function(low) < 0:
        low -= step
    while function(high) > 0:
        high += step
    if low == high:
        return start
    return float(optimize.brentq(function, low, high, xtol=_PRECISION, rtol=8.9e-16, maxiter=200))
