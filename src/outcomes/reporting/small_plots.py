"""The small plots of the first screen: the main difference in points, on a line of its own scale.

The lines of measures with a worthwhile difference are drawn so that it stands at the same place on all of them: what
the eye compares from line to line is how much of it was found.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.blocks.phrase import picture
from outcomes.questions.verdict.words import list_measures
from outcomes.results.outcome import Estimate
from outcomes.results.quantity import Quantity
from outcomes.results.ways import main_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.blocks.phrase import Phrase
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

WIDTH, HEIGHT, EDGE = 236, 40, 10  # of the picture, and of what stays free at its sides, in units of its own
MIDDLE, TEXT = 13, 12.5  # where the line stands, and how large the numbers below it are
AXIS, ZERO, FULL, WORTHWHILE = "#d5dbe2", "#5a6675", "#14557b", "#1c2430"


@dataclass(frozen=True, slots=True)
class Plot:
    """A difference in points or shares, or a ratio as its logarithm, so that positive favours the full programme.

    `none` and `mark` are the texts of no difference and of the worthwhile one.
    """

    value: float
    low: float
    high: float
    worthwhile: float | None
    none: str
    mark: str

    @property
    def reach(self) -> float:
        """Farthest from zero of what is drawn [points]."""
        return max(abs(self.value), abs(self.low), abs(self.high), self.worthwhile or 0.0)


def draw_small_plots(registry: Registry, plan: Plan) -> Mapping[str, Phrase]:
    """Draw one for each measure of the first page that has a main comparison."""
    plots = {measure: found for measure in list_measures(plan) if (found := _find(registry, plan, measure))}
    farthest = max((one.reach / one.worthwhile for one in plots.values() if one.worthwhile), default=1.0)
    return {
        measure: _draw(one, farthest * one.worthwhile if one.worthwhile else one.reach or 1.0)
        for measure, one in plots.items()
    }


def _find(registry: Registry, plan: Plan, measure: str) -> Plot | None:
    difference = registry.get(main_key(registry, measure, plan.primary))
    if not isinstance(difference, Estimate):
        return None
    described = plan.measures[measure]
    turn = math.log if difference.quantity is Quantity.RATE_RATIO else float
    limits = difference.limits or (difference.value,) * 2
    if turn is math.log and min(limits) <= 0:
        return None
    low, high = sorted(described.sign * turn(end) for end in limits)
    worthwhile = described.worthwhile
    mark = "" if worthwhile is None else f"{worthwhile:g}"
    if difference.unit == "share_difference" and worthwhile is not None:
        mark = f"{100 * worthwhile:g} in 100"
    if turn is math.log and worthwhile is not None:
        mark = f"{worthwhile if (worthwhile > 1) == (described.sign > 0) else 1 / worthwhile:.3g}"
        worthwhile = abs(math.log(worthwhile))
    none = "1" if turn is math.log else "0"
    return Plot(described.sign * turn(difference.value), low, high, worthwhile, none, mark)


def _draw(one: Plot, reach: float) -> Phrase:
    def at(position: float) -> str:
        return f"{WIDTH / 2 + (WIDTH / 2 - EDGE) * position / reach:.1f}"

    bottom = 2 * MIDDLE
    mark = _number(at(0.0), one.none, ZERO)
    if one.worthwhile is not None:
        place = at(one.worthwhile)
        mark += f'<path d="M{place} 1V{bottom - 1}" {_line(WORTHWHILE, 1.5)} stroke-dasharray="3 3"/>'
        mark += _number(place, one.mark, WORTHWHILE)
    return picture(
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
