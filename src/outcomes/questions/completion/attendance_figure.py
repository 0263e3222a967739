"""Who came, week by week: one panel a kind of session, with the people to whom one was on offer beneath."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outcomes.charts.layout import make_figure
from outcomes.charts.over_time import draw_weeks
from outcomes.charts.people import ROOM, SIZE, every, write_people
from outcomes.charts.style import SIGNS
from outcomes.charts.texts import shorten
from outcomes.plan.model import ARMS
from outcomes.plan.names import fill
from outcomes.results.key import Key
from outcomes.results.outcome import Curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

TITLES = {"group": "Group sessions", "individual": "{individual} sessions"}


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the kinds of session that somebody was offered."""
    shown = {kind: curves for kind in TITLES if (curves := _find(registry, kind))}
    if not shown:
        return None
    begin = min(curve.at[0] for curves in shown.values() for curve in curves.values())
    end = max(curve.at[-1] for curves in shown.values() for curve in curves.values())
    end = end if end > begin else begin + 1
    heights = [part for curves in shown.values() for part in (3.0, 0.4 + 0.45 * len(curves))]
    figure, charts = make_figure(len(heights), height=0.62 * sum(heights), weights=heights, share="x")
    for place, (kind, curves) in enumerate(shown.items()):
        chart, table = charts[2 * place], charts[2 * place + 1]
        _draw_panel(chart, curves, fill(TITLES[kind], plan.words))
        rows = [
            (arm, shorten(f"{SIGNS[arm]} {plan.arm_names[arm]}", ROOM, size=SIZE), curve)
            for arm, curve in curves.items()
        ]
        write_people(table, rows, begin=begin, end=end, title="people to whom one was on offer")
    reach = end - begin
    charts[0].set_xlim(begin, end)
    weeks = [week for week in range(math.ceil(begin), int(end) + 1) if week % every(reach) == 0]
    for chart in charts[::2]:
        chart.mark("x", weeks)
    charts[-2].name_axis("x", "week", is_left=True)
    return figure


def _find(registry: Registry, kind: str) -> dict[str, Curve]:
    """Find the curves of a kind of session, by arm."""
    keys = {arm: Key("attendance", what="attended", subject=kind, arm=arm) for arm in ARMS}
    return {arm: curve for arm, key in keys.items() if isinstance(curve := registry.get(key), Curve)}


def _draw_panel(chart: Chart, curves: dict[str, Curve], title: str) -> None:
    chart.entitle(title)
    for arm, curve in curves.items():
        draw_weeks(chart, arm, curve, times=100, markersize=4, linewidth=1.4)
    chart.set_ylim(0, 102)
    chart.mark("y", [0, 20, 40, 60, 80, 100])
    chart.name_axis("y", "came, per cent")
