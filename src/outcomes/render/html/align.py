"""Numbers of a column stand with their decimal points below each other, in every format.

A cell is padded with spaces as wide as a digit or a point, outside the elements that hold its numbers, so that each
element still shows the stored text. Columns stay aligned left or right as their class says.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from markupsafe import Markup

DIGIT_SPACE, POINT_SPACE = "\u2007", "\u2008"
_TABLE = re.compile(r'<table(?! class="headline").*?</table>', re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<(t[dh])\b([^>]*)>(.*?)</\1>", re.DOTALL)
_COLUMNS = re.compile(r'colspan="(\d+)"')
_NUMBER = re.compile(
    r"\(?<data [^>]*>(?:<a [^>]*>)?"
    r"(?P<whole>(?:\u2212|&lt;|&gt;)?\d[\d\u2009]*)(?P<part>\.\d+)?(?P<tail>[^<]*)(?:</a>)?</data>"
)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell that begins with a number: where it stands in the page, its content, and its numbers."""

    start: int
    html: str
    numbers: tuple[re.Match[str], ...]
    is_right: bool

    @property
    def shape(self) -> str:
        """What stands around the numbers and behind them."""
        return _TAG.sub("", _NUMBER.sub(lambda found: f"{'(' * found[0].startswith('(')}#{found['tail']}", self.html))


def align_numbers(html: str) -> Markup:
    """Pad the numbers in the columns of every table but the first screen's, whose cells hold sentences."""
    pads: list[tuple[int, str]] = []
    for table in _TABLE.finditer(html):
        for column in _read_columns(table).values():
            pads += _pad(column)
    pieces, last = [], 0
    for place, spaces in sorted(pads):
        pieces += [html[last:place], spaces]
        last = place
    return Markup("".join([*pieces, html[last:]]))  # noqa: S704  # the page itself, with spaces


def _read_columns(table: re.Match[str]) -> dict[int, list[_Cell]]:
    columns: dict[int, list[_Cell]] = defaultdict(list)
    for row in _ROW.finditer(table[0]):
        at = 0
        for cell in _CELL.finditer(row[0]):
            span = _COLUMNS.search(cell[2])
            numbers = tuple(_NUMBER.finditer(cell[3]))
            if span is None and cell[1] == "td" and numbers and cell[3].startswith("<data "):
                start = table.start() + row.start() + cell.start(3)
                columns[at].append(_Cell(start, cell[3], numbers, '"num' in cell[2]))
            at += int(span[1]) if span else 1
    return columns


def _pad(cells: list[_Cell]) -> list[tuple[int, str]]:
    """Give places in the page and the spaces that belong there."""
    alike = len({cell.shape for cell in cells}) == 1
    is_right = all(cell.is_right for cell in cells)
    pads = []
    for k in range(len(cells[0].numbers) if alike else 1):
        whole = max(_width(cell.numbers[k]["whole"]) for cell in cells)
        part = max(len(cell.numbers[k]["part"] or "") for cell in cells)
        for cell in cells:
            number = cell.numbers[k]
            before = whole - _width(number["whole"])
            if before and (k or not is_right):  # to the right, nothing stands before the first that could be moved
                pads.append((cell.start + number.start(), DIGIT_SPACE * before))
            behind = part - len(number["part"] or "")
            if behind and alike and not number["tail"]:
                point = "" if number["part"] else POINT_SPACE
                pads.append((cell.start + number.end(), point + DIGIT_SPACE * (behind - len(point))))
    return pads


def _width(whole: str) -> int:
    """Width of what stands before the point, in digits; a sign is about as wide as one, a thin space is not counted."""
    return len(whole.replace("&lt;", "<").replace("&gt;", ">").replace("\u2009", ""))
