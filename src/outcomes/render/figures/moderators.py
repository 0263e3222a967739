"""The difference between the programmes at each level of each moderator, raw and shrunken; one panel a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.core.estimates import Estimate
from outcomes.core.ids import word
from outcomes.render.figures.style import ARM_STYLES, INK, MUTED, make_figure, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from outcomes.core.estimates import Outcome
    from outcomes.plan.model import Plan
    from outcomes.registry import Registry

Rows = dict[str, tuple[str, float]]
TITLE_WIDTH, LABEL_WIDTH, GAP, LINE_STEP = 20, 26, 0.6, 0.5


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the measures that have an effect at some level; all panels have the same rows."""
    found = {measure: _levels(registry, plan, measure) for measure in plan.primary_measures}
    shown = {measure: levels for measure, levels in found.items() if levels}
    if not shown:
        return None
    rows = _lay_out(shown, [word(name) for name in plan.needs.moderators])
    columns = min(3, len(shown))
    lines = -(-len(shown) // columns)
    depth = max(place for _, place in rows.values()) + 1
    figure, axes = make_figure(lines, columns, height=lines * (0.34 * depth + 1.15), sharey=True)
    for axis in axes[len(shown) :]:
        axis.set_visible(False)
    for axis, (measure, levels) in zip(axes, shown.items(), strict=False):
        _draw_panel(axis, registry, plan, measure, levels, rows)
    axes[0].set_yticks([-place for _, place in rows.values()], [text for text, _ in rows.values()])
    axes[0].set_ylim(-depth + 0.4, 0.6)
    return figure


def _levels(registry: Registry, plan: Plan, measure: str) -> dict[str, Outcome]:
    """Effects by the words of moderator and level."""
    at = f"needs.{measure}.{plan.primary}."
    return {
        name.removeprefix(at).removesuffix(".difference"): outcome
        for name, outcome in registry.items()
        if name.startswith(at) and name.endswith(".difference") and isinstance(outcome, Estimate)
    }


def _lay_out(shown: dict[str, dict[str, Outcome]], moderators: list[str]) -> Rows:
    """Text and place of each row, in the plan's order of the moderators; a gap parts them."""
    labels = {key: outcome.label for levels in shown.values() for key, outcome in levels.items()}
    rows: Rows = {}
    place, before = 0.0, ""
    for key in sorted(labels, key=lambda key: (moderators.index(key.split(".")[0]), key)):
        moderator = key.split(".")[0]
        place += GAP if before and moderator != before else 0
        text = wrap(labels[key].rsplit("adjusted difference, ", 1)[-1].replace("_", " "), LABEL_WIDTH, lines=3)
        rows[key] = (text, place)
        place, before = place + max(1.0, LINE_STEP * (text.count("\n") + 1)), moderator
    return rows


def _draw_panel(
    axis: Axes, registry: Registry, plan: Plan, measure: str, levels: dict[str, Outcome], rows: Rows
) -> None:
    described = plan.measures[measure]
    axis.set_title(wrap(described.label, TITLE_WIDTH))
    axis.grid(visible=False)
    axis.axvline(0, color=MUTED, linewidth=0.8)
    if described.worthwhile is not None:
        sign = 1 if described.better == "higher" else -1
        axis.axvline(sign * described.worthwhile, color=ARM_STYLES["skills"].colour, linewidth=1.1, dashes=(4, 3))
    colour = ARM_STYLES["full"].colour
    for key, outcome in levels.items():
        if not isinstance(outcome, Estimate):
            continue
        place = -rows[key][1]
        limits = outcome.interval
        if limits is not None and limits.low is not None and limits.high is not None:
            axis.plot([limits.low, limits.high], [place, place], color=colour, linewidth=1.5)
        axis.plot([outcome.value], [place], "o", color=colour, markersize=6)
        drawn = registry.get(f"needs.{measure}.{plan.primary}.{key}.shrunken")
        if isinstance(drawn, Estimate):
            axis.plot([drawn.value], [place - 0.24], "D", color=INK, markerfacecolor="white", markersize=4.6)
    axis.set_xlabel(f"points; {described.better} favours full")
    axis.spines["left"].set_visible(False)
    axis.margins(x=0.08)
