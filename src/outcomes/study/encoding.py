"""What a file is if it is not the UTF-8 text that it should be: named, so that a person can save it again."""

from __future__ import annotations

import re

from outcomes.study.source import Refusal

BOM = b"\xef\xbb\xbf"
_SAVE_AS = "In a spreadsheet choose “Save as”, “CSV UTF-8 (comma delimited)”."
_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
    (b"+/v", "UTF-7"),
)
# First bytes of what is exported, renamed or downloaded in place of a CSV.
_KINDS = (
    (b"PK\x03\x04", "an Excel workbook or another zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (xls)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"\xfd7zXZ", "a compressed file (xz)"),
    (b"7z\xbc\xaf", "a compressed file (7z)"),
    (b"Rar!", "a compressed file (rar)"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a Word document (rtf)"),
    (b"SQLite format 3", "a database"),
    (b"PAR1", "a Parquet table"),
    (b"$FL2", "an SPSS file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
)
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|head|body|table|meta|script|\?xml|!--)", re.IGNORECASE)
_JSON = re.compile(rb'\s*(?:\{\s*"|\[\s*[\[{"])')
_LOST = b"\xef\xbf\xbd"  # U+FFFD: what a program writes for a letter that it could not read
_LOOK = 4096  # bytes; what a file is shows in its first lines
_MOSTLY = 0.8  # of every second byte; a few letters beyond Latin leave no zero


def require_text(block: bytes, *, first: bool) -> None:
    """Refuse what is no UTF-8 text, judged by its first bytes and by bytes that no text has.

    Raises
    ------
    Refusal
    """
    if first:
        _require_no_other_kind(block)
    if b"\x00" in block:
        raise Refusal("E202", _name_zeros(block), _SAVE_AS)


def require_utf8(piece: bytes, row: int) -> None:
    """Refuse what is not UTF-8, or has lost letters before.

    Parameters
    ----------
    piece : bytes
        Whole lines.
    row : int
        Rows before it.

    Raises
    ------
    Refusal
    """
    if piece.isascii():
        return
    try:
        piece.decode("utf-8")
    except UnicodeDecodeError as fault:
        here = row + piece[: fault.start].count(b"\n") + 1
        rule = "the file is not saved as UTF-8; it looks like Windows-1252 (Latin-1)"
        raise Refusal("E202", rule, _SAVE_AS, here) from None
    if (lost := piece.find(_LOST)) >= 0:
        here = row + piece[:lost].count(b"\n") + 1
        rule = "a letter was lost when the file was saved (a sign for an unreadable letter stands there)"
        raise Refusal("E202", rule, "Export it again from where it came, as UTF-8.", here)


def _require_no_other_kind(block: bytes) -> None:
    for mark, name in _MARKS:
        if block.startswith(mark):
            raise Refusal("E202", f"the file is saved as {name} and not as UTF-8", _SAVE_AS)
    kind = next((name for start, name in _KINDS if block.startswith(start)), None)
    body = block.removeprefix(BOM)[:_LOOK]
    if kind is None and _MARKUP.match(body):
        kind = "a web page (HTML) or an XML file"
    if kind is None and _JSON.match(body):
        kind = "a JSON file"
    if kind is not None:
        raise Refusal("E209", f"this is {kind} with the name of a CSV", "Export the table as “CSV UTF-8”.")


def _name_zeros(block: bytes) -> str:
    """Tell wide characters from stray zero bytes: in them every other byte of plain text is zero."""
    start = block[:_LOOK]
    for name, step in (("UTF-32", 4), ("UTF-16", 2)):
        zeros = [start[place::step].count(0) for place in range(step)]
        full = len(start) // step
        if full and sum(count > _MOSTLY * full for count in zeros) == step - 1:
            return f"the file is saved as {name} and not as UTF-8"
    return "the file holds zero bytes, which no text has"
