"""Numbers of a column stand with their decimal points below each other, in every format.

A cell is padded with spaces as wide as a digit or a point, outside the runs that hold its numbers, so that each number
still shows the stored text. Columns stay aligned left or right as their look says.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outcomes.blocks.format import MINUS, THIN
from outcomes.blocks.phrase import Number, Phrase, Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outcomes.blocks.model import Cell, Row

DIGIT_SPACE, POINT_SPACE = "\u2007", "\u2008"
_NUMBER = re.compile(rf"(?P<whole>[{MINUS}<>]?\d[\d{THIN}]*)(?P<part>\.\d+)?(?P<tail>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """A cell that begins with a number: where it stands, and its numbers by the place of their runs."""

    row: int
    place: int
    phrase: Phrase
    numbers: dict[int, re.Match[str]]
    is_right: bool

    @property
    def shape(self) -> str:
        """What stands around the numbers and behind them."""
        runs = enumerate(self.phrase.runs)
        return "".join(f"#{self.numbers[at]['tail']}" if at in self.numbers else run.text for at, run in runs)


def align(rows: Sequence[Row], looks: Sequence[str]) -> tuple[Row, ...]:
    """Pad the numbers in the columns of a table.

    Parameters
    ----------
    rows : sequence of rows
    looks : sequence of str
        How each column looks; that of numbers, which stand at the right, begins with `num`.
    """
    made = [list(row) for row in rows]
    for cells in _read_columns(rows, looks).values():
        for cell, phrase in _pad(cells):
            made[cell.row][cell.place] = replace(made[cell.row][cell.place], phrase=phrase)
    return tuple(map(tuple, made))


def _read_columns(rows: Sequence[Row], looks: Sequence[str]) -> dict[int, list[_Numbers]]:
    columns: dict[int, list[_Numbers]] = defaultdict(list)
    for place, row in enumerate(rows):
        at = 0
        for number, cell in enumerate(row):
            found = _find_numbers(cell)
            if found:
                look = looks[at] if cell.look is None else cell.look
                columns[at].append(_Numbers(place, number, cell.phrase, found, look.startswith("num")))
            at += cell.columns
    return columns


def _find_numbers(cell: Cell) -> dict[int, re.Match[str]]:
    runs = cell.phrase.runs
    if cell.is_header or cell.columns > 1 or not runs or not isinstance(runs[0].origin, Number):
        return {}
    texts = {at: run.text for at, run in enumerate(runs) if isinstance(run.origin, Number)}
    return {at: found for at, text in texts.items() if (found := _NUMBER.fullmatch(text)) is not None}


def _pad(cells: Sequence[_Numbers]) -> Iterator[tuple[_Numbers, Phrase]]:
    """Give each cell with its numbers padded to those of the others; where cells differ in form, to the first alone."""
    alike = len({cell.shape for cell in cells}) == 1
    is_right = all(cell.is_right for cell in cells)
    before: list[dict[int, str]] = [{} for _ in cells]
    behind: list[dict[int, str]] = [{} for _ in cells]
    for k in range(len(cells[0].numbers) if alike else 1):
        numbers = [list(cell.numbers.items())[k] for cell in cells]
        whole = max(_width(found["whole"]) for _, found in numbers)
        part = max(len(found["part"] or "") for _, found in numbers)
        for nth, (at, found) in enumerate(numbers):
            if k or not is_right:  # to the right, nothing stands before the first that could be moved
                before[nth][at] = DIGIT_SPACE * (whole - _width(found["whole"]))
            missing = part - len(found["part"] or "")
            if missing and alike and not found["tail"]:
                point = "" if found["part"] else POINT_SPACE
                behind[nth][at] = point + DIGIT_SPACE * (missing - len(point))
    for cell, lead, trail in zip(cells, before, behind, strict=True):
        yield cell, Phrase.of(*_with_spaces(cell.phrase, lead, trail))


def _with_spaces(phrase: Phrase, before: dict[int, str], behind: dict[int, str]) -> Iterator[Run]:
    """Give the runs with spaces around their numbers; a bracket stays with the number that it opens before."""
    for at, run in enumerate(phrase.runs):
        lead = before.get(at + 1, "")
        shown = run.text
        if lead and run.is_wording and shown.endswith("("):
            yield run._replace(text=f"{shown[:-1]}{lead}(")
        elif at == 0:
            yield from (Run(before.get(0, "")), run)
            yield Run(lead)
        else:
            yield from (run, Run(lead))
        yield Run(behind.get(at, ""))


def _width(whole: str) -> int:
    """Width of what stands before the point, in digits: a sign is about as wide, narrow spaces are not counted."""
    return len(whole.replace(THIN, ""))
