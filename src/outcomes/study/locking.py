"""Lock the plan of a study: in its folder, or in the folder that is kept beside its workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import OutputNotWritableError, PlanError
from outcomes.plan.lock import Lock, lock_plan
from outcomes.plan.read import PLAN_FILE, parse_plan
from outcomes.study.files import is_workbook, open_files, records_of
from outcomes.study.own_instruments import read_own

if TYPE_CHECKING:
    from pathlib import Path


def lock_study(study: Path, *, again: bool) -> tuple[Path, Lock]:
    """Lock a plan; gives the folder that holds the lock, and the lock.

    Raises
    ------
    StudyNotFoundError, BookIsNoStudyError, PlanError, DataError
        When there is no sound plan to lock.
    PlanLockedError, LockDamagedError, OutputExistsError, OutputNotWritableError
    """
    opened = open_files(study)
    try:
        plan = parse_plan(b"".join(opened.source(PLAN_FILE).blocks()), read_own(opened).require_sound())
    except PlanError as error:
        raise opened.tell_plan(error) from None
    if not is_workbook(study):
        return study, lock_plan(study, plan=plan, again=again)
    kept = records_of(study)
    try:
        kept.mkdir(exist_ok=True)
    except OSError as fault:
        raise OutputNotWritableError(kept.name, fault.strerror or type(fault).__name__) from fault
    return kept, lock_plan(kept, plan=plan, again=again)
