"""Means over time, one panel a measure: those of the main model from one mean start on, else as seen; never both.

Better is up in every panel: where lower scores are better, the axis is turned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.charts.estimates import draw_intervals, worthwhile_of
from outcomes.charts.findings import say_finding
from outcomes.charts.layout import make_grid
from outcomes.charts.style import ARM_STYLES, INK, PAPER, SIGNS
from outcomes.charts.texts import shorten
from outcomes.plan.model import ARMS
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.ways import verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

SHIFT = {"full": -0.006, "skills": 0.006}  # of the time shown, so that intervals do not hide each other
WIDE = 2  # panels in a row, which have room for the names of visits
FEW = 4  # panels, two in a row; more would stand three in a row, or be made too small to read for a page
ROOM, NARROW_ROOM = 165.0, 95.0  # for the name of a programme in a panel [points]
BESIDE = 0.04  # of the time shown: the worthwhile difference stands beside the means, not on them


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the measures that have at least one mean."""
    if len(plan.scored) <= FEW:
        return draw_measures(registry, plan, plan.scored, row_height=2.85, columns=WIDE)
    return draw_measures(registry, plan, plan.scored, row_height=2.15, columns=WIDE + 1)


def draw_measures(
    registry: Registry, plan: Plan, measures: Iterable[str], *, row_height: float, columns: int
) -> Figure | None:
    """Draw those of some measures that have at least one mean, so many in a row [inches]."""
    shown = [measure for measure in measures if any(_points(registry, plan, measure, arm) for arm in ARMS)]
    if not shown:
        return None
    figure, charts = make_grid(len(shown), row_height=row_height, columns=columns)
    for chart, measure in zip(charts, shown, strict=True):
        _draw_panel(chart, registry, plan, measure)
        _label(chart, registry, plan, measure, is_narrow=columns > WIDE)
    _name_arms(charts[0], registry, plan, shown[0], room=ROOM if columns <= WIDE else NARROW_ROOM)
    _name_worthwhile(charts, registry, plan, shown)
    for chart, measure in zip(charts, shown, strict=True):
        if plan.measures[measure].better == "lower":
            chart.set_ylim(*sorted(chart.get_ylim(), reverse=True))
    return figure


def _name_arms(chart: Chart, registry: Registry, plan: Plan, measure: str, *, room: float) -> None:
    """Name the programmes in the first panel, above and below all that is drawn: the better in the end on top."""
    chart.margins(x=0.06, y=0.24)
    ends = {arm: points[-1][1].value for arm in ARMS if (points := _points(registry, plan, measure, arm))}
    order = sorted(ends, key=lambda arm: plan.measures[measure].sign * ends[arm], reverse=True)
    for arm, (height, side) in zip(order, ((0.97, "top"), (0.03, "bottom")), strict=False):
        text = f"{SIGNS[arm]} {shorten(plan.arm_names[arm], room, size=8)}"
        chart.write(0.99, height, text, on="", ha="right", va=side, color=ARM_STYLES[arm].colour, fontsize=8)


def _draw_panel(chart: Chart, registry: Registry, plan: Plan, measure: str) -> None:
    weeks = [visit.week for visit in plan.visits.values()]
    reach = (max(weeks) - min(weeks)) or 1.0
    start = _start(registry, plan, measure)
    for arm in ARMS:
        points = _points(registry, plan, measure, arm)
        if not points:
            continue
        style = ARM_STYLES[arm]
        at = [week + SHIFT[arm] * reach for week, _ in points]
        means = [mean.value for _, mean in points]
        placed = zip(at, (mean for _, mean in points), strict=True)
        draw_intervals(chart, placed, colour=style.colour, width=1.1, upright=True)
        looks: dict[str, Any] = {"color": style.colour, "linewidth": 1.4, "dashes": style.dash or (1, 0)}
        if start is not None:
            chart.plot([start[0], at[0]], [start[1], means[0]], **looks)
        chart.plot(at, means, marker=style.marker, markerfacecolor=style.face, markersize=5.5, **looks)
    if start is not None:
        chart.plot([start[0]], [start[1]], marker="s", color=INK, markersize=5)
    _draw_worthwhile(chart, registry, plan, measure, reach)


