"""Means over time, one panel a measure: as seen at the start, then adjusted by the main model."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

from outcomes.core.estimates import Estimate
from outcomes.plan.model import ARMS
from outcomes.render.figures.style import ARM_STYLES, MUTED, make_figure, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.registry import Registry

SHIFT = {"full": -0.006, "skills": 0.006}  # of the time shown, so that intervals do not hide each other
TITLE_WIDTH = 44


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the measures that have at least one mean."""
    shown = [measure for measure in plan.measures if any(_points(registry, plan, measure, arm) for arm in ARMS)]
    if not shown:
        return None
    rows = math.ceil(len(shown) / 2)
    figure, axes = make_figure(rows, min(2, len(shown)), height=2.7 * rows + 0.5)
    for axis in axes[len(shown) :]:
        axis.set_visible(False)
    for axis, measure in zip(axes, shown, strict=False):
        _draw_panel(axis, registry, plan, measure)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return figure


def _draw_panel(axis: Axes, registry: Registry, plan: Plan, measure: str) -> None:
    weeks = [visit.week for visit in plan.visits.values()]
    reach = (max(weeks) - min(weeks)) or 1.0
    for arm in ARMS:
        points = _points(registry, plan, measure, arm)
        if not points:
            continue
        style = ARM_STYLES[arm]
        at = [week + SHIFT[arm] * reach for week, _ in points]
        means = [mean.value for _, mean in points]
        limits = [_limits(mean) for _, mean in points]
        reaches = [[mean - low for mean, (low, _) in zip(means, limits, strict=True)]]
        reaches.append([high - mean for mean, (_, high) in zip(means, limits, strict=True)])
        first = 1 if _is_baseline(plan, points) else 0  # as seen, not adjusted: no line leads on from it
        axis.errorbar(at, means, yerr=reaches, fmt="none", ecolor=style.colour, elinewidth=1.1)
        looks: dict[str, Any] = {
            "color": style.colour,
            "marker": style.marker,
            "markerfacecolor": style.face,
            "markersize": 5.5,
        }
        label = shorten(plan.arm_labels[arm], 48)
        axis.plot(at[:first], means[:first], linestyle="none", **looks)
        axis.plot(at[first:], means[first:], linewidth=1.4, dashes=style.dash or (1, 0), label=label, **looks)
    _label(axis, plan, measure)


def _is_baseline(plan: Plan, points: list[tuple[float, Estimate]]) -> bool:
    return len(points) > 1 and points[0][0] == plan.visits[plan.baseline].week


def _label(axis: Axes, plan: Plan, measure: str) -> None:
    described = plan.measures[measure]
    axis.set_title(
        "\n".join(textwrap.wrap(shorten(described.label, 2 * TITLE_WIDTH), TITLE_WIDTH)), fontweight="bold", loc="left"
    )
    axis.set_xticks(
        [visit.week for visit in plan.visits.values()],
        ["\n".join(textwrap.wrap(shorten(visit.label, 36), 12)) for visit in plan.visits.values()],
    )
    axis.set_ylabel(f"points ({described.better} is better)", color=MUTED)
    axis.margins(x=0.06, y=0.12)


def _points(registry: Registry, plan: Plan, measure: str, arm: str) -> list[tuple[float, Estimate]]:
    points = []
    for visit in plan.visits:
        adjusted = registry.get(f"mmrm.{measure}.{visit}.{arm}.adjusted_mean")
        mean = adjusted if isinstance(adjusted, Estimate) else registry.get(f"describe.{measure}.{visit}.{arm}.mean")
        if isinstance(mean, Estimate):
            points.append((plan.visits[visit].week, mean))
    return points


def _limits(mean: Estimate) -> tuple[float, float]:
    if mean.interval is None or mean.interval.low is None or mean.interval.high is None:
        return mean.value, mean.value
    return mean.interval.low, mean.interval.high
