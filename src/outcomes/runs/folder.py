"""A folder that is written whole or not at all: a draft beside it, held by its process, renamed in one step.

A process that is killed cannot clean up. It can no longer hold its draft either, and that is how the next run knows a
draft that nobody will finish from one that another run is writing at this moment.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

DRAFT = ".unfinished-"
LOCK = ".being-written"
# A draft without its lock is a moment old, or was left by a process that was killed in that moment.
SETTLED_SECONDS = 3600.0


@dataclass(slots=True)
class Draft:
    """A folder that is being written, held by an open lock file inside it."""

    path: Path
    lock: IO[Any]

    def settle(self, name: str) -> Path:
        """Give the folder its name in one step: the first of name, name-2, name-3 … that no run has."""
        self.lock.close()
        (self.path / LOCK).unlink()
        self.path.chmod(0o755)
        home = self.path.parent
        for number in count(1):
            final = home / (name if number == 1 else f"{name}-{number}")
            if final.exists():
                continue
            try:
                return self.path.rename(final)
            except OSError:
                if not final.exists():  # where it does, another run has just taken the name
                    raise
        raise AssertionError  # there is always a next number


@contextlib.contextmanager
def written_whole(home: Path) -> Iterator[Draft]:
    """Offer a draft, and take away what did not become final, whatever happens."""
    home.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=DRAFT, dir=home))
    try:
        with (path / LOCK).open("wb") as lock:
            _hold(lock)
            yield Draft(path, lock)
    finally:
        if path.exists():
            shutil.rmtree(path, ignore_errors=True)


def sweep(home: Path) -> int:
    """Remove the drafts that killed processes left behind, and count them."""
    drafts = [path for path in home.glob(f"{DRAFT}*") if path.is_dir()]
    return sum(_remove_if_left(draft) for draft in drafts)


def _remove_if_left(draft: Path) -> bool:
    try:
        with (draft / LOCK).open("r+b") as lock:
            _hold(lock)
    except FileNotFoundError:
        if time.time() - draft.stat().st_mtime < SETTLED_SECONDS:
            return False
    except OSError:
        return False
    shutil.rmtree(draft, ignore_errors=True)
    return not draft.exists()


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
