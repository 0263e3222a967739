"""What was released of a study: a key and a ledger in its folder, and whether another edition may be told beside them.

Two editions that differ by one client tell the client. So every edition leaves an entry: of each client one mark of the
pseudonym and one of all the client's rows, both made with a key that never leaves the folder, so that the ledger alone
tells nothing. An edition that differs from an earlier one by fewer people than the plan's minimum count is held back.
The two files are in no digest of the study.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import hmac
import json
import os
import secrets
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.study.files import records_of
from outcomes.study.schemas import CLIENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from outcomes.study.model import Study

KEY_FILE, LEDGER_FILE = "release.key", "release.ledger"
SCHEMA = 1
_KEY_BYTES, _MARK_BYTES, _NAME = 32, 8, 16
NOT_WRITTEN = "the study's folder cannot be written, so that nothing remembers this edition"
DAMAGED = "release.key or release.ledger cannot be read, so that earlier editions are not known"

_END = "\x1e"  # which no cell of a table holds


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An edition that was released.

    Attributes
    ----------
    name : str
        A keyed digest of its marks.
    marks : ndarray
        One row a client: a mark of the pseudonym, and one of all that the tables hold of the client.
    """

    name: str
    marks: NDArray[np.uint64]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Entry({len(self.marks)} clients)"

    @classmethod
    def of(cls, marks: NDArray[np.uint64], key: bytes) -> Entry:
        """Name an edition by its marks."""
        name = hmac.new(key, marks.astype(">u8").tobytes(), hashlib.sha256).hexdigest()[:_NAME]
        return cls(name=name, marks=marks)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The key and the entries that a study's folder holds.

    Attributes
    ----------
    key : bytes
    entries : tuple of Entry
        Oldest first.
    fault : str
        Why they cannot be relied on; empty where they can.
    """

    key: bytes
    entries: tuple[Entry, ...] = ()
    fault: str = ""


def home_of(study: Path) -> Path:
    """Give the folder in which key and ledger of a study lie: its own, or the one that is kept beside its workbook."""
    return records_of(study)


def read_ledger(folder: Path) -> Ledger | None:
    """Read key and ledger of a study; None where there is no key."""
    try:
        key = bytes.fromhex((folder / KEY_FILE).read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return Ledger(key=b"", fault=DAMAGED)
    try:
        content = json.loads((folder / LEDGER_FILE).read_text(encoding="utf-8"))
        entries = tuple(Entry.of(_unpack(one["marks"]), key) for one in content["entries"])
        sound = content["schema"] == SCHEMA and [one.name for one in entries] == [
            one["name"] for one in content["entries"]
        ]
    except FileNotFoundError:
        return Ledger(key=key)
    except (OSError, ValueError, KeyError, TypeError):
        return Ledger(key=key, fault=DAMAGED)
    return Ledger(key=key, entries=entries, fault="" if sound else DAMAGED)


def mark_people(study: Study, key: bytes) -> NDArray[np.uint64]:
    """Give the marks of a study's clients, in order of the marks.

    Parameters
    ----------
    study : Study
    key : bytes
    """
    found = np.array(list(mark_each(study, key).values()), dtype=np.uint64).reshape(-1, 2)
    return found[np.lexsort((found[:, 1], found[:, 0]))]


def mark_each(study: Study, key: bytes) -> dict[str, tuple[int, int]]:
    """Give both marks of each client of a study, by pseudonym."""
    rows: dict[str, list[bytes]] = {client: [] for client in study.clients[CLIENT].astype(str)}
    for name, frame in sorted(study.frames.items()):
        if CLIENT in frame.columns:
            for client, text in _list_rows(name, frame):
                rows.setdefault(client, []).append(text)
    return {
        client: (
            _mark(key, b"client", client.encode("utf-8", "surrogatepass")),
            _mark(key, b"rows", b"\n".join(sorted(texts))),
        )
        for client, texts in rows.items()
    }


def _list_rows(name: str, frame: pd.DataFrame) -> Iterator[tuple[str, bytes]]:
    text = frame[sorted(frame.columns)].to_csv(index=False, header=False, lineterminator=_END)
    for client, row in zip(frame[CLIENT].astype(str), text.split(_END)[:-1], strict=True):
        yield client, f"{name}{_END}{row}".encode("utf-8", "surrogatepass")


def _mark(key: bytes, what: bytes, content: bytes) -> int:
    return int.from_bytes(hmac.new(key, what + b"\x00" + content, hashlib.sha256).digest()[:_MARK_BYTES], "big")


def count_differing(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> int:
    """Count the people who are in one edition alone, or of whom the two hold something else."""
    pairs = [{(int(client), int(rows)) for client, rows in marks} for marks in (one, other)]
    return len({client for client, _ in pairs[0] ^ pairs[1]})


def find_near(marks: NDArray[np.uint64], entries: Sequence[Entry], least: int) -> list[str]:
    """Name the earlier editions from which one differs by somebody, and by fewer people than the minimum."""
    return [one.name for one in entries if 0 < count_differing(marks, one.marks) < least]


def describe_release(study: Study, ledger: Ledger | None, *, is_kept: bool) -> dict[str, Any]:
    """Say what a run says of the ledger: the entries that it used, whether the edition is held back, its own entry.

    Parameters
    ----------
    study : Study
    ledger : Ledger or None
        None where there is no key and none can be written.
    is_kept : bool
        Whether the edition's own entry stands in the ledger, or will when the run is written.
    """
    if ledger is None or ledger.fault:
        fault = NOT_WRITTEN if ledger is None else ledger.fault
        return {"entry": None, "used": [], "near": [], "held": bool(ledger is not None), "fault": fault}
    own = Entry.of(mark_people(study, ledger.key), ledger.key)
    used = [one for one in ledger.entries if one.name != own.name]
    near = find_near(own.marks, used, study.plan.disclosure.minimum_count)
    return {
        "entry": own.name,
        "used": [one.name for one in used],
        "near": near,
        "held": bool(near),
        "fault": "" if is_kept else NOT_WRITTEN,
    }


def replay(study: Study, ledger: Ledger, said: Mapping[str, Any]) -> dict[str, Any] | None:
    """Say again what a run said, from the entries that it used; None where one of them is not there any more."""
    known = {one.name: one for one in ledger.entries}
    if any(name not in known for name in said["used"]):
        return None
    then = dataclasses.replace(ledger, entries=tuple(known[name] for name in said["used"]))
    return describe_release(study, then, is_kept=not said["fault"])


def open_ledger(folder: Path) -> Ledger | None:
    """Read key and ledger of a study, with a new key where there is none; None where that cannot be written."""
    found = read_ledger(folder)
    if found is not None:
        return found
    key = secrets.token_bytes(_KEY_BYTES)
    try:
        folder.mkdir(exist_ok=True)  # of a workbook it is made now
        with (folder / KEY_FILE).open("x", encoding="ascii", newline="\n") as file:
            file.write(key.hex() + "\n")
    except FileExistsError:
        return read_ledger(folder)
    except OSError:
        return None
    with contextlib.suppress(OSError):
        (folder / KEY_FILE).chmod(0o600)
    return Ledger(key=key)


def remember(folder: Path, study: Study, ledger: Ledger) -> bool:
    """Add the edition of a study to its ledger; tell whether it stands there."""
    own = Entry.of(mark_people(study, ledger.key), ledger.key)
    now = read_ledger(folder) or ledger
    if now.fault:
        return False
    if own.name in {one.name for one in now.entries}:
        return True
    entries = [{"name": one.name, "marks": _pack(one.marks)} for one in (*now.entries, own)]
    draft = folder / f".{LEDGER_FILE}.{os.getpid()}"
    try:
        draft.write_text(
            json.dumps({"schema": SCHEMA, "entries": entries}, indent=1) + "\n", encoding="utf-8", newline="\n"
        )
        draft.replace(folder / LEDGER_FILE)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        return False
    return True


def _pack(marks: NDArray[np.uint64]) -> str:
    return base64.b64encode(marks.astype(">u8").tobytes()).decode("ascii")


def _unpack(text: str) -> NDArray[np.uint64]:
    return np.frombuffer(base64.b64decode(text, validate=True), dtype=">u8").astype(np.uint64).reshape(-1, 2)
