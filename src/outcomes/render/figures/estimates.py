"""How an estimate, its interval and the worthwhile difference are drawn, in whichever figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.render.figures.style import INK

if TYPE_CHECKING:
    from outcomes.core.estimates import Estimate
    from outcomes.plan.model import Measure
    from outcomes.render.figures.chart import Chart

DASHES = (4.0, 3.0)
NAMED = 7.0  # points: the size of the name of a line
ROOM = 8.0  # points that such a name takes between a panel and its title


def limits_of(estimate: Estimate) -> tuple[float, float] | None:
    """Both limits, where it has both."""
    interval = estimate.interval
    if interval is None or interval.low is None or interval.high is None:
        return None
    return interval.low, interval.high


def draw_interval(  # a place, a scale, a look
    chart: Chart,
    estimate: Estimate,
    at: float,
    *,
    colour: str,
    width: float = 1.4,
    times: float = 1.0,
    upright: bool = False,
) -> None:
    """Draw the interval of an estimate as a line along its scale; `times` turns shares into per cent."""
    limits = limits_of(estimate)
    if limits is not None:
        along, across = [times * limit for limit in limits], [at, at]
        chart.plot(*((across, along) if upright else (along, across)), color=colour, linewidth=width)


def worthwhile_of(measure: Measure) -> float | None:
    """Give the smallest difference worth having, full minus skills, with its sign [points]."""
    if measure.worthwhile is None:
        return None
    return measure.worthwhile if measure.better == "higher" else -measure.worthwhile


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
        if named:
            chart.write(at, 1, "worthwhile", on="x", color=INK, fontsize=NAMED, **places[named])
    else:
        chart.axhline(at, color=INK, linewidth=0.9, dashes=DASHES)
        chart.write(1, at, "worthwhile", on="y", by=(-2, 2), va="bottom", ha="right", color=INK, fontsize=NAMED)
