"""What is released is coarser than what is known: counts to a multiple, other numbers to three figures.

Exact counts would come back through degrees of freedom and shares, so these are made from the rounded counts.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from outcomes.results.outcome import Estimate, Interval, NotEstimable, Outcome

FIGURES = 3
SHARES = frozenset({"share", "share_difference"})


def coarsen(outcome: Estimate | NotEstimable, *, multiple: int) -> Outcome:
    """Round every number of an outcome for release; curves have rules of their own."""
    people: dict[str, Any] = coarse_people(outcome, multiple)
    if isinstance(outcome, NotEstimable):
        return dataclasses.replace(outcome, **people)
    return dataclasses.replace(
        outcome,
        value=_coarse_value(outcome, multiple),
        se=None if outcome.se is None else to_figures(outcome.se),
        df=None if outcome.df is None else float(to_multiple(round(outcome.df), multiple) or multiple),
        p_value=None if outcome.p_value is None else to_figures(outcome.p_value),
        interval=_coarse_interval(outcome.interval, outwards=outcome.unit in SHARES),
        **people,
    )


def coarse_people(outcome: Outcome, multiple: int) -> dict[str, int | None]:
    """Round the counts of people behind an outcome to the multiple."""
    counts = {name: getattr(outcome, name) for name in ("n", "n_full", "n_skills")}
    return {name: None if count is None else to_multiple(count, multiple) for name, count in counts.items()}


def to_figures(number: float) -> float:
    """Round to three significant figures."""
    if number == 0:
        return 0.0
    return round(number, FIGURES - 1 - math.floor(math.log10(abs(number))))


def _coarse_value(outcome: Estimate, multiple: int) -> float:
    if outcome.unit in {"people", "records"}:
        return float(to_multiple(round(outcome.value), multiple))
    if outcome.unit == "share" and outcome.n:
        people = to_multiple(outcome.n, multiple)
        count = to_multiple(round(outcome.value * outcome.n), multiple)
        if people:
            return to_figures(min(count / people, 1.0))
    if outcome.unit == "share_difference":
        return round(outcome.value, 2)
    return to_figures(outcome.value)


def _coarse_interval(interval: Interval | None, *, outwards: bool) -> Interval | None:
    """Round limits; those of a share outwards to the hundredth, as finer ones would give its count back."""
    if interval is None:
        return None
    if outwards:
        low, high = (
            None if interval.low is None else math.floor(interval.low * 100) / 100,
            None if interval.high is None else math.ceil(interval.high * 100) / 100,
        )
        return Interval(level=interval.level, low=low, high=high)
    low, high = (None if limit is None else to_figures(limit) for limit in (interval.low, interval.high))
    return Interval(level=interval.level, low=low, high=high)


def to_multiple(count: float, multiple: int) -> int:
    """Round a count to the nearest multiple, halves up."""
    return multiple * math.floor(count / multiple + 0.5)
