"""How wide the columns of a table are, and how long it is about, on paper and in Word alike."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outcomes.render.document.model import Cell

# Widths are reckoned in signs: of a whole line, of a picture, of the longest text that asks for its full length, of a
# heading, and what a sign of code is to another.
LINE, PICTURE, LONG_CELL, HEADING, PADDING, CODE = 104.0, 46.0, 130.0, 30.0, 2.6, 0.8
BOLD = 1.12  # what a bold sign is to another
# Words that are longer wrap inside.
LONGEST_WORD, LONGEST_CODE = 40.0, 60.0
# Heights of a line of text and of what stands between rows, and of a table that is sure to fit on a page [mm].
LINE_MM, ROW_MM, SHORT_MM = 3.5, 2.8, 150.0


def find_widths(rows: Sequence[Sequence[Cell]]) -> tuple[float, ...]:
    """Give each column its share of the width: its longest word at least, and of the rest what its texts ask for."""
    columns = max((sum(cell.columns for cell in row) for row in rows), default=0)
    words, texts = [1.0] * columns, [1.0] * columns
    for row in rows:
        place = 0
        for cell in row:
            if cell.columns == 1:
                word, text = _measure(cell)
                words[place], texts[place] = max(words[place], word), max(texts[place], text)
            place += cell.columns
    free = max(LINE - sum(words), 0.0)
    asked = sum(text - word for word, text in zip(words, texts, strict=True)) or 1.0
    return tuple(word + free * (text - word) / asked for word, text in zip(words, texts, strict=True))


def is_short(rows: Sequence[Sequence[Cell]], widths: Sequence[float]) -> bool:
    """Whether a table is sure to fit on one page: its lines are guessed, and a page has half as many again."""
    if len(rows) * (LINE_MM + ROW_MM) > SHORT_MM:
        return False
    unit = LINE / (sum(widths) or 1.0)
    lines = sum(max((_lines(cell, unit * width) for cell, width in _beside(row, widths)), default=0) for row in rows)
    return lines * LINE_MM + len(rows) * ROW_MM <= SHORT_MM


def _beside(row: Sequence[Cell], widths: Sequence[float]) -> Iterator[tuple[Cell, float]]:
    """Give each cell of a row with its width."""
    place = 0
    for cell in row:
        yield cell, sum(widths[place : place + cell.columns])
        place += cell.columns


def _lines(cell: Cell, width: float) -> int:
    room = max(width - PADDING, 1.0)
    return sum(ceil(len(line) / room) or 1 for line in "".join(run.text for run in cell.runs).split("\n"))


def _measure(cell: Cell) -> tuple[float, float]:
    """Give the length of the longest word and of the whole text of a cell [signs]; a heading may wrap at every word."""
    if any(run.picture for run in cell.runs):
        return PICTURE, PICTURE
    text = "".join(run.text for run in cell.runs)
    is_code = any(run.code for run in cell.runs)
    most, small = (LONGEST_CODE, CODE) if is_code else (LONGEST_WORD, 1.0)
    word = max(map(len, text.split()), default=1) * small * (BOLD if cell.is_header else 1.0) + PADDING
    line = max(map(len, text.split("\n"))) * small + PADDING
    return min(word, most), max(min(word, most), min(line, HEADING if cell.is_header else LONG_CELL))
