"""What a terminal shows after a report: one row for each primary measure and completion."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.format import format_part
from outcomes.blocks.reading import COMPARABLE, is_apart, read_difference, read_limits, say_in_short
from outcomes.questions.flow.words import ADJUSTED
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.ways import MAIN

if TYPE_CHECKING:
    from outcomes.blocks.reading import Reading
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Record, Registry


class Row(NamedTuple):
    """A comparison: what, full against skills, its interval, and how it reads."""

    measure: str
    difference: str
    interval: str
    reading: str


def summarise(registry: Registry, plan: Plan) -> list[Row]:
    """Give a row for each primary measure at the primary visit, and one for completion."""
    rows = []
    for word in plan.primary_measures:
        record = registry.record(MAIN.key(word, plan.primary))
        reading = read_difference(record.outcome, plan.measures[word])
        rows.append(_to_row(plan.measures[word].label, record, reading, plan))
    completed = registry.record(ADJUSTED)
    rows.append(_to_row("Completed", completed, read_limits(completed.outcome, sign=1.0, worthwhile=None), plan))
    return rows


def warn(registry: Registry) -> str | None:
    """Say what stands above every row: that the people of the two programmes cannot be compared."""
    verdict = registry.get(COMPARABLE)
    return verdict.notes[0] if isinstance(verdict, Estimate) and is_apart(verdict) and verdict.notes else None


def _to_row(label: str, record: Record, reading: Reading, plan: Plan) -> Row:
    outcome = record.outcome
    if isinstance(outcome, NotEstimable):
        return Row(label, record.text, "", outcome.reason)
    if not isinstance(outcome, Estimate) or outcome.interval is None:
        return Row(label, record.text, "", "")
    low, high = (format_part(outcome, part, plan) or "open" for part in ("low", "high"))
    return Row(label, record.text, f"{low} to {high}", _say(reading, plan))


def _say(reading: Reading, plan: Plan) -> str:
    """Say direction and size in a few words; the report says them in full."""
    name = "" if reading.favours == "neither" else plan.arm_labels[reading.favours]
    return say_in_short(reading).format(arm=name)
