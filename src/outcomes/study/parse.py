"""A table: from columns of texts to typed columns, with every cell that breaks its column's rule."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outcomes.study.cells import NUMBERS, Broken, is_number_text, parse_texts
from outcomes.study.characters import HIDDEN, find_mixed_scripts, fold_case, is_formula
from outcomes.study.dates import cut_time
from outcomes.study.header import almost_known
from outcomes.study.levels import find_not_known, find_synonyms
from outcomes.study.numbers import find_codes
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from numpy.typing import NDArray

    from outcomes.study.columns import Column
    from outcomes.study.model import Finding, Level
    from outcomes.study.text import TextTable

_ITEM = re.compile(r"[qQ]_?[0-9]{1,2}")
# What a record is about. Where one of these cannot be read that is told once, and the record is judged no further.
_PLACES = ("client_id", "visit", "measure", "date", "week", "session", "kind")
_LEVELS = frozenset({"label", "covariate"})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TypedTable:
    """A table whose cells have been read.

    Attributes
    ----------
    name : str
    frame : DataFrame
        Words and ids as categories, numbers as float, dates, yes and no as boolean.
    rows : ndarray of int, shape (n,)
        Row of each record as a spreadsheet shows it.
    lost : bool
        Whether records were left out because what they are about cannot be read.
    """

    name: str
    frame: pd.DataFrame
    rows: NDArray[np.int64]
    lost: bool = False

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"TypedTable({len(self.frame)} rows, {len(self.frame.columns)} columns)"

    @classmethod
    def empty(cls) -> TypedTable:
        """Make a table that could not be read."""
        return cls(name="", frame=pd.DataFrame(), rows=np.empty(0, dtype=np.int64))

    def find(
        self, level: Level, code: str, where: NDArray[np.bool_], column: str, rule: str, fix: str
    ) -> Iterator[Finding]:
        """Give a finding about the records of a mask, if there are any."""
        if where.any():
            yield make_finding(level, code, self.name, self.rows[where], column, rule, fix)

    def stop(self, code: str, where: NDArray[np.bool_], column: str, rule: str, fix: str) -> Iterator[Finding]:
        """Give a STOP about the records of a mask, if there are any."""
        return self.find("STOP", code, where, column, rule, fix)


def parse_table(table: TextTable, columns: Mapping[str, Column], *, today: date, others: bool = False) -> TypedTable:
    """Read every known column; findings go to `table.findings`.

    Parameters
    ----------
    table : TextTable
    columns : mapping of str to Column
        What the table holds.
    today : date
        The last day that something can have been recorded on.
    others : bool
        Whether columns beside these are usual, so that only those that look misspelt are named.
    """
    _check_columns(table, columns, others=others)
    series = {name: _parse_column(table, name, columns[name], today) for name in table.columns if name in columns}
    frame = pd.DataFrame(series, index=pd.RangeIndex(len(table.rows)))
    unplaced = [table.broken[name] for name in _PLACES if name in table.broken]
    if others or not unplaced:
        return TypedTable(name=table.name, frame=frame, rows=table.rows)
    kept = ~np.logical_or.reduce(unplaced)
    return TypedTable(name=table.name, frame=frame[kept].reset_index(drop=True), rows=table.rows[kept], lost=True)


def _check_columns(table: TextTable, columns: Mapping[str, Column], *, others: bool) -> None:
    if not table.columns:
        return
    absent = [name for name in columns if name not in table.columns]
    if len(absent) == len(columns) and not any(almost_known(name, absent) for name in table.columns):
        rule = "none of the columns' names is known; the first row may hold data"
        table.find("E204", (1,), "", rule, "The first row must hold the columns' names; see docs/data.md.")
        return
    meant = {name: near for name in table.columns if name not in columns and (near := almost_known(name, absent))}
    for name, near in meant.items():
        rule = f"the column is called almost like {near}, but for capitals, spaces or letters that look alike"
        table.find("E226", (1,), name, rule, f"Call it {near}.")
    missing = [name for name in absent if columns[name].required and name not in meant.values()]
    if len(missing) > SHOWN_MISSING:
        rule = f"{len(missing)} columns are missing, the first of them {missing[0]}"
        table.find("E207", (1,), "", rule, "Add them; see docs/data.md.")
        missing = []
    for name in missing:
        near = _nearest(name, table)
        hint = f"Is it the column {near}? Then rename it." if near else "Add it; see docs/data.md."
        table.find("E207", (1,), name, "the column is missing", hint)
    for place, name in enumerate(table.columns):
        if name in columns or name in meant:
            continue
        # Where columns are missing the first row may not be a header at all, and its cells are not told.
        label = str(place + 1) if missing else table.labels[name]
        near = _closest(name, absent)
        rule = "the column is not known and is not read"
        if near:
            table.find("E208", (1,), label, rule, f"If it is {near}, rename it.", level="CHECK")
        elif not others:
            table.find("E208", (1,), label, rule, "Nothing needs to be done if that is intended.", level="NOTE")


_WORDS_OF_PLAN = {
    "arm": "arms.full.value and arms.skills.value, or arms.left_out for people of any other programme",
    "visit": "the words under [visits]",
    "measure": "the words under [measures.WORD]",
}
SHOWN_MISSING = 5  # columns named one by one; with more of them missing it is another table
_ALIKE = 0.7  # of the letters, which two wrong ones in a name of seven still are
_LOOKED_AT = 60  # letters; longer than any column's name, since comparing takes the square of it


def _nearest(name: str, table: TextTable) -> str | None:
    """Name, in the file, that is most like a missing one; what could be an id in place of a name is not told."""
    plain = [other for other in table.columns if table.labels[other] == other]
    return _closest(name, [other for other in plain if not any(map(str.isdigit, other)) or _ITEM.fullmatch(other)])


def _closest(name: str, names: list[str]) -> str | None:
    near = difflib.get_close_matches(name[:_LOOKED_AT], names, n=1, cutoff=_ALIKE)
    return near[0] if near else None


def _parse_column(table: TextTable, name: str, column: Column, today: date) -> pd.Series[Any]:
    texts, codes = table.columns[name]
    kind = column.kind
    column = _decide(texts, codes, column)
    parsed = parse_texts(texts, column, today=today)
    _find_broken(table, name, parsed.broken)
    if kind == "date":
        _find_times(table, name, parsed.broken)
    _find_formulas(table, name, column)
    if column.filled:
        empty = np.array([not text.strip(" \t") for text in texts], dtype=bool)
        if empty.any() and empty[codes].any():
            rule, fix = "the cell is empty", "Fill it in, or take the row out."
            table.find("E210", table.rows[empty[codes]], name, rule, fix)
    if column.kind in _LEVELS:
        _find_alike(table, name, of_people=kind == "covariate")
    if kind == "covariate" and column.kind == "label":
        _find_synonyms(table, name)
    if column.may_hold_codes and column.kind in NUMBERS:
        _find_codes(table, name, parsed.values[codes] if len(parsed.values) else parsed.values)
    return _spread(parsed.values, codes, column)


def _decide(texts: list[str], codes: NDArray[Any], column: Column) -> Column:
    """Decide what a covariate is: numbers where most cells that are filled are numbers, else words with levels."""
    if column.kind != "covariate":
        return column
    filled = np.array([bool(text.strip(" \t")) for text in texts], dtype=bool)
    numeric = np.array([is_number_text(text.strip(" \t")) for text in texts], dtype=bool)
    if numeric[codes].sum() * 2 <= filled[codes].sum():
        return replace(column, kind="label")
    return replace(column, kind="number")


def _find_broken(table: TextTable, name: str, broken: Mapping[int, Any]) -> None:
    """Name the rows of each rule that is broken; several texts may break the same one."""
    texts = table.columns[name].texts
    for found in dict.fromkeys(broken.values()):
        places = [place for place, other in broken.items() if other == found]
        if found.code == "E223":  # those that nowhere belong have been told already
            places = [place for place in places if not HIDDEN.search(texts[place])]
        if places:
            table.find(found.code, table.rows_of(name, places), name, found.rule, _say_fix(name, found))
    if broken:
        table.broken[name] = np.isin(table.columns[name].codes, list(broken))


def _say_fix(name: str, found: Broken) -> str:
    """Say of a word that is not the plan's that the plan may be changed as well."""
    if found.code != "E218" or name not in _WORDS_OF_PLAN:
        return found.fix
    return f"{found.fix} Or let the plan follow your word: {_WORDS_OF_PLAN[name]}."


