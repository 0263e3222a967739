"""Effects from what a publication prints: counts, means with standard deviations, or an estimate with its limits.

Sources: Hedges (1981) for the standardised difference with the exact factor, Hedges & Olkin (1985), p. 86, for its
large-sample variance; Katz et al. (1978) for the log risk ratio; half a person added to all four cells of a study in
which one of them is empty (the rule of metafor's `escalc`, Viechtbauer 2010).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from outcomes.methods.effect_size import small_sample_factor
from outcomes.methods.reference import normal_critical, t_limits
from outcomes.results.outcome import NotEstimableError

_HALF = 0.5
_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEffect:
    """An effect, full against skills, on a scale on which it can be pooled.

    Attributes
    ----------
    value : float
        Effect: a difference of shares, a log ratio, or standard deviations.
    variance : float
        Sampling variance [unit of the effect, squared].
    corrected : bool
        Whether half a person was added to each cell, since one was empty.
    """

    value: float
    variance: float
    corrected: bool = False

    def limits(self, level: float) -> tuple[float, float]:
        """Confidence limits from the normal distribution."""
        return t_limits(self.value, se=math.sqrt(self.variance), df=math.inf, level=level)


def log_risk_ratio(*, events_full: float, n_full: float, events_skills: float, n_skills: float) -> PublishedEffect:
    """Logarithm of the ratio of shares.

    Parameters
    ----------
    events_full, n_full, events_skills, n_skills : float
        People with the event, and all people, by arm [count].

    Raises
    ------
    NotEstimableError
        Without people, with more events than people, or when nobody in either arm has the event.
    """
    cells = _cells(events_full, n_full, events_skills, n_skills)
    if events_full == 0 and events_skills == 0:
        raise NotEstimableError("Nobody in either arm had the event, so that there is no ratio.")
    a, b, c, d = cells.counts
    value = math.log(a / (a + b)) - math.log(c / (c + d))
    variance = 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    return PublishedEffect(value=value, variance=variance, corrected=cells.corrected)


def risk_difference(*, events_full: float, n_full: float, events_skills: float, n_skills: float) -> PublishedEffect:
    """Difference of shares, full minus skills; half a person enters the variance alone where a cell is empty.

    Parameters and errors as `log_risk_ratio`, but nobody with the event is an answer here.
    """
    cells = _cells(events_full, n_full, events_skills, n_skills)
    a, b, c, d = cells.counts
    variance = a * b / (a + b) ** 3 + c * d / (c + d) ** 3
    value = events_full / n_full - events_skills / n_skills
    return PublishedEffect(value=value, variance=variance, corrected=cells.corrected)


def standardised_difference(
    *, mean_full: float, sd_full: float, n_full: float, mean_skills: float, sd_skills: float, n_skills: float
) -> PublishedEffect:
    """Hedges' g with the exact factor, full minus skills.

    Parameters
    ----------
    mean_full, sd_full, mean_skills, sd_skills : float
        [points]
    n_full, n_skills : float
        [count]

    Raises
    ------
    NotEstimableError
        With fewer than two people in an arm, or without spread.
    """
    if min(n_full, n_skills) < _FEWEST:
        raise NotEstimableError("A standardised difference needs at least two people in each arm.")
    df = n_full + n_skills - 2
    pooled = ((n_full - 1) * sd_full**2 + (n_skills - 1) * sd_skills**2) / df
    if not (pooled > 0 and min(sd_full, sd_skills) >= 0):
        raise NotEstimableError("The standard deviations are not positive, so that there is nothing to divide by.")
    value = small_sample_factor(df) * (mean_full - mean_skills) / math.sqrt(pooled)
    variance = 1 / n_full + 1 / n_skills + value**2 / (2 * (n_full + n_skills))
    return PublishedEffect(value=value, variance=variance)


def from_limits(*, value: float, low: float, high: float, level: float) -> PublishedEffect:
    """Take an estimate with its confidence limits as they are printed.

    Parameters
    ----------
    value, low, high : float
        On the scale on which they are pooled: a ratio enters as its logarithm.
    level : float
        Confidence level of the printed limits [share].

    Raises
    ------
    NotEstimableError
        When the estimate does not lie between its limits.
    """
    if not low < high or not low <= value <= high:
        raise NotEstimableError("The published estimate does not lie between its limits.")
    se = (high - low) / (2 * normal_critical(level=level))
    return PublishedEffect(value=value, variance=se**2)


@dataclass(frozen=True, slots=True)
class _Cells:
    counts: tuple[float, float, float, float]
    corrected: bool


def _cells(events_full: float, n_full: float, events_skills: float, n_skills: float) -> _Cells:
    if min(n_full, n_skills) <= 0:
        raise NotEstimableError("An arm has nobody in it.")
    if events_full > n_full or events_skills > n_skills or min(events_full, events_skills) < 0:
        raise NotEstimableError("An arm has more people with the event than people.")
    a, b, c, d = events_full, n_full - events_full, events_skills, n_skills - events_skills
    if min(a, b, c, d) > 0:
        return _Cells((a, b, c, d), corrected=False)
    return _Cells((a + _HALF, b + _HALF, c + _HALF, d + _HALF), corrected=True)
