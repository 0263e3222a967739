"""Whether two archives hold the same, where zlib is not the one that packed the first."""

from __future__ import annotations

import io
import zipfile

_LOCAL, _CENTRAL, _END = 30, 46, 22  # bytes of the fixed parts of an archive


def hold_the_same(one: bytes, other: bytes) -> bool:
    """Whether two archives have the same members in one order, and nothing beside them."""
    parts = _members(one)
    return parts is not None and parts == _members(other)


def _members(archive: bytes) -> list[tuple[object, ...]] | None:
    """Give name, date, attributes and content of each member; None where there is anything else in the archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = opened.infolist()
            names = sum(2 * len(entry.filename.encode()) for entry in entries)
            packed = sum(entry.compress_size for entry in entries)
            bare = not opened.comment and not any(entry.extra or entry.comment for entry in entries)
            if not bare or len(archive) != packed + names + len(entries) * (_LOCAL + _CENTRAL) + _END:
                return None
            return [
                (one.filename, one.date_time, one.compress_type, one.external_attr, one.flag_bits, opened.read(one))
                for one in entries
            ]
    except Exception:  # noqa: BLE001  # an archive that was tampered with can be broken in any of its parts
        return None
