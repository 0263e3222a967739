"""Keyed pseudonyms: the same person gets the same one each time, and without the key nobody can go back or make them.

A pseudonym is HMAC-SHA-256 of the local id under a key of 256 random bits, cut to 60 bits and written in twelve letters
and digits that cannot be mistaken for one another (RFC 2104; the alphabet is that of Crockford’s base 32). A plain hash
of an NHS number would be no protection: all of them can be tried in minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import unicodedata
from typing import TYPE_CHECKING

from outcomes.errors import DataError, KeyFileError, OutputExistsError, OutputNotWritableError
from outcomes.study.characters import is_formula
from outcomes.study.sentences import to_sentences
from outcomes.study.text import make_finding, read_text_table, to_csv

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES = 32
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
PRIVATE = 0o600
_PURPOSE = b"outcomes pseudonym 1\x00"
_HEADER = "outcomes key 1"
_OVERLOOKED = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pd"})  # spaces, controls, hyphens; 1.2 and 12 are two people


def make_key(path: Path) -> bytes:
    """Make a key file that only its owner may read; never over another.

    Raises
    ------
    OutputExistsError, OutputNotWritableError
    """
    key = secrets.token_bytes(KEY_BYTES)
    _write_private(path, f"{_HEADER}\n{key.hex()}\n")
    return key


def read_key(path: Path) -> bytes:
    """Read a key file.

    Raises
    ------
    KeyFileError
        When it is none, or others than its owner may read it.
    """
    try:
        lines = path.read_text(encoding="ascii").split("\n")
        key = bytes.fromhex(lines[1]) if lines[0] == _HEADER else b""
    except (OSError, ValueError, IndexError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyFileError(path.name, "it is not a key that outcomes new --pseudonyms has made")
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise KeyFileError(path.name, f"others than its owner may read it; chmod 600 {path.name} closes it")
    return key


def to_pseudonym(local_id: str, *, key: bytes) -> str:
    """Give the pseudonym of a local id; spaces, hyphens and capitals make no other person."""
    folded = unicodedata.normalize("NFKC", local_id).casefold()
    plain = "".join(sign for sign in folded if unicodedata.category(sign) not in _OVERLOOKED)
    digest = hmac.new(key, _PURPOSE + plain.encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:8], "big") >> 4
    return "".join(LETTERS[(number >> (5 * place)) & 31] for place in reversed(range(LENGTH)))


def to_parts(local_id: str) -> tuple[str, ...]:
    """Give what stands between an id's spaces and hyphens: other parts may be another person with the same letters."""
    written = unicodedata.normalize("NFC", local_id).lower()
    return tuple("".join(" " if unicodedata.category(sign) in _OVERLOOKED else sign for sign in written).split())


def has_signs(local_id: str) -> bool:
    """Whether an id holds anything that tells it from others: hyphens alone are no id."""
    return any(letter.isalnum() for letter in local_id)


def write_pseudonyms(ids_file: Path, *, key: bytes, out: Path) -> int:
    """Write the list of local ids with their pseudonyms, for its owner's eyes only; give their count.

    Parameters
    ----------
    ids_file : Path
        CSV whose first column holds the local ids.
    key : bytes
    out : Path
        Outside the study: whoever holds the list can go back to people.

    Raises
    ------
    DataError
        When the file is no table, or two ids that differ only in spaces or capitals stand in it.
    OutputExistsError, OutputNotWritableError
    """
    table = read_text_table(ids_file, ids_file.name)
    if table.is_stopped:
        raise DataError(to_sentences(table.findings))
    name, cells = next(iter(table.columns.items()))
    ids = [cells.texts[code].strip() for code in cells.codes]
    found: dict[str, str] = {}
    alike = []
    for row, local_id in zip(table.rows.tolist(), ids, strict=True):
        pseudonym = to_pseudonym(local_id, key=key) if local_id else ""
        if not has_signs(local_id) or found.setdefault(pseudonym, local_id) != local_id:
            alike.append(row)
    if runs := [row for row, text in zip(table.rows.tolist(), ids, strict=True) if is_formula(text)]:
        rule, fix = "the id begins like a spreadsheet's formula", "Write the id itself there."
        raise DataError(to_sentences([make_finding("STOP", "E221", ids_file.name, tuple(runs), name, rule, fix)]))
    if alike:
        rule = "the id is empty, or differs from another only in spaces, hyphens or capitals"
        fix = "Fill it in, or write the same id the same way in every row."
        raise DataError(to_sentences([make_finding("STOP", "E279", ids_file.name, tuple(alike), name, rule, fix)]))
    _write_private(
        out, to_csv(("local_id", "client_id"), ((local_id, pseudonym) for pseudonym, local_id in found.items()))
    )
    return len(found)


def _write_private(path: Path, text: str) -> None:
    """Write a new file that was never, not for a moment, open to others."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    except FileExistsError as fault:
        raise OutputExistsError(path.name) from fault
    except OSError as fault:
        raise OutputNotWritableError(path.name, fault.strerror or type(fault).__name__) from fault
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
