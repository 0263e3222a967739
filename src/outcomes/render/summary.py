"""What a terminal shows after a report: one line for each primary measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.core.estimates import Estimate, NotEstimable
from outcomes.render.format import format_part
from outcomes.render.reading import COMPARABLE, is_apart

if TYPE_CHECKING:
    from outcomes.plan.model import Plan
    from outcomes.registry import Registry


def summarise(registry: Registry, plan: Plan) -> list[str]:
    """Lines of the summary."""
    results = [f"mmrm.{measure}.{plan.primary}.difference" for measure in plan.primary_measures]
    lines = [_say(registry, result, plan) for result in (*results, "completion.adjusted.difference")]
    verdict = registry.get(COMPARABLE)
    return [*verdict.notes[:1], *lines] if isinstance(verdict, Estimate) and is_apart(verdict) else lines


def _say(registry: Registry, result: str, plan: Plan) -> str:
    record = registry.record(result)
    outcome = record.outcome
    if isinstance(outcome, NotEstimable):
        return f"{outcome.label}: this data cannot answer. {outcome.reason}"
    if not isinstance(outcome, Estimate) or outcome.interval is None:
        return f"{outcome.label}: {record.text}"
    low, high = (format_part(outcome, part, plan) or "open" for part in ("low", "high"))
    level = f"{100 * outcome.interval.level:g}%"
    return f"{outcome.label}: {record.text} in {plan.arm_labels['full']} ({level} interval {low} to {high})"
