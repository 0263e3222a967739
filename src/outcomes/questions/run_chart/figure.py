"""Run charts: a row a measure, a panel an arm; points by quarter, the line of all, and the limits of chance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from outcomes.charts.estimates import NAMED
from outcomes.charts.layout import make_figure
from outcomes.charts.style import ARM_STYLES, INK, LINE, MUTED, spread
from outcomes.plan.model import ARMS
from outcomes.questions.run_chart.keys import centre_of, list_charts
from outcomes.questions.run_chart.words import list_quarters
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.questions.run_chart.words import Quarter
    from outcomes.results.key import Key
    from outcomes.results.registry import Registry

NAMED_APART = 0.16  # of the height, between two names beside a panel
HALF = 0.5  # of a quarter, on either side of its mark
MARGIN = 0.06  # of the height, above and below what is drawn


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw what has quarters in either arm."""
    found = {
        chart: panels
        for chart in list_charts(plan)
        if any((panels := {arm: list_quarters(registry, chart, arm) for arm in ARMS}).values())
    }
    if not found:
        return None
    named = dict(sorted({one.value.key.category: one.value.named for one in _every(found)}.items()))
    places = {word: place for place, word in enumerate(named)}
    figure, charts = make_figure(len(ARMS) * len(found), height=1.75 * len(found) + 0.3, columns=len(ARMS), sides="xy")
    for row, (key, panels) in enumerate(found.items()):
        row_charts = charts[len(ARMS) * row : len(ARMS) * (row + 1)]
        times = 1.0 if key.measure else 100.0
        span = _reach([one for quarters in panels.values() for one in quarters], times)
        for chart, (arm, quarters) in zip(row_charts, panels.items(), strict=True):
            _draw_panel(chart, registry, key, arm, quarters, places, times)
            chart.entitle(_entitle(plan, key, arm, quarters), size=8.5)
            chart.set_ylim(*span)
            chart.set_xlim(-HALF, len(named) - HALF)
            is_last = row == len(found) - 1
            chart.mark("x", list(places.values()), list(named.values()) if is_last else [""] * len(named))
        last, centre = panels[ARMS[-1]], registry.get(str(centre_of(key, ARMS[-1])))
        if row == 0 and last and isinstance(centre, Estimate):
            _name_lines(row_charts[-1], centre, last[-1], times)
        row_charts[0].name_axis("y", "points" if key.measure else "per cent")
    return figure


def _name_lines(chart: Chart, centre: Estimate, last: Quarter, times: float) -> None:
    """Name the line of all quarters and its limits beside a panel, at the height that they have in the end."""
    heights = {
        "all quarters": times * centre.value,
        "upper limit": times * last.high.value,
        "lower limit": times * last.low.value,
    }
    span = chart.get_ylim()
    for name, height in spread(heights, apart=NAMED_APART * (span[1] - span[0])).items():
        chart.write(1, height, name, on="y", by=(3, 0), va="center", fontsize=NAMED, color=MUTED)


def _every(found: dict[Key, dict[str, list[Quarter]]]) -> list[Quarter]:
    return [one for panels in found.values() for quarters in panels.values() for one in quarters]


def _reach(quarters: list[Quarter], times: float) -> tuple[float, float]:
    ends = [times * each.value for one in quarters for each in one]
    room = MARGIN * ((max(ends) - min(ends)) or 1.0)
    return min(ends) - room, max(ends) + room


def _entitle(plan: Plan, key: Key, arm: str, quarters: list[Quarter]) -> str:
    """Say what is found in a panel: which quarters lie outside."""
    what = plan.measure_names[key.measure] if key.measure else "Completion"
    outside = [one.value.named for one in quarters if one.side]
    told = f"{', '.join(outside)} outside" if outside else "none outside" if quarters else "not known"
    return f"{what}, {plan.arm_names[arm]}: {told}"


def _draw_panel(
    chart: Chart,
    registry: Registry,
    key: Key,
    arm: str,
    quarters: list[Quarter],
    places: dict[str, int],
    times: float,
) -> None:
    style, centre = ARM_STYLES[arm], registry.get(str(centre_of(key, arm)))
    at = [places[one.value.key.category] for one in quarters]
    for place, one in zip(at, quarters, strict=True):
        low, high = ([times * each.value] * 2 for each in (one.low, one.high))
        chart.fill_between([place - HALF, place + HALF], low, high, color=LINE, alpha=0.55, linewidth=0)
    if isinstance(centre, Estimate):
        chart.axhline(times * centre.value, color=INK, linewidth=0.8)
    values = [times * one.value.value for one in quarters]
    looks: dict[str, Any] = {
        "marker": style.marker,
        "color": style.colour,
        "markerfacecolor": style.face,
        "markersize": 4,
    }
    chart.plot(*_with_gaps(at, values), linewidth=1.1, **looks)
    outside = [(place, value) for place, value, one in zip(at, values, quarters, strict=True) if one.side]
    if outside:
        ring: dict[str, Any] = {"marker": "o", "markerfacecolor": "none", "color": INK, "markersize": 10}
        chart.plot(*zip(*outside, strict=True), linestyle="none", **ring)


def _with_gaps(at: list[int], values: list[float]) -> tuple[list[float], list[float]]:
    """Break the line where a quarter in between has nobody."""
    across: list[float] = []
    up: list[float] = []
    for place, value in zip(at, values, strict=True):
        if across and place - across[-1] > 1:
            across.append(math.nan)
            up.append(math.nan)
        across.append(float(place))
        up.append(value)
    return across, up
