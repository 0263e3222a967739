"""Absolute standardised differences before and after weighting (a Love plot), against the mark of a tenth."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.columns import name_column
from outcomes.charts.chart import Label
from outcomes.charts.layout import make_figure
from outcomes.charts.style import ARM_STYLES, INK, LINE, MUTED, PAPER
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

NEGLIGIBLE = 0.1  # standard deviations: Austin (2009)
LEAST_SHOWN = 0.3  # standard deviations that the axis reaches at least, so that the mark of a tenth is not at its end


class Row(NamedTuple):
    """A characteristic with its size of difference before and, where weights could be had, after."""

    text: str
    before: float
    after: float | None


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the characteristics that can be compared, the farthest apart on top."""
    rows = sorted(_rows(registry, plan), key=lambda row: row.before, reverse=True)
    if not rows:
        return None
    figure, (chart,) = make_figure(1, height=0.27 * len(rows) + 0.95, rules="x", sides="x")
    chart.axvline(0, color=MUTED, linewidth=0.8)
    chart.axvline(NEGLIGIBLE, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
    for place, row in enumerate(rows):
        _draw_row(chart, -place, row)
    chart.mark("y", [-place for place in range(len(rows))], [Label(row.text, INK) for row in rows])
    chart.set_ylim(-len(rows) + 0.4, 0.95)
    chart.set_xlim(-0.02, max(LEAST_SHOWN, max(max(row.before, row.after or 0.0) for row in rows) * 1.12))
    chart.name_axis("x", "standard deviations, whichever way")
    chart.text(NEGLIGIBLE, 0.62, " a tenth", color=MUTED, fontsize=7.5, ha="left", va="center")
    _label_marks(chart, rows[0])
    return figure


def _rows(registry: Registry, plan: Plan) -> list[Row]:
    names = {word: name_column(name).capitalised().plain for name, word in plan.covariate_words.items()}
    names |= {word: f"{name} at the start" for word, name in plan.measure_names.items()}
    found = []
    for before in registry.where(analysis="balance", what="before"):
        if isinstance(before, Estimate):
            after = registry.get(before.key.but(what="after"))
            size = abs(after.value) if isinstance(after, Estimate) else None
            found.append(Row(names[before.key.subject], abs(before.value), size))
    return found


def _draw_row(chart: Chart, place: float, row: Row) -> None:
    colour = ARM_STYLES["full"].colour
    if row.after is not None:
        chart.plot([row.before, row.after], [place, place], color=LINE, linewidth=1.4, zorder=1)
        chart.plot([row.after], [place], marker="o", color=colour, markersize=5.5)
    chart.plot([row.before], [place], marker="s", markerfacecolor="#ffffff", color=INK, markersize=5.5)


def _label_marks(chart: Chart, first: Row) -> None:
    """Name both marks at the top row, where they lie farthest apart."""
    chart.write(first.before, 0, "before", by=(0, 7), ha="center", fontsize=7.5, color=INK)
    if first.after is not None:
        colour = ARM_STYLES["full"].colour
        chart.write(first.after, 0, "after", by=(0, 7), ha="center", fontsize=7.5, color=colour, bbox=PAPER)
