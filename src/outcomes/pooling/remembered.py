"""What a clinic has contributed before, in any pool, and whether another contribution may stand beside it.

The cells of two contributions cut the people into smaller ones: those who are in one cell of the first and one of the
second. Any difference of their sums is a sum over such parts, and so none of them may hold fewer people than the
threshold. Who changed in between counts as another person. The file lies in the study's folder, holds marks made with
the key of releases and nothing else, and never leaves.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from outcomes.pooling.refusals import ContributionRefusedError
from outcomes.release.ledger import mark_each, open_ledger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from outcomes.pooling.people import People
    from outcomes.study.model import Study

POOLS_FILE = "pool.ledger"
SCHEMA = 1
OUTSIDE = -1
CANNOT_REMEMBER = (
    "What was contributed cannot be remembered in the study's folder, so that a later contribution could tell of "
    "single people. Let the folder be writable, and try again."
)
UNREADABLE = (
    "pool.ledger, or the key beside it, in the study's folder cannot be read, so that earlier contributions are not "
    "known. Put the original back from a backup."
)
TOO_NEAR = (
    "An earlier contribution of this study, to this or another pool, differs from this one by fewer people than the "
    "threshold: with both somebody could work out a single person. Send the earlier file again, or contribute when "
    "more people have been added."
)
TWICE = (
    "This clinic has contributed to this pool, and its data have changed since. A pool takes one contribution of each "
    "clinic: send the earlier file again, or let all clinics make a new agreement."
)

# By mark of the client: the mark of all its rows, and its cell.
Marks: TypeAlias = "dict[int, tuple[int, int]]"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Entry:
    """A contribution that was made.

    Attributes
    ----------
    pool, clinic, digest : str
    marks : dict
    """

    pool: str
    clinic: str
    digest: str
    marks: Marks


@dataclass(frozen=True, slots=True, repr=False)
class Remembered:
    """The contributions of a study.

    Attributes
    ----------
    folder : Path
    key : bytes
    entries : tuple of Entry
        Oldest first.
    """

    folder: Path
    key: bytes
    entries: tuple[Entry, ...]


def recall(folder: Path) -> Remembered:
    """Read what a study has contributed.

    Raises
    ------
    ContributionRefusedError
        When it cannot be read, or nothing could be remembered there.
    """
    ledger = open_ledger(folder)
    if ledger is None:
        raise ContributionRefusedError([CANNOT_REMEMBER])
    if not ledger.key:
        raise ContributionRefusedError([UNREADABLE])
    try:
        content = json.loads((folder / POOLS_FILE).read_text(encoding="utf-8"))
        if content["schema"] != SCHEMA:
            raise ContributionRefusedError([UNREADABLE])
        entries = tuple(map(_read_entry, content["entries"]))
    except FileNotFoundError:
        entries = ()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ContributionRefusedError([UNREADABLE]) from None
    return Remembered(folder, ledger.key, entries)


def _read_entry(one: Mapping[str, object]) -> Entry:
    marks = one["marks"]
    if not isinstance(marks, list):
        raise TypeError
    found = {int(client): (int(rows), int(cell)) for client, rows, cell in marks}
    return Entry(pool=str(one["pool"]), clinic=str(one["clinic"]), digest=str(one["digest"]), marks=found)


def mark(study: Study, people: People, cells: NDArray[np.int64], key: bytes) -> Marks:
    """Mark who is in which cell of a contribution."""
    marks = mark_each(study, key)
    return {marks[one][0]: (marks[one][1], int(cell)) for one, cell in zip(people.ids, cells, strict=True)}


def judge(remembered: Remembered, entry: Entry, *, threshold: int) -> None:
    """Refuse a contribution that may not stand beside an earlier one; the same once more may.

    Raises
    ------
    ContributionRefusedError
    """
    reasons = []
    for earlier in remembered.entries:
        if earlier.pool == entry.pool and earlier.clinic == entry.clinic and earlier.digest != entry.digest:
            reasons.append(TWICE)
        if count_smallest(earlier.marks, entry.marks) < threshold:
            reasons.append(TOO_NEAR)
    if reasons:
        raise ContributionRefusedError(list(dict.fromkeys(reasons)))


def count_smallest(one: Marks, other: Marks) -> float:
    """Count the fewest people of whom the difference of two contributions could tell; infinite where of nobody."""
    parts: Counter[tuple[int, int, bool]] = Counter()
    for client in one.keys() | other.keys():
        rows, cell = one.get(client, (0, OUTSIDE))
        now, place = other.get(client, (rows, OUTSIDE))
        changed = client in one and client in other and now != rows
        if cell != OUTSIDE or place != OUTSIDE:
            parts[cell, place, changed] += 1
    return min(parts.values(), default=float("inf"))


def remember(remembered: Remembered, entry: Entry) -> None:
    """Add a contribution, before it is written anywhere.

    Raises
    ------
    ContributionRefusedError
        When it cannot be remembered.
    """
    if any(
        (one.pool, one.clinic, one.digest) == (entry.pool, entry.clinic, entry.digest) for one in remembered.entries
    ):
        return
    entries = [*map(_write_entry, (*remembered.entries, entry))]
    draft = remembered.folder / f".{POOLS_FILE}.{os.getpid()}"
    try:
        text = json.dumps({"schema": SCHEMA, "entries": entries}) + "\n"
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(remembered.folder / POOLS_FILE)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise ContributionRefusedError([CANNOT_REMEMBER]) from None


def _write_entry(one: Entry) -> dict[str, object]:
    marks = [[client, rows, cell] for client, (rows, cell) in sorted(one.marks.items())]
    return {"pool": one.pool, "clinic": one.clinic, "digest": one.digest, "marks": marks}