def _find_times(table: TextTable, name: str, broken: Mapping[int, Any]) -> None:
    """Say of dates with a time of day behind them that the time is not read."""
    texts = table.columns[name].texts
    places = [
        place for place, text in enumerate(texts) if place not in broken and cut_time(bare := text.strip(" \t")) != bare
    ]
    if places:
        rule, fix = "a time of day stands behind the date, and is left out", "Nothing needs to be done."
        table.find("E297", table.rows_of(name, places), name, rule, fix, level="NOTE")


def _find_formulas(table: TextTable, name: str, column: Column) -> None:
    """Find what a spreadsheet would run; in columns of numbers and dates nothing of the kind is read anyway."""
    if column.kind in NUMBERS or column.kind == "date":
        return
    texts = table.columns[name].texts
    places = [place for place, text in enumerate(texts) if is_formula(text)]
    if places:
        rule, fix = "the cell begins like a spreadsheet's formula", "Put its result there, as a value."
        table.find("E221", table.rows_of(name, places), name, rule, fix)


def _find_alike(table: TextTable, name: str, *, of_people: bool) -> None:
    """Find words that a person takes for one and a program for two, and those that may mean that nothing is known."""
    texts = table.columns[name].texts
    folded: dict[str, list[int]] = {}
    for place, word in enumerate(fold_case(texts)):
        if word:
            folded.setdefault(word, []).append(place)
    alike = [place for same in folded.values() for place in same if len({texts[one].strip(" \t") for one in same}) > 1]
    if alike:
        rule = "two words differ only in capitals, spaces or accents, and would count as two groups"
        table.find("E280", table.rows_of(name, alike), name, rule, "Spell them alike.")
    if mixed := find_mixed_scripts(texts):
        rule = "a word mixes letters of two alphabets that look alike"
        table.find("E280", table.rows_of(name, mixed), name, rule, "Type it again.")
    if perhaps := find_not_known(texts, of_people=of_people):
        rule = "the word may mean that nothing is known; it counts as a group of its own"
        fix = "Leave the cell empty if it is not known."
        table.find("E225", table.rows_of(name, perhaps), name, rule, fix, level="CHECK")


