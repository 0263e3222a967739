"""What became of people in five words, one bar an arm and measure.

Worse, no reliable change, across the cut-off without a reliable change, improved, recovered. Bars and not the points of
single people before and after: a point is a person, and the edition to share is drawn by the same code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.charts.bars import Shade, draw_bars
from outcomes.charts.layout import make_figure
from outcomes.charts.texts import shorten
from outcomes.plan.model import ARMS
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

# From worse to better; the shades differ in lightness, so that they can be told apart without colour.
SHADES = {
    "worse": Shade("worse", "#e0a67f", hatch="////"),
    "unchanged": Shade("no reliable change", "#eceff2"),
    "crossed": Shade("crossed, not reliably", "#b5cfde"),
    "improved": Shade("improved", "#6fa6c4"),
    "recovered": Shade("recovered", "#14557b", "white"),
}


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the measures and arms for which the shares are known."""
    bars = [(measure, arm) for measure in plan.primary_measures for arm in ARMS]
    known = [(measure, arm, parts) for measure, arm in bars if (parts := _parts(registry, plan, measure, arm))]
    if not known:
        return None
    figure, (chart,) = make_figure(1, height=0.32 * len(known) + 0.9, rules="x", sides="x")
    draw_bars(chart, [list(parts.values()) for _, _, parts in known], list(SHADES.values()))
    labels = [
        "\n".join(shorten(text, 130, size=7) for text in (plan.measures[measure].label, plan.arm_labels[arm]))
        for measure, arm, _ in known
    ]
    chart.mark("y", [-place for place in range(len(known))], labels, size=7)
    chart.name_axis("x", "per cent of those seen")
    return figure


def _parts(registry: Registry, plan: Plan, measure: str, arm: str) -> dict[str, float]:
    """Shares from worse to better; who crossed is taken out of the unchanged, the recovered out of the improved."""
    found = {
        word: registry.get(Key("change", measure, plan.primary, "share", arm, category=word))
        for word in ("deteriorated", "unchanged", "crossed", "improved", "recovered")
    }
    shares = {word: outcome.value for word, outcome in found.items() if isinstance(outcome, Estimate)}
    if not {"deteriorated", "unchanged", "improved"} <= set(shares):
        return {}
    recovered, crossed = shares.get("recovered", 0.0), shares.get("crossed", 0.0)
    return {
        "worse": shares["deteriorated"],
        "unchanged": max(shares["unchanged"] - crossed, 0.0),
        "crossed": crossed,
        "improved": max(shares["improved"] - recovered, 0.0),
        "recovered": recovered,
    }
