"""How soon people improve reliably: the share by each visit, both programmes, one panel a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.charts.layout import first_of_rows, make_grid
from outcomes.charts.style import ARM_STYLES, SIGNS, spread
from outcomes.charts.texts import wrap
from outcomes.plan.model import ARMS
from outcomes.results.key import Key
from outcomes.results.outcome import Curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

APART = 36  # per cent between two labels of three lines
SHIFT = {"full": -0.012, "skills": 0.012}  # of the time shown, so that intervals do not hide each other


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the primary measures that have a curve."""
    shown = [measure for measure in plan.primary_scored if any(_curve(registry, measure, arm) for arm in ARMS)]
    if not shown:
        return None
    figure, charts = make_grid(len(shown), row_height=2.5, share="y")
    for chart, measure in zip(charts, shown, strict=True):
        _draw_panel(chart, registry, plan, measure)
    for chart in first_of_rows(charts):
        chart.name_axis("y", "per cent improved")
    last = sum(chart.cell.row == 0 for chart in charts) - 1
    _name_arms(charts[last], registry, plan, shown[last])
    return figure


def _name_arms(chart: Chart, registry: Registry, plan: Plan, measure: str) -> None:
    """Name the programmes beside the first row, as high as their last shares there, and apart from each other."""
    lasts = {arm: 100 * curve.value[-1] for arm in ARMS if (curve := _curve(registry, measure, arm))}
    for arm, height in spread(lasts, apart=APART).items():
        text = wrap(f"{SIGNS[arm]} {plan.arm_names[arm]}", 74, size=8.5, lines=3)
        chart.write(1, height, text, on="y", by=(8, 0), va="center", color=ARM_STYLES[arm].colour)


def _curve(registry: Registry, measure: str, arm: str) -> Curve | None:
    found = registry.get(Key("pace", measure, what="curve", arm=arm))
    return found if isinstance(found, Curve) and found.at else None


def _draw_panel(chart: Chart, registry: Registry, plan: Plan, measure: str) -> None:
    weeks = [visit.week for visit in plan.visits.values()]
    reach = (max(weeks) - min(weeks)) or 1.0
    for arm in ARMS:
        curve, style = _curve(registry, measure, arm), ARM_STYLES[arm]
        if curve is None:
            continue
        at = [week + SHIFT[arm] * reach for week in curve.at]
        share = [100 * value for value in curve.value]
        # Between visits it is not known when: the line only leads the eye from one to the next.
        chart.plot(
            [weeks[0], *at], [0, *share], color=style.colour, linewidth=1.0, dashes=style.dash or (1, 0), alpha=0.5
        )
        if curve.low:
            below, above = ([100 * limit for limit in side] for side in (curve.low, curve.high))
            chart.vlines(at, below, above, color=style.colour, linewidth=1.1)
        chart.plot(
            at,
            share,
            style.marker,
            color=style.colour,
            markerfacecolor=style.face,
            markersize=5.5,
            clip_on=False,
        )
    chart.entitle(plan.measure_names[measure], size=8.5)
    chart.mark("x", weeks, [f"{week:g}" for week in weeks])
    chart.name_axis("x", "week")
    chart.set_ylim(-4, 104)  # room for a mark at either end
