"""The course of what is done in 121 sessions: a small panel for each component, by number of the session."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from outcomes.charts.layout import make_figure
from outcomes.charts.style import ARM_STYLES, INK, LINE, MUTED
from outcomes.charts.texts import wrap
from outcomes.questions.sessions.components import COMPONENTS
from outcomes.questions.sessions.listed import course_of
from outcomes.results.outcome import Curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

STYLE = ARM_STYLES["full"]  # 121 sessions are those of the full programme
COLUMNS = 5  # of panels: two rows hold the ten components
STEPS, MOST_TICKS = (1, 2, 5, 10, 20, 50, 100), 3  # between marks of sessions; three find room below a panel
ACROSS, UP = 1.18, 1.55  # from one panel to the next, in panels


def draw(registry: Registry, _: Plan) -> Figure | None:
    """Draw one small panel a component: share by number of the session, with its band."""
    found = [registry.get(course_of(name)) for name in COMPONENTS]
    curves = [curve for curve in found if isinstance(curve, Curve) and len(curve.at) > 1]
    if not curves:
        return None
    rows = -(-len(curves) // COLUMNS)
    figure, (chart,) = make_figure(1, height=1.45 * rows + 0.35, rules="", sides="")
    chart.silent = "xy"
    first = min(min(curve.at) for curve in curves)
    last = max(max(curve.at) for curve in curves)
    for place, curve in enumerate(curves):
        # One pair of charts holds all panels, side by side: ten pairs would take five times as long to draw.
        row, column = divmod(place, COLUMNS)
        panel = Panel(left=column * ACROSS, bottom=-row * UP, first=first, reach=last - first)
        _draw_panel(chart, panel, curve, is_left=column == 0, is_lowest=place + COLUMNS >= len(curves))
    chart.set_xlim(-0.12, COLUMNS * ACROSS - (ACROSS - 1))
    chart.set_ylim(-(rows - 1) * UP - 0.42, 1.3)
    return figure


class Panel(NamedTuple):
    """Where a panel lies in the one pair of charts: a unit square, and what its breadth stands for."""

    left: float
    bottom: float
    first: float
    reach: float

    def across(self, number: float) -> float:
        """Place of a session's number."""
        return self.left + (number - self.first) / self.reach

    def up(self, share: float) -> float:
        """Place of a share."""
        return self.bottom + share


def _draw_panel(chart: Chart, panel: Panel, curve: Curve, *, is_left: bool, is_lowest: bool) -> None:
    heights = [panel.up(share) for share in (0.0, 0.5, 1.0)]
    ends = [panel.left, panel.left + 1, math.nan] * len(heights)
    chart.plot(ends, [height for height in heights for _ in range(3)], color=LINE, linewidth=0.6)
    for height, share in zip(heights, ("0", "50", "100"), strict=True):
        if is_left:
            chart.text(-0.04, height, share, color=MUTED, fontsize=8, ha="right", va="center")
    at = [panel.across(number) for number in curve.at]
    limits = [[panel.up(limit) for limit in side] for side in (curve.low, curve.high)]
    chart.fill_between(at, limits[0], limits[1], color="#cfe0ea", linewidth=0)
    chart.plot(at, [panel.up(share) for share in curve.value], color=STYLE.colour, linewidth=1.4)
    title = wrap(COMPONENTS[curve.key.subject], 98, size=8)
    chart.text(panel.left, panel.up(1.06), title, color=INK, fontsize=8, va="bottom")
    if is_lowest:
        last = panel.first + panel.reach
        step = next((step for step in STEPS if last // step - panel.first // step <= MOST_TICKS), STEPS[-1])
        for number in range(step, int(last) + 1, step):
            if number >= panel.first:
                chart.text(
                    panel.across(number), panel.up(-0.06), f"{number}", color=MUTED, fontsize=8, ha="center", va="top"
                )
        chart.text(panel.left + 0.5, panel.up(-0.24), "session", color=MUTED, fontsize=8, ha="center", va="top")
