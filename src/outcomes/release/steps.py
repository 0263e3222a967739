"""How coarsely shares, and what stands beside others as their difference, are told, so that no page contradicts itself.

A share is rounded from its exact value. All shares that tell of each other stand at one step, the finest of one, five
and ten in a hundred at which whatever is printed leaves a reader who knows the rounded number of people with several
numbers of those with whom it happened. A count of which the share is told as well would narrow that; where it does, it
is made again from the rounded share, so that the two agree. A difference or a ratio is never told more finely than the
two numbers that it compares, and those two as coarsely as their difference. What is chosen follows from rounded counts
alone: it tells nothing.
"""

from __future__ import annotations

import math
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.release.known import Rule, rule_of
from outcomes.release.ladder import ALMOST, to_multiple, to_step
from outcomes.release.pairs import Arm, Both, is_counted, tell_comparison, tell_limits
from outcomes.release.rounding import STEPS_OF_SHARES, step_of
from outcomes.release.sums import make_sums_agree
from outcomes.results.outcome import Estimate, Interval
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from outcomes.plan.model import Disclosure
    from outcomes.results.key import Key
    from outcomes.results.registry import Registry

    Many = NDArray[np.float64]

FEWEST_VALUES = 3  # that a count must still be able to have
# A difference of shares that is adjusted for more tells less of them, and is told half as coarsely.
_OF_ADJUSTED = {0.1: 0.05, 0.05: 0.02}
MANY = 25  # people in a step: any share then stands for several counts
# What compares two numbers of the same kind by taking one from the other.
DIFFERENCES = frozenset(
    {
        *(Quantity.DIFFERENCE, Quantity.CHANGE, Quantity.SHARE_DIFFERENCE),
        *(Quantity.TIME_DIFFERENCE, Quantity.MONEY_DIFFERENCE),
    }
)


class Compared(NamedTuple):
    """A number of each arm, and what compares them."""

    full: Estimate
    skills: Estimate
    between: Estimate


class Chosen(NamedTuple):
    """How results are rounded that are not rounded by themselves alone.

    Attributes
    ----------
    steps : dict of str to float
        Step by id; of what is not in it, `rounding.step_of` decides.
    shares : dict of str to float
        Rounded shares of people, by id.
    counts : dict of str to float
        Counts that are made again from a rounded share, by id.
    intervals : dict of str to Interval or None
        Limits of shares and of what compares them, by id; None where none can be told.
    held : dict of str to tuple of float
        Worthwhile differences of which a verdict tells on which side the limits of its comparison lie, by id.
    """

    steps: dict[str, float]
    shares: dict[str, float]
    counts: dict[str, float]
    intervals: dict[str, Interval | None]
    held: Mapping[str, tuple[float, ...]] = MappingProxyType({})


def choose_rounding(registry: Registry, rules: Disclosure) -> Chosen:
    """Choose how what stands beside others is rounded.

    Parameters
    ----------
    registry : Registry
        What is released, with exact numbers.
    rules : Disclosure
        The plan's minimum count, and the multiple of which counts are made.
    """
    compared = list(_list_compared(registry))
    counted = dict(_list_counted(registry))
    steps = _steps_of_shares(registry, rules)
    shares = {name: _nearest_allowed(registry[name], step, rules) for name, step in steps.items()}  # type: ignore[arg-type]  # shares are estimates
    counts = {
        name: again
        for name, share in counted.items()
        if share in steps and (again := _count_again(registry[share], shares[share], steps[share], rules)) is not None  # type: ignore[arg-type]  # the same
    }
    for one in compared:
        if one.between.quantity in DIFFERENCES and not _is_share(one.full):
            step = max(map(step_of, one))
            steps |= {part.id: max(step, steps.get(part.id, 0.0)) for part in one}
    for one in compared:
        if _is_share(one.full) and (least := _least_of_shares(one, steps)):
            steps[one.between.id] = max(step_of(one.between), least, steps.get(one.between.id, 0.0))
    counts |= make_sums_agree(registry, rules, counts)
    chosen = Chosen(steps, shares, counts, {})
    if rules.round_to > 1:
        _search(chosen, compared, registry, counted, rules)
    return chosen


