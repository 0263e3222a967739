"""Outcomes of one kind are made in one place, whatever they are about."""

from __future__ import annotations

import math

import numpy as np
import pytest

from outcomes.methods.clustered import fit_clustered_mean
from outcomes.methods.least_squares import Contrast
from outcomes.models.contract import Counts, to_interval, to_mean, to_points, to_share
from outcomes.models.covariates import Covariates
from outcomes.results.outcome import Estimate, NotEstimableError

COUNTS = Counts(n=9, n_full=5, n_skills=4)
CONTRAST = Contrast(estimate=-3.0, se=1.5, df=7.0)


def limits(made: Estimate) -> tuple[float | None, float | None]:
    assert made.interval is not None
    return made.interval.low, made.interval.high


def test_something_in_points_carries_its_reference() -> None:
    made = to_points("a.b", "A", CONTRAST, level=0.9, counts=COUNTS, method="how", notes=("but",))
    assert (made.value, made.unit, made.se, made.df) == (-3.0, "points", 1.5, 7.0)
    assert made.p_value == CONTRAST.p_value
    assert limits(made) == CONTRAST.interval(0.9)
    assert (made.n, made.n_full, made.n_skills, made.method, made.notes) == (9, 5, 4, "how", ("but",))


def test_a_mean_in_points_is_not_tested_against_zero() -> None:
    made = to_points("a.b", "A", CONTRAST, level=0.9, counts=COUNTS, method="how", tested=False)
    assert made.p_value is None
    assert limits(made) == CONTRAST.interval(0.9)


def test_a_mean_takes_the_interval_it_is_given() -> None:
    fit = fit_clustered_mean(values=np.array([1.0, 0, 1, 1, 0, 1]), clusters=np.array([0, 0, 1, 1, 2, 3]))
    wilson = to_interval(0.95, fit.share_interval(0.95))
    made = to_mean("a.b", "A", fit, unit="share_of_sessions", interval=wilson, counts=COUNTS, method="how")
    assert (made.value, made.se, made.df) == (pytest.approx(4 / 6), fit.se, fit.df)
    assert limits(made) == fit.share_interval(0.95)
    assert fit.interval(0.95)[1] > 1  # a t interval would leave the scale


def test_a_share_of_people_has_wilsons_interval_and_one_of_nobody_is_refused() -> None:
    made = to_share("a.b", "A", events=0, n=10, level=0.95, counts=COUNTS, method="how")
    z = 1.959963984540054
    assert (made.value, made.unit, limits(made)[0]) == (0.0, "share", 0.0)
    assert limits(made)[1] == pytest.approx(z**2 / (10 + z**2), rel=1e-12)
    with pytest.raises(NotEstimableError):
        to_share("a.b", "A", events=0, n=0, level=0.95, counts=COUNTS, method="how")


def test_columns_that_are_the_same_for_some_people_adjust_nothing_among_them() -> None:
    columns = np.array([[1.0, 5.0, 2.0], [2.0, 5.0, 2.0], [3.0, 6.0, math.nan]])
    every = Covariates(columns=columns, names=("age", "site", "gender: man"), sources=("age", "site", "gender"))
    first_two = np.array([True, True, False])
    varying, among = every.varying(first_two), every.among(first_two)
    assert varying.names == among.names == ("age",)
    assert varying.columns.tolist() == [[1.0], [2.0], [3.0]]
    assert among.columns.tolist() == [[1.0], [2.0]]
    assert every.without("gender").names == ("age", "site")
    assert every.without("gender").sources == ("age", "site")
