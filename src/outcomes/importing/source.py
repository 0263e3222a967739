"""What is imported from: a CSV file, a sheet of a workbook, or a file of SPSS or Stata."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import DataError, SourceNotReadableError
from outcomes.importing.header import find_header, name_columns, read_loosely
from outcomes.importing.statistical import READERS, read_statistical
from outcomes.importing.table import Source
from outcomes.study.sentences import to_sentences
from outcomes.study.sheets import Book, Sheet
from outcomes.study.text import FIRST_ROW, make_finding, read_text_table

if TYPE_CHECKING:
    from pathlib import Path


WORKBOOK = ".xlsx"
CSV = ".csv"
UNNAMED = "(no name)"  # what a first column is called that has no name and holds a different text in each row


def read_source(
    path: Path, *, sheet: str | None, header_row: int | None = 1, separator: str = ",", with_hidden: bool = True
) -> Source:
    """Read a CSV file, a sheet of a workbook, or a file of SPSS or Stata.

    Parameters
    ----------
    path : Path
    sheet : str or None
        Name of the sheet; None for the only one.
    header_row : int or None
        Row that holds the names of the columns, as a spreadsheet counts; None to look for it.
    separator : str
        What stands between the cells of a CSV file.
    with_hidden : bool
        Whether rows of a sheet that a filter hides are taken in.

    Raises
    ------
    SourceNotReadableError
        When it is neither, or has no such sheet.
    DataError
        With every fault of the file.
    """
    require_readable(path)
    if path.suffix.lower() == WORKBOOK:
        found = _read_sheet(path, sheet)
        return from_rows(found, header_row, with_hidden=with_hidden)
    if path.suffix.lower() not in {CSV, *READERS}:
        why = (
            "it is neither a CSV file (.csv) nor a workbook (.xlsx), nor of SPSS (.sav) or Stata (.dta); save it as one"
        )
        raise SourceNotReadableError(path.name, why)
    if sheet is not None:
        raise SourceNotReadableError(path.name, "the map names a sheet, and only a workbook has some")
    if path.suffix.lower() in READERS:
        return read_statistical(path)
    return _read_csv(path, header_row, separator)


def require_readable(path: Path) -> None:
    """Raise SourceNotReadableError where a file is not there, or another program holds it."""
    if not path.is_file():
        raise SourceNotReadableError(path.name, "there is no such file")
    try:
        with path.open("rb"):
            pass
    except OSError:
        why = "it cannot be opened. Close it in other programs, or ask who may read it"
        raise SourceNotReadableError(path.name, why) from None


def _read_sheet(path: Path, wanted: str | None) -> Sheet:
    """Read the sheet that is wanted, or the only one; raises DataError when cells look empty and are not."""
    with Book(path.read_bytes(), path.name) as book:
        found = book.read(_choose(path.name, book.titles, wanted))
    if faults := found.faults():
        raise DataError(to_sentences(faults))
    return found


def _choose(name: str, titles: tuple[str, ...], wanted: str | None) -> str:
    if wanted is None and len(titles) == 1:
        return titles[0]
    if wanted is None:
        raise SourceNotReadableError(name, f"it has several sheets; name one as sheet in the map: {', '.join(titles)}")
    if wanted not in titles:
        raise SourceNotReadableError(name, f"it has no sheet called {wanted!r}; there are: {', '.join(titles)}")
    return wanted


def _read_csv(path: Path, header_row: int | None, separator: str) -> Source:
    """Read a CSV file: as strictly as one of a study, unless its names stand below or columns have none."""
    rows = read_loosely(path, separator)
    place = find_header(rows) if header_row is None else header_row
    header = [cell.strip() for cell in rows[place - 1]] if place <= len(rows) else []
    if place > 1 or separator != "," or not all(header) or len(set(header)) < len(header):
        width = max(map(len, rows), default=0)
        even = [row + [""] * (width - len(row)) for row in rows]
        return from_rows(Sheet(title=path.name, name=path.name, rows=even), place)
    table = read_text_table(path, path.name)
    if table.is_stopped:
        raise DataError(to_sentences(table.findings))
    columns = {name: [cells.texts[code] for code in cells.codes] for name, cells in table.columns.items()}
    return Source(name=path.name, columns=columns, rows=table.rows.tolist())


def from_rows(sheet: Sheet, header_row: int | None, *, with_hidden: bool = True) -> Source:
    """Make a source of the rows of a sheet: the header, then every row that is not blank; columns without a name go."""
    name, cells = sheet.name, sheet.rows
    place = find_header(cells, sheet.merged) if header_row is None else header_row
    if len(cells) < place + 1:
        raise SourceNotReadableError(name, "it has no rows below its header")
    header = name_columns(sheet, place)
    while header and not header[-1]:
        header.pop()
    body = [(row, line) for row, line in enumerate(cells[place:], start=place + FIRST_ROW - 1) if any(line)]
    hidden = sum(row in sheet.hidden for row, _ in body)
    if not with_hidden:
        body = [(row, line) for row, line in body if row not in sheet.hidden]
    wide = [row for row, line in body if any(line[len(header) :])]
    if wide:
        rule, fix = "a cell beside the named columns has a value", "Give its column a name, or empty it."
        raise DataError(to_sentences([make_finding("STOP", "E206", name, tuple(wide), "", rule, fix)]))
    first = [line[0] for _, line in body]
    if header and not header[0] and all(first) and len(set(first)) == len(first):
        header[0] = UNNAMED  # the names of rows, as R writes them: left out, unless nothing else tells people apart
    header, repeated = _number_repeated(header)
    kept = {column: number for number, column in enumerate(header) if column}
    return Source(
        name=name,
        columns={column: [line[number] for _, line in body] for column, number in kept.items()},
        rows=[row for row, _ in body],
        notes=_note(header, body, 0 if with_hidden else hidden),
        header_row=place,
        hidden=hidden if with_hidden else 0,
        repeated=repeated,
    )


def _number_repeated(header: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Put a number behind names that several columns have, so that each can be told from the others."""
    seen: dict[str, list[str]] = {name: [] for name in header if name and header.count(name) > 1}
    numbered = []
    for name in header:
        if name in seen:
            seen[name].append(f"{name} ({len(seen[name]) + 1})")
        numbered.append(seen[name][-1] if name in seen else name)
    return numbered, seen


def _note(header: list[str], body: list[tuple[int, list[str]]], hidden: int) -> tuple[str, ...]:
    unnamed = sum(not column and any(line[number] for _, line in body) for number, column in enumerate(header))
    columns = f"{unnamed} column{'s' if unnamed > 1 else ''} without a name"
    rows = f"{hidden} row{'s' if hidden > 1 else ''} that a filter hides, as the map says"
    return (*((columns,) if unnamed else ()), *((rows,) if hidden else ()))
