"""How far those who left the full programme must be from what was assumed for the answer to change."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

from outcomes.core.estimates import Curve, Estimate
from outcomes.render.figures.style import ARM_STYLES, INK, MUTED, make_figure, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.registry import Registry

COLUMNS = 3


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the primary measures that have a curve."""
    curves = {word: registry.get(f"imputation.{word}.{plan.primary}.by_delta") for word in plan.primary_measures}
    known = {word: curve for word, curve in curves.items() if isinstance(curve, Curve)}
    if not known:
        return None
    columns = min(COLUMNS, len(known))
    rows = math.ceil(len(known) / columns)
    figure, axes = make_figure(rows, columns, height=2.7 * rows)
    for axis in axes[len(known) :]:
        axis.set_visible(False)
    for place, (axis, (measure, curve)) in enumerate(zip(axes, known.items(), strict=False)):
        _draw_panel(axis, registry, plan, measure, curve)
        if place % columns == 0:
            axis.set_ylabel("difference, points", color=MUTED)
    left = textwrap.shorten(plan.arm_labels["full"], 40)
    figure.supxlabel(f"points added to the scores of those who left {left}", color=MUTED, fontsize=8)
    return figure


def _draw_panel(axis: Axes, registry: Registry, plan: Plan, measure: str, curve: Curve) -> None:
    described, colour = plan.measures[measure], ARM_STYLES["full"].colour
    axis.fill_between(curve.at, curve.low, curve.high, color=colour, alpha=0.16, linewidth=0)
    for limit in (curve.low, curve.high):
        axis.plot(curve.at, limit, color=colour, linewidth=0.7)
    axis.plot(curve.at, curve.value, color=colour, linewidth=1.6)
    axis.axhline(0, color=INK, linewidth=0.8)
    axis.axvline(0, color=MUTED, linewidth=0.8, dashes=(4, 2))
    if described.worthwhile is not None:
        good = described.worthwhile if described.better == "higher" else -described.worthwhile
        axis.axhline(good, color=ARM_STYLES["skills"].colour, linewidth=0.9, dashes=(2, 2))
        axis.text(
            curve.at[-1], good, "worthwhile", color=ARM_STYLES["skills"].colour, fontsize=6.5, ha="right", va="bottom"
        )
    _mark(axis, registry, curve, f"imputation.{measure}.{plan.primary}")
    axis.set_title(wrap(described.label, 26))
    worse = ("← worse", "better →") if described.better == "higher" else ("← better", "worse →")
    axis.annotate(worse[0], (0.01, 0.02), xycoords="axes fraction", fontsize=6.5, color=MUTED)
    axis.annotate(worse[1], (0.99, 0.02), xycoords="axes fraction", fontsize=6.5, color=MUTED, ha="right")
    axis.margins(x=0)


def _mark(axis: Axes, registry: Registry, curve: Curve, at: str) -> None:
    """Mark where interval and difference reach zero, and write the first of them beside its point."""
    colour, named = ARM_STYLES["full"].colour, False
    for name, face in (("tipping_point", colour), ("tipping_lean", "#ffffff")):
        outcome = registry.get(f"{at}.{name}")
        if not isinstance(outcome, Estimate) or not curve.at[0] <= outcome.value <= curve.at[-1]:
            continue
        axis.plot([outcome.value], [0], "o", color=colour, markerfacecolor=face, markersize=6, zorder=3)
        if not named:
            named = True
            text = "\n".join(textwrap.wrap(registry.record(outcome.id).text, 12))
            below = curve.value[-1] + curve.value[0] > 0  # where the lines leave room
            axis.annotate(
                text,
                (outcome.value, 0),
                (6, -6) if below else (-6, 6),
                textcoords="offset points",
                fontsize=6.5,
                color=INK,
                ha="left" if below else "right",
                va="top" if below else "bottom",
            )
