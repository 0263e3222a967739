"""What of a curve leaves the clinic: no place, step or bar from which a reader could work out a small count."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.plan.model import Disclosure
from outcomes.release import release
from outcomes.release.curves import is_stay
from outcomes.results.key import Key
from outcomes.results.outcome import Curve
from outcomes.results.provenance import Provenance
from outcomes.results.quantity import Quantity
from outcomes.results.registry import Record, Registry

RULES = Disclosure()
SOURCE = Provenance(analysis="retention", question="?", code="c", files=(), digest="d", seed=None)


def release_curve(curve: Curve, rules: Disclosure = RULES) -> Curve | None:
    released = release(Registry([Record(outcome=curve, provenance=SOURCE)]), rules)
    if curve.id not in released.registry:
        assert [one.id for one in released.hidden] == [curve.id]
        return None
    found = released.registry[curve.id]
    assert isinstance(found, Curve)
    return found


def stay(times: list[int], left: list[bool]) -> Curve:
    """The product-limit curve of people who left, or whose time ran out, in these weeks."""
    weeks, gone = np.array(times), np.array(left, dtype=bool)
    at, value, people = [0.0], [1.0], [len(times)]
    for week in sorted(set(weeks[gone])):
        at_risk = int((weeks >= week).sum())
        value.append(value[-1] * (1 - int((weeks[gone] == week).sum()) / at_risk))
        at.append(float(week))
        people.append(at_risk)
    limits = {"low": tuple(0.9 * one for one in value), "high": tuple(value)}
    counts = {"n": len(times), "n_full": len(times)}
    return Curve(
        key=Key("retention", what="curve", arm="full"),
        quantity=Quantity.SHARE,
        label="Still there",
        unit="share",
        axis="weeks since the start",
        at=tuple(at),
        value=tuple(value),
        people=tuple(people),
        level=0.95,
        **limits,
        **counts,
    )


def bars(*counts: int) -> Curve:
    return Curve(
        key=Key("balance", what="propensity", arm="full"),
        quantity=Quantity.COUNT,
        label="Bars",
        unit="people",
        axis="share",
        at=tuple(place / 10 for place in range(len(counts))),
        value=tuple(float(count) for count in counts),
        n=sum(counts),
        n_full=sum(counts),
    )


def test_steps_are_joined_until_each_tells_of_enough_people() -> None:
    times = [*range(1, 21), *([24] * 40)]
    found = release_curve(stay(times, [week < 24 for week in times]))
    assert found is not None
    assert found.at == (0.0, 8.0, 16.0)
    assert found.people == (60, 55, 45)
    assert found.value == (1.0, 0.83, 0.75)  # of 60, 50 and 45: counts to the multiple
    assert "left out" in found.notes[-1]


def test_a_stay_from_which_few_left_is_hidden() -> None:
    times = [3, 5, 9, *([24] * 40)]
    assert release_curve(stay(times, [week < 24 for week in times])) is None


def test_a_few_who_stayed_are_not_told_by_the_end_of_the_curve() -> None:
    times = [*([5] * 20), *([10] * 20), *([24] * 5)]
    found = release_curve(stay(times, [week < 24 for week in times]))
    assert found is not None
    assert found.at == (0.0, 5.0)


@given(st.lists(st.tuples(st.integers(1, 24), st.booleans()), min_size=10, max_size=120))
def test_no_reader_of_a_released_stay_can_work_out_a_small_count(people: list[tuple[int, bool]]) -> None:
    """Whatever the curve, its places are those whose exact differences are large enough or nothing."""
    times, left = [week for week, _ in people], [gone for _, gone in people]
    found = release_curve(stay(times, left))
    if found is None:
        return
    weeks, gone = np.array(times), np.array(left, dtype=bool)
    for one, two in pairwise(found.at):
        leavers = int((gone & (weeks > one) & (weeks <= two)).sum())
        censored = int((~gone & (weeks >= one) & (weeks < two)).sum())
        assert leavers >= RULES.minimum_count
        assert censored == 0 or censored >= RULES.minimum_count
        assert int((weeks >= two).sum()) >= RULES.minimum_count
        remaining = int((weeks >= two).sum()) - int((gone & (weeks == two)).sum())
        assert remaining == 0 or remaining >= RULES.minimum_count
    assert all(count % RULES.round_to == 0 for count in found.people)
    assert all(one >= two for one, two in pairwise(found.value))


def test_small_bars_are_hidden_and_so_is_what_would_tell_them() -> None:
    found = release_curve(bars(30, 12, 0, 3, 20))
    assert found is not None
    assert found.at == (0.0, 0.4)  # the bar of 12 goes too: with the number of people it would tell the 3
    assert found.value == (30.0, 20.0)


@given(st.lists(st.integers(0, 40), min_size=2, max_size=12))
def test_what_is_hidden_of_a_histogram_is_nobody_or_enough(counts: list[int]) -> None:
    found = release_curve(bars(*counts))
    if found is None:
        return
    shown = [counts[round(10 * place)] for place in found.at]
    assert all(count >= RULES.minimum_count for count in shown)
    assert sum(counts) == sum(shown) or sum(counts) - sum(shown) >= RULES.minimum_count
    assert all(value % RULES.round_to == 0 for value in found.value)


@pytest.mark.parametrize(("value", "kept"), [(0.5, True), (0.1, False), (0.9, False)])
def test_a_share_at_a_place_stands_for_enough_people_on_both_sides(value: float, kept: bool) -> None:
    curve = Curve(
        key=Key("attendance", what="attended", subject="group", arm="full"),
        quantity=Quantity.SHARE,
        label="Attended",
        unit="share",
        axis="week",
        at=(1.0, 2.0),
        value=(0.6, value),
        people=(60, 60),
        n=60,
        n_full=60,
    )
    found = release_curve(curve)
    assert found is not None
    assert (2.0 in found.at) is kept


def test_points_stand_for_at_least_the_smallest_arm() -> None:
    curve = Curve(
        key=Key("precision", "mood", "end", "curve"),
        quantity=Quantity.DIFFERENCE,
        n=50,
        label="Dose",
        unit="points",
        axis="x",
        at=(1.0, 2.0),
        value=(1.23456, 2.0),
        people=(50, 9),
    )
    found = release_curve(curve)
    assert found is not None
    assert (found.at, found.value) == ((1.0,), (1.2,))


def test_attendance_that_rises_and_falls_is_no_stay() -> None:
    curve = bars(1, 2)
    assert not is_stay(curve)
