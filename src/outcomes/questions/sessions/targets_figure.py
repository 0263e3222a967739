"""What 121 sessions were about, by thirds of the programme: one bar a third, targets in DBT's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.charts.bars import Shade, draw_bars
from outcomes.charts.layout import make_figure
from outcomes.questions.sessions.components import THIRDS
from outcomes.questions.sessions.listed import target_of
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

# From the highest target to the lowest: darker is higher, so that the order holds without colour.
SHADES = {
    "life_threatening": Shade("life-threatening", "#0d3a55", "white"),
    "therapy_interfering": Shade("therapy-interfering", "#37739a", "white"),
    "quality_of_life": Shade("quality of life", "#9fc4d8"),
    "skills": Shade("skills", "#e3edf3"),
}


def draw(registry: Registry, _: Plan) -> Figure | None:
    """Draw the thirds whose four shares are all known."""
    bars = {third: _parts(registry, third) for third in THIRDS}
    known = {third: parts for third, parts in bars.items() if parts}
    if not known:
        return None
    figure, (chart,) = make_figure(1, height=0.42 * len(known) + 0.95, rules="x", sides="x")
    draw_bars(chart, [list(parts.values()) for parts in known.values()], list(SHADES.values()))
    chart.mark("y", [-place for place in range(len(known))], [f"{third.capitalize()} third" for third in known])
    chart.name_axis("x", "per cent of sessions with a target")
    return figure


def _parts(registry: Registry, third: str) -> dict[str, float]:
    found = {target: registry.get(target_of(target, third)) for target in SHADES}
    shares = {target: share.value for target, share in found.items() if isinstance(share, Estimate)}
    return shares if len(shares) == len(SHADES) else {}
