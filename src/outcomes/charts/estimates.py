"""How an estimate, its interval and the worthwhile difference are drawn, in whichever figure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from outcomes.charts.style import INK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Measure
    from outcomes.results.outcome import Estimate

DASHES = (4.0, 3.0)
NAMED = 7.0  # points: the size of the name of a line
ROOM = 8.0  # points that such a name takes between a panel and its title


def draw_intervals(
    chart: Chart,
    found: Iterable[tuple[float, Estimate]],
    *,
    colour: str,
    width: float = 1.4,
    times: float = 1.0,
    upright: bool = False,
) -> None:
    """Draw the intervals of estimates, each with its place across its scale, as one line with gaps.

    `times` turns shares into per cent.
    """
    along: list[float] = []
    across: list[float] = []
    for at, estimate in found:
        limits = estimate.limits
        if limits is not None:
            along += [times * limits[0], times * limits[1], math.nan]
            across += [at, at, math.nan]
    if along:
        chart.plot(*((across, along) if upright else (along, across)), color=colour, linewidth=width)


def draw_rows(  # what is drawn, and how it looks
    chart: Chart,
    found: Sequence[tuple[float, Estimate]],
    *,
    colour: str,
    marker: str,
    size: float,
    face: str | None = None,
    width: float = 1.4,
    times: float = 1.0,
) -> None:
    """Draw estimates with their intervals, each on its row."""
    if not found:
        return
    draw_intervals(chart, found, colour=colour, width=width, times=times)
    looks: dict[str, Any] = {"marker": marker, "color": colour, "markerfacecolor": face or colour, "markersize": size}
    chart.plot([times * one.value for _, one in found], [at for at, _ in found], linestyle="none", **looks)


def worthwhile_of(measure: Measure) -> float | None:
    """Give the smallest difference worth having, full minus skills, with its sign [points]."""
    return None if measure.worthwhile is None else measure.sign * measure.worthwhile


def face_better(chart: Chart, measure: Measure, low: float, high: float) -> None:
    """Let what is better for the first programme lie to the right, whichever way the scale runs."""
    chart.set_xlim(*((low, high) if measure.better == "higher" else (high, low)))


def draw_worthwhile(chart: Chart, at: float, *, axis: str = "x", named: str = "inside") -> None:
    """Draw the line of the worthwhile difference across a panel, and name it at its end.

    It is drawn in ink: the two colours belong to the programmes. `named` is "inside", "above" (the panel) or "".
    """
    if axis == "x":
        chart.axvline(at, color=INK, linewidth=0.9, dashes=DASHES)
        places: dict[str, dict[str, Any]] = {
            "inside": {"by": (3, -2), "va": "top"},
            "above": {"by": (0, 1), "va": "bottom", "ha": "center"},
        }
        if named == "above":
            chart.raised = ROOM
        if named:
            chart.write(at, 1, "worthwhile", on="x", color=INK, fontsize=NAMED, **places[named])
    else:
        chart.axhline(at, color=INK, linewidth=0.9, dashes=DASHES)
        chart.write(1, at, "worthwhile", on="y", by=(-2, 2), va="bottom", ha="right", color=INK, fontsize=NAMED)
