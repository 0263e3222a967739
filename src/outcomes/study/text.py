"""One file: from a stream of bytes to columns of texts, with what is wrong with the file as such.

A text that stands in a million cells is kept, and read, once. Only where nearly every cell of a column differs would
looking for distinct texts cost more than it saves, as with decimals; such a column is kept as it stands.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from outcomes.study.characters import find_hidden
from outcomes.study.header import LOOKED_AT, label_of, read_header
from outcomes.study.model import FileDigest, Finding
from outcomes.study.records import Records
from outcomes.study.source import Refusal, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from outcomes.study.model import Level
    from outcomes.study.records import Block
    from outcomes.study.source import Readable

    Rows: TypeAlias = NDArray[np.int64] | tuple[int, ...]

FIRST_ROW = 2  # of data, as a spreadsheet counts: the header is row 1
SHOWN = 5  # rows named in a finding; who has mended these knows what to look for
LONGEST_TEXT = 10_000  # letters; two pages, which no cell of a table of a clinic holds
_MANY = 0.5  # share of distinct texts above which a column is no longer searched for them
_ENOUGH = 2_000  # cells, before that is judged
_UNEVEN = "A text with a comma in it needs quotation marks; a decimal comma must be a point."
_TABLE_FIX = "Look for a quotation mark that was not closed."


class Cells(NamedTuple):
    """A column: its texts, and which of them stands in each row.

    Attributes
    ----------
    texts : list of str
    codes : ndarray of int, shape (n,)
    """

    texts: list[str]
    codes: NDArray[Any]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Cells({len(self.texts)} texts in {len(self.codes)} rows)"


@dataclass(slots=True, kw_only=True, repr=False)
class TextTable:
    """A file of which nothing is known yet but its cells.

    Attributes
    ----------
    name : str
        Relative to the study folder.
    digest : FileDigest
    columns : dict of str to Cells
        By name; an empty cell is the empty text.
    labels : dict of str to str
        What a message calls each column.
    rows : ndarray of int, shape (n,)
        Row of each record as a spreadsheet shows it; blank rows are left out.
    findings : list of Finding
    broken : dict of str to ndarray of bool, shape (n,)
        By column, records whose cell is not what it should be.
    """

    name: str
    digest: FileDigest
    columns: dict[str, Cells] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    findings: list[Finding] = field(default_factory=list)
    broken: dict[str, NDArray[np.bool_]] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"TextTable({len(self.rows)} rows, {len(self.columns)} columns, {len(self.findings)} findings)"

    def find(self, code: str, rows: Rows, column: str, rule: str, fix: str, *, level: Level = "STOP") -> None:
        """Note a finding about some rows of a column, which is called by its label."""
        label = self.labels.get(column, column)
        self.findings.append(make_finding(level, code, self.name, rows, label, rule, fix))

    def rows_of(self, column: str, places: Iterable[int]) -> NDArray[np.int64]:
        """Rows in which one of the texts stands."""
        return self.rows[np.isin(self.columns[column].codes, list(places))]

    @property
    def is_stopped(self) -> bool:
        """Whether something makes the table unfit to be read further."""
        return any(finding.level == "STOP" for finding in self.findings)


def make_finding(level: Level, code: str, file: str, rows: Rows, column: str, rule: str, fix: str) -> Finding:
    """Make a finding that names the first few rows and counts the others."""
    shown = tuple(int(row) for row in sorted(rows)[:SHOWN])
    more = len(rows) - len(shown)
    return Finding(level=level, code=code, file=file, rows=shown, more=more, column=column, rule=rule, fix=fix)


def to_csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table as this project reads it."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([header, *rows])
    return buffer.getvalue()


def read_text_table(path: Path, name: str, *, home: Path | None = None, known: Collection[str] = ()) -> TextTable:
    """Read a CSV file.

    Parameters
    ----------
    path : Path
    name : str
        Relative to the study folder.
    home : Path, optional
        The study folder, out of which a link may not lead; by default the folder of the file.
    known : collection of str
        Names of columns that the table may have; none where the table is not one of a study.

    Raises
    ------
    InputChangedError
        When the file changes while it is read.
    """
    return read_texts(lambda: Source(path, name, home=home or path.parent), name, known=known)


def read_texts(opened: Callable[[], Readable], name: str, *, known: Collection[str] = ()) -> TextTable:
    """Read CSV from whatever holds it; `opened` may refuse, which becomes a finding as all faults do."""
    table = TextTable(name=name, digest=FileDigest(name=name, sha256="", size=0, rows=0))
    try:
        source = opened()
        records = Records(source.blocks())
        for fault in read_header(records.header, records.peek(LOOKED_AT), known):
            table.find(fault.code, fault.rows, "", fault.rule, fault.fix)
        if not table.findings:
            _read_cells(records, table)
            table.digest = source.digest(len(table.rows))
    except Refusal as refusal:
        table.find(refusal.code, refusal.rows, "", refusal.rule, refusal.fix)
    return table


def _read_cells(records: Records, table: TextTable) -> None:
    names = [cell.strip(" \t") for cell in records.header]
    table.labels = {name: label_of(name, place) for place, name in enumerate(names)}
    gathered = [_Gathered() for _ in names]
    rows = []
    for block in records.blocks():
        if len(block.rows):
            for column, cells in zip(gathered, _take_apart(block, gathered), strict=True):
                column.add(cells)
            rows.append(block.rows)
    if records.ragged:
        rule = "the row has more or fewer cells than the header"
        table.find("E206", tuple(records.ragged), "", rule, _UNEVEN)
        return
    columns = [column.cells() for column in gathered]
    blank = _blank_rows(columns) if rows else np.empty(0, dtype=bool)
    if not rows or blank.all():
        fix = "Fill it in, or export it again."
        table.find("E205", (), "", "there are names of columns and no rows below them", fix)
        return
    numbers = np.concatenate(rows)
    table.rows = numbers[~blank]
    table.columns = {
        name: Cells(cells.texts, cells.codes[~blank]) if blank.any() else cells
        for name, cells in zip(names, columns, strict=True)
    }
    if empty := sorted([*records.blank, *numbers[blank].tolist()]):
        rule, fix = "the row is empty and is left out", "Nothing needs to be done."
        table.find("E228", tuple(empty), "", rule, fix, level="NOTE")
    _find_odd_texts(table)


class _Gathered:
    """A column gathered block by block: its distinct texts, and the number of the text in each row."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.as_it_stands = False
        self._places: dict[str, int] = {}
        self._codes: list[NDArray[Any]] = []
        self._rows = 0

    def add(self, cells: Cells) -> None:
        """Take in a block's cells; the next ones need no search where it found nearly as many texts as cells."""
        if self.as_it_stands:
            codes = cells.codes + len(self.texts)
            self.texts += cells.texts
        else:
            places = self._places
            codes = np.array([places.setdefault(text, len(places)) for text in cells.texts], dtype=np.int32)
            codes = codes[cells.codes]
            self.texts = list(places)
        self._codes.append(codes)
        self._rows += len(codes)
        if not self.as_it_stands and self._rows >= _ENOUGH and len(self.texts) > _MANY * self._rows:
            self.as_it_stands = _are_decimals(self.texts)

    def cells(self) -> Cells:
        """Give the whole column."""
        return Cells(self.texts, np.concatenate(self._codes) if self._codes else np.empty(0, dtype=np.int32))


