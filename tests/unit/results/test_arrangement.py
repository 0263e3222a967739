"""How groups lie to the arms: every kind, its boundary, and what the plan may not say against it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.results.arrangement import (
    Arrangement,
    bars_of,
    caps_of,
    contradicts,
    find_arrangement,
    judges_by_group,
)
from outcomes.results.verdict import Bar, Cap


def people(groups: str) -> list[str | None]:
    """Give the group of each person, a letter each; a dot is one that is not recorded."""
    return [None if letter == "." else letter for letter in groups]


@pytest.mark.parametrize(
    ("full", "skills", "expected"),
    [
        ("aabb", "aabb", Arrangement.SHARED),
        ("aabb", "aacc", Arrangement.SHARED),  # half of each arm
        ("aabbb", "aaaaa", Arrangement.NESTED_FEW),
        ("aabbbdef", "aacg", Arrangement.NESTED),  # a quarter of one arm
        ("aaaabb..", "aaaa", Arrangement.SHARED),
        ("aab.....", "aaabcd", Arrangement.NESTED_PARTLY),
        ("aabb", "ccdd", Arrangement.NESTED),
        ("aabb", "cccc", Arrangement.NESTED_FEW),
        ("aaaa", "bbccdd", Arrangement.NESTED_SINGLE),
        ("aaaa", "bbbb", Arrangement.ARM_IS_GROUP),
        ("aaaa", "aaaa", Arrangement.SHARED),
        ("aabbccdd", "........", Arrangement.NESTED_PARTLY),
        ("aaaa", "....", Arrangement.NESTED_FEW),
    ],
)
def test_groups_are_shared_where_half_of_each_arm_is_in_groups_of_both(
    full: str, skills: str, expected: Arrangement
) -> None:
    assert find_arrangement(people(full), people(skills), None) is expected
    assert find_arrangement(people(skills), people(full), None) is expected


@pytest.mark.parametrize(
    ("said", "expected", "caps"),
    [
        ("shared", Arrangement.SAID_SHARED, set()),
        ("none", Arrangement.SAID_NONE, set()),
        ("separate", Arrangement.SAID_SEPARATE, {Cap.GROUPS_APART}),
        (None, Arrangement.NOT_RECORDED, {Cap.GROUPS_UNKNOWN}),
    ],
)
def test_what_the_plan_says_counts_where_no_group_is_recorded(
    said: str | None, expected: Arrangement, caps: set[Cap]
) -> None:
    found = find_arrangement(people("...."), people("...."), said)
    assert found is expected
    assert caps_of(found) == caps
    assert not judges_by_group(found)
    assert find_arrangement(people("aabb"), people("ccdd"), said) is Arrangement.NESTED


@given(st.text("abcdef.", min_size=1), st.text("abcdef.", min_size=1))
def test_leaving_the_groups_out_never_lifts_a_cap(full: str, skills: str) -> None:
    """Whoever takes the column away, from one arm or both, is not told more than with it."""
    silent = caps_of(find_arrangement(people("." * len(full)), people("." * len(skills)), None))
    assert silent
    half = find_arrangement(people(full), people("." * len(skills)), None)
    assert caps_of(half) or bars_of(half)


def test_an_arm_that_is_a_group_cannot_answer() -> None:
    assert bars_of(Arrangement.ARM_IS_GROUP) == {Bar.ONE_GROUP_EACH}
    assert not any(bars_of(one) for one in Arrangement if one is not Arrangement.ARM_IS_GROUP)


@pytest.mark.parametrize(
    ("full", "skills", "said", "is_wrong"),
    [
        ("aabb", "aabb", "shared", False),
        ("aabb", "aabb", "separate", True),
        ("aabb", "aabb", "none", True),
        ("aabb", "ccdd", "shared", True),
        ("aabb", "ccdd", "separate", False),
        ("abcd", "efgh", "none", False),
        ("abcd", "efga", "none", True),
        ("....", "....", "shared", False),
        ("aabb", "ccdd", None, False),
    ],
)
def test_a_plan_that_says_otherwise_than_what_is_recorded_is_told(
    full: str, skills: str, said: str | None, *, is_wrong: bool
) -> None:
    assert contradicts(people(full), people(skills), said) is is_wrong
