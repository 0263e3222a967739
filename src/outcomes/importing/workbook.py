"""A sheet of an Excel workbook as rows of texts: what is text stays text, a date is written year-month-day.

Cells that hold an error or a formula without its result are refused: other readers take them for empty, and an
answer would be lost without a word (docs/decisions/0008).
"""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import TYPE_CHECKING, Any

from outcomes.errors import DataError, SourceNotReadableError
from outcomes.study.sentences import to_sentences
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from outcomes.study.model import Finding

# A workbook is a zip archive; a small one can unpack to more than a machine holds.
LARGEST_UNPACKED = 1 << 30  # bytes
_ERROR, _FORMULA = "e", "f"
_MIDNIGHT = dt.time()


def read_sheet(path: Path, sheet: str | None) -> tuple[str, list[list[str]]]:
    """Read a sheet: its name for people, and its rows from the first on.

    Raises
    ------
    SourceNotReadableError
        When it is no workbook, or has no such sheet, or several and none is named.
    DataError
        When cells hold errors or formulas without results.
    """
    book, formulas = _open(path, values=True), _open(path, values=False)
    try:
        chosen = _choose(path.name, book.sheetnames, sheet)
        name = path.name if len(book.sheetnames) == 1 else f"{path.name}, sheet {chosen}"
        for one in (book, formulas):
            one[chosen].reset_dimensions()  # what the sheet says of its size may be wrong, and rows would be lost
        pairs = zip(book[chosen].iter_rows(), formulas[chosen].iter_rows(), strict=True)
        rows: list[list[str]] = []
        broken: dict[str, list[int]] = {}
        for number, (cells, written) in enumerate(pairs, start=1):
            rows.append([_to_text(cell.value) for cell in cells])
            for fault in _find_broken(cells, written):
                broken.setdefault(fault, []).append(number)
    finally:
        book.close()
        formulas.close()
    faults = [_to_finding(name, fault, found) for fault, found in broken.items()]
    if faults:
        raise DataError(to_sentences(faults))
    width = max((len(row) for row in rows), default=0)
    return name, [row + [""] * (width - len(row)) for row in rows]


def _open(path: Path, *, values: bool) -> Any:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    why = "it is not a workbook, or is damaged or has a password; open it in a spreadsheet and save it as .xlsx"
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
                raise SourceNotReadableError(path.name, "it unpacks to more than any clinic's table holds")
        return load_workbook(path, read_only=True, data_only=values, keep_links=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise SourceNotReadableError(path.name, why) from None


def _choose(name: str, sheets: list[str], wanted: str | None) -> str:
    if wanted is None and len(sheets) == 1:
        return sheets[0]
    if wanted is None:
        raise SourceNotReadableError(name, f"it has several sheets; name one as sheet in the map: {', '.join(sheets)}")
    if wanted not in sheets:
        raise SourceNotReadableError(name, f"it has no sheet called {wanted!r}; there are: {', '.join(sheets)}")
    return wanted


def _to_text(value: Any) -> str:
    """Text of a cell; a number has no more digits than it needs, and a day no time."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def _find_broken(cells: Iterable[Any], written: Iterable[Any]) -> set[str]:
    """Which of the two things that look empty and are not stand in a row."""
    pairs = list(zip(cells, written, strict=True))
    found = {_ERROR} if any(cell.data_type == _ERROR for cell, _ in pairs if cell.value is not None) else set()
    if any(cell.value is None and other.data_type == _FORMULA for cell, other in pairs if other.value is not None):
        found.add(_FORMULA)
    return found


def _to_finding(name: str, fault: str, rows: list[int]) -> Finding:
    if fault == _ERROR:
        rule, fix = "a cell holds an error of the spreadsheet", "Mend the formula, or empty the cell."
    else:
        rule, fix = "a cell holds a formula without its result", "Open the workbook in a spreadsheet and save it again."
    return make_finding("STOP", "E270", name, tuple(rows), "", rule, fix)
