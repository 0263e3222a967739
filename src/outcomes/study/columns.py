"""A column of a table, stated once as a pandera column; and what the reader of cells takes from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
import pandera.pandas as pa

from outcomes.study.numbers import OR_EMPTY

if TYPE_CHECKING:
    from collections.abc import Collection

Kind: TypeAlias = Literal[
    "id", "text", "date", "number", "whole", "choice", "choices", "yes_no", "covariate", "answer", "label"
]
BETWEEN = ";"  # the words of a cell that holds several


class _Cells(NamedTuple):
    """The cells of a kind: pandera's type (None where a check tells it), how they are written, how to mend one."""

    held: str | None
    written: str
    fix: str = f"Correct it, {OR_EMPTY}"


CELLS: dict[Kind, _Cells] = {
    "id": _Cells(None, "a pseudonym"),
    "text": _Cells(None, "text"),
    "label": _Cells(None, "a word or a few"),
    "choice": _Cells(None, "a word of the plan", "Use one of these words, spelled like this."),
    "choices": _Cells(
        None, f"one of them, or several joined by {BETWEEN}", f"Use these words, each once, joined by {BETWEEN}."
    ),
    "covariate": _Cells(None, "numbers, or words"),
    "number": _Cells("float64", "a number"),
    "whole": _Cells("float64", "a whole number", "Write a number without a decimal part."),
    "answer": _Cells("float64", "a whole number", "Write the number of the option that was ticked."),
    "yes_no": _Cells("boolean", "yes or no", f"Write yes or no, {OR_EMPTY}"),
    "date": _Cells("datetime64[s]", "year-month-day"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What a pandera column says to the reader of its cells.

    Attributes
    ----------
    kind : str
        How its cells are read.
    required : bool
        Whether the table must have it.
    filled : bool
        Whether every row must have a value in it.
    choices : tuple of str
        Permitted words, of a choice or of several.
    openings : tuple of str
        Words of which a text begins with one; another is named, and read all the same.
    low, high : float or None
        Limits of a number.
    may_hold_codes : bool
        Whether a number far from all others may stand for a missing value, such as 999.
    names_places : bool
        Whether it names places or groups, which may be called like people.
    """

    kind: Kind
    required: bool = False
    filled: bool = False
    choices: tuple[str, ...] = ()
    openings: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    may_hold_codes: bool = False
    names_places: bool = False


def read_column(column: Any) -> Column:
    """Take from a pandera column what its cells are read by."""
    stated = {name: value for check in column.checks for name, value in check.statistics.items()}
    return Column(
        kind=column.metadata["kind"],
        required=column.required,
        filled=not column.nullable,
        choices=stated.get("allowed_values", ()),
        low=stated.get("min_value"),
        high=stated.get("max_value"),
        openings=column.metadata.get("openings", ()),
        may_hold_codes=column.metadata.get("may_hold_codes", False),
        names_places=column.metadata.get("names_places", False),
    )


def read_columns(schema: Any) -> dict[str, Column]:
    """Take from a schema what its cells are read by, by the name of the column."""
    return {name: read_column(column) for name, column in schema.columns.items()}


def may(kind: Kind, what: str, *checks: Any, required: bool = False, filled: bool = False, **more: Any) -> Any:
    """Make a column that a table may have.

    Parameters
    ----------
    kind : str
    what : str
        What it holds, for docs/data.md.
    *checks : Check
    required, filled : bool
        Whether the table must have it, and every row a value in it.
    **more : object
        Metadata: `example` (a tuple of texts), `unit`, and those of `Column` that pandera does not know.
    """
    shape = _COVARIATE if kind == "covariate" else _WORDS
    return pa.Column(
        CELLS[kind].held,
        list(checks) or ([] if CELLS[kind].held else [shape]),
        nullable=not filled,
        required=required,
        description=what,
        metadata={"kind": kind, **more},
    )


def must(kind: Kind, what: str, *checks: Any, **more: Any) -> Any:
    """Make a column that a table must have, with a value in every row."""
    return may(kind, what, *checks, required=True, filled=True, **more)


def one_of(words: Collection[str]) -> Any:
    """Check that cells are one of some words; of categories it asks each word once, and not each cell."""
    allowed = tuple(words)
    return pa.Check(
        lambda cells: _holds_words(cells) and set(_distinct(cells)) <= set(allowed),
        name="one_of",
        statistics={"allowed_values": allowed},
    )


def some_of(words: Collection[str]) -> Any:
    """Check that cells hold one of some words, or several of them joined, each once."""
    allowed = frozenset(words)
    return pa.Check(
        lambda cells: _holds_words(cells) and all(_are_some(cell, allowed) for cell in _distinct(cells.dropna())),
        name="some_of",
        statistics={"allowed_values": tuple(words)},
    )


def _are_some(cell: str, allowed: frozenset[str]) -> bool:
    words = cell.split(BETWEEN)
    return set(words) <= allowed and len(set(words)) == len(words)


def whole(low: float, high: float) -> Any:
    """Check that numbers are whole, and their limits: in one check, since pandera takes longer than the numbers do."""
    return pa.Check(
        lambda cells: cells.between(low, high) & (np.floor(cells) == cells),
        name="whole",
        statistics={"min_value": low, "max_value": high},
    )


def all_whole(names: Collection[str]) -> Any:
    """Check that all numbers of several columns are whole, for a table with many."""
    return pa.Check(lambda frame: _are_whole(frame[[name for name in names if name in frame]]), name="all_whole")


def _are_whole(frame: pd.DataFrame) -> bool:
    values = frame.to_numpy()
    return bool((np.isnan(values) | (np.floor(values) == values)).all())


def if_number(low: float, high: float) -> Any:
    """Check the limits of a covariate where it turns out to be a number."""
    return pa.Check(
        lambda cells: _holds_words(cells) or cells.between(low, high).all(),
        name="if_number",
        statistics={"min_value": low, "max_value": high},
    )


def _distinct(cells: pd.Series[Any]) -> Collection[str]:
    return cells.cat.categories if isinstance(cells.dtype, pd.CategoricalDtype) else cells.unique()


def _holds_words(cells: pd.Series[Any]) -> bool:
    return isinstance(cells.dtype, pd.CategoricalDtype | pd.StringDtype)


_WORDS = pa.Check(_holds_words, name="words")
_COVARIATE = pa.Check(lambda cells: _holds_words(cells) or cells.dtype == np.float64, name="words_or_numbers")
