"""How wide figures and the columns of a table are, and how long it is about, on paper and in Word alike."""

from __future__ import annotations

import re
from math import ceil, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outcomes.render.document.model import Cell

# Widths are reckoned in signs: of a whole line, of a picture, of the longest text that asks for its full length, of the
# same in the head, which may wrap at every word, and what a sign of code is to another.
LINE, PICTURE, LONG_CELL, HEADING, PADDING, CODE = 110.0, 35.0, 300.0, 14.0, 2.6, 0.8
BOLD = 1.2  # what a sign of the head, which Word sets in bold, is to another
# Words that are longer wrap inside.
LONGEST_WORD, LONGEST_CODE = 40.0, 60.0
# Heights of a caption, of what stands between rows, and of a line of text [mm].
CAPTION_MM, ROW_MM, LINE_MM = 8.0, 1.3, 3.5
HIGHEST = 0.86  # of a figure, in widths of the text: it shares a page with its heading and what it shows
SHORT_FIGURE = 0.52  # in the report and on a sheet: it shares the page with all that is said on its question
LOGO_HEIGHT, LOGO_WIDTH = 0.07, 0.3  # of a picture without a caption: as high as two lines of the title
_VIEW = re.compile(r"viewBox=.0 0 ([\d.]+) ([\d.]+)")


def find_share(svg: str, highest: float = HIGHEST) -> float:
    """Give the share of the width that a figure takes: less than all where it would be too high.

    `highest` is the height that it may have, in widths of the text.
    """
    found = _VIEW.search(svg)
    shape = float(found.group(2)) / float(found.group(1)) if found else 1.0
    return min(1.0, highest / shape)


def find_widths(head: Sequence[Sequence[Cell]], body: Sequence[Sequence[Cell]]) -> tuple[float, ...]:
    """Give each column its share of the width: its longest word at least, and of the rest what its texts ask for."""
    columns = max((sum(cell.columns for cell in row) for row in (*head, *body)), default=0)
    words, texts = [1.0] * columns, [1.0] * columns
    for place, row in enumerate((*head, *body)):
        column = 0
        for cell in row:
            if cell.columns == 1:
                word, text = _measure(cell, is_head=place < len(head))
                words[column], texts[column] = max(words[column], word), max(texts[column], text)
            column += cell.columns
    given = _share(LINE - sum(words), [text - word for word, text in zip(words, texts, strict=True)])
    return tuple(word + more for word, more in zip(words, given, strict=True))


def _share(free: float, asked: Sequence[float]) -> list[float]:
    """Share out what is free by the roots of what is asked for, and to nobody more than that.

    So a long text gets more than a short one, but not so much more that the short one has to wrap.
    """
    given = [0.0] * len(asked)
    weight = sum(map(sqrt, asked))
    for column in sorted(range(len(asked)), key=lambda column: asked[column]):
        if asked[column] > 0:
            given[column] = min(asked[column], max(free, 0.0) * sqrt(asked[column]) / weight)
            free, weight = free - given[column], weight - sqrt(asked[column])
    return given


def guess_height(rows: Sequence[Sequence[Cell]], widths: Sequence[float]) -> float:
    """Give about how high a table with its caption is on paper [mm]."""
    unit = LINE / (sum(widths) or 1.0)
    lines = sum(max((_lines(cell, unit * width) for cell, width in _beside(row, widths)), default=0) for row in rows)
    return CAPTION_MM + len(rows) * ROW_MM + lines * LINE_MM


def _beside(row: Sequence[Cell], widths: Sequence[float]) -> Iterator[tuple[Cell, float]]:
    """Give each cell of a row with its width."""
    place = 0
    for cell in row:
        yield cell, sum(widths[place : place + cell.columns])
        place += cell.columns


def _lines(cell: Cell, width: float) -> int:
    room = max(width - PADDING, 1.0)
    return sum(ceil(len(line) / room) or 1 for line in "".join(run.text for run in cell.runs).split("\n"))


def _measure(cell: Cell, *, is_head: bool) -> tuple[float, float]:
    """Give the length of the longest word of a cell, and of its whole text or the longest that counts [signs]."""
    if any(run.picture for run in cell.runs):
        return PICTURE, PICTURE
    text = "".join(run.text for run in cell.runs)
    is_code = any(run.code for run in cell.runs)
    most, small = (LONGEST_CODE, CODE) if is_code else (LONGEST_WORD, 1.0)
    word = max(map(len, text.split()), default=1) * small * (BOLD if is_head else 1.0) + PADDING
    line = max(map(len, text.split("\n"))) * small + PADDING
    return min(word, most), max(min(word, most), min(line, HEADING if is_head else LONG_CELL))
