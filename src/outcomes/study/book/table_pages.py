"""The sheets of a study's tables, made from the schemas: an explanation and an example above each column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.plan.keys import list_keys
from outcomes.study.book import looks
from outcomes.study.book.layout import EXAMPLE, EXPLAINED, NAMES, PLAN, family_title
from outcomes.study.columns import CELLS, Column, read_columns
from outcomes.study.schemas import ARM, CLIENT

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIRST = NAMES + 1
_WORDS_OF = {"visit": "visits", "measure": "measures"}
_CHARACTERISTIC = "a characteristic known at the start, which the plan names; numbers, or the same few words"


def write_table(
    book: Any, title: str, schema: Any, *, extra: tuple[str, ...] = (), words: Mapping[str, str] | None = None
) -> None:
    """Write the sheet of a table.

    Parameters
    ----------
    book : Workbook
    title : str
    schema : DataFrameSchema
    extra : tuple of str
        Columns that the plan names beside those of the schema.
    words : mapping of str to str
        Examples that are words of the plan, by column.
    """
    sheet = book.create_sheet(title)
    columns = read_columns(schema)
    either = schema.metadata.get("either", ())
    examples = {name: _example(stated) for name, stated in schema.columns.items()} | dict(words or {})
    for place, (name, stated) in enumerate(schema.columns.items(), start=1):
        _head(sheet, place, name, _explain(name, columns, stated.description, either), examples[name])
        _guard(book, sheet, place, name, columns[name])
    for place, name in enumerate((one for one in extra if one not in columns), start=len(columns) + 1):
        _head(sheet, place, name, f"{_CHARACTERISTIC}.", "")
    sheet.row_dimensions[EXPLAINED].height = 110
    sheet.freeze_panes = f"B{_FIRST}"


def _head(sheet: Any, place: int, name: str, explanation: str, example: str) -> None:
    for row, text, kind in (
        (EXPLAINED, explanation, "explanation"),
        (EXAMPLE, example, "example"),
        (NAMES, name, "name"),
    ):
        cell = sheet.cell(row, place, f"e.g. {text}" if kind == "example" and text else text)
        looks.style(cell, kind)
    looks.width(sheet, place, 8 if name.startswith("q") and name[1:].isdigit() else 18)


def _explain(name: str, columns: Mapping[str, Column], what: str, either: tuple[str, ...]) -> str:
    column = columns[name]
    written = ", ".join(column.choices) if column.choices else CELLS[column.kind].written
    if column.kind == "date":
        written = "a date"
    needed = " Needed in every row." if column.filled else " Needed; a cell may be empty." if column.required else ""
    if name in either:
        needed = f" This or {next(one for one in either if one != name)} is needed."
    return f"{what[:1].upper()}{what[1:]} ({written}).{needed}"


def _example(stated: Any) -> str:
    return next((text for text in stated.metadata.get("example", ()) if text), "")


def _guard(book: Any, sheet: Any, place: int, name: str, column: Column) -> None:
    cells = looks.below(place, _FIRST)
    if column.choices:
        looks.offer_words(sheet, cells, column.choices)
    elif column.kind == "yes_no":
        looks.offer_words(sheet, cells, ("yes", "no"), strict=False)
    elif name == ARM:
        looks.offer(sheet, cells, f"={_arms(book)}", strict=True)
    elif name in _WORDS_OF and column.kind == "choice":
        title = family_title(_WORDS_OF[name])
        looks.offer(sheet, cells, f"='{title}'!$A${_FIRST}:$A${_FIRST + 39}", strict=True)
    elif name == CLIENT and sheet.title != "clients":
        letter = f"$A${_FIRST}:$A${looks.LAST_ROW}"
        looks.offer(sheet, cells, f"=clients!{letter}", strict=False, says="This id is not on the sheet clients.")
    elif column.kind in {"number", "whole", "answer"}:
        whole = column.kind != "number"
        looks.limit(sheet, cells, low=column.low, high=column.high, whole=whole)
    if column.kind == "date":
        looks.expect_dates(sheet, cells)
        looks.format_column(sheet, place, looks.DATE)
    elif column.kind in {"id", "label", "text", "choice"}:
        looks.format_column(sheet, place, looks.TEXT)


def _arms(book: Any) -> str:
    """Name the two cells of the plan that hold the words of the arms, which stand one below the other."""
    from outcomes.study.book.layout import ANSWER, KEY

    sheet = book[PLAN]
    words = {key.name for key in list_keys() if key.path[0] == "arms" and key.path[-1] == "value"}
    rows = [row for row in range(1, sheet.max_row + 1) if sheet.cell(row, KEY).value in words]
    letter = "ABCDEFGH"[ANSWER - 1]
    return f"{PLAN}!${letter}${min(rows)}:${letter}${max(rows)}"
