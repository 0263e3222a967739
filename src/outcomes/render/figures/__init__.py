"""Figures, drawn from the registry alone, as SVG that is the same byte for byte on every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.render.figures import (
    agreement,
    attendance,
    change,
    completion,
    forest,
    love,
    overlap,
    retention,
    trajectory,
)
from outcomes.render.figures.style import drawing, to_svg

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.registry import Registry

DRAWN: dict[str, Callable[[Registry, Plan], Figure | None]] = {
    "trajectory": trajectory.draw,
    "forest": forest.draw,
    "completion": completion.draw,
    "attendance": attendance.draw,
    "retention": retention.draw,
    "change": change.draw,
    "love": love.draw,
    "overlap": overlap.draw,
    "agreement": agreement.draw,
}


def render_figures(registry: Registry, plan: Plan) -> dict[str, str]:
    """SVG text of every figure that the registry has numbers for, by name."""
    drawn = {name: render_figure(name, registry, plan) for name in DRAWN}
    return {name: svg for name, svg in drawn.items() if svg is not None}


def render_figure(name: str, registry: Registry, plan: Plan) -> str | None:
    """SVG text of a figure, or None where the registry has no numbers for it."""
    with drawing():
        figure = DRAWN[name](registry, plan)
    return None if figure is None else to_svg(figure, name)
