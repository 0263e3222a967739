"""People who would have to start, by the difference to be seen, with this study's place on the curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.charts.estimates import draw_worthwhile
from outcomes.charts.layout import first_of_rows, make_figure, make_grid
from outcomes.charts.style import ARM_STYLES, INK, MUTED, PAPER
from outcomes.plan.model import ARMS
from outcomes.results.key import Key
from outcomes.results.outcome import Curve, Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the measures for which there is a curve, at most three a row."""
    curves = {
        measure: registry.get(Key("precision", measure, plan.primary, "curve")) for measure in plan.primary_scored
    }
    known = {measure: curve for measure, curve in curves.items() if isinstance(curve, Curve)}
    if not known:
        return None
    figure, charts = make_grid(len(known), row_height=2.8, rules="xy")
    for chart, (measure, curve) in zip(charts, known.items(), strict=True):
        chart.entitle(plan.measure_names[measure])
        _draw_panel(chart, registry, plan, measure, curve)
    for chart in first_of_rows(charts):
        chart.name_axis("y", "people who would have to start")
    return figure


def draw_alone(curve: Curve) -> Figure:
    """Draw one curve without a study; the middle of it is the difference asked for."""
    figure, (chart,) = make_figure(1, height=3.0, rules="xy")
    middle = len(curve.at) // 2
    _draw_curve(chart, curve)
    _mark(chart, curve.at[middle], curve.value[middle], f"{curve.value[middle]:,.0f} people")
    chart.name_axis("y", "people who have to start")
    return figure


def _draw_panel(chart: Chart, registry: Registry, plan: Plan, measure: str, curve: Curve) -> None:
    _draw_curve(chart, curve)
    worthwhile = plan.measures[measure].worthwhile
    if worthwhile is not None:
        draw_worthwhile(chart, worthwhile)
    detectable = registry.get(Key("precision", measure, plan.primary, "detectable"))
    started = [registry.get(Key("flow", arm=arm, what="started")) for arm in ARMS]
    if isinstance(detectable, Estimate) and all(isinstance(arm, Estimate) for arm in started):
        people = sum(arm.value for arm in started if isinstance(arm, Estimate))
        _mark(chart, detectable.value, people, "this study")


def _draw_curve(chart: Chart, curve: Curve) -> None:
    chart.plot(curve.at, curve.value, color=INK, linewidth=1.5)
    chart.set_ylim(0, max(curve.value) * 1.06)
    chart.name_axis("x", curve.axis)


def _mark(chart: Chart, at: float, people: float, text: str) -> None:
    style = ARM_STYLES["full"]
    chart.plot([at], [people], marker=style.marker, color=style.colour, markersize=7, clip_on=False)
    chart.write(at, people, text, by=(8, 4), fontsize=7.5, color=style.colour, bbox=PAPER)
    chart.plot([at, at], [0, people], color=MUTED, linewidth=0.7)
