"""A table: from columns of texts to typed columns, with every cell that breaks its column's rule."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outcomes.study.cells import is_number_text, parse_texts
from outcomes.study.tables import Column
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.study.model import Finding
    from outcomes.study.text import TextTable

_FORMULA = ("=", "@")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTable:
    """A table whose cells have been read.

    Attributes
    ----------
    name : str
    frame : DataFrame
        Words and ids as categories, numbers as float, dates, yes and no as boolean.
    rows : ndarray of int, shape (n,)
        Row of each record as a spreadsheet shows it.
    """

    name: str
    frame: pd.DataFrame
    rows: NDArray[np.int64]

    @classmethod
    def empty(cls) -> TypedTable:
        """Make a table that could not be read."""
        return cls(name="", frame=pd.DataFrame(), rows=np.empty(0, dtype=np.int64))

    def stop(self, code: str, where: NDArray[np.bool_], column: str, rule: str, fix: str) -> Finding:
        """Make a STOP about the records of a mask."""
        return make_finding("STOP", code, self.name, self.rows[where], column, rule, fix)


def parse_table(table: TextTable, columns: Mapping[str, Column], *, others: bool = False) -> TypedTable:
    """Read every known column; findings go to `table.findings`.

    Parameters
    ----------
    table : TextTable
    columns : mapping of str to Column
        What the table holds.
    others : bool
        Whether columns beside these are usual, so that only those that look misspelt are named.
    """
    _check_columns(table, columns, others=others)
    series = {name: _parse_column(table, name, columns[name]) for name in table.columns if name in columns}
    frame = pd.DataFrame(series, index=pd.RangeIndex(len(table.rows)))
    return TypedTable(name=table.name, frame=frame, rows=table.rows)


def to_column(texts: list[str], column: Column) -> Column:
    """Decide what a covariate is: a number where every cell that is filled is one, else a text with levels."""
    if column.kind != "covariate":
        return column
    filled = [text.strip() for text in texts if text.strip()]
    is_number = bool(filled) and all(is_number_text(text) for text in filled)
    return Column(kind="number" if is_number else "text", required=column.required)


def _check_columns(table: TextTable, columns: Mapping[str, Column], *, others: bool) -> None:
    if not table.columns:
        return
    for name, column in columns.items():
        if column.required and name not in table.columns:
            near = difflib.get_close_matches(name, list(table.columns), n=1)
            hint = f"Is it the column {near[0]}? Then rename it." if near else "Add it; see docs/data.md."
            table.find("E207", (1,), name, "the column is missing", hint)
    for name in table.columns:
        if name not in columns:
            near = difflib.get_close_matches(name, [known for known in columns if known not in table.columns], n=1)
            if near:
                rule, fix = "the column is not known and is not read", f"If it is {near[0]}, rename it."
                table.findings.append(make_finding("CHECK", "E208", table.name, (1,), name, rule, fix))
            elif not others:
                rule, fix = "the column is not known and is not read", "Nothing needs to be done if that is intended."
                table.findings.append(make_finding("NOTE", "E208", table.name, (1,), name, rule, fix))


def _parse_column(table: TextTable, name: str, column: Column) -> pd.Series[Any]:
    texts, codes = table.columns[name]
    column = to_column(texts, column)
    parsed = parse_texts(texts, column)
    _find_broken(table, name, codes, parsed.broken)
    _find_formulas(table, name, codes, texts)
    empty = np.array([not text.strip() for text in texts], dtype=bool)
    if column.filled and empty.any() and empty[codes].any():
        rule, fix = "the cell is empty", "Fill it in, or take the row out."
        table.find("E210", table.rows[empty[codes]], name, rule, fix)
    return _spread(parsed.values, codes, column)


def _find_broken(table: TextTable, name: str, codes: NDArray[Any], broken: Mapping[int, Any]) -> None:
    """Name the rows of each rule that is broken; several texts may break the same one."""
    if not broken:
        return
    for found in dict.fromkeys(broken.values()):
        places = [place for place, other in broken.items() if other == found]
        table.find(found.code, table.rows[np.isin(codes, places)], name, found.rule, found.fix)


def _find_formulas(table: TextTable, name: str, codes: NDArray[Any], texts: list[str]) -> None:
    places = [place for place, text in enumerate(texts) if text.lstrip().startswith(_FORMULA)]
    if places:
        rule, fix = "the cell holds a spreadsheet formula", "Put its result there, as a value."
        table.find("E221", table.rows[np.isin(codes, places)], name, rule, fix)


def _spread(values: NDArray[Any], codes: NDArray[Any], column: Column) -> pd.Series[Any]:
    """Give every record its value."""
    if column.kind in {"number", "whole", "answer", "date"}:
        return pd.Series(values[codes] if len(values) else values)
    if column.kind == "yes_no":
        return pd.Series(pd.array(values[codes], dtype="boolean"))
    words = sorted({value for value in values if value is not None})
    places = {word: place for place, word in enumerate(words)}
    recode = np.array([-1 if value is None else places[value] for value in values], dtype=np.int64)
    return pd.Series(pd.Categorical.from_codes(recode[codes], categories=pd.Index(words, dtype="str")))
