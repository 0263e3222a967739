"""What figures over time share: a curve of an arm with its limits, names at the ends, and the people beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.charts.chart import TO_NAME
from outcomes.charts.people import ROOM, SIZE, every, write_people
from outcomes.charts.style import ARM_STYLES, spread
from outcomes.charts.texts import shorten, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.charts.chart import Chart
    from outcomes.results.outcome import Curve

BESIDE = 90.0  # points for a name at the right of a panel
BAND = 0.13  # how dense the shade of an interval is: two of them can lie over each other


def draw_weeks(chart: Chart, arm: str, curve: Curve, *, times: float, markersize: float, linewidth: float) -> None:
    """Draw a value a week, so many times as large, over the shade of its limits where they are told."""
    style = ARM_STYLES[arm]
    low, high, value = ([times * one for one in series] for series in (curve.low, curve.high, curve.value))
    if low:  # which an edition to share leaves out
        chart.fill_between(curve.at, low, high, color=style.colour, alpha=BAND, linewidth=0)
    chart.plot(
        curve.at,
        value,
        color=style.colour,
        marker=style.marker,
        markerfacecolor=style.face,
        markersize=markersize,
        linewidth=linewidth,
        dashes=style.dash or (1, 0),
    )


def draw_steps(chart: Chart, arm: str, at: list[float], heights: list[float], limits: tuple[list[float], ...]) -> None:
    """Draw what holds from each time to the next, over the shade of its limits where they are told."""
    style = ARM_STYLES[arm]
    low, high = limits
    if low:  # which an edition to share leaves out
        chart.fill_between(at, low, high, step="post", color=style.colour, alpha=BAND, linewidth=0)
    chart.step(at, heights, where="post", color=style.colour, linewidth=1.6, dashes=style.dash or (1, 0))


def follow_people(
    chart: Chart,
    table: Chart,
    curves: Mapping[str, Curve],
    labels: Mapping[str, str],
    *,
    lasts: Mapping[str, float],
    apart: float,
    end: float,
    title: str,
) -> None:
    """Name the arms at the ends of their curves, mark the weeks since the start, and write the people beneath.

    The time shown ends where the curves end; names stand beside the panel.

    Parameters
    ----------
    chart, table : Chart
    curves : mapping of str to Curve
        By arm.
    labels : mapping of str to str
        Label of each arm.
    lasts : mapping of str to float
        Height of the last point of each curve.
    apart : float
        Least height between two names.
    end : float
        Of the time shown [weeks].
    title : str
        What the people beneath are.
    """
    for arm, place in spread(dict(lasts), apart=apart).items():
        label = wrap(labels[arm], BESIDE, size=8, lines=3)
        looks = {"color": ARM_STYLES[arm].colour, "va": "center", "fontsize": 8}
        chart.write(1, place, label, on="y", by=(TO_NAME, 0), **looks)
    chart.set_xlim(0, end)
    chart.mark("x", [week for week in range(int(end) + 1) if week % every(end) == 0])
    chart.floor = (0.0, end)
    chart.name_axis("x", "weeks since the start", is_left=True)
    rows = [(arm, shorten(labels[arm], ROOM, size=SIZE), curve) for arm, curve in curves.items()]
    write_people(table, rows, begin=0.0, end=end, title=title)
