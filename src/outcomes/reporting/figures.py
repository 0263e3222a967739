"""Figures, drawn from the registry alone, as SVG that is the same byte for byte on every run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.charts.style import drawing
from outcomes.charts.svg import to_svg
from outcomes.charts.watched import Watched
from outcomes.questions.agreement import figure as agreement
from outcomes.questions.balance import love_figure as love
from outcomes.questions.balance import overlap_figure as overlap
from outcomes.questions.baseline import figure as baseline
from outcomes.questions.change import figure as change
from outcomes.questions.completion import attendance_figure as attendance
from outcomes.questions.completion import figure as completion
from outcomes.questions.costs import figure as costs
from outcomes.questions.evidence import figure as evidence
from outcomes.questions.missing import figure as missing
from outcomes.questions.missing import tipping_figure as tipping
from outcomes.questions.needs import figure as moderators
from outcomes.questions.outcomes import forest, trajectory
from outcomes.questions.precision import figure as precision
from outcomes.questions.retention import figure as retention
from outcomes.questions.sessions import content_figure as sessions
from outcomes.questions.sessions import pace_figure as pace
from outcomes.questions.sessions import targets_figure as targets

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

DRAWN: dict[str, Callable[[Registry, Plan], Figure | None]] = {
    "baseline": baseline.draw,
    "trajectory": trajectory.draw,
    "forest": forest.draw,
    "completion": completion.draw,
    "attendance": attendance.draw,
    "retention": retention.draw,
    "change": change.draw,
    "love": love.draw,
    "overlap": overlap.draw,
    "missing": missing.draw,
    "tipping": tipping.draw,
    "agreement": agreement.draw,
    "evidence": evidence.draw,
    "sessions": sessions.draw,
    "course": sessions.draw_course,
    "targets": targets.draw,
    "pace": pace.draw,
    "costs": costs.draw,
    "moderators": moderators.draw,
    "precision": precision.draw,
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


def render_figures(registry: Registry, plan: Plan) -> dict[str, str]:
    """SVG text of every figure that the registry has numbers for, by name."""
    return {name: picture.svg for name, picture in draw_figures(registry, plan).items()}


def render_figure(name: str, registry: Registry, plan: Plan) -> str | None:
    """SVG text of a figure, or None where the registry has no numbers for it."""
    picture = draw_figure(name, registry, plan)
    return None if picture is None else picture.svg
