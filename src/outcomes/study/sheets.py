"""Sheets of an Excel workbook as rows of texts: what is text stays text, a date is written year-month-day.

Cells that hold an error or a formula without its result are named: other readers take them for empty, and an answer
would be lost without a word (docs/decisions/0008).
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from outcomes.errors import SourceNotReadableError
from outcomes.study.styles import with_plain_styles
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from outcomes.study.model import Finding

# A workbook is a zip archive; a small one can unpack to more than a machine holds.
LARGEST_UNPACKED = 1 << 30  # bytes
_ERROR, _FORMULA = "e", "f"
_MIDNIGHT = dt.time()
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_NUMBER = re.compile(rb'\br="(\d+)"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]+\d+:[A-Z]+\d+)"')


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Sheet:
    """A sheet as it is seen.

    Attributes
    ----------
    title : str
        What stands on its tab.
    name : str
        What a message calls it.
    rows : list of list of str
        Texts from the first row on, all of one width; nothing below the last row that holds something.
    dated : frozenset of (int, int)
        Cells that hold a date, by row as a spreadsheet counts and column from 0.
    hidden : frozenset of int
        Rows that a filter, or somebody, has hidden, and that hold something.
    merged : tuple of (int, int, int, int)
        First row, first column, last row, last column of cells that are one; counted as above.
    broken : dict of str to list of int
        Rows with an error, or with a formula without its result.
    """

    title: str
    name: str
    rows: list[list[str]]
    dated: frozenset[tuple[int, int]] = frozenset()
    hidden: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    broken: dict[str, list[int]] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Sheet({len(self.rows)} rows)"

    def faults(self) -> list[Finding]:
        """Give findings about cells that look empty and are not."""
        return [_to_finding(self.name, fault, rows) for fault, rows in self.broken.items()]


class Book:
    """A workbook that is open: once with values, once with formulas."""

    def __init__(self, content: bytes, name: str) -> None:
        """Open a workbook; raises SourceNotReadableError when it is none."""
        self.name = name
        self._content = _require_workbook(content, name)
        self._values, self._formulas = self._load(values=True), self._load(values=False)
        self.titles: tuple[str, ...] = tuple(one.title for one in self._values.worksheets)

    def close(self) -> None:
        """Close it."""
        self._values.close()
        self._formulas.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _load(self, *, values: bool) -> Any:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException

        why = "it is not a workbook, or is damaged or has a password; open it in a spreadsheet and save it as .xlsx"
        settings: dict[str, Any] = {"read_only": True, "data_only": values, "keep_links": False}
        try:
            with warnings.catch_warnings(action="ignore"):  # of drop-downs and styles, which are not read
                return load_workbook(io.BytesIO(self._content), **settings)
        except (InvalidFileException, KeyError, ValueError, OSError, TypeError, AttributeError):
            self._content = with_plain_styles(self._content)
        try:
            with warnings.catch_warnings(action="ignore"):
                return load_workbook(io.BytesIO(self._content), **settings)
        except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, TypeError, AttributeError):
            raise SourceNotReadableError(self.name, why) from None

    def read(self, title: str) -> Sheet:
        """Read a sheet."""
        for one in (self._values, self._formulas):
            one[title].reset_dimensions()  # what the sheet says of its size may be wrong, and rows would be lost
        name = self.name if len(self.titles) == 1 else f"{self.name}, sheet {title}"
        pairs = zip(self._values[title].iter_rows(), self._formulas[title].iter_rows(), strict=True)
        rows: list[list[str]] = []
        dated: set[tuple[int, int]] = set()
        broken: dict[str, list[int]] = {}
        for number, (cells, written) in enumerate(pairs, start=1):
            rows.append([to_text(cell.value) for cell in cells])
            dated.update((number, place) for place, cell in enumerate(cells) if isinstance(cell.value, dt.date))
            for fault in _find_broken(cells, written):
                broken.setdefault(fault, []).append(number)
        while rows and not any(rows[-1]):
            rows.pop()
        width = max((len(row) for row in rows), default=0)
        hidden, merged = self._look(title)
        return Sheet(
            title=title,
            name=name,
            rows=[row + [""] * (width - len(row)) for row in rows],
            dated=frozenset(dated),
            hidden=frozenset(row for row in hidden if row <= len(rows) and any(rows[row - 1])),
            merged=merged,
            broken=broken,
        )

    def _look(self, title: str) -> tuple[list[int], tuple[tuple[int, int, int, int], ...]]:
        """Look for hidden rows and merged cells, which a sheet that is read row by row does not tell."""
        from openpyxl.utils.cell import range_boundaries

        path = self._values[title]._worksheet_path  # noqa: SLF001  # openpyxl tells it nowhere else
        with zipfile.ZipFile(io.BytesIO(self._content)) as archive:
            text = archive.read(path)
        hidden = [int(found[1]) for row in _ROW.findall(text) if _HIDDEN.search(row) and (found := _NUMBER.search(row))]
        bounds = (range_boundaries(one.decode()) for one in _MERGED.findall(text))
        return hidden, tuple((top, left - 1, bottom, right - 1) for left, top, right, bottom in bounds)


def _require_workbook(content: bytes, name: str) -> bytes:
    why = "it is not a workbook, or is damaged or has a password; open it in a spreadsheet and save it as .xlsx"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
                raise SourceNotReadableError(name, "it unpacks to more than any clinic's table holds")
    except (zipfile.BadZipFile, OSError, ValueError):
        raise SourceNotReadableError(name, why) from None
    return content


def to_text(value: Any) -> str:
    """Text of a cell; a number has no more digits than it needs, and a day no time."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"  # the digits that a spreadsheet counts with
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def _find_broken(cells: Iterable[Any], written: Iterable[Any]) -> Iterator[str]:
    """Which of the two things that look empty and are not stand in a row."""
    pairs = list(zip(cells, written, strict=True))
    if any(cell.data_type == _ERROR for cell, _ in pairs if cell.value is not None):
        yield _ERROR
    if any(cell.value is None and other.data_type == _FORMULA for cell, other in pairs if other.value is not None):
        yield _FORMULA


def _to_finding(name: str, fault: str, rows: list[int]) -> Finding:
    if fault == _ERROR:
        rule, fix = "a cell holds an error of the spreadsheet", "Mend the formula, or empty the cell."
    else:
        rule, fix = "a cell holds a formula without its result", "Open the workbook in a spreadsheet and save it again."
    return make_finding("STOP", "E270", name, tuple(rows), "", rule, fix)
