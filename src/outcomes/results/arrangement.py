"""How skills groups lie to the two arms, as a verdict needs to know it: which interval is the main one, and what caps.

Nothing but `read_arrangement` of the cohort finds it; nothing but this module says what follows.
"""

from __future__ import annotations

from enum import StrEnum

from outcomes.results.verdict import Bar, Cap


class Arrangement(StrEnum):
    """A closed list: the first that holds, from below."""

    SHARED = "shared"  # in each arm at least half of the people are in groups that hold both arms
    NESTED = "nested"
    NESTED_PARTLY = "nested, partly recorded"  # for fewer than half of the people of an arm
    NESTED_SINGLE = "nested, single in one arm"
    NESTED_FEW = "nested, few"  # fewer than four in all
    ARM_IS_GROUP = "arm is group"  # one group in each arm, and no other
    SAID_SHARED = "said shared"  # none is recorded, and the plan says how they lay
    SAID_SEPARATE = "said separate"
    SAID_NONE = "said none"
    NOT_RECORDED = "not recorded"  # and the plan does not say


FEWEST_GROUPS = 4  # nested in the arms: with fewer nothing can allow for them
_BY_GROUP = frozenset({Arrangement.NESTED, Arrangement.NESTED_PARTLY, Arrangement.NESTED_SINGLE})
_CAPS = {
    Arrangement.NESTED_PARTLY: Cap.GROUPS_PARTLY_RECORDED,
    Arrangement.NESTED_SINGLE: Cap.ONE_GROUP,
    Arrangement.NESTED_FEW: Cap.FEW_GROUPS,
    Arrangement.SAID_SEPARATE: Cap.GROUPS_APART,
    Arrangement.NOT_RECORDED: Cap.GROUPS_UNKNOWN,
}


def judges_by_group(arrangement: Arrangement) -> bool:
    """Whether the interval that allows for groups is the main one."""
    return arrangement in _BY_GROUP


def caps_of(arrangement: Arrangement) -> frozenset[Cap]:
    """Give what lets a verdict lean at most."""
    return frozenset({_CAPS[arrangement]} if arrangement in _CAPS else ())


def bars_of(arrangement: Arrangement) -> frozenset[Bar]:
    """Give why the data cannot answer."""
    return frozenset({Bar.ONE_GROUP_EACH} if arrangement is Arrangement.ARM_IS_GROUP else ())
