"""The estimates of a call with their intervals, drawn on a matplotlib figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.charts.shown import ensure_shown
from outcomes.charts.style import ARM_STYLES, MUTED, drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.frames.result import Fit

_HEIGHT, _ROW = 1.4, 0.38  # inches: of frame and axis, and of each row
_WIDTH = 6.4  # inches, as a notebook shows it


def draw(fit: Fit) -> Figure:
    """Draw one line an estimate, the line of no difference behind them; a ratio on the scale of its logarithm."""
    from matplotlib.figure import Figure as Drawn

    ensure_shown()
    with drawing():
        figure = Drawn(figsize=(_WIDTH, _HEIGHT + _ROW * len(fit.rows)), layout="constrained")
        axes = figure.add_subplot()
        places = list(range(len(fit.rows)))[::-1]
        for place, row in zip(places, fit.rows, strict=True):
            if row.low is not None and row.high is not None:
                axes.plot([row.low, row.high], [place, place], color=ARM_STYLES["full"].colour, linewidth=1.5)
            axes.plot([row.estimate], [place], "o", color=ARM_STYLES["full"].colour, markersize=5)
        if fit.scale in {"difference", "ratio"}:
            axes.axvline(1.0 if fit.scale == "ratio" else 0.0, color=MUTED, linewidth=0.8, zorder=0)
        if fit.scale == "ratio":
            axes.set_xscale("log")
        axes.set_yticks(places, [_label(row.term, row.contrast) for row in fit.rows])
        axes.set_ylim(-0.6, len(fit.rows) - 0.4)
        axes.set_xlabel(f"{fit.title}, {fit.level * 100:g}% interval")
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
    return figure


def _label(term: str, contrast: str) -> str:
    return f"{term}: {contrast}" if term else contrast
