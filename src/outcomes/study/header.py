"""The first row: one name for each column, each name once, none that only looks like another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outcomes.study.cells import is_number_text
from outcomes.study.characters import HIDDEN_IN_WORD, fold, fold_look
from outcomes.study.source import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

_EXPORT = "Export with commas: in a spreadsheet “CSV UTF-8 (comma delimited)”."
_NAMES = "The first row must hold the columns' names, and nothing may stand above it."
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_COMMENT = ("#", "//", "--", "%")
LOOKED_AT = 40  # rows in which a header below a title is looked for; no export has a longer preamble


def read_header(cells: Sequence[str], below: Sequence[Sequence[str]], known: Collection[str]) -> Iterator[Refusal]:
    """Give every fault of a header; the first that makes it unreadable comes alone.

    Parameters
    ----------
    cells : sequence of str
        The first row.
    below : sequence of sequence of str
        The rows after it.
    known : collection of str
        Names that the table may have.
    """
    names = [cell.strip(" \t") for cell in cells]
    fault = (
        _other_separator(names) or _something_above(names, below, known) or _spaces(names) or _no_names(names, known)
    )
    if fault is not None:
        yield fault
        return
    for place, name in enumerate(names, start=1):
        if not name:
            rule = f"column {place} has no name"
            yield Refusal("E204", rule, "Give every column a name, and delete empty columns beside the table.", 1)
        elif HIDDEN_IN_WORD.search(name):
            rule = f"the name of column {place} holds a character that cannot be seen"
            yield Refusal("E223", rule, "Type the name again.", 1)
        elif is_number_text(name):
            yield Refusal("E204", f"column {place} has a number for a name", _NAMES, 1)
    yield from _twice(names)


def almost_known(name: str, known: Collection[str]) -> str | None:
    """Name that a column was surely meant to have: the same but for capitals, spaces or look-alike letters."""
    folded = fold(name)
    return next((other for other in known if other != name and fold(other) == folded), None)


def label_of(name: str, place: int) -> str:
    """Give what a message calls a column: its name where that is a plain word, else its place in the row."""
    digits = sum(sign.isdigit() for sign in name)
    return name if _PLAIN.fullmatch(name) and digits <= 2 else str(place + 1)  # noqa: PLR2004  # q01, address2


def _other_separator(names: Sequence[str]) -> Refusal | None:
    first = names[0].casefold().replace(" ", "") if names else ""
    if first.startswith("sep="):
        rule = "the first row is a spreadsheet's sep= line and not the columns' names"
        return Refusal("E203", rule, f"Delete that row. {_EXPORT}", 1)
    for mark, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars"), ("^", "carets"), ("\x1f", "unit signs")):
        if any(mark in name for name in names):
            return Refusal("E203", f"the columns are separated by {word} and not by commas", _EXPORT, 1)
    return None


def _spaces(names: Sequence[str]) -> Refusal | None:
    if len(names) == 1 and len(names[0].split()) > 2:  # noqa: PLR2004  # one name of two words may be a name
        return Refusal("E203", "the columns are separated by spaces and not by commas", _EXPORT, 1)
    return None


def _something_above(names: Sequence[str], below: Sequence[Sequence[str]], known: Collection[str]) -> Refusal | None:
    """Find a title, a comment or an export's note above the header."""
    if names and names[0].startswith(_COMMENT):
        return Refusal("E212", "the first row is a comment and not the columns' names", _NAMES, 1)
    wanted = {fold(name) for name in known}
    if not wanted or any(fold(name) in wanted for name in names):
        return None
    for row, cells in enumerate(below, start=2):
        if sum(fold(cell) in wanted for cell in cells) >= min(2, len(wanted)):
            rule = f"something stands above the columns' names, which are in row {row}"
            return Refusal("E212", rule, f"Delete the rows above row {row}.", 1)
    return None


def _no_names(names: Sequence[str], known: Collection[str]) -> Refusal | None:
    """Find a table that begins with its data: none of its names is known."""
    wanted = {fold(name) for name in known}
    if any(map(is_number_text, names)) and wanted and wanted.isdisjoint(map(fold, names)):
        return Refusal("E204", "the first row holds data and not the columns' names", _NAMES, 1)
    return None


def _twice(names: Sequence[str]) -> Iterator[Refusal]:
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names, start=1):
        if name:
            places.setdefault(fold_look(name), []).append(place)
    for same in places.values():
        if len(same) > 1:
            where = ", ".join(str(place) for place in same)
            exact = len({names[place - 1] for place in same}) == 1
            rule = (
                f"columns {where} have the same name"
                if exact
                else f"columns {where} have names that differ only in capitals, spaces or letters that look alike"
            )
            yield Refusal("E204", rule, "Take one of them out, or give it another name.", 1)
