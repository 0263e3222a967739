"""Counts of people beneath a curve over time, one row a curve."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outcomes.charts.chart import TO_NAME
from outcomes.charts.style import ARM_STYLES, MUTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.charts.chart import Chart
    from outcomes.results.outcome import Curve

SIZE, ROOM = 6.8, 88.0  # points: of the names, and the room for one
CLEAR = 8.0  # points that half a count takes at the end of the time shown
CLOSEST = 0.09  # part of the time shown between two counts, so that they do not touch


def write_people(chart: Chart, rows: Sequence[tuple[str, str, Curve]], *, begin: float, end: float, title: str) -> None:
    """Write the people of each curve, given with its arm and its name, at places far enough apart."""
    chart.rules, chart.sides, chart.silent = "", "", "xy"
    chart.set_ylim(-len(rows) + 0.4, 1.4)
    chart.write(0, 0.9, title, on="y", color=MUTED, fontsize=7.5, va="center")
    for row, (arm, name, curve) in enumerate(rows):
        colour = ARM_STYLES[arm].colour
        for place in _choose_places(curve, CLOSEST * (end - begin)):
            text = f"{curve.people[place]}"
            chart.text(curve.at[place], -row, text, color=colour, ha="center", va="center", fontsize=8)
        chart.write(1, -row, name, on="y", by=(TO_NAME + CLEAR, 0), color=colour, va="center", fontsize=SIZE)


def every(reach: float) -> int:
    """Weeks between two marks: every fourth, or as many as leave a dozen at most; within two months every week."""
    return 4 * max(1, math.ceil(reach / 48)) if reach > 8 else 1  # noqa: PLR2004  # two months


def _choose_places(curve: Curve, apart: float) -> list[int]:
    """Choose every fourth week where the curve has them, else places far enough apart."""
    whole = [place for place, week in enumerate(curve.at) if week % 4 == 0 and (week > 0 or place == 0)]
    places = whole if len(whole) > 2 else list(range(len(curve.at)))  # noqa: PLR2004  # the start and more than one other
    chosen: list[int] = []
    for place in places:
        if not chosen or curve.at[place] - curve.at[chosen[-1]] >= apart:
            chosen.append(place)
    return chosen
