"""Labels that fit their place: measured in points, broken between words, and cut with a sign that they were."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

if TYPE_CHECKING:
    from matplotlib.backend_bases import RendererBase
    from matplotlib.text import Text

CUT = "…"
Extent = tuple[float, float, float, float]
_EXTENTS: dict[tuple[object, ...], Extent] = {}


@lru_cache(maxsize=4096)
def measure(text: str, *, size: float, is_bold: bool = False) -> float:
    """Width of a line of text [points]."""
    font = FontProperties(size=size, weight="bold" if is_bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def shorten(text: str, room: float, *, size: float, is_bold: bool = False) -> str:
    """Cut a text that is wider than its room [points]; it stands in full in the table below."""
    if measure(text, size=size, is_bold=is_bold) <= room:
        return text
    keep = _fitting(text, room - measure(CUT, size=size, is_bold=is_bold), size, is_bold=is_bold)
    return f"{text[:keep].rstrip()}{CUT}"


def wrap(text: str, room: float, *, size: float, lines: int = 2, is_bold: bool = False) -> str:
    """Break a text into at most so many lines of a width [points], and cut what is left; its own breaks stay."""
    broken = [
        line for part in text.split("\n") for line in _break(part.split(), room, size, lines=lines, is_bold=is_bold)
    ]
    return "\n".join(broken)


def _break(words: list[str], room: float, size: float, *, lines: int, is_bold: bool) -> list[str]:
    found: list[str] = []
    while words and len(found) < lines - 1:
        count = next(
            (
                many
                for many in range(len(words), 0, -1)
                if measure(" ".join(words[:many]), size=size, is_bold=is_bold) <= room
            ),
            0,
        )
        if count == 0:  # a word that is wider than the line goes on in the next
            keep = max(1, _fitting(words[0], room, size, is_bold=is_bold))
            found.append(words[0][:keep])
            words = [words[0][keep:], *words[1:]] if words[0][keep:] else words[1:]
        else:
            found.append(" ".join(words[:count]))
            words = words[count:]
    return [*found, shorten(" ".join(words), room, size=size, is_bold=is_bold)] if words or not found else found


def _fitting(text: str, room: float, size: float, *, is_bold: bool) -> int:
    """Count the letters from the start of a text that fit into a room."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle], size=size, is_bold=is_bold) <= room:
            low = middle
        else:
            high = middle - 1
    return low


def half_width(text: str, size: float) -> float:
    """Half of the width of a text of one or more lines [points]."""
    return max(measure(line, size=size) for line in text.split("\n")) / 2


def anchor_of(text: Text) -> tuple[float, float]:
    """Give the place that a text was written at, in its figure as it is now [points]."""
    x, y = text.get_transform().transform(text.get_position())
    return float(x), float(y)


def extent_of(text: Text, renderer: RendererBase) -> Extent:
    """Left, lower, right and upper end of a text, from the place that it was written at [points].

    Most texts stand in both editions of a report, and many more than once: each is measured once.
    """
    look = (text.get_fontsize(), text.get_fontweight(), text.get_fontstyle(), text.get_rotation())
    key = (text.get_text(), *look, text.get_horizontalalignment(), text.get_verticalalignment())
    if key not in _EXTENTS:
        box, (x, y) = text.get_window_extent(renderer), anchor_of(text)
        _EXTENTS[key] = (box.x0 - x, box.y0 - y, box.x1 - x, box.y1 - y)
    return _EXTENTS[key]
