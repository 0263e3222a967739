"""One look for all figures: two arm colours that also differ in shape, thin lines, no decoration."""

from __future__ import annotations

import contextlib
import warnings
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INK, MUTED, LINE = "#1c2430", "#5a6675", "#d5dbe2"


@dataclass(frozen=True, slots=True)
class ArmStyle:
    """How an arm is drawn: colour, marker, filled or open."""

    colour: str
    marker: str
    face: str
    dash: tuple[float, ...]


ARM_STYLES = {
    "full": ArmStyle("#14557b", "o", "#14557b", ()),
    "skills": ArmStyle("#b4540a", "D", "#ffffff", (4.0, 2.0)),
}
SIGNS = {"full": "●", "skills": "◇"}  # the markers, for a label that has to stand apart from its line
# Behind a text that a line may cross.
PAPER: dict[str, Any] = {"facecolor": "#ffffff", "edgecolor": "none", "pad": 0.8}
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "text.color": INK,
    "text.parse_math": False,  # a label with dollars is a label
}


def spread(heights: Mapping[str, float], *, apart: float) -> dict[str, float]:
    """Keep labels apart where their lines end close together."""
    order = sorted(heights, key=lambda name: heights[name])
    places = dict(heights)
    for lower, upper in pairwise(order):
        gap = apart - (places[upper] - places[lower])
        if gap > 0:
            places[lower] -= gap / 2
            places[upper] += gap / 2
    return places


@contextlib.contextmanager
def drawing() -> Iterator[None]:
    """Give the settings under which all figures are drawn."""
    with mpl.rc_context(SETTINGS), warnings.catch_warnings():
        # a label may hold signs that no font here has: they are drawn as boxes, and the page beside it shows them
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield
