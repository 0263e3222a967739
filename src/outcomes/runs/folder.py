"""A folder that is written whole or not at all: a draft beside it, held by its process, renamed in one step.

A process that is killed cannot clean up. It can no longer hold its draft either, and that is how the next run knows a
draft that nobody will finish from one that another run is writing at this moment. What holds a draft lies beside it: it
is there before the draft is, and until the draft has its name, so that no moment leaves one that cannot be told.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

DRAFT = ".unfinished-"
LOCK = ".lock"  # ends the name of the file that holds the draft of the same name
PRIVATE = 0o700  # of a draft: nobody but its owner reads what is not finished
_READ_BY_OTHERS = 0o755  # the most that a run allows


@dataclass(slots=True)
class Draft:
    """A folder that is being written, held by an open lock file beside it."""

    path: Path

    def settle(self, name: str) -> Path:
        """Give the folder its name in one step: the first of name, name-2, name-3 … that no run has."""
        home = self.path.parent
        for number in count(1):
            final = home / (name if number == 1 else f"{name}-{number}")
            if final.exists():
                continue
            try:
                self.path.rename(final)
            except OSError:
                if not final.exists():  # where it does, another run has just taken the name
                    raise
                continue
            final.chmod(stat.S_IMODE(home.stat().st_mode) & _READ_BY_OTHERS)  # as the clinic has it for all runs
            return final
        raise AssertionError  # there is always a next number


@contextlib.contextmanager
def written_whole(home: Path) -> Iterator[Draft]:
    """Offer a draft, and take away what did not become final, whatever happens."""
    home.mkdir(parents=True, exist_ok=True)
    with _held_name(home) as path:
        path.mkdir(PRIVATE)
        try:
            yield Draft(path)
        finally:
            if path.exists():
                shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def _held_name(home: Path) -> Iterator[Path]:
    """Give a path for a draft whose lock file this process holds."""
    while True:
        number, name = tempfile.mkstemp(prefix=DRAFT, suffix=LOCK, dir=home)
        lock = os.fdopen(number, "r+b")
        with contextlib.suppress(OSError):
            _hold(lock)
            if _is_there(Path(name), lock):  # else a sweep took it away in the moment before it was held
                break
        lock.close()
    try:
        yield Path(name.removesuffix(LOCK))
    finally:
        lock.close()
        with contextlib.suppress(OSError):
            Path(name).unlink()


def _is_there(path: Path, lock: IO[Any]) -> bool:
    return path.exists() and path.stat().st_ino == os.fstat(lock.fileno()).st_ino


def sweep(out: Path) -> int:
    """Remove the drafts that killed processes left in a folder of reports and in those of its studies; count them."""
    found = [path for place in ("", "*/") for path in out.glob(f"{place}{DRAFT}*")]
    locks = {path for path in found if path.name.endswith(LOCK)}
    drafts = {path for path in found if path not in locks} | {path.with_name(path.name[: -len(LOCK)]) for path in locks}
    return sum(_remove_if_left(draft) for draft in sorted(drafts))


def _remove_if_left(draft: Path) -> bool:
    """Remove a draft that nobody holds, and what held it, and say whether there was one."""
    lock = draft.with_name(f"{draft.name}{LOCK}")
    was_there = os.path.lexists(draft)
    try:
        with lock.open("r+b") as held:
            _hold(held)
            _remove(draft)
            if sys.platform != "win32":  # while it is held: nobody may take it up in between
                lock.unlink()
        if sys.platform == "win32":  # where an open file cannot be removed, and one that another opens neither
            lock.unlink()
    except FileNotFoundError:
        _remove(draft)
    except OSError:
        return False
    return was_there and not os.path.lexists(draft)


def _remove(draft: Path) -> None:
    """Remove a folder; what is none was not written here."""
    if draft.is_dir() and not draft.is_symlink():
        shutil.rmtree(draft, ignore_errors=True)


def _hold(lock: IO[Any]) -> None:
    """Hold a lock until the file is closed or the process ends; raises OSError when another process holds it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file so that it is on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8") if isinstance(content, str) else content
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
