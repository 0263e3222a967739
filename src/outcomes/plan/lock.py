"""The lock of a plan: what was decided before the outcomes were looked at, and what has been changed since."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from outcomes.errors import LockDamagedError, OutputExistsError, OutputNotWritableError
from outcomes.plan.model import Plan
from outcomes.plan.read import PLAN_FILE, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_FILE = "plan.lock"
SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A plan as it was locked.

    Attributes
    ----------
    locked : str
        When, to the second, in universal time.
    plan : Plan
    """

    locked: str
    plan: Plan


def lock_plan(study: Path) -> Lock:
    """Lock the plan of a study; a lock is never written over.

    Raises
    ------
    TableMissingError, PlanError
        When there is no sound plan to lock.
    OutputExistsError, OutputNotWritableError
    """
    plan = read_plan(study / PLAN_FILE)
    lock = Lock(locked=datetime.now(UTC).isoformat(timespec="seconds"), plan=plan)
    content = {"schema": SCHEMA, "locked": lock.locked, "plan": plan.model_dump(mode="json")}
    try:
        with (study / LOCK_FILE).open("x", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    except FileExistsError as fault:
        raise OutputExistsError(LOCK_FILE) from fault
    except OSError as fault:
        raise OutputNotWritableError(LOCK_FILE, fault.strerror or type(fault).__name__) from fault
    return lock


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
        if content["schema"] != SCHEMA:
            raise LockDamagedError(LOCK_FILE)
        plan = Plan.model_validate(content["plan"], strict=False)
        return Lock(locked=str(datetime.fromisoformat(content["locked"]).isoformat()), plan=plan)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as fault:
        raise LockDamagedError(LOCK_FILE) from fault


def list_changes(before: Plan, after: Plan) -> list[str]:
    """Name every key of the plan that is no longer as it was."""
    return list(_changes(before.model_dump(mode="json"), after.model_dump(mode="json"), ""))


def _changes(before: Any, after: Any, where: str) -> Iterator[str]:
    if not isinstance(before, dict) or not isinstance(after, dict):
        if before != after:
            yield where
        return
    for key in [*before, *(key for key in after if key not in before)]:
        place = f"{where}.{key}" if where else str(key)
        if key in before and key in after:
            yield from _changes(before[key], after[key], place)
        else:
            yield place
