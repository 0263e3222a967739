"""Shares and their differences without a model.

Sources: Wilson (1927); Newcombe (1998), method 10, for the difference; Katz et al. (1978) for the ratio, and Koopman
(1984) where everybody in an arm did: its logarithm would take that share as known exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import optimize

from outcomes.methods.reference import normal_critical
from outcomes.results.outcome import NotEstimableError

_STEP = 0.01  # of the logarithm of a ratio, doubled until a limit lies between two


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareFit:
    """A share, a difference of shares, or a ratio of shares.

    Attributes
    ----------
    value : float
    low, high : float
        Confidence limits.
    n : int
        People [count].
    by_score : bool
        Of a ratio: whether its limits are those of the score test.
    """

    value: float
    low: float
    high: float
    n: int
    by_score: bool = False


def fit_share(*, events: float, n: int, level: float) -> ShareFit:
    """Share with Wilson's interval.

    Parameters
    ----------
    events : float
        People with the event; a part of one where somebody did it in part [count].
    n : int
        People [count].
    level : float
        Confidence level [share].

    Raises
    ------
    NotEstimableError
        With nobody.
    ValueError
        With more events than people, or fewer than none.
    """
    if n < 1:
        raise NotEstimableError("Nobody is there to take a share of.")
    if not 0 <= events <= n:
        msg = "an event is counted once for each person: there are as many as people at most, and none at least"
        raise ValueError(msg)
    z = normal_critical(level=level)
    share = events / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half_width = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if events == 0 else centre - half_width
    high = 1.0 if events == n else centre + half_width
    return ShareFit(value=share, low=low, high=high, n=n)


def fit_share_difference(*, events_full: int, n_full: int, events_skills: int, n_skills: int, level: float) -> ShareFit:
    """Difference of shares, full minus skills, with Newcombe's hybrid score interval."""
    one = fit_share(events=events_full, n=n_full, level=level)
    zero = fit_share(events=events_skills, n=n_skills, level=level)
    difference = one.value - zero.value
    low = difference - math.hypot(one.value - one.low, zero.high - zero.value)
    high = difference + math.hypot(one.high - one.value, zero.value - zero.low)
    return ShareFit(value=difference, low=low, high=high, n=n_full + n_skills)


def fit_share_ratio(*, events_full: int, n_full: int, events_skills: int, n_skills: int, level: float) -> ShareFit:
    """Ratio of shares, full over skills, with the interval of its logarithm, or of its score where all in an arm did.

    Raises
    ------
    NotEstimableError
        When nobody in an arm has the event.
    """
    if min(n_full, n_skills) < 1:
        raise NotEstimableError("Nobody is there to take a share of.")
    if min(events_full, events_skills) < 1:
        raise NotEstimableError("In one arm nobody did, so that a ratio of shares has no interval.")
    ratio, n = (events_full / n_full) / (events_skills / n_skills), n_full + n_skills
    z = normal_critical(level=level)
    if events_full == n_full or events_skills == n_skills:
        low, high = (
            _score_limit(side * z, ratio, (events_full, n_full), (events_skills, n_skills)) for side in (-1, 1)
        )
        return ShareFit(value=ratio, low=low, high=high, n=n, by_score=True)
    se = math.sqrt(1 / events_full - 1 / n_full + 1 / events_skills - 1 / n_skills)
    half_width = math.exp(z * se)
    return ShareFit(value=ratio, low=ratio / half_width, high=ratio * half_width, n=n)


def _score_limit(z: float, ratio: float, one: tuple[int, int], zero: tuple[int, int]) -> float:
    """Ratio at which the score is ±z; it is zero at the ratio of the shares, and moves one way from there."""
    (x, n), (y, m) = one, zero

    def excess(log_ratio: float) -> float:
        theta = math.exp(log_ratio)
        # The share of the second arm at its maximum if the ratio were theta solves
        # (n + m) theta p² - (n theta + x + m + y theta) p + x + y = 0.
        linear, ends = n * theta + x + m + y * theta, x + y
        skills = 2 * ends / (linear + math.sqrt(max(linear**2 - 4 * (n + m) * theta * ends, 0.0)))
        full = min(theta * skills, 1.0)
        variance = full * (1 - full) / n + theta**2 * skills * max(1 - skills, 0.0) / m
        return (x / n - theta * y / m) ** 2 - z**2 * variance

    near = far = math.log(ratio)
    step = math.copysign(_STEP, z)
    while excess(far) <= 0:
        near, far, step = far, far + step, 2 * step
    return math.exp(optimize.brentq(excess, near, far, xtol=1e-14, rtol=1e-14))
