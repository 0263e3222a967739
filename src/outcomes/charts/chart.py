"""A panel of a figure: its rules, marks, names and title are plain lines and texts, made once.

Matplotlib makes five artists for each mark of an axis and lays all of them out a dozen times over, which was most of
what the figures of a report cost. A chart switches that off and keeps the rest of `Axes`: what is plotted, limits,
scales, locators.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import Affine2D

from outcomes.blocks.format import format_marks
from outcomes.charts.scales import XScale, YScale
from outcomes.charts.style import INK, LINE, MUTED
from outcomes.charts.texts import Extent, anchor_of, extent_of, half_width, measure, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.backend_bases import RendererBase
    from matplotlib.figure import Figure
    from matplotlib.text import Text
    from matplotlib.transforms import Bbox, Transform

MARK_SIZE, NAME_SIZE, TITLE_SIZE = 8.5, 8.5, 9.5  # points
TO_MARK, TO_NAME, TO_TITLE = 4.0, 4.0, 6.0  # points from a panel to its marks, from them to the name, and to the title

EDGE = 4.0  # points around a figure
BESIDE = 190.0  # points that a label to the left of a panel may take
NEAR, LEAST = 0.94, 2.0  # of the way to the next mark that a label may take; points between two labels


class Cell(NamedTuple):
    """Where a panel stands in its figure, and how high it is beside panels of other rows."""

    row: int
    column: int
    weight: float = 1.0


class Label(NamedTuple):
    """A mark's text that does not look like the others."""

    text: str
    colour: str = MUTED
    is_bold: bool = False


class Marks(NamedTuple):
    """What stands along one side of a panel; without places the scale chooses them."""

    at: Sequence[float] | None = None
    labels: Sequence[str | Label] | None = None
    size: float = MARK_SIZE


class Name(NamedTuple):
    """What an axis shows."""

    text: str
    size: float = NAME_SIZE
    is_left: bool = False


class Title(NamedTuple):
    """What stands above a panel."""

    text: str
    size: float = TITLE_SIZE


