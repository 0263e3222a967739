"""Every estimate of the same difference, in points, with the interval of the main one as a band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.blocks.format import format_number
from outcomes.charts.chart import Label
from outcomes.charts.estimates import draw_rows, draw_worthwhile, face_better, worthwhile_of
from outcomes.charts.layout import first_of_rows, make_grid, name_directions
from outcomes.charts.style import ARM_STYLES, INK, LINE, MUTED, PAPER
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.ways import WAYS, main_key, name_way

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry
    from outcomes.results.ways import Way

LOOKS: dict[str, dict[str, Any]] = {
    "main": {"colour": ARM_STYLES["full"].colour, "size": 6},
    "other": {"colour": INK, "size": 4.5},
    "apart": {"colour": MUTED, "face": "#ffffff", "size": 4.5},
}
BAND = "#e8eef3"


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw one panel for each primary measure that has a main comparison."""
    mains = {one: main_key(registry, one, plan.primary) for one in plan.primary_scored}
    measures = [one for one, key in mains.items() if isinstance(registry.get(key), Estimate)]
    ways = [way for way in WAYS if any(registry.get(way.key(one, plan.primary)) for one in measures)]
    if not measures or len(ways) < 2:  # noqa: PLR2004  # one alone is no comparison
        return None
    height = 0.23 * len(ways) + 1.25
    figure, charts = make_grid(len(measures), row_height=height, share="y", rules="", sides="x")
    for chart, measure in zip(charts, measures, strict=True):
        _draw_measure(chart, registry, plan, measure, ways)
    places = _places(ways)
    for chart in first_of_rows(charts):
        chart.mark(
            "y",
            list(places.values()),
            [Label(name_way(way, registry, plan.primary_scored, plan.primary), INK) for way in places],
            size=7.5,
        )
    charts[0].set_ylim(min(places.values()) - 0.7, 0.7)
    name_directions(figure, "better in", "points of each scale", plan)
    return figure


def _places(ways: list[Way]) -> dict[Way, float]:
    """Heights of the ways, with a gap above those that ask another question."""
    return {way: -place - (0.7 if way.role == "apart" else 0.0) for place, way in enumerate(ways)}


def _draw_measure(chart: Chart, registry: Registry, plan: Plan, measure: str, ways: list[Way]) -> None:
    key = main_key(registry, measure, plan.primary)
    main = registry[key]
    chosen = plan.measures[measure]
    limits = main.limits if isinstance(main, Estimate) else None
    if limits is not None:
        chart.axvspan(*limits, color=BAND, linewidth=0, zorder=0)
    chart.axvline(0, color=MUTED, linewidth=0.8)
    found = {way: registry.get(way.key(measure, plan.primary)) for way in ways}
    places = _places(ways)
    for way, place in places.items():
        if isinstance(found[way], NotEstimable):
            chart.write(0.5, place, "not estimable", on="y", ha="center", va="center", **_SMALL)
    for role, looks in LOOKS.items():
        alike = [way for way in ways if _look_of(way, way.key(measure, plan.primary) == key) == role]
        rows = [(places[way], one) for way in alike if isinstance(one := found[way], Estimate)]
        draw_rows(chart, rows, marker="s", width=1.2, **looks)
    low, high = chart.get_xlim()
    worthwhile = worthwhile_of(chosen)
    if worthwhile is not None:
        draw_worthwhile(chart, worthwhile, named="above")
        low, high = min(low, 1.1 * worthwhile), max(high, 1.1 * worthwhile)
    apart = [place for way, place in places.items() if way.role == "apart"]
    if apart:
        chart.axhline(max(apart) + 0.85, color=LINE, linewidth=0.8)
    face_better(chart, chosen, low, high)
    chart.entitle(_entitle(registry, plan, measure), size=8.5)


def _entitle(registry: Registry, plan: Plan, measure: str) -> str:
    """Say how many ways agree with the main one."""
    name, key = plan.measure_names[measure], Key("agreement", measure, plan.primary, "agree")
    agree, compared = registry.get(key), registry.get(key.but(what="compared"))
    if not isinstance(agree, Estimate) or not isinstance(compared, Estimate):
        return name
    told = (format_number(one.value, decimals=0) for one in (agree, compared))
    return f"{name}: {' of '.join(told)} others agree"


def _look_of(way: Way, is_main: bool) -> str:  # said at the only call
    return "main" if is_main else "apart" if way.role == "apart" else "other"


_SMALL: dict[str, Any] = {"color": MUTED, "fontsize": 6.5, "style": "italic", "bbox": PAPER}
