"""One cell: from text to value, or the rule that it breaks. Each distinct text of a column is read once."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from outcomes.study.tables import Column

YES = frozenset({"yes", "y", "true", "1"})
NO = frozenset({"no", "n", "false", "0"})
EARLIEST = date(1900, 1, 1)
LATEST = date(2200, 1, 1)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_OTHER_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?[eE][+-]?\d+")
_LONGEST = 10_000


class Broken(NamedTuple):
    """The rule that a cell breaks, and how to mend it; never the cell."""

    code: str
    rule: str
    fix: str


class Parsed(NamedTuple):
    """Values of the distinct texts of a column, and what is broken, by position."""

    values: NDArray[Any]
    broken: dict[int, Broken]


def parse_texts(texts: Sequence[str], column: Column) -> Parsed:
    """Read distinct texts as the column's kind; an empty text is a missing value."""
    if column.kind in {"number", "whole", "answer"}:
        return _collect(texts, lambda text: _parse_number(text, column), np.float64, math.nan)
    if column.kind == "date":
        return _collect(texts, _parse_date, "datetime64[s]", np.datetime64("NaT"))
    if column.kind == "yes_no":
        return _collect(texts, _parse_yes_no, object, pd.NA)
    if column.kind == "choice":
        return _collect(texts, lambda text: _parse_choice(text, column), object, None)
    return _collect(texts, _parse_id if column.kind == "id" else _parse_text, object, None)


def is_number_text(text: str) -> bool:
    """Whether a text is a number as this project reads it."""
    return _NUMBER.fullmatch(text) is not None and math.isfinite(float(text))


def _collect(texts: Sequence[str], parse: Callable[[str], Any], kind: Any, missing: Any) -> Parsed:
    values = np.empty(len(texts), dtype=kind)
    broken: dict[int, Broken] = {}
    for place, text in enumerate(texts):
        trimmed = text.strip()
        found = parse(trimmed) if trimmed else missing
        if isinstance(found, Broken):
            broken[place] = found
            found = missing
        values[place] = found
    return Parsed(values, broken)


def _parse_number(text: str, column: Column) -> float | Broken:
    if not is_number_text(text):
        if _DECIMAL_COMMA.fullmatch(text):
            return Broken("E214", "a decimal comma stands where a decimal point is expected", "Write 2.5, not 2,5.")
        return Broken("E213", "this is not a number", "Write a number such as 12 or 2.5, or leave the cell empty.")
    value = float(text)
    if column.kind == "whole" and value != math.floor(value):
        return Broken("E213", "a whole number is expected", "Write a number without a decimal part.")
    if column.kind == "answer" and value != math.floor(value):
        return Broken("E213", "an answer is a whole number", "Write the number of the option that was ticked.")
    if (column.low is not None and value < column.low) or (column.high is not None and value > column.high):
        allowed = (
            f"between {column.low:g} and {column.high:g}" if column.high is not None else f"at least {column.low:g}"
        )
        return Broken(
            "E215", f"the number must lie {allowed}", "Correct it, or leave the cell empty if it is not known."
        )
    return value


def _parse_date(text: str) -> np.datetime64 | Broken:
    fix = "Write dates as 2025-03-31: year, month, day."
    if not _DATE.fullmatch(text):
        if _OTHER_DATE.fullmatch(text):
            return Broken("E216", "the date is not written year-month-day, so that day and month can be mistaken", fix)
        return Broken("E216", "this is not a date", fix)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return Broken("E216", "there is no such day in the calendar", fix)
    if not EARLIEST <= found < LATEST:
        return Broken("E216", "the year cannot be right", fix)
    return np.datetime64(text, "s")


def _parse_yes_no(text: str) -> bool | Broken:
    folded = text.casefold()
    if folded in YES or folded in NO:
        return folded in YES
    return Broken("E217", "yes or no is expected", "Write yes or no, or leave the cell empty if it is not known.")


def _parse_choice(text: str, column: Column) -> str | Broken:
    if text in column.choices:
        return text
    allowed = ", ".join(column.choices)
    return Broken("E218", f"the word must be one of: {allowed}", "Use one of these words, spelled like this.")


def _parse_text(text: str) -> str | Broken:
    if len(text) > _LONGEST:
        return Broken(
            "E219", "the text is longer than any text should be", "Look for a quotation mark that was not closed."
        )
    return text


def _parse_id(text: str) -> str | Broken:
    if _SCIENTIFIC.fullmatch(text) and not text.isalnum():
        return Broken(
            "E220",
            "the id looks like a number that a spreadsheet has rewritten",
            "Format the column as text, and export again.",
        )
    if not text.isprintable():
        return Broken("E220", "the id holds characters that cannot be seen", "Type it again.")
    return _parse_text(text)
