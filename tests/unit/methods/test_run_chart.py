"""Limits of run charts: counted out by hand, and crossed by chance no more often than they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from outcomes.methods.run_chart import chart_means, chart_shares
from outcomes.results.outcome import NotEstimableError


def test_the_limits_of_a_mean_are_those_of_the_analysis_of_means() -> None:
    # within the groups 2 + 8 on 4 degrees of freedom: s² is 2.5; two groups share the error, each at 97.5 in 100
    chart = chart_means(np.array([1.0, 2, 3, 4, 6, 8]), np.array([7, 7, 7, 9, 9, 9]), level=0.95)
    half = stats.t.ppf(1 - 0.05 / 4, 4) * math.sqrt(2.5) * math.sqrt(1 / 3 - 1 / 6)
    assert chart.centre == 4.0
    assert [point.value for point in chart.points] == [2.0, 6.0]
    for point in chart.points:
        assert (point.low, point.high) == pytest.approx((4 - half, 4 + half), rel=1e-12)
        assert point.side == 0
    assert half == pytest.approx(2.2563, abs=5e-4)


def test_a_quarter_of_one_person_has_limits_from_the_spread_of_the_others() -> None:
    chart = chart_means(np.array([0.0, 2, 0, 2, 30]), np.array([1, 1, 2, 2, 3]), level=0.95)
    alone = chart.points[2]
    assert (alone.n, alone.value) == (1, 30.0)
    half = stats.t.ppf(1 - 0.05 / 6, 2) * math.sqrt(2) * math.sqrt(1 - 1 / 5)
    assert alone.high == pytest.approx(6.8 + half)
    assert alone.side == 1


def test_the_limits_of_a_share_are_counted_out() -> None:
    # of ten of twenty who completed, ten started in either quarter: at most 2 with 2126/184756, at most 3 with 16526
    completed = np.array([True] * 3 + [False] * 7 + [True] * 7 + [False] * 3)
    chart = chart_shares(completed, np.repeat([1, 2], 10), level=0.95)
    assert chart.centre == 0.5
    assert [(point.value, point.low, point.high, point.side) for point in chart.points] == [
        (0.3, 0.3, 0.7, 0),
        (0.7, 0.3, 0.7, 0),
    ]
    completed[:10] = [True] * 2 + [False] * 8
    completed[10:] = [True] * 8 + [False] * 2
    assert [point.side for point in chart_shares(completed, np.repeat([1, 2], 10), level=0.95).points] == [-1, 1]


def test_in_a_quarter_of_two_people_nothing_lies_outside() -> None:
    completed = np.array([False, False] + [True] * 4 + [False] * 2)
    few = chart_shares(completed, np.array([1, 1, 2, 2, 2, 2, 2, 2]), level=0.95).points[0]
    assert (few.low, few.high, few.side) == (0.0, 1.0, 0)


@pytest.mark.parametrize("chart", [chart_means, chart_shares])
def test_one_quarter_alone_has_no_chart(chart) -> None:
    with pytest.raises(NotEstimableError, match="one quarter"):
        chart(np.array([1.0, 0.0, 1.0]), np.array([3, 3, 3]), level=0.95)


def test_one_person_in_each_quarter_has_no_chart_of_means() -> None:
    with pytest.raises(NotEstimableError, match="more than one person"):
        chart_means(np.array([1.0, 2.0]), np.array([1, 2]), level=0.95)


def test_by_chance_a_chart_has_a_quarter_outside_no_more_often_than_it_says() -> None:
    rng = np.random.default_rng(12)
    groups = np.repeat([1, 2, 3, 4, 5], [1, 2, 3, 6, 9])
    means = [chart_means(rng.standard_normal(21), groups, level=0.95) for _ in range(2000)]
    shares = [chart_shares(rng.random(21) < 0.7, groups, level=0.95) for _ in range(2000)]
    error = math.sqrt(0.05 * 0.95 / 2000)
    outside = [np.mean([any(point.side for point in one.points) for one in many]) for many in (means, shares)]
    assert outside[0] <= 0.05 + 2 * error
    assert outside[0] >= 0.03  # and not by being far too wide
    assert outside[1] <= 0.05 + 2 * error


def test_a_quarter_that_truly_differs_is_found() -> None:
    rng = np.random.default_rng(13)
    groups = np.repeat([1, 2, 3, 4], 12)
    shifted = np.where(groups == 3, 2.0, 0.0)
    found = [chart_means(rng.standard_normal(48) + shifted, groups, level=0.95).points[2].side for _ in range(200)]
    assert np.mean(found) > 0.9
