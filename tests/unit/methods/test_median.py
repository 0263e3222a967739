"""The median and its limits, counted out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.methods.median import fit_median
from outcomes.results.outcome import NotEstimableError


def test_the_limits_of_ten_are_the_second_from_either_end() -> None:
    # the first from an end misses the median in 2·1/1024 of samples, the second in 2·11/1024, the third in 2·56/1024
    values = np.array([9.0, 1, 8, 2, 7, 3, 6, 4, 5, 10])
    fit = fit_median(values, level=0.95)
    assert (fit.value, fit.low, fit.high, fit.n) == (5.5, 2.0, 9.0, 10)
    assert (fit_median(values, level=0.99).low, fit_median(values, level=0.9).low) == (1.0, 2.0)


def test_six_are_the_fewest_whose_ends_enclose_the_median_in_95_of_100() -> None:
    six = fit_median(np.arange(6.0), level=0.95)
    assert (six.low, six.high) == (0.0, 5.0)
    five = fit_median(np.arange(5.0), level=0.95)
    assert (five.value, five.low, five.high) == (2.0, None, None)


def test_of_nobody_there_is_no_median() -> None:
    with pytest.raises(NotEstimableError):
        fit_median(np.empty(0), level=0.95)


def test_the_limits_hold_the_median_at_least_as_often_as_they_say_in_small_samples() -> None:
    rng = np.random.default_rng(31)
    for n in (6, 9, 14, 25):
        fits = [fit_median(sample, level=0.95) for sample in rng.exponential(1.0, (1000, n))]
        held = np.mean([fit.low <= np.log(2) <= fit.high for fit in fits])  # type: ignore[operator]
        assert held >= 0.95 - 2 * np.sqrt(0.05 * 0.95 / 1000)
