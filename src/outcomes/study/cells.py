"""One cell: from text to value, or the rule that it breaks. Each distinct text of a column is read once."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from outcomes.study.characters import find_hidden
from outcomes.study.columns import BETWEEN, CELLS
from outcomes.study.dates import cut_time, parse_date
from outcomes.study.numbers import (
    MISSING_WORDS,
    OR_EMPTY,
    SURELY_MISSING,
    Broken,
    is_number_text,
    parse_number,
    parse_plain,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from typing import Any

    from numpy.typing import NDArray

    from outcomes.study.columns import Column

__all__ = ["Broken", "Parsed", "is_number_text", "parse_texts"]

YES = frozenset({"yes", "y", "true", "1"})
NO = frozenset({"no", "n", "false", "0"})
NUMBERS = frozenset(kind for kind, cells in CELLS.items() if cells.held == "float64")
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+|[0-9]+\.0")
TOTALS = frozenset(
    {
        *("total", "totals", "grand total", "sum", "mean", "average", "median", "sd", "count", "n", "subtotal"),
        "end of file",
    }
)
_COMMENT = ("#", "//")
_NOT_SEEN = Broken("E223", "the cell holds a line break or a character that cannot be seen", "Type it again.")


class Parsed(NamedTuple):
    """Values of the distinct texts of a column, and what is broken, by position."""

    values: NDArray[Any]
    broken: dict[int, Broken]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Parsed({len(self.values)} values, {len(self.broken)} broken)"


def parse_texts(texts: Sequence[str], column: Column, *, today: date) -> Parsed:
    """Read distinct texts as the column's kind; an empty text is a missing value.

    Spaces and tabs around a text are no part of it; nothing else is taken off.
    """
    if column.kind in NUMBERS and (plain := parse_plain(texts)) is not None:
        return _check_numbers(plain, column)
    hidden = () if column.kind == "text" else find_hidden(texts, word=True)
    if column.kind in NUMBERS:
        parsed = _collect(texts, hidden, parse_number, np.float64, math.nan)
        checked = _check_numbers(parsed.values, column)
        return Parsed(checked.values, {**checked.broken, **parsed.broken})
    if column.kind == "date":
        return _collect(
            texts, hidden, lambda text: parse_date(cut_time(text), today), "datetime64[s]", np.datetime64("NaT")
        )
    if column.kind == "id":
        return _parse_ids(texts, hidden)
    missing = pd.NA if column.kind == "yes_no" else None
    return _collect(texts, hidden, _PARSERS[column.kind](column), object, missing)


def _collect(
    texts: Sequence[str], hidden: Sequence[int], parse: Callable[[str], Any], kind: Any, missing: Any
) -> Parsed:
    values = np.empty(len(texts), dtype=kind)
    broken: dict[int, Broken] = dict.fromkeys(hidden, _NOT_SEEN)
    for place, text in enumerate(texts):
        trimmed = text.strip(" \t")
        found = parse(trimmed) if trimmed else missing
        if isinstance(found, Broken):
            broken.setdefault(place, found)
            found = missing
        values[place] = found
    return Parsed(values, broken)


def _check_numbers(values: NDArray[np.float64], column: Column) -> Parsed:
    """Check that numbers are whole where they must be, and within the column's limits."""
    broken: dict[int, Broken] = {}
    if column.kind in {"whole", "answer"}:
        rule = "an answer is a whole number" if column.kind == "answer" else "a whole number is expected"
        fault = Broken("E213", rule, CELLS[column.kind].fix)
        broken |= dict.fromkeys(np.flatnonzero(~np.isnan(values) & (values != np.floor(values))).tolist(), fault)
    low = -math.inf if column.low is None else column.low
    high = math.inf if column.high is None else column.high
    for place in np.flatnonzero((values < low) | (values > high)).tolist():
        allowed = f"between {low:.12g} and {high:.12g}" if math.isfinite(high) else f"at least {low:.12g}"
        broken.setdefault(place, Broken("E215", f"the number must lie {allowed}", f"Correct it, {OR_EMPTY}"))
    kept = values.copy()
    kept[list(broken)] = math.nan
    return Parsed(kept, broken)


def _parse_yes_no(text: str) -> bool | Broken:
    folded = text.casefold()
    if folded in YES or folded in NO:
        return folded in YES
    if folded in MISSING_WORDS:
        rule = "a word or sign for a missing value stands where yes or no is expected"
        return Broken("E217", rule, "Leave the cell empty where it is not known.")
    return Broken("E217", "yes or no is expected", CELLS["yes_no"].fix)


def _parse_choice(text: str, column: Column) -> str | Broken:
    if text in column.choices:
        return text
    allowed = ", ".join(column.choices)
    return Broken("E218", f"the word must be one of: {allowed}", CELLS["choice"].fix)


def _parse_choices(text: str, column: Column) -> str | Broken:
    """Read words joined in the order in which they were taken, each at most once; spaces around them are no part."""
    words = [word.strip(" \t") for word in text.split(BETWEEN)]
    if not set(words) <= set(column.choices):
        allowed = ", ".join(column.choices)
        rule = f"the words must be of these, joined by {BETWEEN} in the order in which they were taken: {allowed}"
        return Broken("E218", rule, CELLS["choices"].fix)
    if len(set(words)) < len(words):
        return Broken("E218", "a word stands twice in the cell", CELLS["choices"].fix)
    return BETWEEN.join(words)


def _parse_label(text: str) -> str | Broken:
    """Read a word that makes people alike: a group, a therapist, a site, a level of a covariate."""
    if text.casefold() in SURELY_MISSING:
        rule = "a word or sign for a missing value would count as a group of its own"
        return Broken("E225", rule, "Leave the cell empty where it is not known.")
    return text


_PARSERS: dict[str, Callable[[Column], Callable[[str], Any]]] = {
    "yes_no": lambda _: _parse_yes_no,
    "choice": lambda column: lambda text: _parse_choice(text, column),
    "choices": lambda column: lambda text: _parse_choices(text, column),
    "text": lambda _: str,
    "label": lambda _: _parse_label,
}


def _parse_ids(texts: Sequence[str], hidden: Sequence[int]) -> Parsed:
    """Read ids: any text but one that a spreadsheet has rewritten, a row of totals or a comment."""
    # most files hold nothing that needs a closer look, and a hundred thousand ids are a lot to look at
    if not hidden and not _DOUBTFUL.search("\n".join(texts)):
        stripped = [text.strip(" \t") for text in texts]
        values = np.array([text or None for text in stripped], dtype=object)
        return Parsed(values, {})
    return _collect(texts, hidden, _parse_id, object, None)


_DOUBTFUL = re.compile(
    r"^[ \t]*(?:[#/]|[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+[ \t]*$|[0-9]+\.0[ \t]*$|"
    rf"(?:{'|'.join(sorted(TOTALS))})\b)",
    re.IGNORECASE | re.MULTILINE,
)


def _parse_id(text: str) -> str | Broken:
    if _SCIENTIFIC.fullmatch(text) and not text.isalnum():
        rule = "the id looks like a number that a spreadsheet has rewritten"
        return Broken("E220", rule, "Format the column as text, and export again.")
    if text.casefold().rstrip(":") in TOTALS:
        return Broken("E212", "this is a row of totals and not a client", "Take the row out.")
    if text.startswith(_COMMENT):
        return Broken("E212", "this is a comment and not a client", "Take the row out.")
    return text
