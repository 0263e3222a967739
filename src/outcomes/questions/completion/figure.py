"""Who completed: the share of each arm as it is, and beside them the difference among similar people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.format import format_number
from outcomes.charts.estimates import draw_rows
from outcomes.charts.findings import say_finding
from outcomes.charts.layout import make_figure
from outcomes.charts.style import ARM_STYLES, INK, MUTED, PAPER
from outcomes.charts.texts import shorten
from outcomes.plan.model import ARMS
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.ways import VERDICT_ON_COMPLETION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

DIFFERENCE = Key("completion", what="difference", category="adjusted")
STEP = 20  # per cent: the axis of shares begins and ends at a multiple of it
NAME_ROOM = 66.0  # points for the name of an arm below the panel of the difference


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw both shares, or nothing where one is not known; and the difference where there is one."""
    shares = {arm: registry.get(Key("completion", what="share", arm=arm)) for arm in ARMS}
    known = {arm: share for arm, share in shares.items() if isinstance(share, Estimate)}
    if len(known) < len(ARMS):
        return None
    difference = registry.get(DIFFERENCE)
    is_compared = isinstance(difference, Estimate)
    figure, charts = make_figure(2 if is_compared else 1, columns=2, height=1.85, rules="x", sides="x")
    _draw_shares(charts[0], known, plan)
    charts[0].entitle(say_finding(registry, plan, "Completed", VERDICT_ON_COMPLETION), size=8.5)
    if isinstance(difference, Estimate):
        _draw_difference(charts[1], difference, plan)
    return figure


def _draw_shares(chart: Chart, known: dict[str, Estimate], plan: Plan) -> None:
    for place, (arm, share) in enumerate(known.items()):
        style = ARM_STYLES[arm]
        looks = {"colour": style.colour, "marker": style.marker, "face": style.face}
        draw_rows(chart, [(-place, share)], size=8, width=1.6, times=100, **looks)
        said = f"{format_number(100 * share.value, decimals=0)}%"
        chart.write(
            100 * share.value, -place, said, by=(0, 7), ha="center", va="bottom", color=style.colour, bbox=PAPER
        )
    ends = [100 * end for share in known.values() for end in (*(share.limits or ()), share.value)]
    low, high = STEP * int(min(ends) // STEP), min(100, -STEP * int(-max(ends) // STEP))
    chart.mark("y", [0, -1], [plan.arm_names[arm] for arm in known])
    chart.set_xlim(low - 1, high + 1)
    chart.mark("x", list(range(low, high + 1, STEP // 2)))
    chart.set_ylim(-1.6, 0.9)
    chart.name_axis("x", "per cent of people, not adjusted")


def _draw_difference(chart: Chart, difference: Estimate, plan: Plan) -> None:
    """Draw the difference that the verdict rests on, with zero in sight; to the right is better in the first arm."""
    chart.axvline(0, color=MUTED, linewidth=0.8)
    draw_rows(chart, [(-0.5, difference)], colour=INK, marker="s", size=7, width=1.6, times=100)
    ends = [100 * end for end in (*(difference.limits or ()), difference.value)]
    reach = 1.15 * max(*(abs(end) for end in ends), 5.0)
    chart.set_xlim(-reach, reach)
    chart.set_ylim(-1.6, 0.9)
    chart.mark("y", [])
    chart.entitle("Among similar people", size=8.5)
    skills, full = (shorten(plan.arm_names[arm], NAME_ROOM, size=7.5) for arm in ("skills", "full"))
    chart.write(0.01, 0.98, f"← better in\n{skills}", on="", va="top", color=MUTED, fontsize=7.5)
    chart.write(0.99, 0.98, f"better in →\n{full}", on="", va="top", ha="right", color=MUTED, fontsize=7.5)
    chart.name_axis("x", "more or fewer in 100")
