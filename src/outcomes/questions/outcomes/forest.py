"""Every way of comparing at the primary visit, in standard deviations: positive favours the full programme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from outcomes.charts.chart import Label
from outcomes.charts.estimates import DASHES, NAMED, draw_rows
from outcomes.charts.layout import make_figure, name_directions
from outcomes.charts.style import ARM_STYLES, INK, MUTED
from outcomes.results.outcome import Estimate
from outcomes.results.ways import BY_PEOPLE, OF_A_MEASURE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

LOOKS = {True: (ARM_STYLES["full"].colour, 6.0), False: (MUTED, 4.5)}  # of the main way, and of the others


class Row(NamedTuple):
    """A line of the plot: a heading without, or a way of comparing with its estimate."""

    measure: str
    text: str
    estimate: Estimate | None
    is_main: bool


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the measures that have at least one standardised difference."""
    rows = [row for measure in plan.scored for row in _rows(registry, plan, measure)]
    if not rows:
        return None
    figure, (chart,) = make_figure(1, height=0.24 * len(rows) + 1.0, rules="", sides="x")
    chart.axvline(0, color=MUTED, linewidth=0.8)
    for is_main, (colour, size) in LOOKS.items():
        found = [(-place, row.estimate) for place, row in enumerate(rows) if row.estimate and row.is_main == is_main]
        draw_rows(chart, found, colour=colour, marker="s", size=size)
    for measure in plan.scored:
        _draw_worthwhile(chart, registry, plan, measure, rows)
    chart.mark("y", [-place for place in range(len(rows))], [_label(row) for row in rows])
    chart.set_ylim(-len(rows) + 0.4, 0.6)
    largest = max(abs(limit) for limit in chart.get_xlim())
    chart.set_xlim(-largest, largest)
    name_directions(figure, "favours", "standard deviations", plan)
    return figure


def _draw_worthwhile(chart: Chart, registry: Registry, plan: Plan, measure: str, rows: list[Row]) -> None:
    """Draw the worthwhile difference across the rows of a measure, on the scale of its main comparison."""
    at = find_worthwhile(registry, plan, measure)
    places = [place for place, row in enumerate(rows) if row.measure == measure]
    if at is None or not places:
        return
    ends = [-places[0] - 0.6, -places[-1] - 0.4]
    chart.plot([at, at], ends, color=INK, linewidth=0.9, dashes=DASHES)
    looks: dict[str, Any] = {"color": INK, "fontsize": NAMED, "ha": "center", "va": "center"}
    chart.write(at, -places[0] - 0.1, "worthwhile", **looks)


def find_worthwhile(registry: Registry, plan: Plan, measure: str) -> float | None:
    """Give the worthwhile difference in the standard deviations of the main comparison, towards the full programme."""
    main = BY_PEOPLE.key(measure, plan.primary)
    difference, g = registry.get(main), registry.get(main.but(what="g"))
    worthwhile = plan.measures[measure].worthwhile
    if (
        worthwhile is None
        or not isinstance(difference, Estimate)
        or not isinstance(g, Estimate)
        or not difference.value
    ):
        return None
    # the two results of one comparison differ by the scale and the sign alone
    return abs(g.value / difference.value) * worthwhile


def _rows(registry: Registry, plan: Plan, measure: str) -> list[Row]:
    found = []
    for way in OF_A_MEASURE:
        for one in way.standardised:
            outcome = registry.get(way.key(measure, plan.primary).but(what=one.what))
            if isinstance(outcome, Estimate):
                found.append(Row(measure, one.text[:1].upper() + one.text[1:], outcome, way is BY_PEOPLE))
    return [Row(measure, plan.measure_names[measure], None, False), *found] if found else []


def _label(row: Row) -> Label:
    return Label(row.text, INK, is_bold=True) if row.estimate is None else Label(row.text)
