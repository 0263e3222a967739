"""The difference between the programmes at each level of each moderator, raw and shrunken; one panel a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.columns import name_column
from outcomes.blocks.reading import COMPARABLE, is_apart
from outcomes.charts.estimates import draw_rows, draw_worthwhile, face_better, worthwhile_of
from outcomes.charts.layout import first_of_rows, make_grid, name_directions
from outcomes.charts.style import ARM_STYLES, INK, MUTED
from outcomes.charts.texts import wrap
from outcomes.questions.needs.keys import interaction, word_moderators
from outcomes.questions.needs.words import read_interaction
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

# The effects that are known, and the rows of a panel: text and place, each by moderator and level.
Effects = dict[Key, Estimate]
Rows = dict[tuple[str, str], tuple[str, float]]
LABEL_ROOM = 130.0  # points, beside which a panel keeps two thirds of half a page
GAP, LINE_STEP = 0.6, 0.5  # between moderators, and from one line of a text to the next, in rows
SHRUNKEN_BELOW = 0.24  # rows below its estimate, so that the mark is not hidden by the interval


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the measures that have an effect at some level; all panels have the same rows."""
    found = {measure: _effects(registry, plan, measure, "difference") for measure in plan.primary_scored}
    shown = {measure: effects for measure, effects in found.items() if effects}
    if not shown:
        return None
    rows = _lay_out(shown, list(word_moderators(plan).values()))
    depth = max(place for _, place in rows.values()) + 1
    figure, charts = make_grid(len(shown), row_height=0.34 * depth + 1.15, share="y", rules="", sides="x")
    for chart, (measure, effects) in zip(charts, shown.items(), strict=True):
        _draw_panel(chart, plan, measure, effects, _effects(registry, plan, measure, "shrunken"), rows)
        chart.entitle(_entitle(registry, plan, measure), size=8.5)
    for chart in first_of_rows(charts):
        chart.mark("y", [-place for _, place in rows.values()], [text for text, _ in rows.values()])
    charts[0].set_ylim(-depth + 0.4, 0.6)
    name_directions(figure, "better in", "points of each scale", plan)
    return figure


def _entitle(registry: Registry, plan: Plan, measure: str) -> str:
    """Say by which characteristics the difference may change, their whole interval on one side; as the lead counts."""
    name, words = plan.measure_names[measure], word_moderators(plan)
    if is_apart(registry.get(COMPARABLE)):
        return name
    if not any(isinstance(registry.get(interaction(plan, measure, word)), Estimate) for word in words.values()):
        return name
    apart = [_name(plan, one) for one, word in words.items() if read_interaction(registry, plan, measure, word)]
    return f"{name}: may differ by {' and '.join(apart)}" if apart else f"{name}: nothing stands out"


def _name(plan: Plan, moderator: str) -> str:
    return plan.measure_names.get(moderator) or name_column(moderator).plain


def _effects(registry: Registry, plan: Plan, measure: str, what: str) -> Effects:
    found = registry.where(analysis="needs", measure=measure, visit=plan.primary, what=what)
    return {one.key: one for one in found if isinstance(one, Estimate)}


def _lay_out(shown: dict[str, Effects], moderators: list[str]) -> Rows:
    """Text and place of each row, in the plan's order of the moderators; a gap parts them."""
    names = {(key.subject, key.category): one.named for effects in shown.values() for key, one in effects.items()}
    rows: Rows = {}
    place, before = 0.0, ""
    for moderator, level in sorted(names, key=lambda at: (moderators.index(at[0]), at[1])):
        place += GAP if before and moderator != before else 0
        name = names[moderator, level].replace("_", " ")
        text = wrap(name[:1].upper() + name[1:], LABEL_ROOM, size=8.5, lines=3)
        rows[moderator, level] = (text, place)
        place, before = place + max(1.0, LINE_STEP * (text.count("\n") + 1)), moderator
    return rows


def _draw_panel(chart: Chart, plan: Plan, measure: str, effects: Effects, shrunken: Effects, rows: Rows) -> None:
    described = plan.measures[measure]
    chart.axvline(0, color=MUTED, linewidth=0.8)
    worthwhile = worthwhile_of(described)
    if worthwhile is not None:
        draw_worthwhile(chart, worthwhile, named="above")
    found = [(-rows[key.subject, key.category][1], effect) for key, effect in effects.items()]
    draw_rows(chart, found, colour=ARM_STYLES["full"].colour, marker="o", size=6)
    beside = [(key, shrunken.get(key.but(what="shrunken"))) for key in effects]
    drawn = [(-rows[key.subject, key.category][1] - SHRUNKEN_BELOW, one.value) for key, one in beside if one]
    values, places = [value for _, value in drawn], [place for place, _ in drawn]
    chart.plot(values, places, "^", color=INK, markerfacecolor="white", markersize=5)
    chart.margins(x=0.08)
    face_better(chart, described, *sorted(chart.get_xlim()))
