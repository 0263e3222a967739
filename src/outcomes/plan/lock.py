"""The lock of a plan: what was decided before the outcomes were looked at, and what has been changed since.

A lock holds the plan as it was, the digest of that plan, of itself and of the lock before it. The plan can be locked
again after a change; what was locked before stays in the file. Somebody who can write the file can write all of its
digests too: what shows that is the digest that each run records of the lock it found.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcomes.core.digests import digest_content, is_sealed, seal
from outcomes.errors import LockDamagedError, OutputExistsError, OutputNotWritableError, PlanLockedError
from outcomes.plan.model import Plan
from outcomes.plan.read import PLAN_FILE, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LOCK_FILE = "plan.lock"
SCHEMA, UNSEALED = 2, 1
WORDS = "report"  # the part of a plan that is written when the results are known
_ENTRY = frozenset({"locked", "plan", "plan_digest", "before", "digest"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A plan as it was locked once.

    Attributes
    ----------
    locked : str
        When, to the second, in universal time.
    plan : Plan
    digest : str
        SHA-256 of date, plan, and digest of the lock before.
    """

    locked: str
    plan: Plan
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """All that was locked, the first first.

    Attributes
    ----------
    entries : tuple of Entry
        At least one.
    sealed : bool
        Whether the file holds its digests; one of an earlier version does not.
    """

    entries: tuple[Entry, ...]
    sealed: bool = True

    @property
    def locked(self) -> str:
        """When the plan was first locked."""
        return self.entries[0].locked

    @property
    def plan(self) -> Plan:
        """The plan as it was first locked: to lock again does not make a change undone."""
        return self.entries[0].plan


def lock_plan(study: Path, *, plan: Plan | None = None, again: bool = False) -> Lock:
    """Lock the plan of a study; what was locked before stays.

    Parameters
    ----------
    study : Path
        Folder in which the lock is kept.
    plan : Plan, optional
        By default that of plan.toml in the folder.
    again : bool
        Whether a plan that was changed after it had been locked is locked a second time.

    Raises
    ------
    TableMissingError, PlanError
        When there is no sound plan to lock.
    PlanLockedError
        When it is locked, and unchanged or not to be locked again.
    LockDamagedError, OutputExistsError, OutputNotWritableError
    """
    plan = plan or read_plan(study / PLAN_FILE)
    before = read_lock(study)
    if before is not None:
        changed = list_changes(before.entries[-1].plan, plan)
        if not (again and changed):
            raise PlanLockedError(before.locked, changed)
    contents = [*_contents_of(study), _make_entry(plan, before)]
    text = json.dumps({"schema": SCHEMA, "history": contents}, indent=1, ensure_ascii=False) + "\n"
    try:
        _write(study / LOCK_FILE, text, is_new=before is None)
    except FileExistsError as fault:
        raise OutputExistsError(LOCK_FILE) from fault
    except OSError as fault:
        raise OutputNotWritableError(LOCK_FILE, fault.strerror or type(fault).__name__) from fault
    lock = read_lock(study)
    if lock is None:
        raise LockDamagedError(LOCK_FILE)
    return lock


def _make_entry(plan: Plan, before: Lock | None) -> dict[str, Any]:
    stored = plan.model_dump(mode="json")
    return seal(
        {
            "locked": datetime.now(UTC).isoformat(timespec="seconds"),
            "plan": stored,
            "plan_digest": digest_content(stored),
            "before": None if before is None else before.entries[-1].digest,
        }
    )


def _write(path: Path, text: str, *, is_new: bool) -> None:
    """Write a lock whole or not at all; a first one never over anything."""
    if is_new:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        return
    number, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(draft).chmod(path.stat().st_mode & 0o777)
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


def read_lock(study: Path) -> Lock | None:
    """Read the lock of a study, or None where it has none.

    Raises
    ------
    LockDamagedError
        When it was changed by hand, or cut short.
    """
    path = study / LOCK_FILE
    if not os.path.lexists(path):
        return None
    try:
        if not path.is_file() or not path.resolve().is_relative_to(study.resolve()):
            raise LockDamagedError(LOCK_FILE)
        content = json.loads(path.read_text(encoding="utf-8"))
        sealed = content["schema"] == SCHEMA
        if content["schema"] not in {SCHEMA, UNSEALED}:
            raise LockDamagedError(LOCK_FILE)
        stored = content["history"] if sealed else [_adopt(content)]
        if not stored or not _is_chain(stored):
            raise LockDamagedError(LOCK_FILE)
        return Lock(entries=tuple(map(_read_entry, stored)), sealed=sealed)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise LockDamagedError(LOCK_FILE) from fault


def _contents_of(study: Path) -> list[dict[str, Any]]:
    """Give what the file of a lock that was found sound holds, as it stands there."""
    if not (study / LOCK_FILE).is_file():
        return []
    content = json.loads((study / LOCK_FILE).read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = content["history"] if content["schema"] == SCHEMA else [_adopt(content)]
    return found


def _adopt(content: Mapping[str, Any]) -> dict[str, Any]:
    """Give the lock of an earlier version, which held date and plan alone, as the first of a history."""
    plan = content["plan"]
    return seal({"locked": content["locked"], "plan": plan, "plan_digest": digest_content(plan), "before": None})


def _is_chain(stored: list[dict[str, Any]]) -> bool:
    """Whether each entry is as it was written, names the one before, and is not older than it."""
    digests = [None, *(entry["digest"] for entry in stored)]
    times = [datetime.fromisoformat(entry["locked"]) for entry in stored]
    return times == sorted(times) and all(
        entry.keys() == _ENTRY
        and is_sealed(entry)
        and entry["plan_digest"] == digest_content(entry["plan"])
        and entry["before"] == before
        for entry, before in zip(stored, digests, strict=False)
    )


def _read_entry(entry: Mapping[str, Any]) -> Entry:
    plan = Plan.model_validate(entry["plan"], strict=False)
    return Entry(
        locked=str(datetime.fromisoformat(entry["locked"]).isoformat()), plan=plan, digest=str(entry["digest"])
    )


def list_changes(before: Plan, after: Plan) -> list[str]:
    """Name every key of the plan that is no longer as it was; the clinic's own words decide on nothing."""
    return [".".join(path) for path in list_changed_paths(before, after) if path[0] != WORDS]


def list_changed_paths(before: Plan, after: Plan) -> list[tuple[str, ...]]:
    """Give every key of the plan that is no longer as it was, as the words that lead to it."""
    return list(_changes(before.model_dump(mode="json"), after.model_dump(mode="json"), ()))


def _changes(before: Any, after: Any, where: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not isinstance(before, dict) or not isinstance(after, dict):
        if before != after:
            yield where
        return
    for key in [*before, *(key for key in after if key not in before)]:
        place = (*where, str(key))
        if key in before and key in after:
            yield from _changes(before[key], after[key], place)
        else:
            yield place
