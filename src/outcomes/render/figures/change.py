"""What became of people: worse, no reliable change, improved, recovered; one bar an arm and measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.core.estimates import Estimate
from outcomes.plan.model import ARMS
from outcomes.render.figures.style import INK, LINE, MUTED, make_figure, shorten

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.registry import Registry

# From worse to better; the shades differ in lightness, so that they can be told apart without colour.
SHADES = {"worse": "#7a2f05", "no reliable change": "#d9dee4", "improved": "#7fb2cc", "recovered": "#14557b"}


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
            axis.barh(-place, 100 * width, left=100 * left, height=0.62, color=SHADES[name], label=name)
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
        ncols=4,
        frameon=False,
    )
    return figure


def _parts(registry: Registry, plan: Plan, measure: str, arm: str) -> dict[str, float]:
    """Shares from worse to better; the recovered are taken out of the improved."""
    found = {
        word: registry.get(f"change.{measure}.{plan.primary}.{arm}.{word}")
        for word in ("deteriorated", "unchanged", "improved", "recovered")
    }
    shares = {word: outcome.value for word, outcome in found.items() if isinstance(outcome, Estimate)}
    if not {"deteriorated", "unchanged", "improved"} <= set(shares):
        return {}
    recovered = shares.get("recovered", 0.0)
    return {
        "worse": shares["deteriorated"],
        "no reliable change": shares["unchanged"],
        "improved": max(shares["improved"] - recovered, 0.0),
        "recovered": recovered,
    }
