"""The run that was written last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import OutcomesError, RunNotFoundError
from outcomes.runs.manifest import read_manifest
from outcomes.runs.names import MANIFEST

if TYPE_CHECKING:
    from pathlib import Path


def find_latest(reports: Path) -> Path:
    """Find the run below a folder of reports that says it was written last; of two at one time the last by name.

    Raises
    ------
    RunNotFoundError
        When there is none that can be read.
    """
    found = [(made, path.parent) for path in sorted(reports.glob(f"*/*/{MANIFEST}")) if (made := _made(path.parent))]
    if not found:
        raise RunNotFoundError(str(reports))
    return max(found)[1]


def _made(run: Path) -> str | None:
    try:
        return str(read_manifest(run)["created"])
    except OutcomesError:
        return None
