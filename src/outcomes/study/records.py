"""From a stream of bytes to whole records: encoding, line ends, quotation marks and evenness are checked.

What passes is so regular that any reader of CSV understands it the same way: UTF-8, one kind of line end, quotation
marks only around whole cells, and as many cells in every row as in the header.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.study.encoding import BOM, require_text, require_utf8
from outcomes.study.source import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

LONGEST_RECORD = 4 * 2**20  # bytes; a longer one is a file whose line ends or quotation marks are lost
LONGEST_HEADER = 2**18  # bytes: room for the most columns with names of 60 letters
MOST_COLUMNS = 4000  # more is a table turned on its side
_NO_SEPARATORS = bytes(set(range(256)) - set(b",\n"))
_NO_BONES = bytes(set(range(256)) - set(b',\n"'))
_BLANK = b' \t\r\n,"'
_OPEN_FIX = "Look for a quotation mark that was opened and not closed; a mark inside a text is written twice."


class Block(NamedTuple):
    """Whole records of equal width, without blank ones.

    Attributes
    ----------
    content : bytes
        Every record ends in a line end.
    rows : ndarray of int, shape (n,)
        Row of each record as a spreadsheet shows it; the header is row 1.
    """

    content: bytes
    rows: NDArray[np.int64]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Block({len(self.rows)} rows, {len(self.content)} bytes)"


class Records:
    """The records of a file: the header first, then blocks of rows.

    Attributes
    ----------
    header : list of str
        Cells of the first row, as they stand there.
    ragged : list of int
        Rows that have more or fewer cells than the header.
    blank : list of int
        Rows without any text.
    """

    def __init__(self, blocks: Iterable[bytes]) -> None:
        """Read the header.

        Raises
        ------
        Refusal
            When this is no text, or the header cannot be read.
        """
        self._ends = _LineEnds()
        self._pieces = self._cut(_without_mark(blocks))
        self._row = 0
        self._first = next(self._pieces, b"")
        if not self._first.strip(_BLANK):
            for piece in self._pieces:
                if piece.strip(_BLANK):
                    raise _empty_header()
            raise Refusal("E201", "the file is empty", "Export it again, or take it out of the folder.")
        line, self._first = _split_first(self._first)
        if not line.strip(_BLANK):
            raise _empty_header()
        self.header = _parse_header(line)
        self._ends.count(line)
        self._row = 1
        self.ragged: list[int] = []
        self.blank: list[int] = []

    def peek(self, most: int) -> list[list[str]]:
        """Cells of the first few rows below the header, for what can only be judged with them."""
        text = self._first[:LONGEST_HEADER].decode("utf-8", errors="replace")
        rows: list[list[str]] = []
        try:
            for row in csv.reader(io.StringIO(text, newline="")):
                rows.append(row)
                if len(rows) == most:
                    break
        except csv.Error:
            pass
        return rows

    def blocks(self) -> Iterator[Block]:
        """Give the rows, block by block.

        Raises
        ------
        Refusal
            When the file cannot be taken apart without guessing.
        """
        width = len(self.header)
        if self._first:
            yield self._check(self._first, width)
        self._first = b""
        for piece in self._pieces:
            yield self._check(piece, width)
        self._ends.require_one_kind()

    def _cut(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Cut the stream behind line ends that end a record; the last record gets a line end if it has none."""
        rest = b""
        for block in blocks:
            rest = rest + block if rest else block
            end = _last_end(rest)
            if end == 0 and len(rest) > LONGEST_RECORD:
                raise _too_long(rest, self._row + 1)
            if end:
                yield rest[:end]
                rest = rest[end:]
        if rest:
            self._ends.added = 1
            rest += b"\n"
            if rest.count(b'"') % 2:
                _inside_quotes(rest, self._row)
                here = self._row + 1 + rest[: rest.rfind(b'"')].count(b"\n")
                raise Refusal("E206", "a quotation mark is not closed", _OPEN_FIX, here)
            yield rest

    def _check(self, piece: bytes, width: int) -> Block:
        require_utf8(piece, self._row)
        if b'"' in piece and _is_needless(piece):
            piece = piece.translate(None, b'"')
        inside = _inside_quotes(piece, self._row)
        self._ends.count(piece, inside)
        if inside is None:
            piece = piece.replace(b"\r\n", b"\n") if b"\r" in piece else piece
            separators = piece.translate(None, _NO_SEPARATORS)
        else:
            seen = np.frombuffer(piece, dtype=np.uint8)
            separators = seen[((seen == ord(",")) | (seen == ord("\n"))) & ~inside].tobytes()
        count = separators.count(b"\n")
        rows = np.arange(self._row + 1, self._row + count + 1, dtype=np.int64)
        self._row += count
        if separators == (b"," * (width - 1) + b"\n") * count:
            return Block(piece, rows)
        return self._even_out(piece, rows, inside, width)

    def _even_out(self, piece: bytes, rows: NDArray[np.int64], inside: NDArray[np.bool_] | None, width: int) -> Block:
        """Take out the blank rows and remember the uneven ones."""
        seen = np.frombuffer(piece, dtype=np.uint8)
        outside = np.ones(len(seen), dtype=bool) if inside is None else ~inside
        ends = np.flatnonzero((seen == ord("\n")) & outside) + 1
        commas = np.searchsorted(np.flatnonzero((seen == ord(",")) & outside), ends)
        uneven = np.flatnonzero(np.diff(commas, prepend=0) != width - 1)
        starts = np.concatenate(([0], ends[:-1]))
        keep = np.ones(len(ends), dtype=bool)
        for record in uneven:
            keep[record] = False
            found = self.ragged if piece[starts[record] : ends[record]].strip(_BLANK) else self.blank
            found.append(int(rows[record]))
        content = b"".join(piece[start:end] for start, end in _runs(starts, ends, keep))
        return Block(content, rows[keep])


