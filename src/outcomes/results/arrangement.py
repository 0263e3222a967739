"""How skills groups lie to the two arms, as a verdict needs to know it: which interval is the main one, and what caps.

Nothing but this module finds it, and says what follows.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from outcomes.results.verdict import Bar, Cap

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    Groups = Sequence[Hashable | None]


class Arrangement(StrEnum):
    """A closed list: the first that holds, from below."""

    SHARED = "shared"  # in each arm at least half of the people are in groups that hold both arms
    NESTED = "nested"
    NESTED_PARTLY = "nested, partly recorded"  # for fewer than half of the people of an arm
    NESTED_SINGLE = "nested, single in one arm"  # where nothing tells the group from the arm
    NESTED_FEW = "nested, few"  # fewer than four in all
    ARM_IS_GROUP = "arm is group"  # one group in each arm, and no other
    SAID_SHARED = "said shared"  # none is recorded, and the plan says how they lay
    SAID_SEPARATE = "said separate"
    SAID_NONE = "said none"
    NOT_RECORDED = "not recorded"  # and the plan does not say


FEWEST_GROUPS = 4  # nested in the arms: with fewer nothing can allow for them
_BY_GROUP = frozenset({Arrangement.NESTED, Arrangement.NESTED_PARTLY})
_CAPS = {
    Arrangement.NESTED_PARTLY: Cap.GROUPS_PARTLY_RECORDED,
    Arrangement.NESTED_SINGLE: Cap.ONE_GROUP,
    Arrangement.NESTED_FEW: Cap.FEW_GROUPS,
    Arrangement.SAID_SEPARATE: Cap.GROUPS_APART,
    Arrangement.NOT_RECORDED: Cap.GROUPS_UNKNOWN,
}


_SAID = {
    "shared": Arrangement.SAID_SHARED,
    "separate": Arrangement.SAID_SEPARATE,
    "none": Arrangement.SAID_NONE,
    None: Arrangement.NOT_RECORDED,
}


def find_arrangement(full: Groups, skills: Groups, said: str | None) -> Arrangement:
    """Find how groups lie to the arms.

    Parameters
    ----------
    full, skills : sequence
        The group of each person of an arm; None where it is not recorded.
    said : str or None
        What the plan says of it, which counts where none is recorded.
    """
    arms = (full, skills)
    groups = [{group for group in mine if group is not None} for mine in arms]
    if not any(groups):
        return _SAID[said]
    both = groups[0] & groups[1]
    if all(mine and 2 * sum(group in both for group in mine) >= len(mine) for mine in arms):
        return Arrangement.SHARED
    counts = [len(mine) for mine in groups]
    if counts == [1, 1]:
        return Arrangement.ARM_IS_GROUP
    if len(groups[0] | groups[1]) < FEWEST_GROUPS:
        return Arrangement.NESTED_FEW
    if 1 in counts:
        return Arrangement.NESTED_SINGLE
    is_partly = any(2 * sum(group is not None for group in mine) < len(mine) for mine in arms)
    return Arrangement.NESTED_PARTLY if is_partly else Arrangement.NESTED


def contradicts(full: Groups, skills: Groups, said: str | None) -> bool:
    """Whether what the plan says of groups cannot be true of those that are recorded."""
    known = [[group for group in mine if group is not None] for mine in (full, skills)]
    both = set(known[0]) & set(known[1])
    if said == "none":
        return any(len(set(mine)) < len(mine) for mine in known) or bool(both)
    if said == "separate":
        return bool(both)
    return said == "shared" and any(2 * sum(group in both for group in mine) < len(mine) for mine in known)


def judges_by_group(arrangement: Arrangement) -> bool:
    """Whether the interval that allows for groups is the main one."""
    return arrangement in _BY_GROUP


def caps_of(arrangement: Arrangement) -> frozenset[Cap]:
    """Give what lets a verdict lean at most."""
    return frozenset({_CAPS[arrangement]} if arrangement in _CAPS else ())


def bars_of(arrangement: Arrangement) -> frozenset[Bar]:
    """Give why the data cannot answer."""
    return frozenset({Bar.ONE_GROUP_EACH} if arrangement is Arrangement.ARM_IS_GROUP else ())
