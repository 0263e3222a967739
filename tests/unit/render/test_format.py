"""How numbers are printed: one file rounds, and it never prints what misleads."""

from __future__ import annotations

import pytest

import made
from outcomes.blocks.format import format_interval, format_outcome, format_p_value, format_part
from outcomes.plan.read import parse_plan
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, Interval
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity
from small_study import PLAN

THE_PLAN = parse_plan(PLAN.encode())


def estimate(result: str, value: float, unit: str, **more: object) -> Estimate:
    return made.estimate(result, label="label", value=value, unit=unit, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("result", "value", "unit", "text"),
    [
        ("mmrm.mood.end.difference", -4.2137, "points", "4.2 points lower"),
        ("mmrm.mood.end.difference", 0.04, "points", "0.0 points"),
        ("mmrm.skill.end.difference", 0.3371, "points", "0.34 points higher"),
        ("within.mood.end.full.change", 3.0, "points", "3.0 points higher"),
        ("describe.mood.end.full.mean", 31.25, "points", "31.2"),
        ("describe.skill.end.full.mean", -0.004, "points", "0.00"),
        ("mmrm.mood.end.g", -0.314, "sd", "−0.31"),
        ("mmrm.mood.end.g", -0.004, "sd", "0.00"),
        ("completion.full.share", 0.7777, "share", "78%"),
        ("completion.crude.difference", 0.141, "share_difference", "14 in 100 more"),
        ("completion.crude.difference", -0.141, "share_difference", "14 in 100 fewer"),
        ("completion.crude.difference", 0.001, "share_difference", "0 in 100"),
        ("flow.full.started", 12345.0, "people", "12\u202f345"),
        ("mmrm.mood.end.p_holm", 0.00001, "probability", "<0.001"),
        ("baseline.age.full.mean", 33.25, "number", "33.2"),
    ],
)
def test_an_outcome_is_printed_with_its_unit_and_direction(result: str, value: float, unit: str, text: str) -> None:
    assert format_outcome(estimate(result, value, unit), THE_PLAN) == text


@pytest.mark.parametrize(
    ("p_value", "text"), [(0.0, "<0.001"), (0.0123, "0.012"), (0.0999, "0.100"), (0.25, "0.25"), (1.0, ">0.999")]
)
def test_a_p_value_is_never_zero(p_value: float, text: str) -> None:
    assert format_p_value(p_value, error=0.05) == text


@pytest.mark.parametrize(
    ("p_value", "error", "text"),
    [
        (0.0497, 0.05, "0.0497"),
        (0.049996, 0.05, "0.049996"),
        (0.05, 0.05, "0.050"),
        (0.0502, 0.05, "0.050"),
        (0.0497, 0.1, "0.050"),
        (0.0999, 0.1, "0.0999"),
        (0.1996, 0.2, "0.1996"),
    ],
)
def test_a_p_value_below_what_it_is_held_against_is_not_printed_as_it(p_value: float, error: float, text: str) -> None:
    assert format_p_value(p_value, error=error) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (-8.02, -0.04, "0.04 to 8.0 lower"),
        (-0.0004, 3.0, "0.0004 lower to 3.0 higher"),
        (-4.97, 4.98, "4.97 lower to 4.98 higher"),
        (-5.04, 0.0, "0.0 to 5.04 lower"),
        (-7.0, 5.0, "7.0 lower to 5.0 higher"),
    ],
)
def test_a_limit_is_printed_on_its_side_of_no_difference_and_of_a_worthwhile_one(
    low: float, high: float, text: str
) -> None:
    outcome = estimate(
        "mmrm.mood.end.difference", (low + high) / 2, "points", interval=Interval(level=0.95, low=low, high=high)
    )
    assert format_interval(outcome, THE_PLAN) == text


def test_a_limit_of_a_difference_of_shares_tells_its_side() -> None:
    interval = Interval(level=0.95, low=0.003, high=0.2)
    outcome = estimate("completion.crude.difference", 0.1, "share_difference", interval=interval)
    assert format_interval(outcome, THE_PLAN) == "0.3 to 20 more"


def test_parts_follow_the_unit_of_their_result() -> None:
    interval = Interval(level=0.95, low=-8.06, high=None)
    outcome = estimate("mmrm.mood.end.difference", -4.2, "points", interval=interval, df=40.26, n=118)
    assert format_part(outcome, "low", THE_PLAN) == "−8.1"
    assert format_part(outcome, "low", THE_PLAN, bare=True) == "8.1"
    assert format_part(outcome, "high", THE_PLAN) is None
    assert format_part(outcome, "df", THE_PLAN) == "40.3"
    assert format_part(outcome, "n", THE_PLAN) == "118"
    assert format_part(outcome, "se", THE_PLAN) is None


def test_what_cannot_be_estimated_says_so() -> None:
    assert format_outcome(made.refused("a.b", label="x", reason="Because."), THE_PLAN) == "not estimable"


@pytest.mark.parametrize(
    ("what", "quantity", "unit", "text"),
    [
        ("gap", Quantity.DIFFERENCE, "points", "4.2 points lower"),
        ("change", Quantity.MEAN, "points", "−4.2"),
        ("gap", Quantity.TIME_DIFFERENCE, "weeks", "4.2 weeks shorter"),
        ("difference", Quantity.TIME, "weeks", "−4.2"),
        ("total", Quantity.DIFFERENCE, "points", "−4.2"),  # a part of a difference, with its sign
        ("per_session", Quantity.SLOPE, "points", "−4.21"),
    ],
)
def test_what_a_number_is_and_not_what_it_is_called_tells_how_it_prints(
    what: str, quantity: Quantity, unit: str, text: str
) -> None:
    planned = Planned(key=Key("made_up", "mood", "end", what), label="label", quantity=quantity, unit=unit)
    assert format_outcome(planned.estimate(-4.2137), THE_PLAN) == text


def test_limits_of_a_difference_have_words_for_their_direction_whatever_it_is_called() -> None:
    planned = Planned(
        key=Key("made_up", "skill", "end", "gap"), label="label", quantity=Quantity.DIFFERENCE, unit="points"
    )
    outcome = planned.estimate(-0.3, interval=Interval(level=0.95, low=-0.45, high=-0.1))
    assert format_interval(outcome, THE_PLAN) == "0.10 to 0.45 lower"


def test_a_measure_gives_its_decimals_as_a_characteristic_at_the_start_too() -> None:
    planned = Planned(
        key=Key("baseline", what="mean", arm="full", subject="skill"),
        label="label",
        quantity=Quantity.MEAN,
        unit="points",
    )
    assert format_outcome(planned.estimate(2.345678), THE_PLAN) == "2.35"


@pytest.mark.parametrize(
    ("low", "high", "step", "text"),
    [
        (1.01, 4.5, 0.1, "1.01 to 4.5"),  # of the edition to share, beside p 0.04
        (0.31, 0.998, None, "0.31 to 0.998"),
        (1.0, 1.4, None, "1.00 to 1.40"),
        (1.0002, 1.4, None, "1.0002 to 1.40"),
        (0.98, 1.4, None, "0.98 to 1.40"),
    ],
)
def test_a_limit_of_a_ratio_tells_its_side_of_no_difference(
    low: float, high: float, step: float | None, text: str
) -> None:
    interval = Interval(level=0.95, low=low, high=high)
    outcome = estimate("completion.adjusted.odds_ratio", 1.2, "ratio", interval=interval, step=step)
    assert format_interval(outcome, THE_PLAN) == text
