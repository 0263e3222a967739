"""Between which counts a hidden part of a whole lies, once a reader has used every sum that is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.release.ladder import to_multiple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from outcomes.plan.model import Disclosure
    from outcomes.results.quantity import Quantity

FEWEST_VALUES = 3  # that a small count must still be able to have, whatever a reader works out
ALMOST = 1e-6  # counts of people that were made from shares are whole to this
_PAIR = 2
_ROUNDS = 25  # of drawing limits together; wholes are nested hardly deeper


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A result as the closure sees it.

    Attributes
    ----------
    id : str
    quantity : Quantity
    is_base : bool
        Whether other results are made of it: a count or a share of people.
    is_slight : bool
        Whether, among parts, it tells least: those with whom nothing happened.
    size : float
        What a reader loses with it grows with this: its value, without the sign.
    has_value : bool
        Whether there is a number; of what could not be estimated there is none to give anything back.
    people : float or None
        How many people a count, or a share of people, stands for.
    of : float or None
        Of how many people a share is one.
    is_part : bool
        Whether it is about a category, as parts of a whole are.
    small : bool
        Whether it is hidden for what it tells itself, which a reader learns from the reason.
    thinned : bool
        Whether a curve has lost places.
    """

    id: str
    quantity: Quantity
    is_base: bool = False
    is_slight: bool = False
    size: float = 0.0
    has_value: bool = True
    people: float | None = None
    of: float | None = None
    is_part: bool = False
    small: bool = False
    thinned: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A result and others, of which all but one determine the last; what is a whole says so itself, or stands last."""

    owner: str
    others: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids in order, what is rather the whole of the others after what is rather a part."""
        *parts, last = self.others
        return (*sorted({*parts} - {self.owner, last}), last, self.owner)


@dataclass(frozen=True, slots=True)
class _Sum:
    """Members of which the first, or where it is None a known number, is the sum of the others."""

    whole: Member | None
    parts: tuple[Member, ...]
    inside: list[Member]


def whole_of(inside: Sequence[Member]) -> Member | None:
    """Find among parts the whole that they come to; where the rest is nought, a part could be it as well."""
    if len(inside) <= _PAIR or any(one.people is None for one in inside):
        return None
    total = sum(one.people or 0.0 for one in inside)
    wholes = [one for one in reversed(inside) if abs(total - 2 * (one.people or 0.0)) < ALMOST]
    return min(wholes, key=lambda one: one.is_part, default=None)


def are_few_together(inside: list[Member], secret: list[Member], least: int) -> bool:
    """Whether the parts of a whole that are hidden hold together fewer people than the minimum."""
    added = _sum_of(inside)
    if added is None or added.whole in secret or len(added.parts) == 1:
        return False
    return sum(one.people or 0.0 for one in secret) < least - ALMOST


def find_narrow(
    relations: list[list[Member]], hidden: AbstractSet[str], rules: Disclosure
) -> Iterator[list[list[Member]]]:
    """Give, for each small count with too few values left, the sums that lead to it.

    Parameters
    ----------
    relations : list of list of Member
    hidden : set of str
    rules : Disclosure
        The plan's minimum count, and the multiple to which counts are rounded. The reader is taken to know shares that
        are shown, and wholes outside the relation, exactly; that what is hidden for its own sake is small; and that the
        rest is not.
    """
    sums = [added for inside in relations if (added := _sum_of(inside)) and any(one.id in hidden for one in inside)]
    members = {one.id: one for added in sums for one in added.inside}
    limits = {name: _limits(one, rules, hidden) for name, one in members.items()}
    for _ in range(_ROUNDS):
        if not any([_tighten(added, limits) for added in sums]):  # noqa: C419  # each of them, not the first alone
            break
    for name, one in sorted(members.items()):
        low, high = limits[name]
        if name in hidden and one.small and high - low + 1 < FEWEST_VALUES - ALMOST:
            yield _linked(name, sums, hidden)


def _sum_of(inside: list[Member]) -> _Sum | None:
    """See a relation as a sum: of parts to a whole in it or outside it, or of a count and the share that it makes."""
    if any(one.people is None for one in inside):
        return None
    if (whole := whole_of(inside)) is not None:
        return _Sum(whole, tuple(one for one in inside if one is not whole), inside)
    if len(inside) == _PAIR and _is_twice(*inside):
        return _Sum(inside[0], (inside[1],), inside)
    kinds: set[Quantity] = {one.quantity for one in inside}
    return _Sum(None, tuple(inside), inside) if len(kinds) == 1 else None


def _is_twice(one: Member, other: Member) -> bool:
    """Whether two members are one number told twice, and no two halves."""
    here, there = one.people or 0.0, other.people or 0.0
    are_halves = one.of is not None and one.of == other.of and abs(here + there - one.of) < ALMOST
    return abs(here - there) < ALMOST and not are_halves


def _limits(one: Member, rules: Disclosure, hidden: AbstractSet[str]) -> tuple[float, float]:
    """Between which counts a member lies, as its being shown, or the reason why it is not, tells."""
    people, of, least = one.people or 0.0, one.of, rules.minimum_count
    if one.id not in hidden and of is None:
        shown, half = to_multiple(round(people), rules.round_to), rules.round_to / 2
        return math.ceil(shown - half), math.ceil(shown + half) - 1
    if one.id not in hidden:
        return people, people
    if one.small:
        if people < least:
            return 0.0, least - 1.0
        return (0.0 if of is None or people <= of - least else of - least + 1.0), (math.inf if of is None else of)
    return min(least, people), (math.inf if of is None else max(of - least, people))


def _tighten(added: _Sum, limits: dict[str, tuple[float, float]]) -> bool:
    """Draw the limits of each member together by those of the others; tell whether any moved."""
    total = sum(one.people or 0.0 for one in added.parts)
    low, high = limits[added.whole.id] if added.whole is not None else (total, total)
    under, over = (sum(limits[one.id][side] for one in added.parts) for side in (0, 1))
    moved = [_move(added.whole.id, limits, under, over)] if added.whole is not None else []
    for one in added.parts:
        others = [limits[other.id] for other in added.parts if other is not one]
        least_of_others, most_of_others = (sum(pair[side] for pair in others) for side in (0, 1))
        moved.append(_move(one.id, limits, low - most_of_others, high - least_of_others))
    return any(moved)


def _move(name: str, limits: dict[str, tuple[float, float]], low: float, high: float) -> bool:
    before = limits[name]
    limits[name] = max(before[0], low), min(before[1], high)
    return any(abs(now - then) > ALMOST for now, then in zip(limits[name], before, strict=True) if now != then)


def _linked(name: str, sums: list[_Sum], hidden: AbstractSet[str]) -> list[list[Member]]:
    """Give the sums that hold a member, and those that share something hidden with one of these, and so on."""
    reached, found = {name}, []
    while more := [added.inside for added in sums if added.inside not in found and _meets(added, reached)]:
        found += more
        reached |= {one.id for inside in more for one in inside if one.id in hidden}
    return found


def _meets(added: _Sum, reached: AbstractSet[str]) -> bool:
    return any(one.id in reached for one in added.inside)
