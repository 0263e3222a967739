"""What a run chart is of, and the keys of its centre line, its quarters and their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.results.key import Key

if TYPE_CHECKING:
    from outcomes.plan.model import Plan

COMPLETED = "completed"  # the subject of the chart of completion


def list_charts(plan: Plan) -> tuple[Key, ...]:
    """List what is charted: each primary measure that is a score, at the primary visit; and completion."""
    measures = (Key("run_chart", measure, plan.primary) for measure in plan.primary_scored)
    return (*measures, Key("run_chart", subject=COMPLETED))


def centre_of(chart: Key, arm: str) -> Key:
    """Key of the mean or the share over all quarters."""
    return chart.but(what="centre", arm=arm)


def value_of(chart: Key, arm: str, quarter: str) -> Key:
    """Key of the mean or the share of a quarter."""
    return chart.but(what="value", arm=arm, category=quarter)


def limits_of(chart: Key, arm: str, quarter: str) -> tuple[Key, Key]:
    """Keys of the limits within which a quarter lies by chance."""
    value = value_of(chart, arm, quarter)
    return value.but(what="lower"), value.but(what="upper")
