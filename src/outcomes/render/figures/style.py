"""One look for all figures: two arm colours that also differ in shape, thin lines, no decoration."""

from __future__ import annotations

import io
import re
import textwrap
import warnings
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Mapping

    from matplotlib.axes import Axes

INK, MUTED, LINE = "#1c2430", "#5a6675", "#d5dbe2"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LONG = re.compile(r"-?\d+\.\d{3,}")
WIDTH = 7.6  # inches: the text column of the page


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
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "text.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "text.parse_math": False,  # a label with dollars is a label
}


def shorten(text: str, width: int) -> str:
    """Cut a label that is too long for its place; it stands in full in the table below."""
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"


def wrap(text: str, width: int, *, lines: int = 2) -> str:
    """Break a label into at most so many lines, and cut what is left."""
    broken = textwrap.wrap(text, width) or [""]
    if len(broken) > lines:
        broken = [*broken[: lines - 1], shorten(broken[lines - 1], width - 1).removesuffix("…") + "…"]
    return "\n".join(broken)


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


def drawing() -> contextlib.AbstractContextManager[None]:
    """Give the settings under which all figures are drawn."""
    return mpl.rc_context(SETTINGS)


def make_figure(rows: int, columns: int, *, height: float, **options: Any) -> tuple[Figure, list[Axes]]:
    """Make a figure of the page's width with a grid of axes, row by row."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, **options)
    axes = [axis for row in grid for axis in row]
    for axis in axes:
        axis.tick_params(length=0)
        axis.grid(axis="y", color=LINE, linewidth=0.6)
        axis.set_axisbelow(True)
    return figure, axes


def to_svg(figure: Figure, name: str) -> str:
    """SVG without time, without random ids, and without what a screen cannot show."""
    with mpl.rc_context({**SETTINGS, "svg.hashsalt": name}):
        canvas = FigureCanvasSVG(figure)
        buffer = io.StringIO()
        with warnings.catch_warnings():
            # a label may hold signs that no font here has: they are drawn as boxes, and the page beside it shows them
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            # savefig would draw everything a first time, with nothing to show for it
            canvas.print_svg(buffer, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    return compact(buffer.getvalue())


def compact(svg: str) -> str:
    """Leave out comments and needless white space, and round lengths to a hundredth of a point.

    Scales and the outlines of letters keep their digits: a letter is drawn in thousands of units and scaled down.
    """
    svg = _COMMENT.sub("", svg)
    svg = _LONG.sub(_to_hundredth, svg)
    svg = svg.replace("DejaVuSans-", "g").replace("xlink:href", "href")  # names of the outlines of letters
    return re.sub(r"\s*\n\s*", "\n", svg)


def _to_hundredth(found: re.Match[str]) -> str:
    return f"{round(float(found.group()), 2):g}" if abs(float(found.group())) >= 1 else found.group()
