"""Figures, drawn from the registry alone, as SVG that is the same byte for byte on every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.render.figures import change, completion, forest, missing, tipping, trajectory
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
    "change": change.draw,
    "missing": missing.draw,
    "tipping": tipping.draw,
}


def render_figures(registry: Registry, plan: Plan) -> dict[str, str]:
    """SVG text of every figure that the registry has numbers for, by name."""
    with drawing():
        drawn = {name: draw(registry, plan) for name, draw in DRAWN.items()}
    return {name: to_svg(figure, name) for name, figure in drawn.items() if figure is not None}
