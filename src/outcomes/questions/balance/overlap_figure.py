"""Propensities of both arms in tenths: bars up for one arm, bars down for the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from outcomes.blocks.format import format_marks
from outcomes.charts.layout import make_figure
from outcomes.charts.style import ARM_STYLES, INK
from outcomes.charts.texts import shorten
from outcomes.results.key import Key
from outcomes.results.outcome import Curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

NAME_ROOM = 160.0  # points for the name of an arm below the panel
WIDTH = 0.094  # of a bar over a tenth, so that neighbours do not touch
SIDES = {"full": 1.0, "skills": -1.0}


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the propensities of both arms, where the edition has them."""
    curves = {arm: registry.get(Key("balance", what="propensity", arm=arm)) for arm in SIDES}
    shown = {arm: curve for arm, curve in curves.items() if isinstance(curve, Curve)}
    if not shown:
        return None
    figure, (chart,) = make_figure(1, height=2.5)
    for arm, curve in shown.items():
        style, side = ARM_STYLES[arm], SIDES[arm]
        bars = [(place, side * count) for place, count in zip(curve.at, curve.value, strict=True) if count > 0]
        hatch = None if arm == "full" else "////"
        chart.bar(
            [place for place, _ in bars],
            [height for _, height in bars],
            width=WIDTH,
            facecolor=style.face,
            edgecolor=style.colour,
            linewidth=1.0,
            hatch=hatch,
        )
    reach = 1.25 * max((max(curve.value, default=1.0) for curve in shown.values()), default=1.0)
    chart.set_ylim(-reach, reach)
    chart.set_xlim(0, 1)
    chart.axhline(0, color=INK, linewidth=0.9)
    chart.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    marks = [mark for mark in chart.yaxis.get_majorticklocs() if abs(mark) <= reach]
    chart.mark("y", marks, format_marks([abs(mark) for mark in marks]))
    chart.name_axis("y", "people")
    full = shorten(plan.arm_names["full"], NAME_ROOM, size=8.5)
    chart.name_axis("x", f"chance of being in {full}, given what is recorded at the start")
    for arm in shown:
        label = shorten(plan.arm_names[arm], 240, size=8.5, is_bold=True)
        chart.write(
            0.01,
            0.96 if arm == "full" else 0.04,
            label,
            on="",
            ha="left",
            va="top" if arm == "full" else "bottom",
            color=ARM_STYLES[arm].colour,
            fontweight="bold",
        )
    return figure
