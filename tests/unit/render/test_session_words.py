"""What is said of sessions and costs, and when: every direction, and nothing where the data do not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import made
from outcomes.blocks.format import format_outcome
from outcomes.blocks.quote import Quoter
from outcomes.plan.read import read_plan
from outcomes.questions.costs import words as costs
from outcomes.questions.costs.keys import COMPLETION, Effect
from outcomes.questions.sessions import words
from outcomes.results.outcome import Estimate, Interval, Outcome
from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.plan.model import Plan

SOURCE = Provenance(analysis="sessions", question="?", code="c", files=(), digest="d", seed=None)


@pytest.fixture
def plan(small_study: Path) -> Plan:
    return read_plan(small_study / "plan.toml")


def quote(plan: Plan, *outcomes: Outcome) -> Quoter:
    records = (Record(outcome=one, provenance=SOURCE, text=format_outcome(one, plan)) for one in outcomes)
    return Quoter(Registry(records), plan, {})


def estimate(result: str, low: float, high: float, unit: str, **told: Any) -> Estimate:
    value = (low + high) / 2
    interval = Interval(level=0.95, low=low, high=high)
    return made.estimate(result, label="L", value=value, unit=unit, interval=interval, n=60, **told)


@pytest.mark.parametrize(
    ("low", "high", "sentence"),
    [
        (0.81, 0.93, "Higher targets mostly came first, in the order of DBT"),
        (0.66, 0.92, "Higher targets came first more often than not, which is no settled order"),
        (0.53, 0.59, "Higher targets came first hardly more often than chance has it"),
        (0.502, 0.518, "do not tell"),
        (0.46, 0.55, "do not tell"),
        (0.41, 0.48, "Lower targets came first hardly more often than chance has it"),
        (0.2, 0.44, "Lower targets came first more often than not, which is no settled order"),
        (0.05, 0.22, "Lower targets mostly came first, against the order of DBT"),
    ],
)
def test_the_order_of_targets_is_graded_by_the_share_and_its_interval_as_printed(
    plan: Plan, low: float, high: float, sentence: str
) -> None:
    said = words.say_order(quote(plan, estimate("sessions.order.concordance", low, high, "share_of_sessions")))
    assert sentence in str(said)


@pytest.mark.parametrize(
    ("low", "high", "sentence"),
    [(-0.9, -0.1, "improve more"), (0.1, 0.9, "improve less"), (-0.5, 0.4, "do not tell")],
)
def test_dose_is_read_in_the_direction_of_the_measure(plan: Plan, low: float, high: float, sentence: str) -> None:
    said = words.say_dose(quote(plan, estimate("dose.mood.end.per_session", low, high, "points")), "mood")
    assert sentence in str(said)


def test_without_a_number_the_reason_stands_there(plan: Plan) -> None:
    reason = made.refused("costs.per_completion", label="x", reason="Because of this.")
    quoter = quote(plan, reason)
    assert "Because of this." in str(costs.say_price(quoter, COMPLETION))
    assert "not shown in this edition" in str(costs.say_price(quoter, Effect("improvement", "mood")))
    assert "not shown" in str(costs.lead_costs(quoter))
    assert "not shown" in str(words.lead_sessions(quoter))


def test_costs_carry_the_currency_of_the_prices(plan: Plan) -> None:
    told = {"notes": ("Prices in EUR of 2024.",), "named": "EUR"}
    means = [estimate(f"costs.{arm}.mean", 900, 1100, "currency", **told) for arm in ("full", "skills")]
    gap = estimate("costs.difference", -90, 110, "currency", **told)
    hours = [estimate(f"costs.client_hours.{arm}.mean", 30, 34, "hours") for arm in ("full", "skills")]
    quoter = quote(plan, *means, gap, *hours, estimate("costs.client_hours.difference", -1, 1, "hours"))
    said = costs.lead_costs(quoter).plain
    assert "cost the service EUR 1 000" in said
    assert "32.0 and 32.0 hours" in said
    assert said.count("EUR") == 3
    assert costs.say_prices(quoter).plain == "Prices in EUR of 2024."
    assert costs.say_counted(quoter).plain == "Prices in EUR of 2024."
    price = estimate("costs.mood.per_improvement", 3000, 5000, "currency")
    told = costs.say_price(quote(plan, *means, price), Effect("improvement", "mood")).plain
    assert told.startswith("One more person reliably improved on Low mood costs the service EUR 4 000 more (95% ")


@pytest.mark.parametrize(
    ("result", "unit", "value", "text"),
    [
        ("dose.mood.end.per_session", "points", -0.1234, "\u22120.12"),
        ("costs.full.per_booked_place", "currency", 43.996, "44.00"),
        ("costs.full.mean", "currency", 2885.7, "2\u202f886"),
        ("sessions.feedback.share", "share_of_sessions", 0.661, "66%"),
        ("sessions.left_out", "records", 2088.0, "2\u202f088"),
    ],
)
def test_each_kind_of_number_has_its_decimals(plan: Plan, result: str, unit: str, value: float, text: str) -> None:
    assert format_outcome(made.estimate(result, label="x", value=value, unit=unit), plan) == text
