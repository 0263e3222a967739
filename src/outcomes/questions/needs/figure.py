"""The difference between the programmes at each level of each moderator, raw and shrunken; one panel a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.charts.estimates import draw_rows, draw_worthwhile, worthwhile_of
from outcomes.charts.layout import first_of_rows, make_grid
from outcomes.charts.style import ARM_STYLES, INK, MUTED
from outcomes.charts.texts import wrap
from outcomes.core.ids import word
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Registry

Rows = dict[str, tuple[str, float]]
LABEL_ROOM, GAP, LINE_STEP = 130.0, 0.6, 0.5


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the measures that have an effect at some level; all panels have the same rows."""
    found = {measure: _levels(registry, plan, measure) for measure in plan.primary_measures}
    shown = {measure: levels for measure, levels in found.items() if levels}
    if not shown:
        return None
    rows = _lay_out(shown, [word(name) for name in plan.needs.moderators])
    depth = max(place for _, place in rows.values()) + 1
    figure, charts = make_grid(len(shown), row_height=0.34 * depth + 1.15, share="y", rules="", sides="x")
    for chart, (measure, levels) in zip(charts, shown.items(), strict=True):
        _draw_panel(chart, registry, plan, measure, levels, rows)
    for chart in first_of_rows(charts):
        chart.mark("y", [-place for _, place in rows.values()], [text for text, _ in rows.values()])
    charts[0].set_ylim(-depth + 0.4, 0.6)
    return figure


def _levels(registry: Registry, plan: Plan, measure: str) -> dict[str, Outcome]:
    """Effects by the words of moderator and level."""
    at = f"needs.{measure}.{plan.primary}."
    return {
        name.removeprefix(at).removesuffix(".difference"): outcome
        for name, outcome in registry.items()
        if name.startswith(at) and name.endswith(".difference") and isinstance(outcome, Estimate)
    }


def _lay_out(shown: dict[str, dict[str, Outcome]], moderators: list[str]) -> Rows:
    """Text and place of each row, in the plan's order of the moderators; a gap parts them."""
    labels = {key: outcome.label for levels in shown.values() for key, outcome in levels.items()}
    rows: Rows = {}
    place, before = 0.0, ""
    for key in sorted(labels, key=lambda key: (moderators.index(key.split(".")[0]), key)):
        moderator = key.split(".")[0]
        place += GAP if before and moderator != before else 0
        text = labels[key].rsplit("adjusted difference, ", 1)[-1].replace("_", " ")
        text = wrap(text, LABEL_ROOM, size=8.5, lines=3)
        rows[key] = (text, place)
        place, before = place + max(1.0, LINE_STEP * (text.count("\n") + 1)), moderator
    return rows


def _draw_panel(
    chart: Chart, registry: Registry, plan: Plan, measure: str, levels: dict[str, Outcome], rows: Rows
) -> None:
    described = plan.measures[measure]
    chart.axvline(0, color=MUTED, linewidth=0.8)
    worthwhile = worthwhile_of(described)
    chart.entitle(described.label)
    if worthwhile is not None:
        draw_worthwhile(chart, worthwhile, named="above")
    found = [(-rows[key][1], outcome) for key, outcome in levels.items() if isinstance(outcome, Estimate)]
    draw_rows(chart, found, colour=ARM_STYLES["full"].colour, marker="o", size=6)
    shrunken = [(key, registry.get(f"needs.{measure}.{plan.primary}.{key}.shrunken")) for key in levels]
    drawn = [(-rows[key][1] - 0.24, one.value) for key, one in shrunken if isinstance(one, Estimate)]
    values, places = [value for _, value in drawn], [place for place, _ in drawn]
    chart.plot(values, places, "^", color=INK, markerfacecolor="white", markersize=5)
    chart.name_axis("x", f"points; {described.better} favours full")
    chart.margins(x=0.08)
