"""People who would have to start, by the difference to be seen, with this study's place on the curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.core.estimates import Curve, Estimate
from outcomes.render.figures.style import ARM_STYLES, INK, LINE, MUTED, PAPER, make_figure, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.registry import Registry

TITLE_WIDTH = 34


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the measures for which there is a curve, at most three a row."""
    curves = {measure: registry.get(f"precision.{measure}.{plan.primary}.curve") for measure in plan.primary_measures}
    known = {measure: curve for measure, curve in curves.items() if isinstance(curve, Curve)}
    if not known:
        return None
    columns = min(3, len(known))
    rows = -(-len(known) // columns)
    figure, axes = make_figure(rows, columns, height=2.6 * rows + 0.2)
    for axis in axes[len(known) :]:
        axis.set_visible(False)
    for axis, (measure, curve) in zip(axes, known.items(), strict=False):
        axis.set_title(wrap(plan.measures[measure].label, TITLE_WIDTH))
        _draw_panel(axis, registry, plan, measure, curve)
    axes[0].set_ylabel("people who would have to start")
    return figure


def draw_alone(curve: Curve) -> Figure:
    """Draw one curve without a study; the middle of it is the difference asked for."""
    figure, (axis,) = make_figure(1, 1, height=3.0)
    middle = len(curve.at) // 2
    _draw_curve(axis, curve)
    _mark(axis, curve.at[middle], curve.value[middle], f"{curve.value[middle]:,.0f} people")
    axis.set_ylabel("people who have to start")
    return figure


def _draw_panel(axis: Axes, registry: Registry, plan: Plan, measure: str, curve: Curve) -> None:
    _draw_curve(axis, curve)
    worthwhile = plan.measures[measure].worthwhile
    if worthwhile is not None:
        axis.axvline(worthwhile, color=ARM_STYLES["skills"].colour, linewidth=1.1, dashes=(4, 3))
        axis.annotate(
            "worthwhile",
            (worthwhile, 1),
            (3, -2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            va="top",
            fontsize=7,
            color=ARM_STYLES["skills"].colour,
        )
    detectable = registry.get(f"precision.{measure}.{plan.primary}.detectable")
    started = [registry.get(f"flow.{arm}.started") for arm in ("full", "skills")]
    if isinstance(detectable, Estimate) and all(isinstance(arm, Estimate) for arm in started):
        people = sum(arm.value for arm in started if isinstance(arm, Estimate))
        _mark(axis, detectable.value, people, "this study")


def _draw_curve(axis: Axes, curve: Curve) -> None:
    axis.plot(curve.at, curve.value, color=INK, linewidth=1.5)
    axis.set_ylim(0, max(curve.value) * 1.06)
    axis.grid(axis="x", color=LINE, linewidth=0.6)
    axis.set_xlabel(curve.axis)


def _mark(axis: Axes, at: float, people: float, text: str) -> None:
    style = ARM_STYLES["full"]
    axis.plot([at], [people], marker=style.marker, color=style.colour, markersize=7, clip_on=False)
    axis.annotate(text, (at, people), (8, 4), textcoords="offset points", fontsize=7.5, color=style.colour, bbox=PAPER)
    axis.plot([at, at], [0, people], color=MUTED, linewidth=0.7)
