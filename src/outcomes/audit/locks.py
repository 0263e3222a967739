"""Whether the plan's lock is the one that a run found: nothing taken out, changed or dated back; only added to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.audit.verdict import Check, judge, note
from outcomes.runs.locks import describe_lock_of, find_traces

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from outcomes.plan.model import Plan

LOCK = "lock of the plan"


def check_lock(run: Path, study: Path, plan: Plan, manifest: Mapping[str, Any]) -> list[Check]:
    """Compare the lock in the study with the one that the run found.

    Parameters
    ----------
    run, study : Path
    plan : Plan
        Of the study.
    manifest : mapping
        Of the run.
    """
    now, then = describe_lock_of(study, plan), manifest["lock"]
    later = _entries_since(now, then)
    faults = [*_explain_past(now, then, plan_changed=None if now is None else now["changed"])]
    faults += [
        f"plan.lock says {entry['locked']}, before this run was written, and the run did not find that lock"
        for entry in later
        if entry["locked"] <= manifest["created"]
    ]
    faults += _explain_traces(run, manifest)
    said = [f"plan.lock was locked on {entry['locked']}, after this run was written" for entry in later]
    return [judge(LOCK, 1, faults), *(note(LOCK, said) if not faults else [])]


def _explain_past(
    now: Mapping[str, Any] | None, then: Mapping[str, Any] | None, *, plan_changed: list[str] | None
) -> Iterator[str]:
    """Say what is not there any more as the run found it."""
    if then is None:
        return
    if now is None:
        yield f"plan.lock is gone: the run found a plan that was locked on {then['locked']}"
        return
    if then["locked"] != now["locked"]:
        yield f"plan.lock says {now['locked']} where the run found {then['locked']}"
    known = [(entry["locked"], entry["digest"], entry["changed"]) for entry in now["history"]]
    found = [(entry["locked"], entry["digest"], entry["changed"]) for entry in then["history"]]
    if known[: len(found)] != found:
        yield "plan.lock is not the one that the run found, nor one that was added to it"
    if then["changed"] != plan_changed:
        yield "the keys that were changed since the plan was locked are not those that the run names"
    if found and len(known) == len(found) and then["sealed"] != now["sealed"]:
        yield "the run says of the digest of plan.lock what is not so"


def _entries_since(now: Mapping[str, Any] | None, then: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    history: list[Mapping[str, Any]] = [] if now is None else now["history"]
    found = 0 if then is None else max(1, len(then["history"]))
    return list(history[found:])


def _explain_traces(run: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Compare what the run says of earlier locks with what the runs beside it found."""
    beside = find_traces(run.resolve().parent, manifest["lock"], before=manifest["created"])
    known = {(trace["locked"], trace["digest"]) for trace in manifest["lock_traces"]}
    for trace in beside:
        if (trace["locked"], trace["digest"]) not in known:
            yield f"run {trace['run']} found another lock of the plan, which this run does not say"
    remembered = {trace["run"] for trace in beside}
    names = {path.name for path in run.resolve().parent.iterdir()}
    for trace in manifest["lock_traces"]:
        if trace["run"] in names and trace["run"] not in remembered:
            yield f"run {trace['run']} does not say what this run says of its lock"
