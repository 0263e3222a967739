"""How numbers are printed: one file rounds, and it never prints what misleads."""

from __future__ import annotations

import pytest

from outcomes.blocks.format import format_outcome, format_p_value, format_part
from outcomes.plan.read import parse_plan
from outcomes.results.outcome import Estimate, Interval, NotEstimable
from small_study import PLAN

THE_PLAN = parse_plan(PLAN.encode())


def estimate(result: str, value: float, unit: str, **more: object) -> Estimate:
    return Estimate(id=result, label="label", value=value, unit=unit, **more)  # type: ignore[arg-type]


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
        ("flow.full.started", 12345.0, "people", "12\u2009345"),
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
    assert format_p_value(p_value) == text


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
    assert format_outcome(NotEstimable(id="a.b", label="x", reason="Because."), THE_PLAN) == "not estimable"
