"""Rates of each kind of event by arm: before the start, during the programme, after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.charts.chart import BESIDE, MARK_SIZE
from outcomes.charts.estimates import draw_rows
from outcomes.charts.findings import say_finding
from outcomes.charts.layout import make_figure
from outcomes.charts.style import ARM_STYLES
from outcomes.charts.texts import shorten
from outcomes.plan.model import ARMS
from outcomes.questions.events.keys import PERIODS, key_of
from outcomes.results.outcome import Estimate
from outcomes.results.ways import verdict_on_events

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

APART = 0.16  # of a row, between the arms


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the kinds and periods of which both rates are known."""
    rows: list[tuple[str, dict[str, Estimate]]] = []
    for kind, name in plan.event_names.items():
        for period in PERIODS:
            found = {arm: registry.get(key_of(kind, "rate", arm=arm, category=period)) for arm in ARMS}
            known = {arm: one for arm, one in found.items() if isinstance(one, Estimate)}
            if len(known) == len(ARMS):
                rows.append((f"{name}, {period}", known))
    if not rows:
        return None
    figure, (chart,) = make_figure(1, height=0.22 * len(rows) + 0.8, rules="x", sides="x")
    for arm, way in zip(ARMS, (APART, -APART), strict=True):
        style = ARM_STYLES[arm]
        placed = [(-place + way, known[arm]) for place, (_, known) in enumerate(rows)]
        draw_rows(chart, placed, size=6, colour=style.colour, marker=style.marker, face=style.face)
    labels = [shorten(name, BESIDE, size=MARK_SIZE) for name, _ in rows]
    chart.mark("y", [-place for place in range(len(rows))], labels)
    chart.set_ylim(-len(rows) + 0.4, 0.6)
    chart.entitle(_entitle(registry, plan))
    chart.name_axis("x", "events a person-year")
    return figure


def _entitle(registry: Registry, plan: Plan) -> str:
    """Say what was found of the first primary kind."""
    kind = next(iter(plan.primary_events), "")
    return say_finding(registry, plan, plan.event_names[kind], verdict_on_events(kind)) if kind else ""
