"""Figures, drawn from the registry alone, as SVG that is the same byte for byte on every run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.charts.layout import lay_out
from outcomes.charts.style import drawing
from outcomes.charts.svg import to_svg
from outcomes.charts.watched import Watched
from outcomes.questions.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

DRAWN: dict[str, Callable[[Registry, Plan], Figure | None]] = {
    figure: question.load(module).draw for question in CATALOGUE.values() for figure, module in question.figures.items()
}


class Picture(NamedTuple):
    """A figure as SVG, and the ids of the results that it was drawn from."""

    svg: str
    ids: tuple[str, ...]


def draw_figures(registry: Registry, plan: Plan) -> dict[str, Picture]:
    """Draw every figure that the registry has numbers for, by name."""
    drawn = {name: draw_figure(name, registry, plan) for name in DRAWN}
    return {name: picture for name, picture in drawn.items() if picture is not None}


def draw_figure(name: str, registry: Registry, plan: Plan) -> Picture | None:
    """Draw a figure, or nothing where the registry has no numbers for it."""
    watched = Watched(registry)
    with drawing():
        figure = DRAWN[name](watched, plan)
    return None if figure is None else Picture(to_svg(figure, name), watched.asked)


def draw_whole(name: str, registry: Registry, plan: Plan) -> Figure | None:
    """Draw a figure as matplotlib has it, laid out as in the report; None where the registry has no numbers for it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with drawing():
        figure = DRAWN[name](registry, plan)
        if figure is not None:
            lay_out(figure, FigureCanvasAgg(figure).get_renderer())  # type: ignore[no-untyped-call]
    return figure


def render_figures(registry: Registry, plan: Plan) -> dict[str, str]:
    """SVG text of every figure that the registry has numbers for, by name."""
    return {name: picture.svg for name, picture in draw_figures(registry, plan).items()}