def _are_decimals(texts: list[str]) -> bool:
    """Whether texts are numbers, most of them with decimals: ids come again in the next rows, these hardly ever do."""
    joined = "".join(texts)
    return joined.count(".") * 2 > len(texts) and not joined.strip("0123456789.-eE+")


def _take_apart(block: Block, gathered: list[_Gathered]) -> Iterable[Cells]:
    """Take the cells of a block apart.

    pandas turns the categories of a column into numbers where all of them look like numbers, so that 001 would become
    1. A record of words is therefore put before the block, and taken out again here.
    """
    width = len(gathered)
    words = b",".join([b"text"] * width) + b"\n"
    frame: pd.DataFrame = pd.read_csv(
        io.BytesIO(words + block.content),
        header=None,
        names=list(range(width)),
        dtype={place: "str" if column.as_it_stands else "category" for place, column in enumerate(gathered)},
        na_filter=False,
        skip_blank_lines=False,
        index_col=False,
        encoding="utf-8",
        low_memory=False,
    )
    if len(frame) != len(block.rows) + 1:
        raise Refusal("E206", "the rows cannot be told apart without guessing", _TABLE_FIX)
    for place, column in enumerate(gathered):
        if column.as_it_stands:
            texts = frame[place].to_numpy(dtype=object)[1:].tolist()
            yield Cells(texts, np.arange(len(texts), dtype=np.int32))
        else:
            yield _without_first(frame[place].array)


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
        empty = np.array([not text.strip(" \t") for text in cells.texts], dtype=bool)
        if not empty.any():
            return np.zeros(len(blank), dtype=bool)
        blank &= empty[cells.codes]
        if not blank.any():
            break
    return blank


def _find_odd_texts(table: TextTable) -> None:
    """Find texts that no cell should hold, in whatever column."""
    for name, cells in table.columns.items():
        if max(map(len, cells.texts), default=0) > LONGEST_TEXT:
            long = [place for place, text in enumerate(cells.texts) if len(text) > LONGEST_TEXT]
            rule = "the text is longer than any text should be"
            table.find("E219", table.rows_of(name, long), name, rule, _TABLE_FIX)
        if hidden := find_hidden(cells.texts, word=False):
            rule = "the text holds characters that cannot be seen, or that turn the direction of writing"
            table.find("E223", table.rows_of(name, hidden), name, rule, "Type it again.")
