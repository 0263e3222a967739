"""Which run is one of several clinics, and what its manifest says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from outcomes.errors import RunDamagedError
from outcomes.runs.names import MANIFEST, POOLED

if TYPE_CHECKING:
    from pathlib import Path


def is_pooled(run: Path) -> bool:
    """Whether a folder is that of a pooled run."""
    try:
        content = json.loads((run / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.get("kind") == POOLED


def read_pooled_manifest(run: Path) -> dict[str, Any]:
    """Read the manifest of a pooled run.

    Raises
    ------
    RunDamagedError
        When it does not say which files were read and written, by which software.
    """
    manifest: dict[str, Any] = json.loads((run / MANIFEST).read_text(encoding="utf-8"))
    kinds = {"files": list, "outputs": list, "software": dict, "plan": dict}
    if not all(isinstance(manifest.get(key), kind) for key, kind in kinds.items()):
        raise RunDamagedError(MANIFEST)
    return manifest