def _search(
    chosen: Chosen, compared: list[Compared], registry: Registry, counted: dict[str, str], rules: Disclosure
) -> None:
    """Choose the limits of shares, and how what compares two is told, by counting out what they allow."""
    told_of = {share: count for count, share in counted.items() if count not in chosen.counts}
    arms: dict[str, Arm] = {}
    for name, value in sorted(chosen.shares.items()):
        share, count = registry[name], registry.get(told_of.get(name, ""))
        if isinstance(share, Estimate) and people_of(share) * chosen.steps[name] < MANY:
            arms[name] = _combinations(share, value, chosen.steps[name], count, rules)
            if share.interval is not None and is_counted(share, arms[name]):
                chosen.intervals[name], arms[name] = tell_limits(share.interval, arms[name], chosen.steps[name])
    pairs: dict[tuple[str, str], Both] = {}
    for one in sorted(compared, key=lambda one: one.between.id):
        pair = (one.full.id, one.skills.id)
        if one.between.id in chosen.intervals or not {*pair} <= {*arms}:
            continue
        full, skills = (arms[name] for name in pair)
        both = pairs.get(pair) or Both(full, skills, np.ones((len(full.of), len(skills.of)), dtype=bool))
        step = chosen.steps.get(one.between.id) or step_of(one.between)
        told = tell_comparison(one.between, both, step)
        if told is not None:
            chosen.steps[one.between.id], chosen.intervals[one.between.id], pairs[pair] = told
        elif one.between.quantity is Quantity.SHARE_DIFFERENCE and both.is_few():  # it is made of more than the counts
            own = _OF_ADJUSTED.get(chosen.steps[one.full.id], 0.0)
            chosen.steps[one.between.id] = max(own, step_of(one.between))


def _combinations(share: Estimate, told: float, step: float, count: object, rules: Disclosure) -> Arm:
    """List the people, and those with whom it happened, that a share and the count beside it allow."""
    people, multiple, least = people_of(share), rules.round_to, rules.minimum_count
    sizes = _alike(people, multiple)
    events, of = (grid.ravel() for grid in np.meshgrid(np.arange(sizes.max() + 1), sizes))
    low, high = bounds_of(people, step, multiple, least)
    kept = (events >= least) & (of - events >= least)
    kept &= np.abs(np.clip(np.round(events / of / step) * step, low, high) - told) < step * ALMOST * 10
    if isinstance(count, Estimate):
        kept &= np.isin(events, _alike(round(count.value), multiple))
    return Arm(events[kept], of[kept], (round(share.value * people), people))


def _is_share(outcome: object) -> bool:
    return isinstance(outcome, Estimate) and outcome.unit == "share" and rule_of(outcome) is Rule.SHARE


def leaves_choice(share: Estimate, rules: Disclosure) -> bool:
    """Whether a share as it would be told leaves several numbers of people, with whom it happened and with whom not.

    In an arm hardly larger than twice the plan's minimum count there is often none: that both sides are not small is
    then all there is to know.
    """
    people, multiple = people_of(share), rules.round_to
    step = _finest(to_multiple(people, multiple), multiple, rules.minimum_count)
    if multiple == 1 or step * people >= MANY:
        return True
    arm = _combinations(share, _nearest_allowed(share, step, rules), step, None, rules)
    return all(len(np.unique(one)) >= FEWEST_VALUES for one in (arm.events, arm.of, arm.of - arm.events))


def _list_compared(registry: Registry) -> Iterator[Compared]:
    """List the numbers of two arms that a result says it compares, with that result."""
    for outcome in registry.values():
        for relation in outcome.tells:
            keys = (*relation, outcome.key)
            pairs = ((key, key.but(arm="skills")) for key in keys if key.arm == "full")
            for pair in (pair for pair in pairs if pair[1] in keys and len(keys) == 3):  # noqa: PLR2004  # two and one
                rest = next(key for key in keys if key not in pair)
                found = [registry.get(str(key)) for key in (*pair, rest)]
                if all(isinstance(one, Estimate) for one in found):
                    yield Compared(*found)


def _least_of_shares(one: Compared, steps: dict[str, float]) -> float | None:
    """Give the step below which what compares two shares would be finer than they are; None of what is no such."""
    half = [steps.get(part.id, 0.0) / 2 for part in (one.full, one.skills)]
    if one.between.quantity is Quantity.SHARE_DIFFERENCE:
        return max(2 * part for part in half)
    if one.between.quantity is not Quantity.RATIO or one.between.value <= 0 or not all(half):
        return None
    shares = [part.value for part in (one.full, one.skills)]
    if abs(one.between.value * shares[1] - shares[0]) > abs(one.between.value * (1 - shares[1]) - 1 + shares[0]):
        shares = [1 - share for share in shares]  # a ratio of those with whom it did not happen
    if min(shares) <= 0:
        return None
    unsure = one.between.value * sum(part / share for part, share in zip(half, shares, strict=True))
    return float(10.0 ** round(math.log10(unsure)))


def _list_counted(registry: Registry) -> Iterator[tuple[str, str]]:
    """List the counts of people of which the share is told as well, with that share."""
    for outcome in registry.values():
        for relation in outcome.tells:
            pair = [registry.get(str(key)) for key in (*relation, outcome.key)]
            share = next((one for one in pair if _is_share(one)), None)
            count = next((one for one in pair if one is not None and one.quantity is Quantity.COUNT), None)
            if len(pair) == 2 and share is not None and isinstance(count, Estimate):  # noqa: PLR2004  # a pair
                yield count.id, share.id


