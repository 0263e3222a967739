"""Share of people who completed, by arm, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.format import format_number
from outcomes.charts.estimates import draw_rows
from outcomes.charts.layout import make_figure
from outcomes.charts.style import ARM_STYLES, PAPER
from outcomes.plan.model import ARMS
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw both shares, or nothing where one is not known."""
    shares = {arm: registry.get(Key("completion", what="share", arm=arm)) for arm in ARMS}
    known = {arm: share for arm, share in shares.items() if isinstance(share, Estimate)}
    if len(known) < len(ARMS):
        return None
    figure, (chart,) = make_figure(1, height=1.5, rules="x", sides="x")
    for place, (arm, share) in enumerate(known.items()):
        style = ARM_STYLES[arm]
        looks = {"colour": style.colour, "marker": style.marker, "face": style.face}
        draw_rows(chart, [(-place, share)], size=8, width=1.6, times=100, **looks)
        said = f"{format_number(100 * share.value, decimals=0)}%"
        end = (share.limits or (0.0, share.value))[1]
        chart.write(100 * end, -place, said, by=(6, 0), va="center", color=style.colour, bbox=PAPER)
    chart.mark("y", [0, -1], [plan.arm_names[arm] for arm in known])
    chart.set_xlim(0, 106)
    chart.mark("x", [0, 20, 40, 60, 80, 100])
    chart.set_ylim(-1.6, 0.6)
    chart.name_axis("x", "completed, per cent of people")
    return figure