class _LineEnds:
    """How lines end: one way throughout, or the file was put together from several."""

    def __init__(self) -> None:
        self._crlf = self._lf = self.added = 0

    def count(self, piece: bytes, inside: NDArray[np.bool_] | None = None) -> None:
        if inside is None:
            returns, feeds = piece.count(b"\r"), piece.count(b"\n")
            crlf = piece.count(b"\r\n") if returns else 0
        else:
            seen = np.frombuffer(piece, dtype=np.uint8)
            returned, fed = (seen == ord("\r")) & ~inside, (seen == ord("\n")) & ~inside
            returns, feeds = int(returned.sum()), int(fed.sum())
            crlf = int((returned[:-1] & fed[1:]).sum())
        if returns != crlf:
            raise Refusal(
                "E224",
                "lines end in a lone carriage return, as on a Macintosh of the last century",
                "Save the table again as “CSV UTF-8 (comma delimited)”.",
            )
        self._crlf += crlf
        self._lf += feeds - crlf

    def require_one_kind(self) -> None:
        if self._crlf and self._lf > self.added:
            rule = "lines end in two different ways, as when two files are joined by hand"
            raise Refusal("E224", rule, "Open it in a spreadsheet, look it through, and save it again.")


def _without_mark(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Take off the byte order mark, and refuse at the first look what is no text."""
    for place, block in enumerate(blocks):
        require_text(block, first=place == 0)
        yield block.removeprefix(BOM) if place == 0 else block


def _last_end(piece: bytes) -> int:
    """Place behind the last line end that ends a record: an even number of quotation marks stands before it."""
    marks, end = piece.count(b'"'), len(piece)
    while (place := piece.rfind(b"\n", 0, end)) >= 0:
        marks -= piece.count(b'"', place, end)
        if marks % 2 == 0:
            return place + 1
        end = place
    return 0


def _too_long(rest: bytes, row: int) -> Refusal:
    if rest.count(b'"') % 2:
        return Refusal("E206", "a quotation mark is not closed", _OPEN_FIX, row)
    if b"\r" in rest:
        return Refusal("E224", "lines end in a lone carriage return", "Save the table again as “CSV UTF-8”.")
    rule = f"a row is longer than {LONGEST_RECORD // 2**20} MB"
    return Refusal("E219", rule, "Look for line ends that were lost, or a text that is no cell of a table.", row)


def _parity(seen: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether each byte stands behind an odd number of quotation marks, itself counted."""
    return (np.cumsum(seen == ord('"'), dtype=np.uint8) & 1).astype(bool)


def _inside_quotes(piece: bytes, row: int) -> NDArray[np.bool_] | None:
    """Which bytes stand inside quotation marks, or None where there are none.

    Raises
    ------
    Refusal
        When a mark does not stand around a whole cell.
    """
    if b'"' not in piece:
        return None
    seen = np.frombuffer(piece, dtype=np.uint8)
    inside = _parity(seen)
    marks = np.flatnonzero(seen == ord('"'))
    opening, closing = marks[0::2], marks[1::2]
    before = seen[opening - 1]  # of the very first byte this is the line end that the piece ends in
    after = seen[closing + 1]
    wrong = np.concatenate(
        [opening[~np.isin(before, list(b',\n"'))], closing[~np.isin(after, list(b',\r\n"'))]],
    )
    if len(wrong):
        at = int(wrong.min())
        here = row + 1 + int(((seen[:at] == ord("\n")) & ~inside[:at]).sum())
        rule = "a quotation mark is not closed, or stands inside a text"
        raise Refusal("E206", rule, _OPEN_FIX, here)
    return inside


def _is_needless(piece: bytes) -> bool:
    """Whether every quotation mark stands around a whole cell that has no need of it.

    Told from counts: marks come in pairs without a comma or a line end between them, and as many cells begin with one,
    and end in one, as there are pairs.
    """
    bones = piece.translate(None, _NO_BONES)
    pairs, odd = divmod(bones.count(b'"'), 2)
    if odd or b'"' in bones.replace(b'""', b""):
        return False
    begin = piece.count(b',"') + piece.count(b'\n"') + piece.startswith(b'"')
    end = piece.count(b'",') + piece.count(b'"\n') + piece.count(b'"\r\n')
    return begin == pairs == end


def _split_first(piece: bytes) -> tuple[bytes, bytes]:
    """Split off the first record."""
    inside = _inside_quotes(piece, 0)
    if inside is None:
        end = piece.index(b"\n") + 1
    else:
        seen = np.frombuffer(piece, dtype=np.uint8)
        end = int(np.flatnonzero((seen == ord("\n")) & ~inside)[0]) + 1
    return piece[:end], piece[end:]


def _empty_header() -> Refusal:
    return Refusal("E204", "the first row is empty", "The first row must hold the columns' names.", 1)


def _parse_header(line: bytes) -> list[str]:
    if len(line) > LONGEST_HEADER or line.count(b",") >= MOST_COLUMNS:
        rule = f"the table has more than {MOST_COLUMNS} columns, or a first row that is far too long"
        raise Refusal("E211", rule, "Keep the columns that docs/data.md names.", 1)
    require_utf8(line, 0)
    text = line.decode("utf-8").rstrip("\r\n")
    return next(csv.reader(io.StringIO(text, newline=""), strict=True), [])


def _runs(starts: NDArray[np.int64], ends: NDArray[np.int64], keep: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Give the stretches of neighbouring records that are kept."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], keep, [False])).astype(np.int8)))
    for first, last in zip(edges[0::2], edges[1::2], strict=True):
        yield int(starts[first]), int(ends[last - 1])