class Chart(Axes):
    """A panel; `lay_out` settles it once everything has been plotted.

    Parameters
    ----------
    figure : Figure
    cell : Cell
    rules : str
        Axes whose marks have a rule across the panel: "x", "y", "xy" or "".
    sides : str
        Axes along which a side is drawn: "x" the lower, "y" the left.
    """

    def __init__(self, figure: Figure, cell: Cell, *, rules: str, sides: str, **shared: Any) -> None:
        super().__init__(figure, (0.1, 0.1, 0.8, 0.8), **shared)
        self.set_axis_off()
        self.cell, self.rules, self.sides = cell, rules, sides
        self.silent = ""  # axes whose marks have no text here
        self.floor: tuple[float, float] | None = None
        self.marks = {"x": Marks(), "y": Marks()}
        self.names: dict[str, Name] = {}
        self.heading = Title("")
        self.raised = 0.0  # points by which the title makes room for what stands between
        self._places: dict[str, list[float]] = {}
        self._ends = 0.0, 0.0
        self._extents: dict[Text, Extent] = {}

    def _init_axis(self) -> None:
        """Make the scales; matplotlib leaves this to each kind of axes."""
        self.xaxis, self.yaxis = XScale(self, clear=False), YScale(self, clear=False)
        for side, scale in (("bottom", self.xaxis), ("top", self.xaxis), ("left", self.yaxis), ("right", self.yaxis)):
            self.spines[side].register_axis(scale)

    def mark(self, axis: str, at: Sequence[float], labels: Sequence[str | Label] | None = None, **size: float) -> None:
        """Say where an axis has marks and what they are called; by default they are numbers."""
        self.marks[axis] = Marks(at, labels, **size)

    def name_axis(self, axis: str, text: str, **looks: Any) -> None:
        """Say what an axis shows."""
        self.names[axis] = Name(text, **looks)

    def entitle(self, text: str, *, size: float = TITLE_SIZE) -> None:
        """Give the panel a title."""
        self.heading = Title(text, size)

    def write(
        self, x: float, y: float, text: str, *, on: str = "xy", by: tuple[float, float] = (0, 0), **looks: Any
    ) -> Text:
        """Write a text at a place, moved by so many points.

        Parameters
        ----------
        x, y : float
            Data on the axes named in `on`, parts of the panel on the others.
        on : str
            "xy", "x", "y" or "".
        by : tuple of float
            To the right and up [points].
        """
        scales: dict[str, Transform] = {
            "xy": self.transData,
            "x": self.get_xaxis_transform(),
            "y": self.get_yaxis_transform(),
            "": self.transAxes,
        }
        moved = scales[on] + Affine2D().translate(*by) if any(by) else scales[on]  # a figure has 72 dots an inch
        return self.text(x, y, text, transform=moved, **looks)

    def settle_sides(self, renderer: RendererBase) -> None:
        """Write what stands beside the panel, which leaves it its width."""
        self._write_y(renderer)
        self._measure(renderer)

    def foresee_ends(self) -> None:
        """Reckon with the labels below the panel that will stand out at its ends."""
        panel, size = self.bbox, self.marks["x"].size
        ends = [(self._across(place), half_width(label.text, size)) for place, label in self._fit_x()]
        left = max((panel.x0 - middle + half for middle, half in ends), default=0.0)
        right = max((middle + half - panel.x1 for middle, half in ends), default=0.0)
        self._ends = max(left, 0.0), max(right, 0.0)

    def settle_ends(self, renderer: RendererBase, *, room: float) -> None:
        """Write what stands below and above the panel, now that it has its width; `room` is the title's [points]."""
        self._ends = 0.0, 0.0  # what was foreseen is written and measured now
        self._rule()
        self._write_x(renderer)
        self._write_title(renderer, room)
        self._measure(renderer)

    def overhang(self) -> tuple[float, float, float, float]:
        """How far texts stand out on the left, below, on the right and above, at the present size [points]."""
        panel: Bbox = self.bbox
        (left, right), below, above = self._ends, 0.0, 0.0
        for text, extent in self._extents.items():
            x, y = anchor_of(text)
            left, below = max(left, panel.x0 - x - extent[0]), max(below, panel.y0 - y - extent[1])
            right, above = max(right, x + extent[2] - panel.x1), max(above, y + extent[3] - panel.y1)
        return left, below, right, above

    def _measure(self, renderer: RendererBase) -> None:
        """Remember how far each text reaches from where it is written, which never changes."""
        for text in self.texts:
            if text not in self._extents and text.get_text():
                self._extents[text] = extent_of(text, renderer)

    def _find_places(self, axis: str) -> list[float]:
        """Places of the marks that lie within the limits; looked up once, as the scale chooses by the present size."""
        if axis not in self._places:
            at = self.marks[axis].at
            found = getattr(self, f"{axis}axis").get_majorticklocs() if at is None else at
            low, high = sorted(getattr(self, f"get_{axis}lim")())
            edge = 1e-9 * (high - low)
            self._places[axis] = [float(place) for place in found if low - edge <= place <= high + edge]
        return self._places[axis]

    def _labels(self, axis: str) -> list[tuple[float, Label]]:
        if axis in self.silent:
            return []
        at, labels, _ = self.marks[axis]
        within = self._find_places(axis)
        if at is None or labels is None:
            at, labels = within, format_marks(within)
        written = (one if isinstance(one, Label) else Label(one) for one in labels)
        return [(place, label) for place, label in zip(at, written, strict=True) if float(place) in within]

    def _rule(self) -> None:
        """Draw the rules and the sides, each kind as one line with gaps."""
        for axis in self.rules:
            places = self._find_places(axis)
            at, across = np.repeat(places, 3), np.tile([0.0, 1.0, np.nan], len(places))
            if axis == "x":
                self._line(at, across, self.get_xaxis_transform(), width=0.6, zorder=0.5)
            else:
                self._line(across, at, self.get_yaxis_transform(), width=0.6, zorder=0.5)
        if "x" in self.sides:
            base = self.transAxes if self.floor is None else self.get_xaxis_transform()
            self._line(self.floor or (0, 1), (0, 0), base, width=0.8, zorder=2.5)
        if "y" in self.sides:
            self._line((0, 0), (0, 1), self.transAxes, width=0.8, zorder=2.5)

    def _line(
        self,
        x: Sequence[float] | np.ndarray,
        y: Sequence[float] | np.ndarray,
        base: Transform,
        *,
        width: float,
        zorder: float,
    ) -> None:
        line = Line2D(x, y, transform=base, color=LINE, linewidth=width, zorder=zorder, clip_on=False)
        self.add_artist(line)

    def _write_x(self, renderer: RendererBase) -> None:
        texts = [
            self.write(place, 0, one.text, on="x", by=(0, -TO_MARK), va="top", ha="center", **self._looks("x", one))
            for place, one in self._fit_x()
        ]
        if "x" in self.names and "x" not in self.silent:
            name = self.names["x"]
            depth = TO_MARK + TO_NAME + max((-extent_of(text, renderer)[1] for text in texts), default=0.0)
            width, panel = measure(name.text, size=name.size), self.bbox
            begin = panel.x0 if name.is_left else (panel.x0 + panel.x1 - width) / 2
            begin = max(min(begin, self.figure.bbox.width - EDGE - width), EDGE)  # not beyond the figure
            looks = {"va": "top", "color": MUTED, "fontsize": name.size}
            self._write_across(renderer, 0, 0, name.text, by=(begin - panel.x0, -depth), **looks)

    def _fit_x(self) -> list[tuple[float, Label]]:
        """Break the labels below the panel so that none covers its neighbour; what has no room at all is left out."""
        size = self.marks["x"].size
        found = sorted((self._across(place), place, label) for place, label in self._labels("x"))
        if not found:
            return []
        gaps = [self.bbox.width, *(after[0] - before[0] for before, after in pairwise(found)), self.bbox.width]
        kept, edge = [], -np.inf
        for (middle, place, label), room in zip(found, map(min, pairwise(gaps)), strict=True):
            text = wrap(label.text, NEAR * room, size=size) if self.marks["x"].labels else label.text
            half = half_width(text, size)
            if middle - half > edge:
                kept.append((place, label._replace(text=text)))
                edge = middle + half + LEAST
        return kept

    def _across(self, place: float) -> float:
        """How far to the right a place on the x axis lies, at the present size [points]."""
        return float(self.transData.transform((place, 0.0))[0])

    def _write_y(self, renderer: RendererBase) -> None:
        texts = [
            self.write(
                *(0, place, wrap(one.text, BESIDE, size=self.marks["y"].size, is_bold=one.is_bold)),
                **{"on": "y", "by": (-TO_MARK, 0), "va": "center", "ha": "right", **self._looks("y", one)},
            )
            for place, one in self._labels("y")
        ]
        if "y" in self.names and "y" not in self.silent:
            name = self.names["y"]
            depth = TO_MARK + TO_NAME + max((-extent_of(text, renderer)[0] for text in texts), default=0.0)
            looks = {"color": MUTED, "fontsize": name.size, "rotation": 90, "va": "center", "ha": "right"}
            self.write(0, 0.5, name.text, on="", by=(-depth, 0), **looks)

    def _write_title(self, renderer: RendererBase, room: float) -> None:
        text, size = self.heading
        if text:
            looks = {"fontsize": size, "fontweight": "bold", "color": INK, "va": "bottom"}
            fitted = wrap(text, room, size=size, lines=3, is_bold=True)
            self._write_across(renderer, 0, 1, fitted, by=(0, TO_TITLE + self.raised), **looks)

    def _write_across(self, renderer: RendererBase, x: float, y: float, text: str, **looks: Any) -> None:
        """Write a line along the panel, which takes room below or above it and none at its sides."""
        written = self.write(x, y, text, on="", **looks)
        _, below, _, above = extent_of(written, renderer)
        self._extents[written] = (0.0, below, 0.0, above)

    def _looks(self, axis: str, label: Label) -> dict[str, Any]:
        weight = "bold" if label.is_bold else "normal"
        return {"fontsize": self.marks[axis].size, "color": label.colour, "fontweight": weight}
