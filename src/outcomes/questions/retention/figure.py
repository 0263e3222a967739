"""Who is still in the programme week by week, with the people at risk beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.charts.layout import make_figure
from outcomes.charts.people import ROOM, SIZE, every, write_people
from outcomes.charts.style import ARM_STYLES, spread
from outcomes.charts.texts import wrap
from outcomes.plan.model import ARMS
from outcomes.results.key import Key
from outcomes.results.outcome import Curve, Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

APART = 18  # per cent between two labels of three lines


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
    figure, (chart, table) = make_figure(2, height=3.8, weights=[5.2, 0.35 + 0.55 * len(curves)], share="x")
    lasts = {arm: _draw_steps(chart, arm, curve, end) for arm, curve in curves.items()}
    for arm, place in spread(lasts, apart=APART).items():
        label = wrap(plan.arm_labels[arm], 90, size=8, lines=3)
        chart.text(end * 1.02, place, label, color=ARM_STYLES[arm].colour, va="center", fontsize=8)
    chart.set_ylim(0, 102)
    chart.set_xlim(-0.02 * end, end * 1.3)
    chart.mark("x", [week for week in range(int(end) + 1) if week % every(end) == 0])
    chart.floor = (0.0, end)
    chart.name_axis("y", "still there, per cent")
    chart.name_axis("x", "weeks since the start", is_left=True)
    rows = [(arm, wrap(plan.arm_labels[arm], ROOM, size=SIZE), curve) for arm, curve in curves.items()]
    write_people(table, rows, begin=0.0, end=end, title="people at risk")
    return figure


def _draw_steps(chart: Chart, arm: str, curve: Curve, end: float) -> float:
    """Draw a curve with its limits out to the end of the time shown; give its last height."""
    style = ARM_STYLES[arm]
    at = [*curve.at, max(end, curve.at[-1])]
    heights, low, high = (
        [100 * one for one in (*series, *series[-1:])] for series in (curve.value, curve.low, curve.high)
    )
    if low:  # which an edition to share leaves out
        chart.fill_between(at, low, high, step="post", color=style.colour, alpha=0.13, linewidth=0)
    chart.step(at, heights, where="post", color=style.colour, linewidth=1.6, dashes=style.dash or (1, 0))
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
