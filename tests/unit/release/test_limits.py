"""Limits that are told coarsely stay on their side of no difference, and of a worthwhile one that a verdict tells."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import made
from outcomes.release.limits import coarse_interval
from outcomes.results.outcome import Estimate, Interval

FACTORS = (0.8, 1.0, 1.3)  # by which an interval would be narrower or wider with other numbers of people


def difference(low: float, high: float, unit: str = "points") -> Estimate:
    value = math.sqrt(low * high) if unit == "ratio" else (low + high) / 2
    interval = Interval(level=0.95, low=low, high=high)
    return made.estimate("mmrm.mood.end.difference", label="label", value=value, unit=unit, interval=interval)


def test_what_excludes_a_worthwhile_difference_does_so_when_it_is_told() -> None:
    outcome = difference(-4.7, 3.5)
    bare, kept = coarse_interval(outcome, 0.1, FACTORS), coarse_interval(outcome, 0.1, FACTORS, (-6.0, 6.0))
    assert bare is not None
    assert bare.low is not None
    assert bare.low <= -6  # or this asks nothing
    assert kept is not None
    assert kept.low == pytest.approx(-5.9)


def test_what_reaches_a_worthwhile_difference_reaches_it_when_it_is_told() -> None:
    kept = coarse_interval(difference(6.4, 14.0), 0.5, FACTORS, (-6.0, 6.0))
    assert kept is not None
    assert kept.low is not None
    assert kept.low >= 6


def test_a_ratio_is_told_on_its_side_of_a_worthwhile_one() -> None:
    kept = coarse_interval(difference(0.78, 1.21, "ratio"), 0.05, FACTORS, (0.75, 1 / 0.75))
    assert kept is not None
    assert kept.low is not None
    assert kept.high is not None
    assert 0.75 < kept.low <= 0.78
    assert 1.21 <= kept.high < 1 / 0.75


@given(
    low=st.floats(-20, 19), width=st.floats(0.5, 20), size=st.floats(0.5, 15), step=st.sampled_from([0.05, 0.1, 0.5, 1])
)
def test_no_limit_changes_its_side(low: float, width: float, size: float, step: float) -> None:
    size, high = round(size, 2), low + width
    assume(min(abs(limit - mark) for limit in (low, high) for mark in (0, -size, size)) > 1e-3)
    kept = coarse_interval(difference(low, high), step, FACTORS, (-size, size))
    if kept is None or kept.low is None or kept.high is None:
        return
    for limit, told in ((low, kept.low), (high, kept.high)):
        for mark in (-size, size):
            assert (limit > mark) == (told > mark)
