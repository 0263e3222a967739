"""The map: which column of an export becomes what in the study; typed, closed to unknown keys, all faults at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, PrivateAttr, ValidationError

from outcomes.errors import MapError
from outcomes.importing.guess import fold
from outcomes.importing.map_rows import parse_csv, read_rows
from outcomes.instruments import UnknownInstrumentError, list_instruments, read_instrument
from outcomes.plan.faults import TomlFaultsError, describe, freeze, parse_toml, place
from outcomes.plan.frozen import Frozen
from outcomes.study.dates import Dates  # noqa: TC001  # pydantic reads it when the model is made
from outcomes.study.schemas import OPTIONAL, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from outcomes.instruments import Instrument
    from outcomes.plan.raw import Fault

ITEM = re.compile(r"\{n{1,2}\}")
Name = Annotated[str, Field(min_length=1)]
Shape = Literal["wide", "long", "redcap"]


class TableMap(Frozen):
    """One of the other tables: which sheet, file or REDCap instrument it comes from, and its columns.

    Attributes
    ----------
    sheet, file : str or None
        Where its rows stand, when not in the main source; a file lies beside the map.
    repeat : str or None
        Value of redcap_repeat_instrument of its rows.
    columns : dict
        Column of the study by column of the source.
    """

    sheet: Name | None = None
    file: Name | None = None
    repeat: Name | None = None
    columns: dict[Name, Name]


class Rows(Frozen):
    """Columns of a table with one row a client at a visit, or a client at a visit on a measure."""

    visit: Name | None = None
    date: Name | None = None
    measure: Name | None = None
    score: Name | None = None


class Map(Frozen):
    """The whole map.

    Attributes
    ----------
    shape : str
        wide (one row a client), long (one row a client at a visit, or on a measure), redcap (as REDCap exports).
    sheet : str or None
        Of a workbook.
    header_row : int or None
        Row that holds the names of the columns; None to look for it.
    hidden : str
        Whether rows of a sheet that a filter hides are taken in ("taken") or not ("left out").
    separator : str
        What stands between the cells of a CSV file.
    decimal : str
        Sign before the decimals of numbers.
    dates : str
        How dates are written in the source; year-month-day is understood always.
    missing : tuple of str
        Texts that stand for "not known".
    clients : dict
        Column of clients.csv by column of the source.
    values : dict
        For a column of the study, what it calls each text of the source; "" leaves the row (of a visit or a measure)
        or the cell out.
    rows : Rows
        Of a long table; REDCap's own columns need not be named.
    scores : dict
        Wide: for a measure, the column at each visit. Else: the column of each measure.
    items : dict
        Wide: for an instrument, the pattern of its columns at each visit. Else: the pattern. `{n}` stands for the
        number of the item, `{nn}` for two digits.
    visit_dates : dict
        Wide: the column that holds the date of each visit.
    tables : dict of TableMap
        Of attendance, sessions, events, costs, evidence.
    """

    version: Literal[1]
    shape: Shape
    sheet: Name | None = None
    header_row: Annotated[int, Field(ge=1)] | None = None
    hidden: Literal["taken", "left out"] = "taken"
    separator: Annotated[str, Field(min_length=1, max_length=1)] = ","
    decimal: Literal[".", ","] = "."
    dates: Dates = "year-month-day"
    missing: tuple[str, ...] = ()
    clients: dict[Name, Name]
    values: dict[Name, dict[str, str]] = Field(default_factory=dict)
    rows: Rows = Rows()
    scores: dict[Name, Name | dict[Name, Name]] = Field(default_factory=dict)
    items: dict[Name, Name | dict[Name, Name]] = Field(default_factory=dict)
    visit_dates: dict[Name, Name] = Field(default_factory=dict)
    tables: dict[Name, TableMap] = Field(default_factory=dict)
    _own: Mapping[str, Instrument] = PrivateAttr(default_factory=dict)

    def know(self, own: Mapping[str, Instrument]) -> None:
        """Take the instruments that the study defines itself, of which the file of the map says nothing."""
        self._own = own

    def instrument(self, name: str) -> Instrument:
        """Definition of a questionnaire whose items it names; raises UnknownInstrumentError."""
        return read_instrument(name, self._own)

    def instruments_called(self, word: str) -> list[Instrument]:
        """Give the questionnaires that a measure is called like."""
        return [self.instrument(name) for name in (*self._own, *list_instruments()) if fold(name) == fold(word)]


def read_map(path: Path, own: Mapping[str, Instrument] | None = None) -> Map:
    """Read a map, from TOML or from CSV; `own` are the instruments that the study defines itself.

    Raises
    ------
    MapError
        With every fault, each with its key and line.
    """
    if not path.is_file():
        raise MapError(path.name, [(path.name, None, "there is no such file")])
    if path.suffix.lower() == ".csv":
        return read_map_rows(parse_csv(path.read_bytes()), name=path.name, own=own)
    return _parse(path.read_bytes(), path.name, {}, own)


def read_map_rows(rows: Iterable[Sequence[str]], *, name: str, own: Mapping[str, Instrument] | None = None) -> Map:
    """Read a map from the rows of a CSV file or of a sheet; faults are told by its rows.

    Raises
    ------
    MapError
    """
    text = read_rows(rows, name=name)
    if text.faults:
        raise MapError(name, text.faults)
    return _parse(text.content().encode(), name, text.rows, own)


def _parse(content: bytes, name: str, rows: Mapping[int, int], own: Mapping[str, Instrument] | None) -> Map:
    """Read a map from TOML; `rows` says for a line where a person finds it, if not there."""
    try:
        text, raw = parse_toml(content)
    except TomlFaultsError as fault:
        raise MapError(name, [(name, rows.get(fault.line or 0, fault.line), fault.what)]) from None
    faults: list[Fault] = []
    found = None
    try:
        found = Map.model_validate(freeze(raw))
        found.know(own or {})
    except ValidationError as error:
        faults += [_shorten(fault) for fault in describe(error, Map, noun="the map")]
    else:
        faults += _check(found)
    if faults or found is None:
        placed = place(dict.fromkeys(faults), text, file=name)
        raise MapError(name, [(key, rows.get(line or 0, line), what) for key, line, what in placed])
    return found


def _shorten(fault: Fault) -> Fault:
    """Leave out of a path what names a branch of the model and no key of the file."""
    where, what = fault
    return tuple(part for part in where if not part.startswith(("constrained-", "dict[", "function-"))), what


def _check(found: Map) -> Iterator[Fault]:
    yield from _check_clients(found)
    yield from _check_sources(found)
    for name in found.items:
        try:
            found.instrument(name)
        except UnknownInstrumentError as fault:
            yield ("items", name), str(fault)
    for name, table in found.tables.items():
        if name not in OPTIONAL:
            yield ("tables", name), f"is not a table of a study; there are: {', '.join(OPTIONAL)}"
            continue
        unknown = sorted(set(table.columns) - set(TABLES[name].columns))
        yield from (
            (("tables", name, "columns", column), f"is not a column of {name}.csv; see docs/data.md")
            for column in unknown
        )
        if table.repeat is not None and found.shape != "redcap":
            yield ("tables", name, "repeat"), 'belongs to shape = "redcap"'


def _check_clients(found: Map) -> Iterator[Fault]:
    for name in ("client_id", "arm"):
        if name not in found.clients:
            yield ("clients", name), "is missing: name the column of the source that holds it"
    if "arm" in found.values and not any(found.values["arm"].values()):
        yield ("values", "arm"), "says of no text which arm it is: write full or skills behind it"
    if found.shape == "wide":
        if found.rows != Rows():
            yield ("rows",), "belongs to long tables; a wide one names its columns by visit"
    elif found.visit_dates:
        yield ("visit_dates",), 'belongs to shape = "wide"; here the date is a column of the rows'


def _check_sources(found: Map) -> Iterator[Fault]:
    """Check that scores and items are given in the form that the shape needs."""
    if not (found.scores or found.items or found.rows.score):
        yield ("scores",), "is missing: name where scores or items stand"
    for key, given in (("scores", found.scores), ("items", found.items)):
        for name, source in given.items():
            by_visit = isinstance(source, dict)
            if by_visit != (found.shape == "wide"):
                wanted = "a column for each visit" if found.shape == "wide" else "one column"
                yield (key, name), f"must name {wanted}, since the table is {found.shape}"
            if key == "items":
                for pattern in source.values() if isinstance(source, dict) else (source,):
                    if not ITEM.search(pattern):
                        yield (key, name), "must have {n} (or {nn}, for two digits) where the number of the item stands"
    if (found.rows.measure is None) != (found.rows.score is None):
        yield ("rows",), "must name both the column of the measure and that of the score, or neither"


def item_columns(pattern: str, count: int) -> list[str]:
    """Names of the columns of the items, in order."""
    return [_fill(pattern, number) for number in range(1, count + 1)]


def _fill(pattern: str, number: int) -> str:
    return ITEM.sub(lambda mark: f"{number:02d}" if mark.group() == "{nn}" else str(number), pattern)


def mapped_columns(found: Map) -> set[str]:
    """Columns of the main source that the map names."""
    named: set[str] = set(found.clients.values()) | set(found.visit_dates.values())
    named |= {column for column in found.rows.model_dump().values() if column}
    for source in found.scores.values():
        named |= set(source.values()) if isinstance(source, dict) else {source}
    for name, source in found.items.items():
        count = found.instrument(name).n_items
        for pattern in source.values() if isinstance(source, dict) else (source,):
            named |= set(item_columns(pattern, count))
    for table in found.tables.values():
        if table.sheet is None and table.file is None:
            named |= set(table.columns.values())
    return named


def list_taken(found: Map) -> Iterator[str]:
    """Say what a map takes for what, a phrase each."""
    yield from (f"{column!r} as {target}" for target, column in found.clients.items())
    yield from (f"{column!r} as {part} of a row" for part, column in found.rows.model_dump().items() if column)
    for what, given in (("score of", found.scores), ("answers to", found.items)):
        for name, source in given.items():
            by_visit = source if isinstance(source, dict) else {"": source}
            yield from (
                f"{column!r} as {what} {name}{' at ' if visit else ''}{visit}" for visit, column in by_visit.items()
            )
    yield from (f"{column!r} as the date of {visit}" for visit, column in found.visit_dates.items())
    for name, table in found.tables.items():
        yield from (f"{column!r} as {target} of {name}.csv" for target, column in table.columns.items())
