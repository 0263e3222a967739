"""Who is still in the programme week by week, with the people at risk beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.format import format_number
from outcomes.charts.layout import make_figure
from outcomes.charts.over_time import draw_steps, follow_people
from outcomes.charts.style import ARM_STYLES
from outcomes.plan.model import ARMS
from outcomes.results.key import Key
from outcomes.results.outcome import Curve, Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

APART = 24  # per cent between two labels of three lines


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the arms whose curve is known."""
    found = {arm: registry.get(Key("retention", what="curve", arm=arm)) for arm in ARMS}
    curves = {arm: curve for arm, curve in found.items() if isinstance(curve, Curve)}
    if not curves:
        return None
    horizon = registry.get(Key("retention", what="horizon", subject="rmst"))
    end = max(curve.at[-1] for curve in curves.values())
    end = max(end, horizon.value) if isinstance(horizon, Estimate) else end
    end = end or 1.0
    figure, (chart, table) = make_figure(2, height=3.8, weights=[5.4, 0.3 + 0.45 * len(curves)], share="x")
    lasts = {arm: _draw_steps(chart, arm, curve, end) for arm, curve in curves.items()}
    chart.set_ylim(0, 102)
    chart.mark("y", [0, 20, 40, 60, 80, 100])
    chart.entitle(_entitle(plan, curves))
    chart.name_axis("y", "still there, per cent")
    title = "people at risk"
    follow_people(chart, table, curves, plan.arm_names, lasts=lasts, apart=APART, end=end, title=title)
    return figure


def _entitle(plan: Plan, curves: dict[str, Curve]) -> str:
    """Say what share of each arm was still there at the end of its curve."""
    said = [
        f"{format_number(100 * curve.value[-1], decimals=0)}% in {plan.arm_names[arm]}" for arm, curve in curves.items()
    ]
    week = format_number(max(curve.at[-1] for curve in curves.values()), decimals=0)
    return f"Still there after {week} weeks: {', '.join(said)}"


def _draw_steps(chart: Chart, arm: str, curve: Curve, end: float) -> float:
    """Draw a curve with its limits out to the end of the time shown; give its last height."""
    style = ARM_STYLES[arm]
    at = [*curve.at, max(end, curve.at[-1])]
    heights, low, high = (
        [100 * one for one in (*series, *series[-1:])] for series in (curve.value, curve.low, curve.high)
    )
    draw_steps(chart, arm, at, heights, (low, high))
    shown = [place for place in range(1, len(curve.at)) if curve.value[place] < curve.value[place - 1]]
    chart.plot(
        [curve.at[place] for place in shown],
        [100 * curve.value[place] for place in shown],
        style.marker,
        color=style.colour,
        markerfacecolor=style.face,
        markersize=4,
        linestyle="none",
    )
    return heights[-1]
