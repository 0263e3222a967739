"""Mean number of events a person over time, by arm, with the people followed so long beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.charts.layout import make_figure
from outcomes.charts.people import ROOM, SIZE, every, write_people
from outcomes.charts.style import ARM_STYLES, spread
from outcomes.charts.texts import wrap
from outcomes.plan.model import ARMS
from outcomes.questions.events.keys import key_of
from outcomes.results.outcome import Curve

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
            return _draw(curves, plan, plan.events[kind].name)
    return None


def _draw(curves: dict[str, Curve], plan: Plan, name: str) -> Figure:
    end = max(curve.at[-1] for curve in curves.values()) or 1.0
    top = max(max(curve.high or curve.value) for curve in curves.values())
    figure, (chart, table) = make_figure(2, height=3.8, weights=[5.2, 0.35 + 0.55 * len(curves)], share="x")
    lasts = {}
    for arm, curve in curves.items():
        style = ARM_STYLES[arm]
        chart.fill_between(
            list(curve.at), list(curve.low), list(curve.high), step="post", color=style.colour, alpha=0.13, linewidth=0
        )
        looks: dict[str, Any] = {"color": style.colour, "linewidth": 1.6, "dashes": style.dash or (1, 0)}
        chart.step(list(curve.at), list(curve.value), where="post", **looks)
        lasts[arm] = curve.value[-1]
    for arm, place in spread(lasts, apart=APART * top).items():
        label = wrap(plan.arm_labels[arm], 90, size=8, lines=3)
        chart.text(end * 1.02, place, label, color=ARM_STYLES[arm].colour, va="center", fontsize=8)
    chart.set_ylim(0, top * 1.02)
    chart.set_xlim(-0.02 * end, end * 1.3)
    chart.mark("x", [week for week in range(int(end) + 1) if week % every(end) == 0])
    chart.floor = (0.0, end)
    chart.name_axis("y", f"{name}: mean a person")
    chart.name_axis("x", "weeks since the start", is_left=True)
    rows = [(arm, wrap(plan.arm_labels[arm], ROOM, size=SIZE), curve) for arm, curve in curves.items()]
    write_people(table, rows, begin=0.0, end=end, title="people followed so long")
    return figure
