"""What became of people in five words, one bar an arm and measure.

Worse, no reliable change, across the cut-off without a reliable change, improved, recovered. Bars and not the points of
single people before and after: a point is a person, and the edition to share is drawn by the same code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.core.estimates import Estimate
from outcomes.plan.model import ARMS
from outcomes.render.figures.style import INK, LINE, MUTED, make_figure, shorten
from outcomes.render.format import format_number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.registry import Registry

# From worse to better; the shades differ in lightness, so that they can be told apart without colour.
SHADES = {
    "worse": "#7a2f05",
    "no reliable change": "#d9dee4",
    "crossed, not reliably": "#bcd3e0",
    "improved": "#6fa6c4",
    "recovered": "#14557b",
}
LIGHT = frozenset({"no reliable change", "crossed, not reliably"})
NARROWEST = 0.07  # share of a bar below which a number does not fit into it


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the measures and arms for which the shares are known."""
    bars = [(measure, arm) for measure in plan.primary_measures for arm in ARMS]
    known = [(measure, arm, parts) for measure, arm in bars if (parts := _parts(registry, plan, measure, arm))]
    if not known:
        return None
    figure, (axis,) = make_figure(1, 1, height=0.32 * len(known) + 0.9)
    for place, (_, _, parts) in enumerate(known):
        left = 0.0
        for name, width in parts.items():
            axis.barh(
                -place, 100 * width, left=100 * left, height=0.62, color=SHADES[name], label=name, edgecolor="white"
            )
            if width >= NARROWEST:
                ink = INK if name in LIGHT else "white"
                text = format_number(100 * width, decimals=0)
                axis.text(100 * (left + width / 2), -place, text, color=ink, ha="center", va="center", fontsize=7)
            left += width
    labels = [
        f"{shorten(plan.measures[measure].label, 30)}\n{shorten(plan.arm_labels[arm], 30)}" for measure, arm, _ in known
    ]
    axis.set_yticks([-place for place in range(len(known))], labels, color=INK, fontsize=7)
    axis.set_xlim(0, 100)
    axis.grid(axis="y", visible=False)
    axis.grid(axis="x", color=LINE, linewidth=0.6)
    axis.spines["left"].set_visible(False)
    axis.set_xlabel("per cent of those seen", color=MUTED)
    handles, names = axis.get_legend_handles_labels()
    shown = dict(zip(names, handles, strict=True))
    figure.legend(
        [shown[name] for name in SHADES if name in shown],
        [name for name in SHADES if name in shown],
        loc="outside upper center",
        ncols=5,
        frameon=False,
    )
    return figure


def _parts(registry: Registry, plan: Plan, measure: str, arm: str) -> dict[str, float]:
    """Shares from worse to better; who crossed is taken out of the unchanged, the recovered out of the improved."""
    found = {
        word: registry.get(f"change.{measure}.{plan.primary}.{arm}.{word}")
        for word in ("deteriorated", "unchanged", "crossed", "improved", "recovered")
    }
    shares = {word: outcome.value for word, outcome in found.items() if isinstance(outcome, Estimate)}
    if not {"deteriorated", "unchanged", "improved"} <= set(shares):
        return {}
    recovered, crossed = shares.get("recovered", 0.0), shares.get("crossed", 0.0)
    return {
        "worse": shares["deteriorated"],
        "no reliable change": max(shares["unchanged"] - crossed, 0.0),
        "crossed, not reliably": crossed,
        "improved": max(shares["improved"] - recovered, 0.0),
        "recovered": recovered,
    }
