"""A curve of the results, drawn on a matplotlib figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from outcomes.charts.shown import ensure_shown
from outcomes.charts.style import ARM_STYLES, drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.results.outcome import Curve

_SIZE = (6.4, 3.6)  # inches, as a notebook shows it
STEPS = frozenset({"kaplan_meier", "mean_cumulative"})  # estimators whose curves stand still between their places


def draw_curve(curve: Curve) -> Figure:
    """Draw a curve over its axis, its limits as a band."""
    from matplotlib.figure import Figure as Drawn

    ensure_shown()
    stands = curve.how is not None and curve.how.estimator in STEPS
    colour = ARM_STYLES.get(curve.key.arm, ARM_STYLES["full"]).colour
    with drawing():
        figure = Drawn(figsize=_SIZE, layout="constrained")
        axes = figure.add_subplot()
        axes.plot(curve.at, curve.value, color=colour, drawstyle="steps-post" if stands else "default")
        if curve.low and curve.high:
            step: Literal["post"] | None = "post" if stands else None
            axes.fill_between(curve.at, curve.low, curve.high, step=step, color=colour, alpha=0.15, linewidth=0)
        axes.set_xlabel(curve.axis)
        axes.set_ylabel(curve.unit.replace("_", " "))
        axes.set_title(curve.label, loc="left")
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    return figure
