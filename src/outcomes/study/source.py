"""A file as a stream of bytes: opened only if it is a plain file of sensible size inside the study, read once."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING, Any, Protocol

from outcomes.errors import InputChangedError
from outcomes.study.model import FileDigest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK = 8 * 2**20  # bytes; a block is held several times over while it is checked
FIRST_BLOCK = 2**18  # small, so that what kind of columns there are is known before most of them is read
LARGEST_TABLE = 512 * 2**20  # bytes: more than ten million scores
LARGEST_PLAN = 2**20  # bytes: a plan is written by hand
# A device or a pipe must not hold the program up while it is opened; Windows has neither the flag nor the pipes.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class Refusal(Exception):  # noqa: N818  # it becomes a finding in this package; nobody outside meets it
    """Why a file is not read: code, rule and remedy of the finding, and the rows to blame where there are any."""

    def __init__(self, code: str, rule: str, fix: str, *rows: int) -> None:
        super().__init__(code)
        self.code, self.rule, self.fix, self.rows = code, rule, fix, rows


class Readable(Protocol):
    """Something that is read block by block, and has a digest afterwards."""

    name: str

    def blocks(self) -> Iterator[bytes]:
        """Give the content piece by piece."""

    def digest(self, rows: int) -> FileDigest:
        """Digest of what was read."""


class Held:
    """A file that is held in memory, to be read as one that is on the disk."""

    def __init__(self, content: bytes, name: str) -> None:
        self.name = name
        self._content = content

    def blocks(self) -> Iterator[bytes]:
        """Give the content in one piece."""
        if self._content:
            yield self._content

    def digest(self, rows: int) -> FileDigest:
        """Digest of what was read: of the texts, not of the workbook, which changes with each saving."""
        sha256 = hashlib.sha256(self._content).hexdigest()
        return FileDigest(name=self.name, sha256=sha256, size=len(self._content), rows=rows)


class Source:
    """A file that is being read; `digest` is complete once every block has been asked for."""

    def __init__(self, path: Path, name: str, *, home: Path, largest: int = LARGEST_TABLE) -> None:
        """Open a file.

        Raises
        ------
        Refusal
            When it is no plain file, leads out of the study, is too large or may not be read.
        """
        self.name = name
        self._path = path
        _require_inside(path, home)
        try:
            self._file = os.open(path, _OPEN_FLAGS)
        except OSError:
            raise _closed() from None
        self._before = os.fstat(self._file)
        try:
            self._require_plain(largest)
        except Refusal:
            os.close(self._file)
            raise
        self._sha256 = hashlib.sha256()
        self.size = 0

    def blocks(self) -> Iterator[bytes]:
        """Give the content piece by piece, and close the file.

        Raises
        ------
        InputChangedError
            When another program writes to it meanwhile.
        """
        try:
            while block := self._read():
                self._sha256.update(block)
                self.size += len(block)
                if self.size > self._before.st_size:
                    raise InputChangedError(self.name)
                yield block
            after = os.fstat(self._file)
        finally:
            os.close(self._file)
        if self.size != self._before.st_size or _stamp(after) != _stamp(self._before) or self._was_replaced():
            raise InputChangedError(self.name)

    def digest(self, rows: int) -> FileDigest:
        """Digest of what was read."""
        return FileDigest(name=self.name, sha256=self._sha256.hexdigest(), size=self.size, rows=rows)

    def _read(self) -> bytes:
        try:
            return os.read(self._file, BLOCK if self.size else FIRST_BLOCK)
        except OSError:
            raise _closed() from None

    def _require_plain(self, largest: int) -> None:
        if not stat.S_ISREG(self._before.st_mode):
            rule = "this is a folder, a pipe or a device and not a file"
            raise Refusal("E227", rule, "Put the file itself there.")
        if self._before.st_size > largest:
            rule = f"the file is larger than {largest // 2**20} MB, which no table of a clinic is"
            raise Refusal("E211", rule, "Export the table again; leave out what is not asked for.")

    def _was_replaced(self) -> bool:
        try:
            return _stamp(self._path.stat()) != _stamp(self._before)
        except OSError:
            return True


def read_whole(path: Path, name: str, *, home: Path, largest: int = LARGEST_PLAN) -> tuple[bytes, FileDigest]:
    """Read a small file at once.

    Raises
    ------
    Refusal, InputChangedError
    """
    source = Source(path, name, home=home, largest=largest)
    content = b"".join(source.blocks())
    return content, source.digest(0)


def is_there(path: Path) -> bool:
    """Whether anything of that name is there, be it a file or not."""
    return os.path.lexists(path)


def _require_inside(path: Path, home: Path) -> None:
    """Refuse a link that leads out of the study: what lies there was never meant to be read."""
    try:
        inside = path.resolve(strict=True).is_relative_to(home.resolve(strict=True))
    except (OSError, RuntimeError):
        rule = "this is a link that leads nowhere"
        raise Refusal("E227", rule, "Put the file itself there.") from None
    if not inside:
        raise Refusal("E227", "this is a link that leads out of the study's folder", "Put the file itself there.")


def _closed() -> Refusal:
    return Refusal("E200", "the file cannot be opened", "Close it in other programs, or ask who may read it.")


def _stamp(status: Any) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns
