"""What is imported from: a CSV file or a sheet of a workbook, as columns of texts with the rows a spreadsheet shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import DataError, SourceNotReadableError
from outcomes.importing.header import find_header, name_columns, read_loosely
from outcomes.study.sentences import to_sentences
from outcomes.study.sheets import Book, Sheet
from outcomes.study.text import FIRST_ROW, make_finding, read_text_table

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.study.model import Finding

WORKBOOK = ".xlsx"
CSV = ".csv"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Source:
    """A table as it was exported.

    Attributes
    ----------
    name : str
        File, and sheet where it is one of several.
    columns : dict of str to list of str
        Texts by column, in the order of the file; an empty cell is the empty text.
    rows : list of int
        Row of each record as a spreadsheet shows it.
    notes : tuple of str
        What was left out on the way in, a phrase each.
    header_row : int
        Row that holds the names of the columns.
    hidden : int
        Rows that a filter hides, and that are taken in like the others [count].
    """

    name: str
    columns: dict[str, list[str]]
    rows: list[int]
    notes: tuple[str, ...] = ()
    header_row: int = 1
    hidden: int = 0

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Source({len(self.columns)} columns, {len(self.rows)} rows)"

    def stop(self, code: str, rows: list[int], column: str, rule: str, fix: str) -> Finding:
        """Make a STOP about some rows."""
        return make_finding("STOP", code, self.name, tuple(rows), column, rule, fix)


def read_source(path: Path, *, sheet: str | None, header_row: int | None = 1, separator: str = ",") -> Source:
    """Read a CSV file or a sheet of a workbook.

    Parameters
    ----------
    path : Path
    sheet : str or None
        Name of the sheet; None for the only one.
    header_row : int or None
        Row that holds the names of the columns, as a spreadsheet counts; None to look for it.
    separator : str
        What stands between the cells of a CSV file.

    Raises
    ------
    SourceNotReadableError
        When it is neither, or has no such sheet.
    DataError
        With every fault of the file.
    """
    if not path.is_file():
        raise SourceNotReadableError(path.name, "there is no such file")
    if path.suffix.lower() == WORKBOOK:
        found = _read_sheet(path, sheet)
        return from_rows(found, header_row)
    if path.suffix.lower() != CSV:
        raise SourceNotReadableError(
            path.name, "it is neither a CSV file (.csv) nor a workbook (.xlsx); save it as one of the two"
        )
    if sheet is not None:
        raise SourceNotReadableError(path.name, "the map names a sheet, and a CSV file has none")
    return _read_csv(path, header_row, separator)


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
    if place > 1 or separator != "," or (header and not all(header)):
        width = max(map(len, rows), default=0)
        even = [row + [""] * (width - len(row)) for row in rows]
        return from_rows(Sheet(title=path.name, name=path.name, rows=even), place)
    table = read_text_table(path, path.name)
    if table.is_stopped:
        raise DataError(to_sentences(table.findings))
    columns = {name: [cells.texts[code] for code in cells.codes] for name, cells in table.columns.items()}
    return Source(name=path.name, columns=columns, rows=table.rows.tolist())


def from_rows(sheet: Sheet, header_row: int | None) -> Source:
    """Make a source of the rows of a sheet: the header, then every row that is not blank; columns without a name go."""
    name, cells = sheet.name, sheet.rows
    place = find_header(cells, sheet.merged) if header_row is None else header_row
    if len(cells) < place + 1:
        raise SourceNotReadableError(name, "it has no rows below its header")
    header = name_columns(sheet, place)
    while header and not header[-1]:
        header.pop()
    body = [(row, line) for row, line in enumerate(cells[place:], start=place + FIRST_ROW - 1) if any(line)]
    faults = _find_header_faults(name, header, place)
    wide = [row for row, line in body if any(line[len(header) :])]
    if wide:
        rule, fix = "a cell beside the named columns has a value", "Give its column a name, or empty it."
        faults.append(make_finding("STOP", "E206", name, tuple(wide), "", rule, fix))
    if faults:
        raise DataError(to_sentences(faults))
    kept = {column: number for number, column in enumerate(header) if column}
    columns = {column: [line[number] for _, line in body] for column, number in kept.items()}
    notes = []
    if unnamed := sum(not column and any(line[number] for _, line in body) for number, column in enumerate(header)):
        notes.append(f"{unnamed} column{'s' if unnamed > 1 else ''} without a name")
    hidden = sum(row in sheet.hidden for row, _ in body)
    rows = [row for row, _ in body]
    return Source(name=name, columns=columns, rows=rows, notes=tuple(notes), header_row=place, hidden=hidden)


def _find_header_faults(name: str, header: list[str], row: int) -> list[Finding]:
    faults = []
    for twice in sorted({one for one in header if one and header.count(one) > 1}):
        fix = "Take one of them out, or give it another name."
        faults.append(make_finding("STOP", "E204", name, (row,), twice, "two columns have this name", fix))
    return faults
