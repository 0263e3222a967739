"""Figures, drawn from the registry alone, as SVG that is the same byte for byte on every run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.render.figures import change, completion, evidence, forest, trajectory
from outcomes.render.figures.style import drawing, to_svg
from outcomes.render.figures.watched import Watched

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
    "evidence": evidence.draw,
}


class Picture(NamedTuple):
    """A figure as SVG, and the ids of the results that it was drawn from."""

    svg: str
    ids: tuple[str, ...]


def draw_figures(registry: Registry, plan: Plan) -> dict[str, Picture]:
    """Draw every figure that the registry has numbers for, by name."""
    pictures = {}
    with drawing():
        for name, draw in DRAWN.items():
            watched = Watched(registry)
            figure = draw(watched, plan)
            if figure is not None:
                pictures[name] = Picture(to_svg(figure, name), watched.asked)
    return pictures


def render_figures(registry: Registry, plan: Plan) -> dict[str, str]:
    """SVG text of every figure that the registry has numbers for, by name."""
    return {name: picture.svg for name, picture in draw_figures(registry, plan).items()}