def _draw_worthwhile(chart: Chart, registry: Registry, plan: Plan, measure: str, reach: float) -> None:
    """Draw how far the full programme would have to lie from skills only at the primary visit to be worthwhile."""
    ends = _worthwhile(registry, plan, measure)
    if ends is None:
        return
    at, end = plan.visits[plan.primary].week + BESIDE * reach, ends[1]
    chart.plot([at, at], ends, color=INK, linewidth=1.0, dashes=(2.0, 1.5))
    chart.plot([at], [end], marker="_", color=INK, markersize=7)


def _worthwhile(registry: Registry, plan: Plan, measure: str) -> tuple[float, float] | None:
    """Mean of skills only, and where the full programme would have to lie."""
    worthwhile = worthwhile_of(plan.measures[measure])
    mean = registry.get(_adjusted(measure, plan.primary, "skills"))
    if worthwhile is None or not isinstance(mean, Estimate):
        return None
    return mean.value, mean.value + worthwhile


def _name_worthwhile(charts: list[Chart], registry: Registry, plan: Plan, shown: list[str]) -> None:
    """Name the mark in the first panel that has it."""
    for chart, measure in zip(charts, shown, strict=False):
        ends = _worthwhile(registry, plan, measure)
        if ends is not None:
            at = plan.visits[plan.primary].week
            is_late = 2 * at > max(visit.week for visit in plan.visits.values())
            looks: dict[str, Any] = {"fontsize": 7, "va": "center", "color": INK, "bbox": PAPER}
            side: dict[str, Any] = {"ha": "right", "by": (-7, 0)} if is_late else {"ha": "left", "by": (16, 0)}
            chart.write(at, sum(ends) / 2, "worthwhile", **side, **looks)
            return


def _start(registry: Registry, plan: Plan, measure: str) -> tuple[float, float] | None:
    """Week and mean of the start to which the main model adjusts both arms; None where means are drawn as seen."""
    mean = registry.get(Key("mmrm", measure, plan.baseline, "start_mean"))
    return (plan.visits[plan.baseline].week, mean.value) if isinstance(mean, Estimate) else None


def _label(chart: Chart, registry: Registry, plan: Plan, measure: str, *, is_narrow: bool) -> None:
    """Name the panel and its axes; a narrow one has room for weeks, not for names of visits."""
    better = "better is up"
    kind = "adjusted mean" if _is_adjusted(registry, plan, measure) else "not adjusted"
    chart.entitle(say_finding(registry, plan, plan.measure_names[measure], verdict_of(measure, plan.primary)), size=8.5)
    weeks = [visit.week for visit in plan.visits.values()]
    chart.mark("x", weeks, [f"{week:g}" for week in weeks] if is_narrow else list(plan.visit_names.values()))
    if is_narrow:
        chart.name_axis("x", "weeks since the start")
    is_said = is_narrow and kind == "adjusted mean"  # that the means are adjusted stands below all panels
    apart = "\n" if is_narrow else " "  # a low panel has no room for both in a line
    chart.name_axis("y", better if is_said else f"{kind}{apart}({better})")
    chart.margins(x=0.06, y=0.12)


def _is_adjusted(registry: Registry, plan: Plan, measure: str) -> bool:
    """Whether the main model gives both arms a mean at some visit: then no other kind of mean is drawn."""
    return any(
        all(isinstance(registry.get(_adjusted(measure, visit, arm)), Estimate) for arm in ARMS) for visit in plan.visits
    )


def _adjusted(measure: str, visit: str, arm: str) -> Key:
    return Key("mmrm", measure, visit, "adjusted_mean", arm)


def _points(registry: Registry, plan: Plan, measure: str, arm: str) -> list[tuple[float, Estimate]]:
    is_adjusted = _is_adjusted(registry, plan, measure)
    points = []
    for visit in plan.visits:
        key = _adjusted(measure, visit, arm) if is_adjusted else Key("describe", measure, visit, "mean", arm)
        mean = registry.get(key)
        if isinstance(mean, Estimate):
            points.append((plan.visits[visit].week, mean))
    return points
