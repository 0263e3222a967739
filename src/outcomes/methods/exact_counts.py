"""Rates and shares where events are few or none: exact limits, and the ratio of two rates given their sum.

Exact limits of a share are Clopper & Pearson's (1934), of a rate Garwood's (1936): both two-sided. The ratio of two
Poisson rates given all events is that of a binomial share (Przyborowski & Wilenski 1940). Where events come in runs in
one person these are too narrow: they serve where there is nothing else, above all where no event was seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy import special

from outcomes.methods.least_squares import Contrast
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NO_TIME = "Nobody was followed for any time."
SIMPLE = "It takes events for independent of each other, in one person too, so that its limits are too narrow."
NO_UPPER_END = "In the second programme there was none, so that the ratio has no upper end."


@dataclass(frozen=True, slots=True, kw_only=True)
class RateFit:
    """A rate with its interval.

    Attributes
    ----------
    value : float
        Events per unit of exposure.
    low, high : float
    se_log : float or None
        Standard error of its logarithm; None where the limits are exact.
    df : float or None
    """

    value: float
    low: float
    high: float
    se_log: float | None
    df: float | None


def fit_rate(*, counts: NDArray[np.float64], exposure: NDArray[np.float64], level: float) -> RateFit:
    """Rate of some people: by the spread between them on the log scale, or exact where nobody had an event.

    The rate r is Σy/Σt; the standard error of its logarithm √(n/(n−1) Σ(y − rt)²)/Σy, with t on n − 1.
    Without an event, of one person alone, or without any spread, the limits are Garwood's.

    Parameters
    ----------
    counts, exposure : ndarray, shape (n,)
    level : float

    Raises
    ------
    NotEstimableError
        Without exposure.
    """
    n, events, time = len(counts), float(counts.sum()), float(exposure.sum())
    if time <= 0:
        raise NotEstimableError(NO_TIME, "not seen")
    rate = events / time
    spread = float(((counts - rate * exposure) ** 2).sum())
    if n < 2 or events == 0 or spread <= 1e-20 * events**2:  # noqa: PLR2004  # people
        low, high = garwood_limits(events=events, exposure=time, level=level)
        return RateFit(value=rate, low=low, high=high, se_log=None, df=None)
    log = Contrast(estimate=math.log(rate), se=math.sqrt(n / (n - 1) * spread) / events, df=float(n - 1))
    low, high = log.interval(level)
    return RateFit(value=rate, low=math.exp(low), high=math.exp(high), se_log=log.se, df=log.df)


def garwood_limits(*, events: float, exposure: float, level: float) -> tuple[float, float]:
    """Exact limits of a Poisson rate."""
    tail = (1 - level) / 2
    low = float(special.gammaincinv(events, tail)) if events > 0 else 0.0
    return low / exposure, float(special.gammaincinv(events + 1, 1 - tail)) / exposure


def clopper_pearson_limits(*, events: int, n: int, level: float) -> tuple[float, float]:
    """Exact limits of a share.

    Raises
    ------
    NotEstimableError
        Of nobody.
    """
    if n == 0:
        raise NotEstimableError("There is nobody whose share could be told.", "not seen")
    tail = (1 - level) / 2
    low = float(special.betaincinv(events, n - events + 1, tail)) if events > 0 else 0.0
    high = float(special.betaincinv(events + 1, n - events, 1 - tail)) if events < n else 1.0
    return low, high


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactRatio:
    """Limits of the ratio of two rates, full over skills, given all events; the upper one may be infinite."""

    low: float
    high: float
    p_value: float


def fit_exact_ratio(*, events: tuple[int, int], exposure: tuple[float, float], level: float) -> ExactRatio:
    """Limit the ratio of two Poisson rates given their sum.

    Of E events x fall to the full programme with chance ρt₁/(ρt₁ + t₀): Clopper & Pearson's limits p of that share give
    p/(1 − p) · t₀/t₁. The p-value is twice the smaller tail at ρ = 1, at most 1.

    Parameters
    ----------
    events, exposure : tuple
        Of the full programme, and of skills group only.
    level : float

    Raises
    ------
    NotEstimableError
        Without events, or exposure in an arm.
    """
    full, both = events[0], sum(events)
    if both == 0:
        raise NotEstimableError("There was no event in either programme, so that no ratio can be told.", "too few")
    if min(exposure) <= 0:
        raise NotEstimableError(NO_TIME, "not seen")
    times = exposure[1] / exposure[0]
    low, high = clopper_pearson_limits(events=full, n=both, level=level)
    share = exposure[0] / sum(exposure)
    below, above = special.bdtr(full, both, share), 1.0 if full == 0 else special.bdtrc(full - 1, both, share)
    return ExactRatio(
        low=low / (1 - low) * times,
        high=math.inf if high >= 1 else high / (1 - high) * times,
        p_value=min(1.0, 2 * float(min(below, above))),
    )
