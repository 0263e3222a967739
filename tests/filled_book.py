"""A workbook filled in as a person would, with the answers that a folder holds."""

from __future__ import annotations

import csv
import datetime as dt
import re
import tomllib
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook

from outcomes.plan.definition import read_definition
from outcomes.study.book.layout import NAMES
from outcomes.study.book.write import build_book

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")


def fill_book(study: Path, place: Path, change: Callable[[Any], None] | None = None) -> Path:
    """Write a workbook with the plan and all tables of a folder; `change` spoils it before it is saved."""
    raw = tomllib.loads((study / "plan.toml").read_text(encoding="utf-8"))
    items = [path.stem for path in sorted(study.glob("items/*.csv"))]
    files = sorted(study.glob("instruments/*.toml"))
    own = {path.stem: read_definition(path.read_bytes(), path.stem).instrument for path in files}
    book = build_book(raw, questionnaires=items, own=own)
    for path in sorted((*study.glob("*.csv"), *study.glob("items/*.csv"))):
        title = path.stem if path.parent == study else f"items {path.stem}"
        if title not in book.sheetnames:
            book.create_sheet(title)
        _fill(book[title], list(csv.reader(path.read_text(encoding="utf-8").splitlines())))
    if change is not None:
        change(book)
    book.save(place)
    return place


def _fill(sheet: Any, rows: list[list[str]]) -> None:
    """Put a table into a sheet, each column where its name stands; a column that is not there comes last."""
    there = {cell.value: cell.column for cell in sheet[NAMES] if cell.value}
    for name in rows[0]:
        if name not in there:
            there[name] = max(there.values(), default=0) + 1
            sheet.cell(NAMES, there[name], name)
    for number, row in enumerate(rows[1:], start=NAMES + 1):
        for name, text in zip(rows[0], row, strict=True):
            sheet.cell(number, there[name], to_cell(text))


def to_cell(text: str) -> str | float | dt.date | None:
    """Give a text as a spreadsheet keeps what a person types."""
    if not text:
        return None
    if _DAY.fullmatch(text):
        return dt.date.fromisoformat(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def edit_book(place: Path, change: Callable[[Any], None]) -> Path:
    """Open a workbook, change it and save it."""
    book = load_workbook(place)
    change(book)
    book.save(place)
    return place
