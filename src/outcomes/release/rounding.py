"""What is released is coarser than what is known: counts to a multiple, other numbers to three figures.

Exact counts would come back through degrees of freedom and shares, so these are made from the rounded counts.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from outcomes.core.estimates import Curve, Estimate, Interval, NotEstimable, Outcome

FIGURES = 3


def coarsen(outcome: Outcome, *, multiple: int) -> Outcome:
    """Round every number of an outcome for release."""
    people: dict[str, Any] = {
        name: _to_multiple(getattr(outcome, name), multiple) for name in ("n", "n_full", "n_skills")
    }
    if isinstance(outcome, NotEstimable):
        return dataclasses.replace(outcome, **people)
    if isinstance(outcome, Curve):
        series: dict[str, Any] = {
            name: tuple(to_figures(number) for number in getattr(outcome, name)) for name in ("value", "low", "high")
        }
        counts = tuple(_to_multiple(count, multiple) or 0 for count in outcome.people)
        return dataclasses.replace(outcome, people=counts, **series, **people)
    return dataclasses.replace(
        outcome,
        value=_coarse_value(outcome, multiple),
        se=None if outcome.se is None else to_figures(outcome.se),
        df=None if outcome.df is None else float(_to_multiple(round(outcome.df), multiple) or multiple),
        p_value=None if outcome.p_value is None else to_figures(outcome.p_value),
        interval=_coarse_interval(outcome.interval),
        **people,
    )


def to_figures(number: float) -> float:
    """Round to three significant figures."""
    if number == 0:
        return 0.0
    return round(number, FIGURES - 1 - math.floor(math.log10(abs(number))))


def _coarse_value(outcome: Estimate, multiple: int) -> float:
    if outcome.unit in {"people", "records"}:
        return float(_to_multiple(round(outcome.value), multiple) or 0)
    if outcome.unit == "share" and outcome.n:
        people = _to_multiple(outcome.n, multiple)
        count = _to_multiple(round(outcome.value * outcome.n), multiple)
        if people and count is not None:
            return to_figures(min(count / people, 1.0))
    return to_figures(outcome.value)


def _coarse_interval(interval: Interval | None) -> Interval | None:
    if interval is None:
        return None
    low, high = (None if limit is None else to_figures(limit) for limit in (interval.low, interval.high))
    return Interval(level=interval.level, low=low, high=high)


def _to_multiple(count: int | None, multiple: int) -> int | None:
    """Round a count to the nearest multiple, halves up."""
    return None if count is None else multiple * math.floor(count / multiple + 0.5)
