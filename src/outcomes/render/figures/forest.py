"""Every way of comparing at the primary visit, in standard deviations: positive favours the full programme."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.core.estimates import Estimate
from outcomes.render.figures.style import ARM_STYLES, INK, MUTED, make_figure, shorten
from outcomes.render.strip import scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.registry import Registry

WAYS = (
    ("mmrm.{measure}.{visit}.g", "all visits, adjusted (main)"),
    ("mixed.{measure}.{visit}.g", "all visits, groups and therapists"),
    ("clusters.{measure}.{visit}.g", "change, means of groups"),
    ("ancova.{measure}.{visit}.g", "this visit, adjusted"),
    ("between.{measure}.{visit}.g_change", "change, not adjusted"),
    ("between.{measure}.{visit}.g_score", "score, not adjusted"),
)


class Row(NamedTuple):
    """A line of the plot: a heading without, or a way of comparing with its estimate."""

    measure: str
    text: str
    estimate: Estimate | None
    is_main: bool


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the measures that have at least one standardised difference."""
    rows = [row for measure in plan.measures for row in _rows(registry, plan, measure)]
    if not rows:
        return None
    figure, (axis,) = make_figure(1, 1, height=0.24 * len(rows) + 1.0)
    axis.grid(visible=False)
    axis.axvline(0, color=MUTED, linewidth=0.8)
    for place, row in enumerate(rows):
        if row.estimate is not None:
            _draw_estimate(axis, -place, row.estimate, is_main=row.is_main)
    for measure in plan.primary_measures:
        _draw_worthwhile(axis, registry, plan, measure, rows)
    axis.set_yticks([-place for place in range(len(rows))], [row.text for row in rows])
    for label, row in zip(axis.get_yticklabels(), rows, strict=True):
        label.set_color(INK if row.estimate is None else MUTED)
        label.set_fontweight("bold" if row.estimate is None else "normal")
    axis.spines["left"].set_visible(False)
    axis.set_ylim(-len(rows) + 0.4, 0.6)
    largest = max(abs(limit) for limit in axis.get_xlim())
    axis.set_xlim(-largest, largest)
    figure.supxlabel(
        f"← favours {shorten(plan.arm_labels['skills'], 30)}    standard deviations    "
        f"favours {shorten(plan.arm_labels['full'], 34)} →",
        color=MUTED,
        fontsize=8.5,
    )
    return figure


def _draw_worthwhile(axis: Axes, registry: Registry, plan: Plan, measure: str, rows: list[Row]) -> None:
    """Draw the worthwhile difference across the rows of a measure, on the scale of its main comparison."""
    scaled = scale(registry, plan, measure)
    places = [place for place, row in enumerate(rows) if row.measure == measure]
    if scaled is None or scaled.worthwhile is None or not places:
        return
    ends = [-places[0] - 0.6, -places[-1] - 0.4]
    axis.plot([scaled.worthwhile] * 2, ends, color=ARM_STYLES["skills"].colour, linewidth=0.9, linestyle=(0, (4, 3)))


def _rows(registry: Registry, plan: Plan, measure: str) -> list[Row]:
    found = []
    for pattern, text in WAYS:
        outcome = registry.get(pattern.format(measure=measure, visit=plan.primary))
        if isinstance(outcome, Estimate):
            found.append(Row(measure, text, outcome, pattern.startswith("mmrm")))
    return [Row(measure, shorten(plan.measures[measure].label, 40), None, False), *found] if found else []


def _draw_estimate(axis: Axes, place: float, estimate: Estimate, *, is_main: bool) -> None:
    colour = ARM_STYLES["full"].colour if is_main else MUTED
    if estimate.interval is not None and estimate.interval.low is not None and estimate.interval.high is not None:
        axis.plot([estimate.interval.low, estimate.interval.high], [place, place], color=colour, linewidth=1.4)
    axis.plot([estimate.value], [place], marker="s", color=colour, markersize=6 if is_main else 4.5)
