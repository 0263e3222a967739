"""How many people it takes to see the worthwhile difference on each measure, against those who started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.charts.chart import BESIDE, MARK_SIZE
from outcomes.charts.estimates import DASHES, NAMED
from outcomes.charts.layout import make_figure
from outcomes.charts.style import INK, PAPER
from outcomes.charts.texts import shorten
from outcomes.plan.model import ARMS
from outcomes.questions.flow.words import started
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

# What is planned for: to see a difference as large as worthwhile (filled), or to show that there is none (open).
MARKS = {"clients_needed": INK, "clients_needed_equivalence": PAPER["facecolor"]}
ROOM = 1.12  # times the largest number: its mark and the name of the line stand within the panel


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the measures of which a number is known."""
    found = {measure: _find(registry, plan, measure) for measure in plan.primary_scored}
    rows = {measure: needed for measure, needed in found.items() if needed}
    if not rows:
        return None
    figure, (chart,) = make_figure(1, height=0.25 * len(rows) + 0.85, rules="x", sides="x")
    for what, face in MARKS.items():
        placed = [(needed[what], -place) for place, needed in enumerate(rows.values()) if what in needed]
        looks = {"marker": "o", "color": INK, "markerfacecolor": face, "markersize": 6.5}
        if placed:
            chart.plot([people for people, _ in placed], [at for _, at in placed], linestyle="none", **looks)
    names = [shorten(plan.measure_names[measure], BESIDE, size=MARK_SIZE) for measure in rows]
    chart.mark("y", [-place for place in range(len(rows))], names)
    chart.set_ylim(-len(rows) + 0.4, 0.6)
    largest = max(people for needed in rows.values() for people in needed.values())
    there = _count_started(registry)
    chart.set_xlim(0, ROOM * max(largest, there or 0.0))
    if there is not None:
        _mark_started(chart, there)
    chart.entitle(_entitle(rows, there))
    chart.name_axis("x", "people who would have to start, both programmes together")
    return figure


def _find(registry: Registry, plan: Plan, measure: str) -> dict[str, float]:
    found = {what: registry.get(Key("precision", measure, plan.primary, what)) for what in MARKS}
    return {what: one.value for what, one in found.items() if isinstance(one, Estimate)}


def _count_started(registry: Registry) -> float | None:
    counts = [found.value for arm in ARMS if isinstance(found := registry.get(started(arm)), Estimate)]
    return sum(counts) if len(counts) == len(ARMS) else None


def _mark_started(chart: Chart, there: float) -> None:
    chart.axvline(there, color=INK, linewidth=0.9, dashes=DASHES)
    chart.write(there, 1, "started here", on="x", by=(-3, -2), va="top", ha="right", color=INK, fontsize=NAMED)


def _entitle(rows: dict[str, dict[str, float]], there: float | None) -> str:
    """Say on how many measures as many started as it takes to see the worthwhile difference."""
    needed = [one["clients_needed"] for one in rows.values() if "clients_needed" in one]
    if there is None or not needed:
        return ""
    enough = sum(people <= there for people in needed)
    return f"As many started as the worthwhile difference takes: on {enough} of {len(needed)} measures"