def _find_synonyms(table: TextTable, name: str) -> None:
    """Find levels that most likely say the same, and count as two groups of people."""
    if places := find_synonyms(table.columns[name].texts):
        rule = "two words seem to say the same, such as F and Female, and count as two groups"
        fix = "Spell them alike if they are one; nothing needs to be done if they are two."
        table.find("E284", table.rows_of(name, places), name, rule, fix, level="CHECK")


def _find_codes(table: TextTable, name: str, values: NDArray[np.float64]) -> None:
    where, sure = find_codes(values)
    if where.any():
        rule = "the number lies far from all others and is often written where a value is missing"
        fix = "Leave the cell empty where a value is not known."
        table.find("E225", table.rows[where], name, rule, fix, level="STOP" if sure else "CHECK")


def _spread(values: NDArray[Any], codes: NDArray[Any], column: Column) -> pd.Series[Any]:
    """Give every record its value."""
    if column.kind in NUMBERS or column.kind == "date":
        return pd.Series(values[codes] if len(values) else values)
    if column.kind == "yes_no":
        return pd.Series(pd.array(values[codes], dtype="boolean"))
    words = sorted({value for value in values if value is not None})
    places = {word: place for place, word in enumerate(words)}
    recode = np.array([-1 if value is None else places[value] for value in values], dtype=np.int32)
    return pd.Series(pd.Categorical.from_codes(recode[codes], categories=pd.Index(words, dtype="str")))
