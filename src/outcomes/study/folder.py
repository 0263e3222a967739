"""The folder itself: what is in it beside the tables, and whether the names of files tell who somebody is."""

from __future__ import annotations

import difflib
import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from outcomes.errors import InputChangedError, LockDamagedError
from outcomes.plan.lock import LOCK_FILE, read_lock
from outcomes.plan.read import INSTRUMENTS_FOLDER, PLAN_FILE
from outcomes.study.header import label_of
from outcomes.study.identifiers import WHAT
from outcomes.study.privacy import tells_somebody
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from outcomes.study.model import Finding

ITEMS_FOLDER = "items"
_QUIET = frozenset(
    {".md", ".txt", ".lock", ".ipynb", ".py", ".r", ".sh", ".key", ".ledger"}
)  # explanations and programs, never tables
_QUIET_NAMES = frozenset({"thumbs.db", "desktop.ini", "license", "makefile", "reports", "template", "import-map.toml"})
_TABLES = frozenset({".csv", ".xlsx", ".xls", ".xlsm", ".ods", ".tsv", ".sav", ".dta", ".rdata", ".json", ".parquet"})
_LOCKS = (".~lock.", "~$")
MOST = 2000  # names looked at; a folder with more is no study, and need not hold the check up
_ALIKE = 0.75  # of the letters: a table's name with a number, or a letter less


def check_folder(folder: Path, known: Collection[str]) -> Iterator[Finding]:
    """Go through the names in a study folder; a name that tells somebody is given by its place and never itself.

    Parameters
    ----------
    folder : Path
    known : collection of str
        Names of tables that a study can have.
    """
    if code := tells_somebody(folder.resolve().name):
        fix = "Rename the folder; its name stands in the report."
        yield make_finding("STOP", "E309", "the study's folder", (), "", _tells(code), fix)
    for place, (name, is_folder) in enumerate(_names(folder), start=1):
        base = PurePosixPath(name).name
        if code := tells_somebody(PurePosixPath(base).stem):
            label = f"file {place} of the folder by name"
            yield make_finding("STOP", "E309", label, (), "", _tells(code), "Rename it or take it out of the folder.")
        elif base.startswith(_LOCKS):
            rule = "a spreadsheet has a table of this folder open, which may not be saved yet"
            yield make_finding("CHECK", "E248", _label(name, place), (), "", rule, "Save it there and close it.")
        elif name not in known and not base.startswith(".") and not is_folder:
            yield from _judge(name, place, known)


def check_lock(folder: Path) -> Iterator[Finding]:
    """Say now that the lock of the plan is damaged: the report would otherwise stop when everything is computed."""
    try:
        read_lock(folder)
    except LockDamagedError:
        rule = "the file is not as outcomes lock wrote it"
        fix = "Put the original back. A lock that is taken out is missed by every later report beside an earlier one."
        yield make_finding("STOP", LockDamagedError.code, LOCK_FILE, (), "", rule, fix)


def stamp_files(folder: Path) -> dict[str, tuple[int, ...]]:
    """Give what tells a file from the same file written again, for the plan and every table, by name."""
    paths = [*folder.glob("*.csv"), *(folder / ITEMS_FOLDER).glob("*.csv"), folder / PLAN_FILE, folder / LOCK_FILE]
    paths += (folder / INSTRUMENTS_FOLDER).glob("*.toml")
    found: dict[str, tuple[int, ...]] = {}
    for path in sorted(paths):
        try:
            status = path.stat()
        except OSError:
            continue
        found[path.relative_to(folder).as_posix()] = (status.st_ino, status.st_size, status.st_mtime_ns)
    return found


def require_unchanged(folder: Path, before: dict[str, tuple[int, ...]]) -> None:
    """Refuse tables of two different moments: one that is written after it was read may not fit those read later.

    Raises
    ------
    InputChangedError
    """
    after = stamp_files(folder)
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if changed:
        raise InputChangedError(_label(changed[0], 1))


def _judge(name: str, place: int, known: Collection[str]) -> Iterator[Finding]:
    base, end = PurePosixPath(name).stem, PurePosixPath(name).suffix.casefold()
    if end in _QUIET or name.casefold() in _QUIET_NAMES or name.startswith(f"{ITEMS_FOLDER}/"):
        return
    if name.startswith(f"{INSTRUMENTS_FOLDER}/") and end == ".toml":
        return
    near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=_ALIKE)
    begins = [table for table in known if base.casefold().startswith(table.removesuffix(".csv"))]
    if end in _TABLES and (near or begins):
        table = (near or begins)[0]
        rule = f"the file is not read; it looks like {table} or a copy of it"
        yield make_finding("CHECK", "E248", _label(name, place), (), "", rule, f"Call it {table}, or take it out.")
    else:
        rule, fix = "the file is not known and is not read", "Nothing needs to be done if that is intended."
        yield make_finding("NOTE", "E248", _label(name, place), (), "", rule, fix)


def _names(folder: Path) -> list[tuple[str, bool]]:
    """Names in the folder, in items and in instruments, in order, with whether each is a folder."""
    found: list[tuple[str, bool]] = []
    below = ((folder / name, f"{name}/") for name in (ITEMS_FOLDER, INSTRUMENTS_FOLDER))
    for home, before in ((folder, ""), *below):
        try:
            with os.scandir(home) as entries:
                for entry in entries:
                    found.append((before + entry.name, entry.is_dir(follow_symlinks=False)))
                    if len(found) == MOST:
                        break
        except OSError:
            continue
    return sorted(found)


def _label(name: str, place: int) -> str:
    """Give what a message calls a file: its name where that is plain, else its place."""
    stem, end = PurePosixPath(name).stem, PurePosixPath(name).suffix.removeprefix(".")
    plain = label_of(stem.replace(" ", "_").replace("-", "_").strip("(~$.)"), place)
    is_plain = not plain.isdigit() and end.isascii() and end.isalnum() and name.isprintable()
    return name if is_plain else f"file {place} of the folder by name"


def _tells(code: str) -> str:
    return f"the name holds what looks like {WHAT[code][0]}"
