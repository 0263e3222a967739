"""Bars of parts that make up a whole, one below the other; the parts are named above the first of them."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from outcomes.blocks.format import format_number
from outcomes.charts.style import INK, MUTED, PAPER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.charts.chart import Chart

HEIGHT, NARROWEST = 0.64, 0.06  # of a bar; a part with a smaller share has no room for its number
LETTER, GAP = 1.15, 2.5  # room for a letter of a name, and between two names [per cent of the whole]
ABOVE = 0.72  # from the middle of the first bar to the names


class Shade(NamedTuple):
    """How a part is filled, and the ink that can be read on it; a hatch tells it apart without colour."""

    name: str
    fill: str
    ink: str = INK
    hatch: str = ""


def draw_bars(chart: Chart, bars: Sequence[Sequence[float]], shades: Sequence[Shade]) -> None:
    """Draw bars from the top down; each holds the shares of its parts in the order of the shades."""
    for place, shares in enumerate(bars):
        begins = [0.0, *accumulate(shares)][:-1]
        fills, hatches = [shade.fill for shade in shades], [shade.hatch for shade in shades]
        widths, lefts = ([100 * one for one in series] for series in (shares, begins))
        chart.barh(
            [-place] * len(shares), widths, left=lefts, height=HEIGHT, color=fills, hatch=hatches, edgecolor="white"
        )
        for share, begin, shade in zip(shares, begins, shades, strict=True):
            if share >= NARROWEST:
                said = format_number(100 * share, decimals=0)
                middle = 100 * (begin + share / 2)
                paper = {**PAPER, "facecolor": shade.fill} if shade.hatch else None
                looks: dict[str, Any] = {
                    "color": shade.ink,
                    "ha": "center",
                    "va": "center",
                    "fontsize": 7.5,
                    "bbox": paper,
                }
                chart.write(middle, -place, said, **looks)
    _name_parts(chart, bars[0], shades)
    chart.set_xlim(0, 100)
    chart.set_ylim(-len(bars) + 0.5, ABOVE + 0.35)


def _name_parts(chart: Chart, shares: Sequence[float], shades: Sequence[Shade]) -> None:
    """Write the names above the first bar, each as near to its part as the others let it, with a line to it."""
    ends = list(accumulate(shares))
    middles = [100 * (end - share / 2) for end, share in zip(ends, shares, strict=True)]
    for shade, middle, at in zip(shades, middles, _keep_apart(middles, [shade.name for shade in shades]), strict=True):
        chart.plot([middle, at], [HEIGHT / 2, ABOVE - 0.1], color=MUTED, linewidth=0.6, clip_on=False)
        chart.write(at, ABOVE, shade.name, color=INK, ha="center", va="bottom", fontsize=7.5)


def _keep_apart(middles: Sequence[float], names: Sequence[str]) -> list[float]:
    """Move names to the right until none covers the one before, then back from the right edge."""
    halves = [LETTER * len(name) / 2 for name in names]
    places: list[float] = []
    edge = -GAP
    for middle, half in zip(middles, halves, strict=True):
        places.append(max(middle, edge + GAP + half))
        edge = places[-1] + half
    edge = 100.0 + GAP
    for place in reversed(range(len(places))):
        places[place] = min(places[place], edge - GAP - halves[place])
        edge = places[place] - halves[place]
    return places
