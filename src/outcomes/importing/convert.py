"""The import: read, translate, build, write whole or not at all, and say what was left out."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from outcomes.errors import DataError, OutputExistsError, OutputNotWritableError
from outcomes.importing import redcap
from outcomes.importing.build import Builder, Table
from outcomes.importing.cells import Translator
from outcomes.importing.map import list_taken, mapped_columns, read_map
from outcomes.importing.source import read_source
from outcomes.importing.totals import without_totals
from outcomes.study.own_instruments import read_instruments_beside
from outcomes.study.pseudonyms import read_key
from outcomes.study.read import CLIENTS_FILE
from outcomes.study.schemas import CLIENT
from outcomes.study.sentences import to_sentences
from outcomes.study.text import to_csv

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from outcomes.importing.map import Map, TableMap
    from outcomes.importing.table import Source


HIDDEN = 'rows that a filter hides, taken in like all others: {} (hidden = "left out" in the map leaves them out)'
MANY = 20  # columns left out that are named one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import wrote.

    Attributes
    ----------
    folder : Path
    tables : dict of str to int
        Rows by file [count].
    left_out : tuple of str
        What of the source is not in the study, a phrase each.
    noted : tuple of str
        What is good to know, a phrase each.
    taken : tuple of str
        What was taken for what, a phrase each.
    """

    folder: Path
    tables: dict[str, int]
    left_out: tuple[str, ...]
    noted: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()


def import_study(
    source: Path,
    *,
    the_map: Path,
    out: Path,
    dictionary: Path | None = None,
    key: Path | None = None,
    own: Collection[str] = (),
) -> Imported:
    """Make the tables of a study from an export.

    Parameters
    ----------
    source : Path
        A CSV file or a workbook.
    the_map : Path
        Which column becomes what.
    out : Path
        Folder of the study. A table that is there and holds more than its header is never written over.
    dictionary : Path, optional
        Data dictionary of a REDCap project.
    key : Path, optional
        Key with which pseudonyms take the place of the clients' ids.
    own : collection of str
        Tables that an earlier import wrote and nobody has changed since: these are written over.

    Raises
    ------
    KeyFileError
    MapError, SourceNotReadableError, DataError
        With every fault of the map, or of the tables.
    OutputExistsError, OutputNotWritableError
    """
    found = read_map(the_map, read_instruments_beside(out))
    main, identifiers = _read_main(source, found, dictionary)
    others = {name: _read_other(table, source, the_map, main, found) for name, table in found.tables.items()}
    translator = Translator(map=found, key=None if key is None else read_key(key))
    builder = Builder(translator=translator, source=main)
    built = builder.build(others)
    if translator.findings:
        raise DataError(to_sentences(dict.fromkeys(translator.findings)))
    _write(built, out, own)
    counted = {**builder.left_out, **translator.noted}
    left_out = (*main.notes, *_list_left_out(main, found, identifiers, counted))
    noted = (HIDDEN.format(main.hidden),) if main.hidden else ()
    tables = {name: len(table.rows) for name, table in built.items()}
    return Imported(folder=out, tables=tables, left_out=left_out, noted=noted, taken=tuple(list_taken(found)))


def _read_main(path: Path, found: Map, dictionary: Path | None) -> tuple[Source, list[str]]:
    """Read the source; of a REDCap project with its dictionary, in raw form and without what identifies people."""
    source = read_source(
        path,
        sheet=found.sheet,
        header_row=found.header_row,
        separator=found.separator,
        with_hidden=found.hidden == "taken",
    )
    source = without_totals(source, found.clients[CLIENT])
    if found.shape != "redcap":
        return source, []
    fields = {} if dictionary is None else redcap.read_dictionary(read_source(dictionary, sheet=None))
    raw = redcap.to_raw(source, fields)
    identifiers = [name for name in redcap.list_identifiers(fields) if name in raw.columns]
    used = mapped_columns(found)
    findings = list(redcap.check_values(raw, fields, used))
    for name in sorted(used.intersection(identifiers)):
        rule = "the data dictionary marks the column as an identifier, and the map takes it over"
        findings.append(raw.stop("E277", [1], name, rule, "Take it out of the map, or use a pseudonym in its place."))
    if findings:
        raise DataError(to_sentences(findings))
    return raw, identifiers


def _read_other(table: TableMap, source: Path, the_map: Path, main: Source, found: Map) -> Source:
    if table.file is not None:
        return read_source(the_map.parent / table.file, sheet=table.sheet)
    if table.sheet is not None and table.sheet != found.sheet:
        return read_source(source, sheet=table.sheet)
    return main


def _list_left_out(main: Source, found: Map, identifiers: list[str], counted: dict[str, int]) -> Iterator[str]:
    named = mapped_columns(found) | redcap.OWN
    yield from (
        f"column {name}: marked as an identifier in the data dictionary" for name in main.columns if name in identifiers
    )
    others = [name for name in main.columns if name not in named and name not in identifiers]
    if len(others) > MANY:
        yield f"{len(others)} columns that are not named in the map, from {others[0]} to {others[-1]}"
    else:
        yield from (f"column {name}: not named in the map" for name in others)
    for reason, count in counted.items():
        yield f"{count} {reason}"


def _write(built: dict[str, Table], out: Path, own: Collection[str]) -> None:
    """Write all tables beside the study first, then move them in, the clients last.

    Without its clients a study is refused by every command, so that an import that is killed is never taken for whole.
    """
    for name in built:
        if name not in own and _has_rows(out / name):
            raise OutputExistsError(f"{out.name}/{name}")
    try:
        out.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=out))
    except OSError as fault:
        raise OutputNotWritableError(out.name, fault.strerror or type(fault).__name__) from fault
    try:
        for name, table in built.items():
            path = draft / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(to_csv(table.columns, table.rows), encoding="utf-8", newline="")
        for name in sorted(built, key=lambda name: name == CLIENTS_FILE):
            (out / name).parent.mkdir(exist_ok=True)
            (draft / name).replace(out / name)
    except OSError as fault:
        raise OutputNotWritableError(out.name, fault.strerror or type(fault).__name__) from fault
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _has_rows(path: Path) -> bool:
    """Whether a table is there with more than its header, as `outcomes new` leaves it."""
    if not path.exists():
        return False
    return len(path.read_bytes().strip().splitlines()) > 1
