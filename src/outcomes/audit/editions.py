"""Whether what a run says of earlier editions follows from the ledger in its study's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.audit.verdict import Check, judge, leave
from outcomes.release.ledger import DAMAGED, home_of, read_ledger, replay

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.study.model import Study

EDITIONS = "ledger of editions"
NO_KEY = "release.key is not in the study's folder: what was released earlier, and whether this edition is held back"


def check_editions(study: Study, manifest: Mapping[str, Any]) -> list[Check]:
    """Decide again, from the entries that a run used, whether its edition could be released.

    Parameters
    ----------
    study : Study
        Read again.
    manifest : mapping
        Of the run.
    """
    said, ledger = manifest["released"], read_ledger(home_of(study.folder))
    if ledger is None or ledger.fault:
        return leave(EDITIONS, [NO_KEY if ledger is None else DAMAGED])
    if said["fault"]:
        return leave(EDITIONS, [f"the run itself says so: {said['fault']}"])
    again = replay(study, ledger, said)
    if again is None:
        return leave(EDITIONS, ["an entry that the run used is in release.ledger no more"])
    names = [one.name for one in ledger.entries]
    faults = [f"{key} is not what the ledger gives" for key in sorted(again) if again[key] != said.get(key)]
    before = names[: names.index(said["entry"])] if said["entry"] in names else names[: len(said["used"])]
    if any(name not in said["used"] for name in before):
        faults.append("the run leaves out an earlier edition that the ledger holds")
    if said["entry"] not in names and not said["held"]:
        faults.append("the ledger does not know the edition")
    return [judge(EDITIONS, 1 + len(said["used"]), faults)]
