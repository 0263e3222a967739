"""What a terminal shows after a report: one row for each measure of the first page, and completion."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.format import format_part
from outcomes.blocks.reading import COMPARABLE, is_apart
from outcomes.plan.model import ARMS
from outcomes.questions.flow.words import ADJUSTED, NOT_RECORDED, started
from outcomes.questions.verdict.words import list_elsewhere, list_measures
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.ways import VERDICT_ON_COMPLETION, main_key, verdict_of

if TYPE_CHECKING:
    from outcomes.plan.model import Plan
    from outcomes.results.key import Key
    from outcomes.results.registry import Registry


class Row(NamedTuple):
    """A comparison: what, full against skills, its interval, and what it tells."""

    measure: str
    difference: str
    interval: str
    reading: str


def summarise(registry: Registry, plan: Plan) -> list[Row]:
    """Give a row for each measure of the first page at the primary visit, and one for completion."""
    rows = []
    for word in list_measures(plan):
        label = plan.measures[word].label + ("" if word in plan.primary_measures else " (secondary)")
        key = main_key(registry, word, plan.primary)
        row = _to_row(registry, plan, label, key, verdict_of(word, plan.primary))
        rows.append(row._replace(reading="; ".join([row.reading, *_list_others(registry, plan, word)])))
    return [*rows, _to_row(registry, plan, _name_completion(registry), ADJUSTED, VERDICT_ON_COMPLETION)]


def _list_others(registry: Registry, plan: Plan, measure: str) -> list[str]:
    """Name the visits at which more is told, or the contrary."""
    return [
        f"at {plan.visits[visit].label}: {registry.record(verdict_of(measure, visit)).text}"
        for visit in list_elsewhere(registry, plan, measure)
    ]


def _name_completion(registry: Registry) -> str:
    """Name the row of completion, with of how many it is recorded where that is not everybody."""
    said = []
    for arm in ARMS:
        all_here, unknown = registry.get(started(arm)), registry.get(NOT_RECORDED.but(arm=arm))
        if not isinstance(all_here, Estimate) or not isinstance(unknown, Estimate):
            return "Completed"
        said.append((all_here.value - unknown.value, all_here.value))
    if all(known == everybody for known, everybody in said):
        return "Completed"
    return f"Completed (recorded for {' and '.join(f'{known:.0f} of {everybody:.0f}' for known, everybody in said)})"


def warn(registry: Registry) -> str | None:
    """Say what stands above every row: that the people of the two programmes cannot be compared."""
    verdict = registry.get(COMPARABLE)
    return verdict.notes[0] if isinstance(verdict, Estimate) and is_apart(verdict) and verdict.notes else None


def _to_row(registry: Registry, plan: Plan, label: str, key: Key, verdict: Key) -> Row:
    record = registry.record(key)
    outcome = record.outcome
    if isinstance(outcome, NotEstimable):
        return Row(label, record.text, "", outcome.reason)
    if not isinstance(outcome, Estimate) or outcome.interval is None:
        return Row(label, record.text, "", "")
    low, high = (format_part(outcome, part, plan) or "open" for part in ("low", "high"))
    return Row(label, record.text, f"{low} to {high}", registry.record(verdict).text)
