"""Outcomes of one kind are made in one place, whatever they are about."""

from __future__ import annotations

import math

import numpy as np
import pytest

from outcomes.methods.clustered import fit_clustered_mean
from outcomes.methods.least_squares import Contrast
from outcomes.models.contract import Counts, estimate_mean, estimate_points, estimate_share, to_interval
from outcomes.models.covariates import Covariates
from outcomes.results import Key, Quantity
from outcomes.results.how import How
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError
from outcomes.results.planned import Planned

COUNTS = Counts(n=9, n_full=5, n_skills=4)
HOW = How(estimator="ancova")
CONTRAST = Contrast(estimate=-3.0, se=1.5, df=7.0)


def planned(unit: str = "points") -> Planned:
    key = Key("ancova", "mood", "end", "difference")
    return Planned(key=key, label="A", quantity=Quantity.DIFFERENCE, unit=unit, counts=COUNTS)


def limits(made: Estimate) -> tuple[float | None, float | None]:
    assert made.interval is not None
    return made.interval.low, made.interval.high


def test_something_in_points_carries_its_reference() -> None:
    made = estimate_points(planned(), CONTRAST, level=0.9, method="how", how=HOW, notes=("but",))
    assert (made.value, made.unit, made.se, made.df) == (-3.0, "points", 1.5, 7.0)
    assert made.p_value == CONTRAST.p_value
    assert limits(made) == CONTRAST.interval(0.9)
    assert (made.n, made.n_full, made.n_skills, made.method, made.notes) == (9, 5, 4, "how", ("but",))


def test_a_mean_in_points_is_not_tested_against_zero() -> None:
    made = estimate_points(planned(), CONTRAST, level=0.9, method="how", how=HOW, tested=False)
    assert made.p_value is None
    assert limits(made) == CONTRAST.interval(0.9)


def test_a_mean_takes_the_interval_it_is_given() -> None:
    fit = fit_clustered_mean(values=np.array([1.0, 0, 1, 1, 0, 1]), clusters=np.array([0, 0, 1, 1, 2, 3]))
    wilson = to_interval(0.95, fit.share_interval(0.95))
    made = estimate_mean(planned("share_of_sessions"), fit, interval=wilson, method="how", how=HOW)
    assert (made.value, made.se, made.df) == (pytest.approx(4 / 6), fit.se, fit.df)
    assert limits(made) == fit.share_interval(0.95)
    assert fit.interval(0.95)[1] > 1  # a t interval would leave the scale


def test_a_share_of_people_has_wilsons_interval_and_one_of_nobody_is_refused() -> None:
    made = estimate_share(planned("share"), events=0, n=10, level=0.95, method="how")
    z = 1.959963984540054
    assert (made.value, made.unit, limits(made)[0]) == (0.0, "share", 0.0)
    assert limits(made)[1] == pytest.approx(z**2 / (10 + z**2), rel=1e-12)
    assert made.cells == (0, 10)
    with pytest.raises(NotEstimableError):
        estimate_share(planned("share"), events=0, n=0, level=0.95, method="how")


def test_a_refusal_keeps_key_label_and_cause_and_may_count_other_people() -> None:
    def refuse(_: Planned) -> Estimate:
        raise NotEstimableError("Nobody was seen.", "not seen")

    made = planned().attempt(refuse, refused=Counts(n=3))
    assert isinstance(made, NotEstimable)
    assert (made.id, made.label, made.cause, made.n, made.n_full) == (
        *("ancova.mood.end.difference", "A", "not seen"),
        *(3, None),
    )


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
