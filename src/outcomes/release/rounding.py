"""What is released is coarser than what is known: the only place that says how coarse.

Counts stand at a multiple, shares of people at one, five or ten in a hundred (`steps.py`). A number with an interval
stands at two figures of half the width of the interval, its limits as coarsely as they must (`limits.py`), any other
number at two figures. Standard errors and degrees of freedom are left out: they would give the counts back.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from outcomes.release.known import Rule
from outcomes.release.ladder import FIGURES, HUNDREDTH, decimals_of_step, step_above, step_for, to_multiple, to_step
from outcomes.release.limits import ALONE, LOST, coarse_interval, coarse_p_value, factors_of, last_place
from outcomes.results.outcome import Estimate, Interval, NotEstimable, Outcome
from outcomes.results.quantity import Quantity

__all__ = [
    "FIGURES",
    "HUNDREDTH",
    "STEPS_OF_SHARES",
    "coarse_people",
    "coarsen",
    "decimals_of_step",
    "lattice_of",
    "step_for",
    "step_of",
    "to_multiple",
    "to_step",
]

SHARES = frozenset({"share", "share_difference"})  # units of what people are parts of
STEPS_OF_SHARES = (HUNDREDTH, 0.05, 0.1)
# Of these nothing is printed more finely.
FINEST = dict.fromkeys(
    (*SHARES, "share_limit", "share_of_variance", "share_of_sessions", "share_of_samples", "sd"), HUNDREDTH
)
OF_SCORES = frozenset({Quantity.MEAN, Quantity.CHANGE})
MOST_PARTS, NEAR = 60, 1e-7  # of a point into which a score may be divided, and how near a whole number is one


def coarsen(
    outcome: Estimate | NotEstimable,
    *,
    multiple: int,
    least: int,
    rule: Rule,
    error: float,
    step: float | None = None,
    value: float | None = None,
    interval: Interval | None = None,
    held: tuple[float, ...] = (),
) -> Outcome:
    """Round every number of an outcome for release; curves have rules of their own.

    Parameters
    ----------
    outcome : Estimate or NotEstimable
    multiple : int
        Of which counts are made.
    least : int
        The plan's minimum for an arm.
    rule : Rule
        That of its quantity.
    error : float
        Against which the plan holds p-values.
    step : float, optional
        The step of the number that this one repeats, or of those beside which it stands; by default its own.
    value : float, optional
        What is told in its place, where it was chosen with what stands beside it.
    interval : Interval, optional
        Its limits, where they were chosen with what stands beside it.
    held : tuple of float, optional
        Worthwhile differences whose side a verdict tells that stands beside it.
    """
    people: dict[str, Any] = coarse_people(outcome, multiple)
    if isinstance(outcome, NotEstimable):
        return dataclasses.replace(outcome, **people)
    factors = factors_of(outcome, multiple, least)
    p_value = None if outcome.p_value is None else coarse_p_value(outcome.p_value, factors, error=error)
    told: dict[str, Any] = {"se": None, "df": None, "df2": None, "p_value": p_value, **people}
    if rule is Rule.GIVEN or (rule is Rule.TALLY and outcome.value.is_integer()):
        return dataclasses.replace(outcome, **told)
    if rule is Rule.COUNT:
        if value is None:
            return dataclasses.replace(outcome, value=float(to_multiple(round(outcome.value), multiple)), **told)
        same = {name: int(value) for name in people if getattr(outcome, name) == round(outcome.value)}
        return dataclasses.replace(outcome, value=value, **(told | same))
    if rule is Rule.P_VALUE:
        coarse = coarse_p_value(outcome.value, factors, error=error)
        coarse = coarse or coarse_p_value(outcome.value, factors, error=error, grids=ALONE)
        coarse = coarse or last_place(outcome.value, error=error)
        return dataclasses.replace(outcome, value=coarse, **told)
    step = step_of(outcome) if step is None else step
    value = to_step(outcome.value, step) if value is None else value
    if interval is None:
        interval = coarse_interval(outcome, step, factors, held)
    return dataclasses.replace(outcome, value=value, interval=_around(value, interval), step=step, **told)


def _around(value: float, interval: Interval | None) -> Interval | None:
    """Keep a rounded number within its rounded limits."""
    if interval is None:
        return None
    low = None if interval.low is None else min(interval.low, value)
    high = None if interval.high is None else max(interval.high, value)
    return Interval(level=interval.level, low=low, high=high)


def coarse_people(outcome: Outcome, multiple: int) -> dict[str, int | None]:
    """Round the counts of people behind an outcome to the multiple."""
    counts = {name: getattr(outcome, name) for name in ("n", "n_full", "n_skills")}
    return {name: None if count is None else to_multiple(count, multiple) for name, count in counts.items()}


def step_of(outcome: Estimate) -> float:
    """Give the step at which a number is told: two figures of half the width of its interval.

    Of a ratio the shorter side counts, since its interval is lopsided. A number without an interval has two figures. A
    mean of scores that are whole numbers of some part of a point is a whole number of them over the number of people:
    no finer step is taken than leaves each number of people near the true one a mean.
    """
    size = abs(outcome.value)
    interval = outcome.interval
    if interval is not None:
        low, high = interval.low, interval.high
        sides = [abs(limit - outcome.value) for limit in (low, high) if limit is not None]
        whole = low is not None and high is not None and outcome.unit != "ratio"
        size = (sum(sides) / 2 if whole else min(sides, default=0.0)) or size
    finest = lattice_of(outcome)
    finest = step_above(finest) if finest else 0.0
    return max(step_for(size), FINEST.get(outcome.unit, 0.0), finest)


def lattice_of(outcome: Estimate) -> float:
    """Give the distance between two means that scores could have, by a few people fewer; nothing where none is seen."""
    n = next((count for count in (outcome.n_full, outcome.n_skills, outcome.n) if count), 0)
    if outcome.quantity not in OF_SCORES or n <= 0 or outcome.interval is None:
        return 0.0
    for parts in range(1, MOST_PARTS + 1):
        total = outcome.value * n * parts
        if abs(total - round(total)) < NEAR * max(1.0, abs(total) / n):
            return 1 / parts / max(n - LOST, 1)
    return 0.0
