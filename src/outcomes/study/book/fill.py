"""A workbook that is filled in by a program: the plan as it is, and tables that are there already."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

from outcomes.errors import OutputNotWritableError
from outcomes.study.book.layout import NAMES
from outcomes.study.book.write import build_book
from outcomes.study.dates import to_iso
from outcomes.study.numbers import is_number_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Rows = list[list[str]]
_KEPT_AS_TEXT = re.compile(r"[+-]?0\d")  # an id such as 001 is no number


def read_rows(path: Path) -> Rows:
    """Read the rows of a table that this program wrote, the names of its columns first."""
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def save_book(place: Path, raw: dict[str, Any], tables: Mapping[str, Rows]) -> None:
    """Write a workbook with a plan and tables, these by the name of the file that a folder would hold.

    Raises
    ------
    OutputNotWritableError
    """
    items = [name.removeprefix("items/").removesuffix(".csv") for name in tables if name.startswith("items/")]
    book = build_book(raw, questionnaires=items)
    for name, rows in tables.items():
        title = name.removesuffix(".csv").replace("items/", "items ")
        _fill(book[title] if title in book.sheetnames else book.create_sheet(title), rows)
    try:
        book.save(place)
    except OSError as fault:
        raise OutputNotWritableError(place.name, fault.strerror or type(fault).__name__) from fault


def _fill(sheet: Any, rows: Rows) -> None:
    """Put a table into a sheet, each column where its name stands; one that is not there comes last."""
    there = {cell.value: cell.column for cell in sheet[NAMES] if cell.value}
    for name in rows[0]:
        if name not in there:
            there[name] = max(there.values(), default=0) + 1
            sheet.cell(NAMES, there[name], name)
    for number, row in enumerate(rows[1:], start=NAMES + 1):
        for name, text in zip(rows[0], row, strict=True):
            sheet.cell(number, there[name], _to_cell(name, text))


def _to_cell(name: str, text: str) -> str | float | dt.date | None:
    """Give a text as a spreadsheet keeps what a person types: dates as dates, numbers as numbers, ids as texts."""
    if not text:
        return None
    if name.endswith("_id") or _KEPT_AS_TEXT.match(text):
        return text
    if to_iso(text, "year-month-day") == text:
        return dt.date.fromisoformat(text)
    return float(text) if is_number_text(text) else text
