"""How wide the columns of a table are, on paper and in Word alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outcomes.render.document.model import Cell, Table

# Widths are reckoned in signs: of a whole line, of a picture, of the longest text that asks for its full length, of a
# heading, and what a sign of code is to another.
LINE, PICTURE, LONG_CELL, HEADING, PADDING, CODE = 104.0, 46.0, 130.0, 30.0, 2.6, 0.8
# Words that are longer wrap inside.
LONGEST_WORD, LONGEST_CODE = 40.0, 60.0


def find_widths(table: Table) -> list[float]:
    """Give each column its share of the width: its longest word at least, and of the rest what its texts ask for."""
    words, texts = [1.0] * table.columns, [1.0] * table.columns
    for row in (*table.head, *table.body):
        place = 0
        for cell in row:
            if cell.columns == 1 and place < table.columns:
                word, text = _measure(cell)
                words[place], texts[place] = max(words[place], word), max(texts[place], text)
            place += cell.columns
    free = max(LINE - sum(words), 0.0)
    asked = sum(text - word for word, text in zip(words, texts, strict=True)) or 1.0
    return [word + free * (text - word) / asked for word, text in zip(words, texts, strict=True)]


def _measure(cell: Cell) -> tuple[float, float]:
    """Give the length of the longest word and of the whole text of a cell [signs]; a heading may wrap at every word."""
    if any(run.picture for run in cell.runs):
        return PICTURE, PICTURE
    text = "".join(run.text for run in cell.runs)
    most = LONGEST_CODE if any(run.code for run in cell.runs) else LONGEST_WORD
    small = CODE if any(run.code for run in cell.runs) else 1.0
    word = max(map(len, text.split()), default=1) * small + PADDING
    line = max(map(len, text.split("\n"))) * small + PADDING
    return min(word, most), max(min(word, most), min(line, HEADING if cell.is_header else LONG_CELL))