def _steps_of_shares(registry: Registry, rules: Disclosure) -> dict[str, float]:
    """Choose one step for all shares that tell of each other."""
    shares = {name: one for name, one in registry.items() if isinstance(one, Estimate) and _is_share(one)}
    steps: dict[str, float] = {}
    for group in _group(shares, registry):
        sizes = {to_multiple(people_of(shares[name]), rules.round_to) for name in group}
        chosen = max(_finest(size, rules.round_to, rules.minimum_count) for size in sizes)
        steps |= dict.fromkeys(group, chosen)
    return steps


def _group(shares: dict[str, Estimate], registry: Registry) -> list[set[str]]:
    """Put shares together that stand in one relation, or that differ by the arm alone."""
    groups = {name: {name} for name in shares}

    def join(names: list[str]) -> None:
        whole = set().union(*(groups[name] for name in names))
        groups.update(dict.fromkeys(whole, whole))

    by_arm: dict[Key, list[str]] = {}
    for name, share in shares.items():
        by_arm.setdefault(share.key.but(arm=""), []).append(name)
    for names in by_arm.values():
        join(names)
    for outcome in registry.values():
        for relation in outcome.tells:
            names = [name for name in map(str, (*relation, outcome.key)) if name in shares]
            if len(names) > 1:
                join(names)
    return list({id(group): group for group in groups.values()}.values())


def people_of(share: Estimate) -> int:
    """Give the number of people that a share is one of."""
    return next((count for count in (share.n, share.n_full, share.n_skills) if count is not None), 0)


@cache
def _finest(people: int, multiple: int, least: int) -> float:
    """Find the finest step at which every share that could be printed of a rounded number leaves several counts."""
    if multiple == 1 or not people:
        return STEPS_OF_SHARES[0]
    sizes = _alike(people, multiple)
    events, of = (grid.ravel() for grid in np.meshgrid(np.arange(sizes.max() + 1), sizes))
    told = (events >= least) & (of - events >= least)
    for step in STEPS_OF_SHARES:
        bounds = bounds_of(people, step, multiple, least)
        if step * people >= MANY or _keeps_choice(step, events[told], of[told], bounds):
            return step
    return STEPS_OF_SHARES[-1]


def _count_again(share: Estimate, told: float, step: float, rules: Disclosure) -> float | None:
    """Make a count from its rounded share; None where its own rounding beside the share leaves several counts."""
    people, multiple = people_of(share), rules.round_to
    events, of = (
        grid.ravel()
        for grid in np.meshgrid(_alike(round(share.value * people), rules.round_to), _alike(people, rules.round_to))
    )
    # a share is told of no fewer than the minimum on either side, which who reads the count beside it knows as well
    can_be = (events >= rules.minimum_count) & (of - events >= rules.minimum_count)
    bounds = bounds_of(people, step, multiple, rules.minimum_count)
    if multiple == 1 or _keeps_choice(step, events[can_be], of[can_be], bounds):
        return None
    least, whole = (to_multiple(one, multiple) for one in (rules.minimum_count, people))
    return float(min(max(to_multiple(told * whole, multiple), least), max(whole - least, least)))


def _alike(count: int, multiple: int) -> Many:
    """List the counts that are rounded to the same multiple."""
    near = range(max(0, count - multiple), count + multiple + 1)
    return np.array([one for one in near if to_multiple(one, multiple) == to_multiple(count, multiple)], dtype=float)


def _keeps_choice(step: float, events: Many, of: Many, bounds: tuple[float, float]) -> bool:
    """Whether each share that could be printed leaves several counts of those with whom it happened, and without."""
    low, high = (round(bound / step) for bound in bounds)
    printed = np.clip(np.round(events / of / step), low, high)
    return all(
        len(np.unique(counts[printed == one])) >= FEWEST_VALUES
        for one in np.unique(printed)
        for counts in (events, of - events)
    )


def _nearest_allowed(share: Estimate, step: float, rules: Disclosure) -> float:
    low, high = bounds_of(people_of(share), step, rules.round_to, rules.minimum_count)
    return min(max(to_step(share.value, step), low), high)


def bounds_of(people: int, step: float, multiple: int, least: int) -> tuple[float, float]:
    """Give the least and the largest share that is printed: never below that of the fewest people who are told."""
    whole = to_multiple(people, multiple)
    if multiple == 1 or not whole or step == STEPS_OF_SHARES[0]:
        return 0.0, 1.0
    low = to_step(math.ceil(min(least / whole, 0.5) / step - ALMOST) * step, step)
    return low, to_step(1 - low, step)
