"""The difference by what is added to the scores of those who were lost, with the tipping points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.charts.estimates import draw_worthwhile, worthwhile_of
from outcomes.charts.layout import first_of_rows, make_grid, name_below
from outcomes.charts.style import ARM_STYLES, INK, MUTED
from outcomes.charts.texts import shorten, wrap
from outcomes.results.key import Key
from outcomes.results.outcome import Curve, Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the primary measures that have a curve."""
    curves = {word: registry.get(Key("imputation", word, plan.primary, "by_delta")) for word in plan.primary_scored}
    known = {word: curve for word, curve in curves.items() if isinstance(curve, Curve)}
    if not known:
        return None
    figure, charts = make_grid(len(known), row_height=2.7)
    for chart, (measure, curve) in zip(charts, known.items(), strict=True):
        _draw_panel(chart, registry, plan, measure, curve)
    for chart in first_of_rows(charts):
        chart.name_axis("y", "difference, points")
    left = shorten(plan.arm_names["full"], 220, size=8.5)
    name_below(figure, f"points added to the scores of those lost from {left}")
    return figure


def _draw_panel(chart: Chart, registry: Registry, plan: Plan, measure: str, curve: Curve) -> None:
    described, colour = plan.measures[measure], ARM_STYLES["full"].colour
    chart.fill_between(curve.at, curve.low, curve.high, color=colour, alpha=0.16, linewidth=0)
    for limit in (curve.low, curve.high):
        chart.plot(curve.at, limit, color=colour, linewidth=0.7)
    chart.plot(curve.at, curve.value, color=colour, linewidth=1.6)
    chart.axhline(0, color=INK, linewidth=0.8)
    chart.axvline(0, color=MUTED, linewidth=0.8, dashes=(4, 2))
    worthwhile = worthwhile_of(described)
    if worthwhile is not None:
        draw_worthwhile(chart, worthwhile, axis="y")
    _mark(chart, registry, curve, Key("imputation", measure, plan.primary))
    chart.entitle(plan.measure_names[measure])
    worse = ("← worse", "better →") if described.better == "higher" else ("← better", "worse →")
    chart.write(0.01, 0.02, worse[0], on="", fontsize=6.5, color=MUTED)
    chart.write(0.99, 0.02, worse[1], on="", fontsize=6.5, color=MUTED, ha="right")
    chart.margins(x=0)


def _mark(chart: Chart, registry: Registry, curve: Curve, at: Key) -> None:
    """Mark where interval and difference reach zero, and write the first of them beside its point."""
    colour, named = ARM_STYLES["full"].colour, False
    for key, face in ((at.but(what="tipping_point"), colour), (at.but(what="tipping_lean"), "#ffffff")):
        outcome = registry.get(key)
        if not isinstance(outcome, Estimate) or not curve.at[0] <= outcome.value <= curve.at[-1]:
            continue
        chart.plot([outcome.value], [0], "o", color=colour, markerfacecolor=face, markersize=6, zorder=3)
        if not named:
            named = True
            text = wrap(registry.record(key).text, 46, size=6.5)
            below = curve.value[-1] + curve.value[0] > 0  # where the lines leave room
            chart.write(
                outcome.value,
                0,
                text,
                by=(6, -6) if below else (-6, 6),
                fontsize=6.5,
                color=INK,
                ha="left" if below else "right",
                va="top" if below else "bottom",
            )
