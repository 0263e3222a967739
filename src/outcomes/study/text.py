"""One file: from bytes to columns of distinct texts, with what is wrong with the file as such.

A text that stands in a million cells is kept, and read, once.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from outcomes.errors import InputChangedError
from outcomes.study.cells import is_number_text
from outcomes.study.model import FileDigest, Finding

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FIRST_ROW = 2  # of data, as a spreadsheet counts: the header is row 1
SHOWN = 5
_BOM = b"\xef\xbb\xbf"


class Cells(NamedTuple):
    """A column: its distinct texts in order, and which of them stands in each row.

    Attributes
    ----------
    texts : list of str
    codes : ndarray of int, shape (n,)
    """

    texts: list[str]
    codes: NDArray[Any]


@dataclass(slots=True, kw_only=True)
class TextTable:
    """A file of which nothing is known yet but its cells.

    Attributes
    ----------
    name : str
        Relative to the study folder.
    columns : dict of str to Cells
        By name; an empty cell is the empty text.
    rows : ndarray of int, shape (n,)
        Row of each record as a spreadsheet shows it; blank rows are left out.
    digest : FileDigest
    findings : list of Finding
    """

    name: str
    digest: FileDigest
    columns: dict[str, Cells] = field(default_factory=dict)
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    findings: list[Finding] = field(default_factory=list)

    def find(self, code: str, rows: NDArray[np.int64] | tuple[int, ...], column: str, rule: str, fix: str) -> None:
        """Note a STOP about some rows."""
        self.findings.append(make_finding("STOP", code, self.name, rows, column, rule, fix))


def make_finding(
    level: str, code: str, file: str, rows: NDArray[np.int64] | tuple[int, ...], column: str, rule: str, fix: str
) -> Finding:
    """Make a finding that names the first few rows and counts the others."""
    shown = tuple(int(row) for row in sorted(rows)[:SHOWN])
    return Finding(
        level=level,  # type: ignore[arg-type]  # one of the three words, by every caller
        code=code,
        file=file,
        rows=shown,
        more=len(rows) - len(shown),
        column=column,
        rule=rule,
        fix=fix,
    )


def read_text_table(path: Path, name: str) -> TextTable:
    """Read a CSV file.

    Raises
    ------
    InputChangedError
        When the file changes while it is read.
    """
    try:
        before, content, after = path.stat(), path.read_bytes(), path.stat()
    except OSError:
        table = TextTable(name=name, digest=FileDigest(name=name, sha256="", size=0, rows=0))
        fix = "Close it in other programs, or ask who may read it."
        table.find("E200", (), "", "the file cannot be opened", fix)
        return table
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != before.st_size:
        raise InputChangedError(name)
    digest = FileDigest(name=name, sha256=hashlib.sha256(content).hexdigest(), size=len(content), rows=0)
    table = TextTable(name=name, digest=digest)
    body = content.removeprefix(_BOM)
    if b"\n" not in body:  # the line ends of an old Macintosh
        body = body.replace(b"\r", b"\n")
    if _is_text(body, table) and (header := _read_header(body, table)) is not None:
        _read_cells(body, header, table)
        table.digest = FileDigest(name=name, sha256=digest.sha256, size=digest.size, rows=len(table.rows))
    return table


def _is_text(body: bytes, table: TextTable) -> bool:
    if not body.strip():
        table.find("E201", (), "", "the file is empty", "Export it again, or take it out of the folder.")
    elif b"\x00" in body or body.startswith((b"\xff\xfe", b"\xfe\xff")):
        fix = "In a spreadsheet choose “Save as”, “CSV UTF-8 (comma delimited)”."
        table.find("E202", (), "", "the file is not a CSV text, or is saved as UTF-16", fix)
    else:
        try:
            body.decode("utf-8")
        except UnicodeDecodeError as fault:
            row = body[: fault.start].count(b"\n") + 1
            fix = "In a spreadsheet choose “Save as”, “CSV UTF-8 (comma delimited)”."
            table.find("E202", (row,), "", "the file is not saved as UTF-8", fix)
        else:
            return True
    return False


def _read_header(body: bytes, table: TextTable) -> list[str] | None:
    line = next(csv.reader(io.StringIO(body.split(b"\n", 1)[0].decode("utf-8").rstrip("\r"))), [])
    header = [name.strip() for name in line]
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        fix = "Export with commas: in a spreadsheet “CSV UTF-8 (comma delimited)”."
        table.find("E203", (1,), "", "the columns are not separated by commas", fix)
        return None
    twice = sorted({name for name in header if header.count(name) > 1 and name})
    for name in twice:
        table.find("E204", (1,), name, "two columns have this name", "Take one of them out, or give it another name.")
    if any(is_number_text(name) for name in header):
        table.find("E204", (1,), "", "a column has a number for a name", "The first row must hold the columns' names.")
    if any(not name for name in header) and not _ends_in_empty(header):
        table.find("E204", (1,), "", "a column has no name", "Give every column a name in the first row.")
    return None if table.findings else header


def _ends_in_empty(header: list[str]) -> bool:
    """Whether the only nameless columns stand at the end, as spreadsheets write them; they must be empty."""
    named = [place for place, name in enumerate(header) if name]
    return bool(named) and all(name for name in header[: named[-1] + 1])


def _read_cells(body: bytes, header: list[str], table: TextTable) -> None:
    if not _is_even(body, len(header)):
        _find_ragged(body, len(header), table)
    if table.findings:
        return
    columns = _parse(body, header)
    blank = _blank_rows(columns)
    rows = np.arange(len(blank), dtype=np.int64) + FIRST_ROW
    if blank.all():
        table.find(
            "E205", (), "", "the file has a header and no rows", "Export it again, or take it out of the folder."
        )
        return
    for name, cells in zip(header, columns, strict=True):
        mine = Cells(cells.texts, cells.codes[~blank]) if blank.any() else cells
        if name:
            table.columns[name] = mine
        elif any(mine.texts[code].strip() for code in np.unique(mine.codes)):
            table.find("E204", (1,), "", "a column without a name has values", "Give it a name, or empty it.")
    table.rows = rows[~blank]


def _parse(body: bytes, header: list[str]) -> list[Cells]:
    """Read all cells as categories, once the rows are known to be even.

    pandas turns the categories of a column into numbers where all of them look like numbers, so that 001 would become
    1. The header is therefore read as the first row, as long as the whole is read in one piece: with a name among
    them, the categories stay texts. The name is taken out again here.
    """
    frame: pd.DataFrame = pd.read_csv(
        io.BytesIO(body),
        header=None,
        names=list(range(len(header))),
        dtype="category",
        keep_default_na=False,
        na_values=[],
        skip_blank_lines=False,
        index_col=False,
        encoding="utf-8",
        low_memory=False,
    )
    return [_without_first(frame[place].array) for place in range(len(header))]


def _without_first(cells: pd.Categorical) -> Cells:
    """Take out the first row, and its text where no other row has it."""
    texts, codes = cells.categories.to_numpy(dtype=object).tolist(), np.asarray(cells.codes)
    first, rest = int(codes[0]), codes[1:]
    if (rest == first).any():
        return Cells(texts, rest)
    return Cells(texts[:first] + texts[first + 1 :], rest - (rest > first).astype(rest.dtype))


def _blank_rows(columns: list[Cells]) -> NDArray[np.bool_]:
    """Rows without any text: a spreadsheet leaves them behind. Columns with few texts come first, and mostly end it."""
    blank = np.ones(len(columns[0].codes), dtype=bool)
    for cells in sorted(columns, key=lambda cells: len(cells.texts)):
        blank &= np.array([not text.strip() for text in cells.texts], dtype=bool)[cells.codes]
        if not blank.any():
            break
    return blank


def _is_even(body: bytes, width: int) -> bool:
    """Whether every row surely has as many cells as the header; where this cannot be told at a glance, no."""
    lines = body.count(b"\n") + (not body.endswith(b"\n"))
    return b'"' not in body and body.count(b",") == lines * (width - 1)


def _find_ragged(body: bytes, width: int, table: TextTable) -> None:
    """Go through the rows one by one; a row without any text is no row."""
    csv.field_size_limit(2**31 - 1)
    rows: list[int] = []
    try:
        for number, record in enumerate(
            csv.reader(io.StringIO(body.decode("utf-8"), newline=""), strict=True), start=1
        ):
            if len(record) != width and any(cell.strip() for cell in record):
                rows.append(number)
    except csv.Error:
        fix = "Look for a quotation mark that was opened and not closed."
        table.find("E206", (), "", "a quotation mark is not closed, or stands inside a text", fix)
        return
    if rows:
        fix = "A text with a comma in it needs quotation marks; a decimal comma must be a point."
        table.find("E206", tuple(rows), "", "the row has more or fewer cells than the header", fix)
