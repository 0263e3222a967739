"""Share not seen at each visit, by arm, with intervals; one panel a primary measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.charts.estimates import draw_intervals
from outcomes.charts.layout import first_of_rows, make_grid
from outcomes.charts.style import ARM_STYLES
from outcomes.charts.texts import wrap
from outcomes.plan.model import ARMS
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

SHIFT = {"full": -0.008, "skills": 0.008}  # of the time shown, so that intervals do not hide each other
NEAR = 12.0  # per cent: closer than this two names would cover each other


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the primary measures with at least one share."""
    shown = [word for word in plan.primary_measures if any(_shares(registry, plan, word, arm) for arm in ARMS)]
    if not shown:
        return None
    figure, charts = make_grid(len(shown), row_height=2.3, share="y", sides="x")
    for chart, measure in zip(charts, shown, strict=True):
        _draw_panel(chart, registry, plan, measure)
    for chart in first_of_rows(charts):
        chart.name_axis("y", "not seen, per cent")
    charts[0].set_ylim(0, max(chart.dataLim.y1 for chart in charts) * 1.06)
    return figure


def _draw_panel(chart: Chart, registry: Registry, plan: Plan, measure: str) -> None:
    weeks = [visit.week for visit in plan.visits.values()]
    reach = max(weeks) - min(weeks)
    ends: dict[str, tuple[float, float]] = {}
    for arm in ARMS:
        points = _shares(registry, plan, measure, arm)
        style = ARM_STYLES[arm]
        at = [week + SHIFT[arm] * reach for week, _ in points]
        values = [100 * share.value for _, share in points]
        placed = zip(at, (share for _, share in points), strict=True)
        draw_intervals(chart, placed, colour=style.colour, width=1.0, times=100, upright=True)
        looks: dict[str, Any] = {
            "color": style.colour,
            "marker": style.marker,
            "markerfacecolor": style.face,
            "markersize": 5,
        }
        chart.plot(at, values, linewidth=1.3, dashes=style.dash or (1, 0), **looks)
        if points:
            ends[arm] = (at[-1], values[-1])
    _name_lines(chart, plan, ends, reach)
    chart.entitle(plan.measure_names[measure])
    chart.mark("x", weeks)
    chart.name_axis("x", "week")
    chart.set_xlim(min(weeks) - 0.06 * reach, max(weeks) + 0.3 * reach)


def _name_lines(chart: Chart, plan: Plan, ends: dict[str, tuple[float, float]], reach: float) -> None:
    """Write the arm's name behind its line, above or below the other's."""
    order = sorted(ends, key=lambda arm: ends[arm][1])
    near = len(order) > 1 and ends[order[1]][1] - ends[order[0]][1] < NEAR
    for place, arm in enumerate(order):
        vertical = "top" if place == 0 and len(order) > 1 else "bottom" if near else "center"
        name = wrap(plan.arm_names[arm], 46, size=6.5, lines=3)
        at = max(week for week, _ in ends.values()) + 0.04 * reach
        chart.text(at, ends[arm][1], name, color=ARM_STYLES[arm].colour, fontsize=6.5, verticalalignment=vertical)


def _shares(registry: Registry, plan: Plan, measure: str, arm: str) -> list[tuple[float, Estimate]]:
    keys = {word: Key("missing", measure, word, "share", arm) for word in plan.visits}
    found = [(visit.week, registry.get(keys[word])) for word, visit in plan.visits.items()]
    return [(week, share) for week, share in found if isinstance(share, Estimate)]
