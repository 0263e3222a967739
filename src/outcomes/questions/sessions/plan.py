"""What the plan says of this question, and the keys made of it: for what computes them and for what quotes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.results.key import Key

if TYPE_CHECKING:
    from outcomes.plan.model import Plan

# Kinds of session that each arm has.
STREAMS = {"full": ("group", "individual"), "skills": ("group",)}


def alliance_measures(plan: Plan) -> tuple[str, ...]:
    """Words of the measures of alliance, in the order of the plan."""
    return tuple(word for word, measure in plan.scored.items() if measure.domain == "alliance")


def alliance_key(plan: Plan, measure: str, visit: str, what: str, arm: str = "") -> Key:
    """Give the key of alliance at a visit: that of a further measure prints its word."""
    return Key("alliance", measure, visit, what, arm, subject=_further(plan, measure))


def association_key(plan: Plan, alliance: str, measure: str) -> Key:
    """Give the key of the association of alliance with the later change of a measure."""
    return Key("alliance", measure, plan.primary, "per_sd", subject=_further(plan, alliance))


def _further(plan: Plan, measure: str) -> str:
    return "" if measure == alliance_measures(plan)[0] else measure
