"""Names that every system can hold: a study that is made on one is sent to another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outcomes.errors import NameNotPortableError

if TYPE_CHECKING:
    from pathlib import Path

# What Windows keeps for devices, whatever stands behind a point: a workbook called nul.xlsx goes nowhere there.
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in (*range(1, 10), *"¹²³"))}
)
_BEFORE_A_POINT = re.compile(r"[^.]*")
_SIGNS = re.compile(r'[<>:"/\\|?*\x00-\x1f]|[. ]$')


def require_portable(place: Path) -> None:
    """Raise NameNotPortableError where the name of a new study is one that Windows cannot hold."""
    if (device := _BEFORE_A_POINT.match(place.name)) and device[0].strip().casefold() in _DEVICES:
        raise NameNotPortableError(place.name, "Windows keeps this name for a device")
    if _SIGNS.search(place.name):
        raise NameNotPortableError(
            place.name, "Windows cannot hold a name with such signs, or with a point or blank at its end"
        )
