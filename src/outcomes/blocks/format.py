"""The only place that rounds: how each kind of number is printed."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from outcomes.blocks.verdicts import say_in_short
from outcomes.results.outcome import Estimate, NotEstimable, Outcome
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.plan.model import Measure, Plan

MINUS = "\u2212"
THIN = "\u202f"  # narrow, and no line ends within a number
NOT_ESTIMABLE = "not estimable"
# What has a direction, which its text says in words.
DIRECTED = frozenset(
    {
        Quantity.DIFFERENCE,
        Quantity.CHANGE,
        Quantity.SHARE_DIFFERENCE,
        Quantity.TIME_DIFFERENCE,
        Quantity.RATE_DIFFERENCE,
    }
)
# Differences that stand with their sign: they are parts of another, or a size that holds either way.
SIGNED = frozenset({"direct", "indirect", "on_mediator", "total", "detectable"})
COUNTS = frozenset({"n", "n_full", "n_skills"})
# Words for a difference above and below zero.
WAYS = {
    "points": ("higher", "lower"),
    "share_difference": ("more", "fewer"),
    "weeks": ("longer", "shorter"),
    "events_per_year": ("more", "fewer"),
    "episodes": ("more", "fewer"),
    "a_week": ("more", "fewer"),
}
NOUNS = {
    "points": "{} points{}",
    "share_difference": "{} in 100{}",
    "weeks": "{} weeks{}",
    "events_per_year": "{}{} a person-year",
    "episodes": "{}{}",
    "a_week": "{} a week{}",
}
TIMES = "times as many"  # stands behind a ratio of counts at a visit
OPEN = "open"  # stands for a limit that there is not
# A scale of this width or less is printed with two decimals: a tenth would be too coarse a step.
NARROW = 10.0
# What belongs to a single session or place is small: more decimals.
FINER = {"per_session": 1, "per_attended_place": 2, "per_booked_place": 2}
# Decimals more of a limit that would print as what a verdict holds it against: as no difference, beside a p-value that
# tells one, or as a worthwhile one that is said to be excluded.
MOST_FINER = 3
MOST_DECIMALS, MARK_SLACK = 6, 1e-6  # of the marks of an axis; the slack is a part of the step between them
ALMOST = 1e-9  # a logarithm this close below a whole number is that number
PLAIN_DECIMALS = {
    "sd": 2,
    "ratio": 2,
    "people": 0,
    "records": 0,
    "events": 0,
    "events_per_year": 2,
    "events_a_person": 2,
    "days": 0,
    "clusters": 0,
    "variance": 3,
    "weeks": 1,
    "standard_errors": 3,
    "years": 1,
    "sessions": 1,
    "a_week": 2,
    "minutes": 0,
    "hours": 1,
    "currency": 0,
}


def format_outcome(outcome: Outcome, plan: Plan) -> str:
    """Text that a page prints for an outcome."""
    if not isinstance(outcome, Estimate):
        return NOT_ESTIMABLE if isinstance(outcome, NotEstimable) else "see the figure"
    if outcome.verdict is not None:
        return say_in_short(outcome.verdict, plan.arm_names)
    if is_times(outcome):
        return f"{format_value(outcome, outcome.value, plan)} {TIMES}"
    said = None if not is_change(outcome) else _say_change(outcome, plan)
    if said is None and outcome.unit == "share_difference":
        return f"{format_size(outcome, outcome.value, plan)} in 100"
    return said or format_value(outcome, outcome.value, plan)


def is_times(outcome: Outcome) -> bool:
    """Whether a result is a ratio of counts at a visit, behind which stands that it tells how many times as many."""
    key = outcome.key
    is_counted = key.analysis == "counts" or (key.analysis == "influence" and key.what == "difference")
    return outcome.quantity is Quantity.RATE_RATIO and is_counted and key.what != "detectable" and not key.subject


def _say_change(outcome: Estimate, plan: Plan) -> str | None:
    """Give a difference with the word of its direction, which one that prints as zero has not; None where none is."""
    size, unit = format_size(outcome, outcome.value, plan), outcome.unit
    if unit not in NOUNS:
        return None
    up, down = WAYS[unit]
    way = f" {up if outcome.value > 0 else down}" if any(digit in "123456789" for digit in size) else ""
    return NOUNS[unit].format(size, way)


def format_part(outcome: Estimate, part: str, plan: Plan, *, bare: bool = False) -> str | None:
    """Text of a limit, a count, a p-value, a standard error or degrees of freedom; None where there is none.

    A bare limit has no sign, for a text whose words tell the direction.
    """
    if part in {"low", "high"}:
        limit = None if outcome.interval is None else getattr(outcome.interval, part)
        return None if limit is None else _format_limit(outcome, limit, plan, bare=bare)
    number = getattr(outcome, part)
    if number is None:
        return None
    if part == "p_value":
        return format_p_value(number, error=_error_of(plan))
    if part == "se":
        return format_size(outcome, number, plan)
    return format_number(number, decimals=0 if part in COUNTS else 1)


def _format_limit(outcome: Estimate, limit: float, plan: Plan, *, bare: bool) -> str:
    """Give a limit, finely enough to tell on which side of no difference, and of a worthwhile one, it lies."""
    scale = 100 if outcome.unit == "share_difference" else 1
    decimals = 0 if outcome.unit == "share_difference" else _decimals(outcome, limit, plan)
    touched = [mark for mark in _list_marks(outcome, plan) if _touches(limit, mark, scale, decimals)]
    if touched:
        finer = range(decimals + 1, decimals + MOST_FINER + 1)
        apart = (more for more in finer if not any(_touches(limit, mark, scale, more) for mark in touched))
        decimals = next(apart, decimals)
        return format_number((abs(limit) if bare else limit) * scale, decimals=decimals)
    return format_size(outcome, limit, plan) if bare else format_value(outcome, limit, plan)


def _touches(limit: float, mark: float, scale: int, decimals: int) -> bool:
    """Whether a limit would print as a mark on one side of which it lies."""
    return limit != mark and round(limit * scale, decimals) == round(mark * scale, decimals)


def _list_marks(outcome: Estimate, plan: Plan) -> tuple[float, ...]:
    """List what a verdict holds a limit of a comparison of the arms against."""
    if outcome.unit == "ratio":
        null = 1.0
    elif outcome.quantity in {Quantity.DIFFERENCE, Quantity.SHARE_DIFFERENCE} and not outcome.key.arm:
        null = 0.0
    else:
        return ()
    held = plan.measures.get(outcome.key.measure) or plan.events.get(outcome.key.subject)
    size = None if held is None else held.worthwhile
    if not size:
        return (null,)
    return (null, size, 1 / size) if outcome.unit == "ratio" else (null, size, -size)


def format_interval(outcome: Estimate, plan: Plan) -> str:
    """Text of both limits; where the outcome is a difference, with words for the direction."""
    phrase, bare = phrase_interval(outcome)
    low, high = (format_part(outcome, part, plan, bare=bare) or OPEN for part in ("low", "high"))
    return phrase.format(low=low, high=high)


def phrase_interval(outcome: Estimate) -> tuple[str, bool]:
    """Give the words around {low} and {high}, and whether the limits stand there without signs, as the words tell."""
    if outcome.interval is None or outcome.unit not in WAYS or not is_change(outcome):
        return "{low} to {high}", False
    low, high, (up, down) = outcome.interval.low, outcome.interval.high, WAYS[outcome.unit]
    if low is None or high is None or low < 0 < high:
        return f"{{low}} {down} to {{high}} {up}", True
    return f"{{low}} to {{high}} {up}" if low >= 0 else f"{{high}} to {{low}} {down}", True


def format_value(outcome: Estimate, value: float, plan: Plan) -> str:
    """Give a number in the unit of an outcome, with its sign."""
    if outcome.unit == "probability":
        return format_p_value(value, error=_error_of(plan))
    if outcome.unit == "standard_errors" and value < 0.001:  # noqa: PLR2004  # the smallest worth a digit
        return "less than 0.001"
    size = format_size(outcome, value, plan)
    negative = value < 0 and any(digit in "123456789" for digit in size)
    return f"{MINUS}{size}" if negative else size


def format_size(outcome: Estimate, value: float, plan: Plan) -> str:
    """Give a number in the unit of an outcome, without its sign."""
    if outcome.unit in {"share", "share_of_variance", "share_of_sessions", "share_of_samples", "share_of_pairs"}:
        return f"{format_number(abs(value) * 100, decimals=0)}%"
    if outcome.unit == "share_limit":
        return f"{format_number(_in_100_upwards(value), decimals=0)} in 100"
    if outcome.unit == "share_difference":
        return format_number(abs(value) * 100, decimals=0)
    return format_number(abs(value), decimals=_decimals(outcome, value, plan))


def print_value(outcome: Estimate, plan: Plan) -> float:
    """Give the number that is printed for an outcome, in the unit of its print."""
    if outcome.unit == "share_limit":
        return _in_100_upwards(outcome.value)
    if outcome.unit.startswith("share"):
        return round(outcome.value * 100)
    return round(outcome.value, _decimals(outcome, outcome.value, plan))


def _in_100_upwards(value: float) -> int:
    """Round a limit away from zero, so that it never promises more than it may."""
    return math.ceil(100 * value - ALMOST)


def _decimals(outcome: Estimate, value: float, plan: Plan) -> int:
    """Count the decimals of a number: those of its unit, and never finer than it was rounded for release."""
    measure = find_measure(outcome, plan)
    if outcome.unit == "number":
        decimals = 0 if value == round(value) else 1
    elif outcome.unit == "points" and measure:
        decimals = decimals_of(measure)
    else:
        decimals = PLAIN_DECIMALS.get(outcome.unit, 1)
    if outcome.unit != "number":
        decimals += FINER.get(outcome.key.what, 0)
    return decimals if outcome.step is None else min(decimals, max(0, -math.floor(math.log10(outcome.step) + ALMOST)))


def rounds_to_zero(outcome: Estimate, plan: Plan) -> bool:
    """Whether an estimate prints as zero, so that it lies in no direction."""
    return not any(digit in "123456789" for digit in format_size(outcome, outcome.value, plan))


def format_number(value: float, *, decimals: int) -> str:
    """Give a number with a fixed count of decimals, a true minus and thin spaces between thousands."""
    text = f"{abs(value):,.{decimals}f}".replace(",", THIN)
    negative = value < 0 and any(digit in "123456789" for digit in text)
    return f"{MINUS}{text}" if negative else text


def format_marks(places: Sequence[float]) -> list[str]:
    """Give the marks of an axis with as many decimals as tell them apart, and no more."""
    decimals = next((count for count in range(MOST_DECIMALS) if _are_told_apart(places, count)), MOST_DECIMALS)
    return [format_number(place, decimals=decimals) for place in places]


def _are_told_apart(places: Sequence[float], decimals: int) -> bool:
    step = min((abs(after - before) for before, after in pairwise(places)), default=1.0)
    return all(abs(round(place, decimals) - place) < MARK_SLACK * step for place in places)


def format_p_value(p_value: float, *, error: float) -> str:
    """Two figures, three decimals at most; never zero, and never the error that it is held against where it is less."""
    if p_value < 0.001:  # noqa: PLR2004  # the smallest p-value worth a digit
        return "<0.001"
    if p_value > 0.999:  # noqa: PLR2004  # and the largest
        return ">0.999"
    decimals = 3 if p_value < 0.1 else 2  # noqa: PLR2004  # two figures
    while p_value < error and round(p_value, decimals) >= round(error, decimals) and decimals < MOST_DECIMALS:
        decimals += 1
    return f"{p_value:.{decimals}f}"


def _error_of(plan: Plan) -> float:
    return round(1 - plan.confidence.level, 9)  # without what a double leaves of the subtraction


def decimals_of(measure: Measure) -> int:
    """Decimals of a score: two on a narrow scale, else one."""
    return 2 if measure.range[1] - measure.range[0] <= NARROW else 1


def find_measure(outcome: Outcome, plan: Plan) -> Measure | None:
    """Measure that a result is about."""
    # as a characteristic at the start a measure is the subject; a covariate called like one is not in points
    return plan.measures.get(outcome.key.measure or outcome.key.subject)


def is_change(outcome: Outcome) -> bool:
    """Whether an outcome tells a difference or a change, so that its text needs a direction."""
    return outcome.quantity in DIRECTED and outcome.key.what not in SIGNED
