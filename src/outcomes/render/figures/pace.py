"""How soon people improve reliably: the share by each visit, both programmes, one panel a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.core.estimates import Curve
from outcomes.plan.model import ARMS
from outcomes.render.figures.style import ARM_STYLES, MUTED, SIGNS, make_figure, spread, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.registry import Registry

APART = 36  # per cent between two labels of three lines
SHIFT = {"full": -0.012, "skills": 0.012}  # of the time shown, so that intervals do not hide each other


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the primary measures that have a curve."""
    shown = [measure for measure in plan.primary_measures if any(_curve(registry, measure, arm) for arm in ARMS)]
    if not shown:
        return None
    figure, axes = make_figure(1, len(shown), height=2.5, sharey=True)
    for axis, measure in zip(axes, shown, strict=True):
        _draw_panel(axis, registry, plan, measure)
    axes[0].set_ylabel("per cent improved", color=MUTED)
    _name_arms(axes[-1], registry, plan, shown[-1])
    return figure


def _name_arms(axis: Axes, registry: Registry, plan: Plan, measure: str) -> None:
    """Name the programmes beside the last panel, as high as their last shares, and apart from each other."""
    lasts = {arm: 100 * curve.value[-1] for arm in ARMS if (curve := _curve(registry, measure, arm))}
    for arm, height in spread(lasts, apart=APART).items():
        text = wrap(f"{SIGNS[arm]} {plan.arm_labels[arm]}", 15, lines=3)
        axis.text(1.06, height, text, transform=axis.get_yaxis_transform(), va="center", color=ARM_STYLES[arm].colour)


def _curve(registry: Registry, measure: str, arm: str) -> Curve | None:
    found = registry.get(f"pace.{measure}.{arm}")
    return found if isinstance(found, Curve) and found.at else None


def _draw_panel(axis: Axes, registry: Registry, plan: Plan, measure: str) -> None:
    weeks = [visit.week for visit in plan.visits.values()]
    reach = (max(weeks) - min(weeks)) or 1.0
    for arm in ARMS:
        curve, style = _curve(registry, measure, arm), ARM_STYLES[arm]
        if curve is None:
            continue
        at = [week + SHIFT[arm] * reach for week in curve.at]
        share = [100 * value for value in curve.value]
        # Between visits it is not known when: the line only leads the eye from one to the next.
        axis.plot(
            [weeks[0], *at], [0, *share], color=style.colour, linewidth=1.0, dashes=style.dash or (1, 0), alpha=0.5
        )
        if curve.low:
            below = [value - 100 * low for value, low in zip(share, curve.low, strict=True)]
            above = [100 * high - value for value, high in zip(share, curve.high, strict=True)]
            axis.errorbar(at, share, yerr=[below, above], fmt="none", ecolor=style.colour, elinewidth=1.1)
        axis.plot(
            at,
            share,
            style.marker,
            color=style.colour,
            markerfacecolor=style.face,
            markersize=5.5,
            clip_on=False,
        )
    axis.set_title(wrap(plan.measures[measure].label, 26), fontsize=8.5)
    axis.set_xticks(weeks, [f"{week:g}" for week in weeks])
    axis.set_xlabel("week")
    axis.set_ylim(0, 100)
