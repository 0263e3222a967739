"""What is released is coarser than what is known: the only place that says how coarse.

Counts stand at a multiple, shares of people at one, five or ten in a hundred (`steps.py`). A number with an interval
stands, as do its limits, at two figures of half the width of the interval, any other number at two figures. Standard
errors and degrees of freedom are left out: with finer numbers they would give the counts back.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from outcomes.release.known import Rule
from outcomes.results.outcome import Estimate, Interval, NotEstimable, Outcome

FIGURES = 2
SHARES = frozenset({"share", "share_difference"})  # units of what people are parts of
HUNDREDTH = 0.01
STEPS_OF_SHARES = (HUNDREDTH, 0.05, 0.1)
# Of these nothing is printed more finely.
FINEST = dict.fromkeys((*SHARES, "share_of_variance", "share_of_sessions", "share_of_samples", "sd"), HUNDREDTH)
SMALL_P, P_DECIMALS = 0.1, 3  # a p-value below has a decimal more
ALMOST = 1e-9  # a logarithm this close below a whole number is that number
LEAST_P = 0.0005  # stands for every smaller one, which is printed as less than 0.001


def coarsen(
    outcome: Estimate | NotEstimable,
    *,
    multiple: int,
    rule: Rule,
    step: float | None = None,
    value: float | None = None,
) -> Outcome:
    """Round every number of an outcome for release; curves have rules of their own.

    Parameters
    ----------
    outcome : Estimate or NotEstimable
    multiple : int
        Of which counts are made.
    rule : Rule
        That of its quantity.
    step : float, optional
        The step of the number that this one repeats, or of those beside which it stands; by default its own.
    value : float, optional
        What is told in its place, where it was chosen with what stands beside it.
    """
    people: dict[str, Any] = coarse_people(outcome, multiple)
    if isinstance(outcome, NotEstimable):
        return dataclasses.replace(outcome, **people)
    p_value = None if outcome.p_value is None else coarse_p_value(outcome.p_value)
    told: dict[str, Any] = {"se": None, "df": None, "df2": None, "p_value": p_value, **people}
    if rule is Rule.GIVEN or (rule is Rule.TALLY and outcome.value.is_integer()):
        return dataclasses.replace(outcome, **told)
    if rule is Rule.COUNT:
        if value is None:
            return dataclasses.replace(outcome, value=float(to_multiple(round(outcome.value), multiple)), **told)
        same = {name: int(value) for name in people if getattr(outcome, name) == round(outcome.value)}
        return dataclasses.replace(outcome, value=value, **(told | same))
    if rule is Rule.P_VALUE:
        return dataclasses.replace(outcome, value=coarse_p_value(outcome.value), **told)
    step = step_of(outcome) if step is None else step
    value = to_step(outcome.value, step) if value is None else value
    interval = _coarse_interval(outcome, value, step)
    return dataclasses.replace(outcome, value=value, interval=interval, step=step, **told)


def coarse_people(outcome: Outcome, multiple: int) -> dict[str, int | None]:
    """Round the counts of people behind an outcome to the multiple."""
    counts = {name: getattr(outcome, name) for name in ("n", "n_full", "n_skills")}
    return {name: None if count is None else to_multiple(count, multiple) for name, count in counts.items()}


def coarse_p_value(p_value: float) -> float:
    """Round as it is printed: the tail of a p-value would tell the standard error."""
    return max(round(p_value, P_DECIMALS if p_value < SMALL_P else P_DECIMALS - 1), LEAST_P)


def step_of(outcome: Estimate) -> float:
    """Give the step at which a number and its limits are told: two figures of half the width of its interval.

    Of a ratio the shorter side counts, since its interval is lopsided. A number without an interval has two figures.
    """
    size = abs(outcome.value)
    interval = outcome.interval
    if interval is not None:
        low, high = interval.low, interval.high
        sides = [abs(limit - outcome.value) for limit in (low, high) if limit is not None]
        whole = low is not None and high is not None and outcome.unit != "ratio"
        size = (sum(sides) / 2 if whole else min(sides, default=0.0)) or size
    return max(step_for(size), FINEST.get(outcome.unit, 0.0))


def step_for(size: float) -> float:
    """Give the step at which a size has two figures."""
    return 10.0 ** (math.floor(math.log10(size)) + 1 - FIGURES) if size > 0 else 1.0


def to_step(number: float, step: float) -> float:
    """Round to a step that is a power of ten, or half of one, to the double that its decimals name."""
    decimals = decimals_of_step(step)
    return round(round(number / step) * step, decimals) + 0.0  # which makes of minus nothing nothing


def decimals_of_step(step: float) -> int:
    """Count the decimals, negative for tens and more, of a step that is a power of ten, or half of one."""
    return -math.floor(math.log10(step) + ALMOST)


def _coarse_interval(outcome: Estimate, value: float, step: float) -> Interval | None:
    """Round limits; those of a share outwards, as finer ones would give its count back."""
    interval = outcome.interval
    if interval is None:
        return None
    if outcome.unit == "share":
        low, high = (
            None if interval.low is None else to_step(math.floor(interval.low / step + ALMOST) * step, step),
            None if interval.high is None else to_step(math.ceil(interval.high / step - ALMOST) * step, step),
        )
        low, high = (None if low is None else min(low, value)), (None if high is None else max(high, value))
        return Interval(level=interval.level, low=low, high=high)
    low, high = (
        None if limit is None else _coarse_limit(outcome, limit, step) for limit in (interval.low, interval.high)
    )
    if low is not None and low > value:
        low = to_step(interval.low or 0.0, step)
    if high is not None and high < value:
        high = to_step(interval.high or 0.0, step)
    return Interval(level=interval.level, low=low, high=high)


def _coarse_limit(outcome: Estimate, limit: float, step: float) -> float:
    """Round a limit, of a ratio to two figures at least unless what it compares is coarser.

    One that would fall on no difference keeps its own side.
    """
    is_ratio = outcome.unit == "ratio"
    if is_ratio and limit > 0 and step <= step_of(outcome):
        step = min(step, step_for(limit))
    mark = 1.0 if is_ratio else 0.0
    rounded = to_step(limit, step)
    if rounded != mark or limit == mark:
        return rounded
    least = (
        HUNDREDTH if outcome.unit in SHARES else step
    )  # of a coarse step a whole one would tell of more than there is
    return to_step(mark + math.copysign(least, limit - mark), least)


def to_multiple(count: float, multiple: int) -> int:
    """Round a count to the nearest multiple, halves up."""
    return multiple * math.floor(count / multiple + 0.5)
