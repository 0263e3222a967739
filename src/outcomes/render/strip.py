"""The small plots of the first screen: an interval on a line from one arm to the other, with the worthwhile mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from outcomes.core.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.plan.model import Plan
    from outcomes.registry import Registry

WIDTH, HEIGHT, EDGE = 300, 38, 12
MIDDLE, TEXT = 13, 11  # where the line stands, and how large the numbers below it are
AXIS, ZERO, FULL, WORTHWHILE = "#d5dbe2", "#5a6675", "#14557b", "#b4540a"


class Scaled:
    """A difference on the common scale: standard deviations, positive favours the full programme."""

    def __init__(self, difference: Estimate, g: Estimate, worthwhile: float | None) -> None:
        self.points = worthwhile
        # the two results of one comparison differ by the scale and the sign alone
        unit = g.value / difference.value
        limits = difference.interval
        ends = [unit * limit for limit in (limits.low, limits.high) if limit is not None] if limits else []
        self.value = g.value
        self.low, self.high = (min(ends), max(ends)) if ends else (g.value, g.value)
        self.worthwhile = None if worthwhile is None else abs(unit) * worthwhile

    @property
    def reach(self) -> float:
        """Farthest from zero of what is drawn."""
        return max(abs(self.low), abs(self.high), self.worthwhile or 0.0)


def draw_strips(registry: Registry, plan: Plan) -> Mapping[str, Markup]:
    """Draw one strip for each primary measure that has a main comparison, all on one scale."""
    scaled = {measure: found for measure in plan.primary_measures if (found := scale(registry, plan, measure))}
    reach = max((one.reach for one in scaled.values()), default=1.0) or 1.0
    return {measure: _draw(one, reach) for measure, one in scaled.items()}


def scale(registry: Registry, plan: Plan, measure: str) -> Scaled | None:
    """Put the main comparison of a measure on the common scale, where there is one."""
    difference = registry.get(f"mmrm.{measure}.{plan.primary}.difference")
    g = registry.get(f"mmrm.{measure}.{plan.primary}.g")
    if not isinstance(difference, Estimate) or not isinstance(g, Estimate) or difference.value == 0:
        return None
    return Scaled(difference, g, plan.measures[measure].worthwhile)


def _draw(one: Scaled, reach: float) -> Markup:
    def at(position: float) -> str:
        return f"{WIDTH / 2 + (WIDTH / 2 - EDGE) * position / reach:.1f}"

    bottom = 2 * MIDDLE
    mark = _number(at(0.0), "0", ZERO)
    if one.worthwhile is not None and one.points is not None:
        place = at(one.worthwhile)
        mark += f'<path d="M{place} 1V{bottom - 1}" {_line(WORTHWHILE, 1.5)} stroke-dasharray="3 3"/>'
        mark += _number(place, f"{one.points:g}", WORTHWHILE)
    # the parts are numbers of this file, never text from outside
    return Markup(  # noqa: S704  # see above
        f'<svg class="strip" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
        f'<path d="M{EDGE} {MIDDLE}H{WIDTH - EDGE}" {_line(AXIS, 1)}/>'
        f'<path d="M{WIDTH / 2} 1V{bottom - 1}" {_line(ZERO, 1)}/>{mark}'
        f'<path d="M{at(one.low)} {MIDDLE}H{at(one.high)}" {_line(FULL, 2.5)}/>'
        f'<circle cx="{at(one.value)}" cy="{MIDDLE}" r="5" fill="{FULL}"/></svg>'
    )


def _number(place: str, text: str, colour: str) -> str:
    """Write a number of the scale, in points, below its mark."""
    return f'<text x="{place}" y="{HEIGHT - 2}" font-size="{TEXT}" text-anchor="middle" fill="{colour}">{text}</text>'


def _line(colour: str, width: float) -> str:
    """Say it in the picture itself, which stands in formats without a style sheet as well."""
    return f'fill="none" stroke="{colour}" stroke-width="{width}"'
