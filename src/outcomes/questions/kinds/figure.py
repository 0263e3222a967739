"""Shares with a yes, and mean counts, at each visit by arm; one panel a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.charts.estimates import draw_intervals
from outcomes.charts.layout import make_grid
from outcomes.charts.style import ARM_STYLES
from outcomes.plan.model import ARMS
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.ways import OF_KINDS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

SHIFT = {"full": -0.008, "skills": 0.008}  # of the time shown, so that intervals do not hide each other
WHAT = {"yes_no": "share", "count": "rate"}
NAMES = {"yes_no": "yes, per cent of people", "count": "mean number"}
TIMES = {"yes_no": 100.0, "count": 1.0}


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the measures that are no scores and have a value at some visit."""
    asked = [word for word, measure in plan.measures.items() if measure.kind in OF_KINDS]
    shown = [word for word in asked if any(_points(registry, plan, word, arm) for arm in ARMS)]
    if not shown:
        return None
    figure, charts = make_grid(len(shown), row_height=2.3, sides="x")
    for chart, measure in zip(charts, shown, strict=True):
        _draw_panel(chart, registry, plan, measure)
    return figure


def _points(registry: Registry, plan: Plan, measure: str, arm: str) -> list[tuple[float, Estimate]]:
    kind = plan.measures[measure].kind
    found = (
        (visit.week, registry.get(Key(OF_KINDS[kind].analysis, measure, word, WHAT[kind], arm)))
        for word, visit in plan.visits.items()
    )
    return [(week, one) for week, one in found if isinstance(one, Estimate)]


def _draw_panel(chart: Chart, registry: Registry, plan: Plan, measure: str) -> None:
    weeks = [visit.week for visit in plan.visits.values()]
    reach, kind = max(weeks) - min(weeks), plan.measures[measure].kind
    for arm in ARMS:
        points, style = _points(registry, plan, measure, arm), ARM_STYLES[arm]
        at = [week + SHIFT[arm] * reach for week, _ in points]
        placed = zip(at, (one for _, one in points), strict=True)
        draw_intervals(chart, placed, colour=style.colour, width=1.0, times=TIMES[kind], upright=True)
        looks: dict[str, Any] = {
            "color": style.colour,
            "marker": style.marker,
            "markerfacecolor": style.face,
            "markersize": 5,
        }
        values = [TIMES[kind] * one.value for _, one in points]
        chart.plot(at, values, linewidth=1.3, dashes=style.dash or (1, 0), **looks)
    chart.entitle(plan.measure_names[measure])
    chart.mark("x", weeks)
    chart.name_axis("x", "week")
    chart.name_axis("y", NAMES[kind])
    chart.set_ylim(0, chart.dataLim.y1 * 1.06 or 1.0)
    chart.set_xlim(min(weeks) - 0.06 * reach, max(weeks) + 0.06 * reach)
