"""Table 1 as dots: how far apart the programmes were at the start on each characteristic, and which way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.columns import name_column
from outcomes.charts.chart import Label
from outcomes.charts.layout import make_figure, name_directions
from outcomes.charts.style import ARM_STYLES, INK, LINE, MUTED
from outcomes.questions.balance.words import ALIKE, COMPARED
from outcomes.questions.baseline.words import is_number
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

NEGLIGIBLE = 0.1  # standard deviations: Austin (2009)
LEAST_REACH = 0.3  # so that small differences look small
BAND = "#eef2f5"


class Row(NamedTuple):
    """A characteristic: of numbers, with its sign; of kinds, of which none is the higher, its size alone."""

    text: str
    difference: float
    is_number: bool


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the characteristics in the order of the table."""
    rows = _rows(registry, plan)
    if not rows:
        return None
    figure, (chart,) = make_figure(1, height=0.27 * len(rows) + 0.85, rules="", sides="x")
    chart.axvspan(-NEGLIGIBLE, NEGLIGIBLE, color=BAND, linewidth=0, zorder=0)
    chart.axvline(0, color=MUTED, linewidth=0.8)
    for place, row in enumerate(rows):
        chart.plot([0, row.difference], [-place, -place], color=LINE, linewidth=1.4, zorder=1)
        marker, face = ("o", ARM_STYLES["full"].colour) if row.is_number else ("s", "#ffffff")
        chart.plot([row.difference], [-place], marker, color=ARM_STYLES["full"].colour, markerfacecolor=face)
    chart.text(
        0, 0.75, "alike", color=MUTED, fontsize=7.5, ha="center", va="center", bbox={**_PLAIN, "facecolor": BAND}
    )
    chart.mark("y", [-place for place in range(len(rows))], [Label(row.text, INK) for row in rows])
    chart.set_ylim(-len(rows) + 0.4, 1.1)
    chart.entitle(_entitle(registry))
    reach = 1.12 * max(LEAST_REACH, *(abs(row.difference) for row in rows))
    chart.set_xlim(-reach, reach)
    name_directions(figure, "higher in", "standard deviations", plan)
    return figure


def _entitle(registry: Registry) -> str:
    """Say on how many characteristics the people were alike; nothing where it is not told."""
    alike, compared = registry.get(ALIKE), registry.get(COMPARED)
    if not isinstance(alike, Estimate) or not isinstance(compared, Estimate):
        return ""
    return f"Alike at the start on {alike.value:.0f} of {compared.value:.0f} characteristics"


def _rows(registry: Registry, plan: Plan) -> list[Row]:
    names = {word: name_column(name).capitalised().plain for name, word in plan.covariate_words.items()}
    names |= {word: f"{name} at the start" for word, name in plan.measure_names.items()}
    found = []
    for name, text in names.items():
        key = Key("baseline", subject=name)
        outcome = registry.get(key.but(what="smd"))
        if isinstance(outcome, Estimate):
            has_side = is_number(registry, key)
            found.append(Row(text, outcome.value if has_side else abs(outcome.value), has_side))
    return found


_PLAIN = {"edgecolor": "none", "pad": 0.8}
