"""Every estimate of the same difference, in points, with the interval of the main one as a band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.core.estimates import Estimate, NotEstimable
from outcomes.core.ways import MAIN, WAYS
from outcomes.render.figures.style import ARM_STYLES, INK, LINE, MUTED, PAPER, make_figure, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from outcomes.core.ways import Way
    from outcomes.plan.model import Plan
    from outcomes.registry import Registry

COLUMNS = 3
BAND = "#e8eef3"


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw one panel for each primary measure that has a main comparison."""
    measures = [one for one in plan.primary_measures if isinstance(registry.get(MAIN.id(one, plan.primary)), Estimate)]
    ways = [way for way in WAYS if any(way.id(one, plan.primary) in registry for one in measures)]
    if not measures or len(ways) < 2:  # noqa: PLR2004  # one alone is no comparison
        return None
    columns = min(COLUMNS, len(measures))
    rows = -(-len(measures) // columns)
    height = rows * (0.23 * len(ways) + 1.15)
    figure, axes = make_figure(rows, columns, height=height, sharey=True)
    for axis, measure in zip(axes, measures, strict=False):
        _draw_measure(axis, registry, plan, measure, ways)
    for axis in axes[len(measures) :]:
        axis.set_visible(False)
    places = _places(ways)
    for axis in axes[::columns]:
        axis.set_yticks(list(places.values()), [way.text for way in places], color=INK, fontsize=7.5)
    axes[0].set_ylim(min(places.values()) - 0.7, 0.7)
    return figure


def _places(ways: list[Way]) -> dict[Way, float]:
    """Heights of the ways, with a gap above those that ask another question."""
    return {way: -place - (0.7 if way.role == "apart" else 0.0) for place, way in enumerate(ways)}


def _draw_measure(axis: Axes, registry: Registry, plan: Plan, measure: str, ways: list[Way]) -> None:
    main = registry[MAIN.id(measure, plan.primary)]
    chosen = plan.measures[measure]
    axis.grid(visible=False)
    if (
        isinstance(main, Estimate)
        and main.interval
        and main.interval.low is not None
        and main.interval.high is not None
    ):
        axis.axvspan(main.interval.low, main.interval.high, color=BAND, linewidth=0, zorder=0)
    axis.axvline(0, color=MUTED, linewidth=0.8)
    for way, place in _places(ways).items():
        _draw_way(axis, place, registry.get(way.id(measure, plan.primary)), way)
    low, high = axis.get_xlim()
    better = 1.0 if chosen.better == "higher" else -1.0
    if chosen.worthwhile is not None:
        axis.axvline(
            better * chosen.worthwhile, color=ARM_STYLES["skills"].colour, linewidth=0.9, linestyle=(0, (4, 3))
        )
        low, high = min(low, 1.1 * better * chosen.worthwhile), max(high, 1.1 * better * chosen.worthwhile)
    apart = [place for way, place in _places(ways).items() if way.role == "apart"]
    if apart:
        axis.axhline(max(apart) + 0.85, color=LINE, linewidth=0.8)
    axis.set_xlim(low, high)
    axis.spines["left"].set_visible(False)
    axis.set_title(wrap(chosen.label, 24), fontsize=8.5)
    axis.set_xlabel("favours full →" if better > 0 else "← favours full", fontsize=7.5)


def _draw_way(axis: Axes, place: float, outcome: object, way: Way) -> None:
    if isinstance(outcome, NotEstimable):
        axis.text(0.5, place, "not estimable", transform=axis.get_yaxis_transform(), ha="center", va="center", **_SMALL)
    if not isinstance(outcome, Estimate):
        return
    colour = ARM_STYLES["full"].colour if way.role == "main" else INK if way.role != "apart" else MUTED
    if outcome.interval is not None and outcome.interval.low is not None and outcome.interval.high is not None:
        axis.plot([outcome.interval.low, outcome.interval.high], [place, place], color=colour, linewidth=1.2)
    face = "#ffffff" if way.role == "apart" else colour
    size = 6 if way.role == "main" else 4.5
    axis.plot([outcome.value], [place], marker="s", color=colour, markerfacecolor=face, markersize=size)


_SMALL: dict[str, Any] = {"color": MUTED, "fontsize": 6.5, "style": "italic", "bbox": PAPER}
