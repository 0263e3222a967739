"""Share of people who completed, by arm, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.core.estimates import Estimate
from outcomes.plan.model import ARMS
from outcomes.render.figures.style import ARM_STYLES, LINE, PAPER, make_figure, wrap
from outcomes.render.format import format_number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.registry import Registry


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw both shares, or nothing where one is not known."""
    shares = {arm: registry.get(f"completion.{arm}.share") for arm in ARMS}
    known = {arm: share for arm, share in shares.items() if isinstance(share, Estimate)}
    if len(known) < len(ARMS):
        return None
    figure, (axis,) = make_figure(1, 1, height=1.5)
    for place, (arm, share) in enumerate(known.items()):
        style = ARM_STYLES[arm]
        low, high = share.value, share.value
        if share.interval is not None and share.interval.low is not None and share.interval.high is not None:
            low, high = share.interval.low, share.interval.high
        axis.plot([100 * low, 100 * high], [-place, -place], color=style.colour, linewidth=1.6)
        axis.plot(
            [100 * share.value], [-place], style.marker, color=style.colour, markerfacecolor=style.face, markersize=8
        )
        said = f"{format_number(100 * share.value, decimals=0)}%"
        axis.annotate(
            said, (100 * high, -place), (6, 0), textcoords="offset points", va="center", color=style.colour, bbox=PAPER
        )
    axis.set_yticks([0, -1], [wrap(plan.arm_labels[arm], 34) for arm in known])
    axis.set_xlim(0, 106)
    axis.set_xticks([0, 20, 40, 60, 80, 100])
    axis.set_ylim(-1.6, 0.6)
    axis.grid(axis="y", visible=False)
    axis.grid(axis="x", color=LINE, linewidth=0.6)
    axis.spines["left"].set_visible(False)
    axis.set_xlabel("completed, per cent of people")
    return figure
