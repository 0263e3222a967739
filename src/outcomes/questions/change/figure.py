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
    "improved": Shade("improved, not recovered", "#6fa6c4"),
    "recovered": Shade("recovered", "#14557b", "white"),
}
# The words of the table whose shares are drawn; without norms nobody is told to have recovered or crossed.
WORDS = {
    "worse": "deteriorated",
    "unchanged": "unchanged_only",
    "crossed": "crossed",
    "improved": "improved_only",
    "recovered": "recovered",
}
WITHOUT_NORMS = {"worse": "deteriorated", "unchanged": "unchanged", "improved": "improved"}


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the measures and arms for which the shares are known."""
    bars = [(measure, arm) for measure in plan.judged_measures for arm in ARMS]
    known = [(measure, arm, parts) for measure, arm in bars if (parts := _parts(registry, plan, measure, arm))]
    if not known:
        return None
    figure, (chart,) = make_figure(1, height=0.32 * len(known) + 0.9, rules="x", sides="x")
    draw_bars(chart, [list(parts.values()) for _, _, parts in known], list(SHADES.values()))
    labels = [
        "\n".join(shorten(text, 130, size=7) for text in (plan.measure_names[measure], plan.arm_names[arm]))
        for measure, arm, _ in known
    ]
    chart.mark("y", [-place for place in range(len(known))], labels, size=7)
    chart.entitle(_entitle(registry, plan))
    chart.name_axis("x", "per cent of those seen at the start and at this visit")
    return figure


def _entitle(registry: Registry, plan: Plan) -> str:
    """Say of the first measure that is told how many improved reliably in each arm."""
    for measure in plan.judged_measures:
        key = Key("change", measure, plan.primary, "share", category="improved")
        found = {arm: registry.get(key.but(arm=arm)) for arm in ARMS}
        said = [
            f"{100 * one.value:.0f}% in {plan.arm_names[arm]}"
            for arm, one in found.items()
            if isinstance(one, Estimate)
        ]
        if len(said) == len(ARMS):
            return f"{plan.measure_names[measure]}, reliably improved: {', '.join(said)}"
    return ""


def _parts(registry: Registry, plan: Plan, measure: str, arm: str) -> dict[str, float]:
    """Shares from worse to better, each person in one word, as in the table; nothing where one is not told."""
    described = plan.measures[measure]
    has_norms = described.clinical is not None and described.nonclinical is not None
    words = WORDS if has_norms else WITHOUT_NORMS
    found = {
        shade: registry.get(Key("change", measure, plan.primary, "share", arm, category=word))
        for shade, word in words.items()
    }
    shares = {shade: outcome.value for shade, outcome in found.items() if isinstance(outcome, Estimate)}
    return {shade: shares.get(shade, 0.0) for shade in SHADES} if len(shares) == len(words) else {}
