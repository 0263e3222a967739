"""Mean number of events a person over time, by arm, with the people followed so long beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.charts.findings import say_finding
from outcomes.charts.layout import make_figure
from outcomes.charts.over_time import draw_steps, follow_people
from outcomes.plan.model import ARMS
from outcomes.questions.events.keys import key_of
from outcomes.results.outcome import Curve
from outcomes.results.ways import verdict_on_events

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

APART = 0.18  # of the height, between two labels


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the first kind of event, the primary ones before the others, of which a curve is known."""
    kinds = sorted(plan.events, key=lambda kind: plan.events[kind].role != "primary")
    for kind in kinds:
        found = {arm: registry.get(key_of(kind, "curve", arm=arm)) for arm in ARMS}
        curves = {arm: curve for arm, curve in found.items() if isinstance(curve, Curve)}
        if curves and any(max(curve.value) > 0 for curve in curves.values()):
            finding = say_finding(registry, plan, plan.event_names[kind], verdict_on_events(kind))
            return _draw(curves, plan, plan.event_names[kind], finding)
    return None


def _draw(curves: dict[str, Curve], plan: Plan, name: str, finding: str) -> Figure:
    end = max(curve.at[-1] for curve in curves.values()) or 1.0
    top = max(max(curve.high or curve.value) for curve in curves.values())
    figure, (chart, table) = make_figure(2, height=3.8, weights=[5.4, 0.3 + 0.45 * len(curves)], share="x")
    for arm, curve in curves.items():
        draw_steps(chart, arm, list(curve.at), list(curve.value), (list(curve.low), list(curve.high)))
    chart.set_ylim(0, top * 1.02)
    chart.entitle(finding)
    chart.name_axis("y", f"{name}: mean a person")
    lasts = {arm: curve.value[-1] for arm, curve in curves.items()}
    title = "people followed so long"
    follow_people(chart, table, curves, plan.arm_names, lasts=lasts, apart=APART * top, end=end, title=title)
    return figure
