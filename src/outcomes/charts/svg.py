"""A figure as SVG: the same bytes every time, and no more of them than a screen can show."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.backends.backend_svg import RendererSVG

from outcomes.charts.layout import lay_out
from outcomes.charts.style import drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LONG = re.compile(r"(?<![\d.])([1-9]\d*\.\d\d)\d+")  # from one point on


def to_svg(figure: Figure, name: str) -> str:
    """SVG without time, without random ids, and without what a screen cannot show."""
    with drawing(), mpl.rc_context({"svg.hashsalt": name}):
        buffer = io.StringIO()
        # one renderer measures the texts and draws them: what it has measured it remembers
        renderer = RendererSVG(*figure.bbox.size, buffer, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
        lay_out(figure, renderer)
        figure.draw(renderer)
        renderer.finalize()  # type: ignore[no-untyped-call]
    return compact(buffer.getvalue())


def compact(svg: str) -> str:
    """Leave out comments and needless white space, and cut lengths to a hundredth of a point.

    Scales and the outlines of letters keep their digits: a letter is drawn in thousands of units and scaled down.
    """
    svg = _LONG.sub(r"\1", _COMMENT.sub("", svg))
    svg = svg.replace("DejaVuSans-", "g").replace("xlink:href", "href")  # names of the outlines of letters
    return "\n".join(line for line in map(str.strip, svg.split("\n")) if line)
