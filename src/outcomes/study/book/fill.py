"""A workbook that is filled in by a program: the plan as it is, and tables that are there already."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

from outcomes.errors import OutputNotWritableError
from outcomes.study.book import looks
from outcomes.study.book.layout import EXPLAINED, IMPORT_MAP, ITEMS, NAMES
from outcomes.study.book.write import build_book
from outcomes.study.dates import to_iso
from outcomes.study.numbers import is_number_text
from outcomes.study.own_instruments import read_instruments_beside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Rows = list[list[str]]
_KEPT_AS_TEXT = re.compile(r"[+-]?0\d")  # an id such as 001 is no number


def read_rows(path: Path) -> Rows:
    """Read the rows of a table that this program wrote, the names of its columns first."""
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def save_book(
    place: Path,
    raw: dict[str, Any],
    tables: Mapping[str, Rows],
    *,
    notes: Mapping[str, tuple[Sequence[str], Rows]] | None = None,
) -> None:
    """Write a workbook with a plan and tables, these by the name of the file that a folder would hold.

    Instruments of its own are those that lie beside it.

    Parameters
    ----------
    place : Path
    raw : dict
    tables : mapping
    notes : mapping
        Sheets of texts by title: what stands above each column, and the rows.

    Raises
    ------
    OutputNotWritableError
    """
    items = [name.removeprefix("items/").removesuffix(".csv") for name in tables if name.startswith("items/")]
    book = build_book(raw, questionnaires=items, own=read_instruments_beside(place))
    for title, (explained, rows) in (notes or {}).items():
        sheet = book.create_sheet(title)
        for column, (said, name) in enumerate(zip(explained, rows[0], strict=True), start=1):
            for row, text, kind in ((EXPLAINED, said, "explanation"), (NAMES, name, "name")):
                looks.style(sheet.cell(row, column, text), kind)
            looks.width(sheet, column, 30)
            looks.format_column(sheet, column, looks.TEXT)
        _fill(sheet, rows, as_text=True)
    for name, rows in tables.items():
        title = _title_of(name)
        _fill(book[title] if title in book.sheetnames else book.create_sheet(title), rows)
    _save(book, place)


def fill_again(place: Path, tables: Mapping[str, Rows]) -> None:
    """Put other rows into sheets of a workbook; everything else in it stays.

    Raises
    ------
    OutputNotWritableError
    """
    from openpyxl import load_workbook

    book = load_workbook(place)
    for name, rows in tables.items():
        title = _title_of(name)
        sheet = book[title] if title in book.sheetnames else book.create_sheet(title)
        if sheet.max_row > NAMES:
            sheet.delete_rows(NAMES + 1, sheet.max_row - NAMES)
        _fill(sheet, rows, as_text=title == IMPORT_MAP)
    _save(book, place)


def _title_of(name: str) -> str:
    return name.removesuffix(".csv").replace("items/", ITEMS)


def _save(book: Any, place: Path) -> None:
    try:
        book.save(place)
    except OSError as fault:
        raise OutputNotWritableError(place.name, fault.strerror or type(fault).__name__) from fault


def _fill(sheet: Any, rows: Rows, *, as_text: bool = False) -> None:
    """Put a table into a sheet, each column where its name stands; one that is not there comes last."""
    there = {cell.value: cell.column for cell in sheet[NAMES] if cell.value}
    for name in rows[0]:
        if name not in there:
            there[name] = max(there.values(), default=0) + 1
            sheet.cell(NAMES, there[name], name)
    for number, row in enumerate(rows[1:], start=NAMES + 1):
        for name, text in zip(rows[0], row, strict=True):
            sheet.cell(number, there[name], (text or None) if as_text else _to_cell(name, text))


def _to_cell(name: str, text: str) -> str | float | dt.date | None:
    """Give a text as a spreadsheet keeps what a person types: dates as dates, numbers as numbers, ids as texts."""
    if not text:
        return None
    if name.endswith("_id") or _KEPT_AS_TEXT.match(text):
        return text
    if to_iso(text, "year-month-day") == text:
        return dt.date.fromisoformat(text)
    return float(text) if is_number_text(text) else text
