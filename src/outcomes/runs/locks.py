"""What a run says of the plan's lock, and of locks that earlier runs found and that are there no more.

A lock that was edited with all its digests, dated back or taken away looks sound by itself. The runs that lie beside
this one remember what they found.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from outcomes.plan.lock import Lock, list_changes, read_lock
from outcomes.runs.names import MANIFEST
from outcomes.study.files import records_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from outcomes.plan.model import Plan

_LARGEST = 50 * 2**20  # bytes: a manifest is no larger


def describe_lock(lock: Lock | None, plan: Plan) -> dict[str, Any] | None:
    """When the plan was locked, and which of its keys have been changed since; None where it was not."""
    if lock is None:
        return None
    history = [
        {"locked": entry.locked, "digest": entry.digest, "changed": list_changes(lock.plan, entry.plan)}
        for entry in lock.entries
    ]
    changed = list_changes(lock.plan, plan)
    return {"locked": lock.locked, "sealed": lock.sealed, "changed": changed, "history": history}


def describe_lock_of(study: Path, plan: Plan) -> dict[str, Any] | None:
    """Describe the lock of a study: in its folder, or beside its workbook."""
    return describe_lock(read_lock(records_of(study)), plan)


def find_traces(home: Path, lock: Mapping[str, Any] | None, *, before: str = "") -> list[dict[str, Any]]:
    """Find what earlier runs say of the lock that does not fit the one that is there now.

    Parameters
    ----------
    home : Path
        Folder of all runs of the study.
    lock : mapping or None
        As `describe_lock` gives it.
    before : str
        Runs made at this time or later are left out; none where it is empty.

    Returns
    -------
    list of dict
        Oldest first, each lock once: the run and when it was made, when it says that the plan was locked, and the
        digest of that lock; both None where a run found no lock though the present one is dated before it.
    """
    found: dict[str, dict[str, Any]] = {}
    earlier = [one for one in _manifests(home) if not before or one["created"] < before]
    for manifest in sorted(earlier, key=lambda one: (one["created"], one["run"])):
        for trace in _say_traces(manifest):
            if _is_missing(trace, lock):
                found.setdefault(str(trace["digest"] or trace["locked"]), trace)
    return list(found.values())


def _manifests(home: Path) -> Iterator[dict[str, Any]]:
    """Read the manifests of all runs that can be read; one that cannot is for whoever asks for that run."""
    for path in home.glob(f"*/{MANIFEST}"):
        try:
            if path.is_symlink() or path.stat().st_size > _LARGEST:
                continue
            content = json.loads(path.read_text(encoding="utf-8"))
            if all(isinstance(content[key], str) for key in ("run", "created")) and "lock" in content:
                yield content
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue


def _say_traces(manifest: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the lock that a run found, and those that it remembers of others."""
    remembered = manifest.get("lock_traces")
    yield from (one for one in (remembered if isinstance(remembered, list) else ()) if _is_trace(one))
    lock = manifest["lock"]
    known = {"run": manifest["run"], "made": manifest["created"]}
    if lock is None:
        yield {**known, "locked": None, "digest": None}
    elif isinstance(lock, dict) and isinstance(lock.get("locked"), str):
        history = lock.get("history") or [{}]
        digest = history[-1].get("digest") if isinstance(history[-1], dict) else None
        yield {**known, "locked": lock["locked"], "digest": digest if isinstance(digest, str) else None}


def _is_trace(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and all(isinstance(one.get(key), str) for key in ("run", "made"))
        and all(key in one and isinstance(one[key], str | None) for key in ("locked", "digest"))
    )


def _is_missing(trace: Mapping[str, Any], lock: Mapping[str, Any] | None) -> bool:
    """Whether what a run found does not fit the history of the lock that is there now."""
    history: Sequence[Mapping[str, Any]] = () if lock is None else lock["history"]
    if trace["digest"] is not None:
        return trace["digest"] not in {entry["digest"] for entry in history}
    if trace["locked"] is not None:  # a run of an earlier version, which did not record the digest
        return trace["locked"] not in {entry["locked"] for entry in history}
    return lock is not None and lock["locked"] <= trace["made"]
