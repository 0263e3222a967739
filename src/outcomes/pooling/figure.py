"""The forest of a pool: each clinic alone, below them the three answers and what to expect in a clinic like these."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.format import format_value
from outcomes.charts.chart import Label
from outcomes.charts.estimates import draw_rows, draw_worthwhile, worthwhile_of
from outcomes.charts.layout import make_figure, say_directions
from outcomes.charts.style import ARM_STYLES, INK, LINE, MUTED, drawing
from outcomes.charts.svg import to_svg
from outcomes.pooling.keys import alone, at
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

HEIGHT, MARGIN = 0.27, 0.8  # inches: of a row, and of what stands around a panel
ANSWERS = {
    "one_stage": "One stage",
    "two_stage": "Two stages",
    "random": "Varying between clinics",
    "prediction": "To expect in a clinic like these",
}
DIRECTIONS = {"lower": "lower", "higher": "higher"}


class Row(NamedTuple):
    """A line of the forest."""

    text: str
    kind: str
    estimate: Estimate


def draw_forest(registry: Registry, plan: Plan, clinics: Sequence[str], measure: str) -> str | None:
    """Draw a measure at the primary visit as SVG; None where no clinic has a difference of its own."""
    rows = list(_list_rows(registry, plan, clinics, measure))
    if not any(row.kind == "clinic" for row in rows):
        return None
    with drawing():
        return to_svg(_draw(rows, plan, measure), f"pool-{measure}")


def _list_rows(registry: Registry, plan: Plan, clinics: Sequence[str], measure: str) -> Iterator[Row]:
    for clinic in clinics:
        found = registry.get(alone(measure, plan.primary, clinic))
        if isinstance(found, Estimate):
            yield Row(clinic.replace("_", " "), "clinic", found)
    for what, text in ANSWERS.items():
        found = registry.get(at(measure, plan.primary, what))
        if isinstance(found, Estimate):
            yield Row(text, "prediction" if what == "prediction" else "pooled", found)


def _draw(rows: list[Row], plan: Plan, measure: str) -> Figure:
    figure, (chart,) = make_figure(1, height=HEIGHT * len(rows) + MARGIN, rules="", sides="x")
    chart.axvline(0, color=MUTED, linewidth=0.8)
    placed = {kind: [(-place, row.estimate) for place, row in enumerate(rows) if row.kind == kind] for kind in KINDS}
    draw_rows(chart, placed["clinic"], colour=MUTED, marker="s", size=5.0)
    draw_rows(chart, placed["pooled"], colour=ARM_STYLES["full"].colour, marker="D", size=5.5)
    for place, one in placed["prediction"]:
        if one.limits is not None:
            chart.plot(one.limits, [place, place], color=LINE, linewidth=5, solid_capstyle="butt")
    worthwhile = worthwhile_of(plan.measures[measure])
    if worthwhile is not None:
        draw_worthwhile(chart, worthwhile, named="above")
    for place, row in enumerate(rows):
        chart.write(1, -place, _say(row, plan), on="y", by=(8, 0), va="center", color=INK)
    labels = [Label(row.text, MUTED if row.kind == "clinic" else INK, False) for row in rows]
    chart.mark("y", [-place for place in range(len(rows))], labels)
    chart.set_ylim(-len(rows) + 0.4, 0.6)
    ends = [abs(limit) for row in rows if row.kind != "prediction" for limit in row.estimate.limits or ()]
    reach = 1.08 * max([*ends, abs(worthwhile or 0.0)], default=1.0) or 1.0
    # to the right favours the full programme, whichever way the scale runs
    sign = plan.measures[measure].sign
    chart.set_xlim(-reach * sign, reach * sign)
    chart.name_axis("x", say_directions("favours", "points", plan))
    return figure


KINDS = ("clinic", "pooled", "prediction")


def _say(row: Row, plan: Plan) -> str:
    estimate = row.estimate
    value = "" if row.kind == "prediction" else format_value(estimate, estimate.value, plan)
    if estimate.limits is None:
        return value
    limits = " to ".join(format_value(estimate, limit, plan) for limit in estimate.limits)
    return f"{value} ({limits})" if value else limits
