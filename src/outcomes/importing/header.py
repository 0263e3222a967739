"""Where the names of the columns stand: below titles, under merged heads."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from outcomes.study.cells import is_number_text

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.study.sheets import Sheet

_LOOKED_AT = 30  # rows; nobody writes a longer preface to a table
_WHOLE = 0.8  # share of the widest row's cells that a row of names has


def read_loosely(path: Path, separator: str) -> list[list[str]]:
    """Give the rows of a CSV file, whatever stands above its header; what is wrong with them is told elsewhere."""
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        return []


def find_header(rows: list[list[str]], merged: tuple[tuple[int, int, int, int], ...] = ()) -> int:
    """Find the row that holds the names, as a spreadsheet counts: the first with nearly as many words as any row.

    Where cells of it are merged side by side, and the next row holds nothing but words, the names end there.
    """
    place = _find_words(rows)
    beside = any(top == place and right > left for top, left, _, right in merged)
    below = [cell for cell in rows[place] if cell.strip()] if place < len(rows) else []
    return place + 1 if beside and below and all(map(_is_word, below)) else place


def _find_words(rows: list[list[str]]) -> int:
    counts = [len({cell.strip() for cell in row if _is_word(cell)}) for row in rows[:_LOOKED_AT]]
    if not counts or not max(counts):
        return 1
    widest = max(sum(bool(cell.strip()) for cell in row) for row in rows[:_LOOKED_AT])
    needed = min(max(counts), _WHOLE * widest)
    return next(place for place, count in enumerate(counts, start=1) if count >= needed)


def _is_word(cell: str) -> bool:
    return bool(cell.strip()) and not is_number_text(cell.strip())


def name_columns(sheet: Sheet, place: int) -> list[str]:
    """Name the columns; where several have one name, with the head that is merged over them before it."""
    names = [cell.strip() for cell in sheet.rows[place - 1]]
    above = [""] * len(names)
    for top, left, bottom, right in sheet.merged:
        if top < place and bottom < place and right > left:
            head = sheet.rows[top - 1][left].strip()
            above[left : right + 1] = [head] * (min(right + 1, len(above)) - left)
    return [
        f"{above[number]} {name}".strip() if name and names.count(name) > 1 else name
        for number, name in enumerate(names)
    ]
