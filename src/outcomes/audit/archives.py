"""What can be asked of an archive, which may have been tampered with: whether it holds what another one holds."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")
_LOCAL, _CENTRAL, _END = 30, 46, 22  # bytes of the fixed parts of an archive


def ask_archive(archive: bytes, ask: Callable[[zipfile.ZipFile], Answer]) -> Answer | None:
    """Ask something of an archive; None where it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return ask(opened)
    except Exception:  # noqa: BLE001  # an archive that was tampered with can be broken in any of its parts
        return None


def hold_the_same(one: bytes, other: bytes) -> bool:
    """Whether two archives have the same members in one order, and nothing beside them; zlib may be another."""
    parts = _members(one)
    return parts is not None and parts == _members(other)


def _members(archive: bytes) -> list[tuple[object, ...]] | None:
    """Give name, date, attributes and content of each member; None where there is anything else in the archive."""
    return ask_archive(archive, lambda opened: _list_members(opened, len(archive)))


def _list_members(opened: zipfile.ZipFile, size: int) -> list[tuple[object, ...]] | None:
    entries = opened.infolist()
    names = sum(2 * len(entry.filename.encode()) for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    bare = not opened.comment and not any(entry.extra or entry.comment for entry in entries)
    if not bare or size != packed + names + len(entries) * (_LOCAL + _CENTRAL) + _END:
        return None
    return [
        (one.filename, one.date_time, one.compress_type, one.external_attr, one.flag_bits, opened.read(one))
        for one in entries
    ]
