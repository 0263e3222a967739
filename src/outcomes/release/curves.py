"""What of a curve may leave the clinic: no place, no step and no bar that tells of fewer people than the minimum.

Three kinds, told apart by what they hold. A *histogram* has the unit people. A *stay* is a share that begins at one
and falls, over people at risk who only grow fewer: each of its steps tells how many left. Any other curve has, at each
place, a value of the people who stand behind it.
"""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from outcomes.release.ladder import HUNDREDTH, step_for, to_multiple, to_step
from outcomes.release.rounding import coarse_people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.plan.model import Disclosure
    from outcomes.results.outcome import Curve

TOO_FEW = "a curve of which no part stands for enough people by the plan's minimum"
THINNED = "Places and steps that stand for fewer people than the plan's minimum are left out of this edition."
_SERIES = ("at", "value", "low", "high", "people")


def thin(curve: Curve, rules: Disclosure) -> Curve | None:
    """Keep the places of a curve that tell of enough people; None where too few are left to draw.

    Parameters
    ----------
    curve : Curve
        Exact.
    rules : Disclosure
        The plan's minimum count and minimum arm.
    """
    if curve.unit == "people":
        kept, fewest = _keep_bars(curve.value, rules.minimum_count), 1
    elif is_stay(curve):
        kept, fewest = _keep_steps(curve, rules.minimum_count), 2
    else:
        kept, fewest = _keep_places(curve, rules), 1
    if len(kept) < fewest:
        return None
    if len(kept) == len(curve.at):
        return curve
    series: dict[str, Any] = {
        name: tuple(getattr(curve, name)[place] for place in kept) for name in _SERIES if getattr(curve, name)
    }
    return dataclasses.replace(curve, notes=(*curve.notes, THINNED), **series)


def is_stay(curve: Curve) -> bool:
    """Whether a curve tells who is still there: a share that starts at one and falls, as do the people at risk."""
    if curve.unit != "share" or not curve.people or not curve.value or curve.value[0] != 1:
        return False
    return all(one >= two for series in (curve.value, curve.people) for one, two in pairwise(series))


def steps_of(curve: Curve) -> list[float]:
    """Count the people of each step of a share of the same people that grows, and those left over; else nothing."""
    shares, people = curve.value, set(curve.people)
    if curve.unit != "share" or len(people) != 1 or is_stay(curve) or any(one > two for one, two in pairwise(shares)):
        return []
    counts = [0.0, *(share * curve.people[0] for share in shares), float(curve.people[0])]
    return [after - before for before, after in pairwise(counts)]


def _keep_bars(counts: Sequence[float], minimum: int) -> list[int]:
    """Hide every bar below the minimum, empty ones too; together the hidden hold nobody, or at least the minimum.

    The sum of the shown bars, held against the number of people, would otherwise tell what the hidden ones hold.
    """
    kept = [place for place, count in enumerate(counts) if count >= minimum]
    hidden = sum(count for count in counts if count < minimum)
    while kept and 0 < hidden < minimum:
        smallest = min(kept, key=lambda place: counts[place])
        kept.remove(smallest)
        hidden += counts[smallest]
    return kept


def _keep_steps(curve: Curve, minimum: int) -> list[int]:
    """Join steps until each tells of enough who left, and of enough or none whose time only ran out.

    With n people at risk just before a place, of whom d leave there, d = n (1 − S / S before); who is at risk no more
    at the next place and did not leave was censored.
    """
    left = _leavers(curve)
    kept = [0]
    for place in range(1, len(curve.at)):
        gone = sum(left[kept[-1] + 1 : place + 1])
        censored = curve.people[kept[-1]] - left[kept[-1]] - curve.people[place] - sum(left[kept[-1] + 1 : place])
        stay = curve.people[place] - left[place]
        enough = gone >= minimum and (censored <= 0 or censored >= minimum)
        if enough and curve.people[place] >= minimum and (stay >= minimum or (stay <= 0 and gone >= minimum)):
            kept.append(place)
    return kept


def _leavers(curve: Curve) -> list[int]:
    """People who leave at each place, from the fall of the curve and the people at risk."""
    falls = (1 - now / before if before > 0 else 0.0 for before, now in pairwise(curve.value))
    return [0, *(round(people * fall) for people, fall in zip(curve.people[1:], falls, strict=True))]


def _keep_places(curve: Curve, rules: Disclosure) -> list[int]:
    """Keep a value that enough people stand behind; of a share, on both sides."""
    if not curve.people:
        return list(range(len(curve.at)))
    kept = []
    for place, people in enumerate(curve.people):
        count = curve.value[place] * people
        few = min(count, people - count) < rules.minimum_count - 1e-9 if curve.unit == "share" else False
        if people >= rules.minimum_arm and not few:
            kept.append(place)
    return kept


def coarsen(curve: Curve, *, multiple: int, placed: bool) -> Curve:
    """Round every number of a curve for release: counts to the multiple, shares made again from rounded counts.

    Parameters
    ----------
    curve : Curve
    multiple : int
        Of which counts are made.
    placed : bool
        Whether its places were computed from data, so that they are rounded as well.
    """
    step = _step_of(curve)
    values = tuple(_coarse_value(curve, place, multiple, step) for place in range(len(curve.value)))
    # at so many places the limits of a share of the same people would give their number back, however coarse
    low, high = (
        tuple(to_step(limit, step) for limit in limits) if curve.unit != "share" else ()
        for limits in (curve.low, curve.high)
    )
    at = tuple(to_step(place, step_for(_half_range(curve.at))) for place in curve.at)
    people = tuple(to_multiple(count, multiple) for count in curve.people)
    counts: dict[str, Any] = coarse_people(curve, multiple)
    places = at if placed else curve.at
    return dataclasses.replace(curve, at=places, value=values, low=low, high=high, people=people, **counts)


def _step_of(curve: Curve) -> float:
    """Give the step of a curve: two figures of half its narrowest interval, or where it has none of half its range."""
    halves = [(high - low) / 2 for low, high in zip(curve.low, curve.high, strict=True) if high > low]
    size = min(halves, default=_half_range(curve.value))
    step = step_for(size or max(map(abs, curve.value), default=0.0))
    return max(step, HUNDREDTH) if curve.unit.startswith("share") else step


def _half_range(series: Sequence[float]) -> float:
    return (max(series) - min(series)) / 2 if series else 0.0


def _coarse_value(curve: Curve, place: int, multiple: int, step: float) -> float:
    """Round the value at a place; of a stay, as a share of the people at its beginning."""
    value = curve.value[place]
    if curve.unit == "people":
        return float(to_multiple(value, multiple))
    if curve.unit != "share" or not curve.people:
        return to_step(value, step)
    people = curve.people[0] if is_stay(curve) else curve.people[place]
    of = to_multiple(people, multiple)
    share = min(to_multiple(round(value * people), multiple) / of, 1.0) if of else value
    return to_step(share, HUNDREDTH)
