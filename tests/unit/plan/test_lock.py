"""The lock of a plan: added to and never written over, and whatever else becomes of it leaves a trace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import forging
import outcomes
from outcomes.audit.locks import check_lock
from outcomes.cli import main
from outcomes.errors import LockDamagedError, PlanLockedError
from outcomes.plan.lock import LOCK_FILE, list_changes, lock_plan, read_lock
from outcomes.plan.read import read_plan
from outcomes.runs import write_run
from outcomes.runs.locks import describe_lock, describe_lock_of, find_traces
from remembered import remember
from small_study import write_small_study
from written_again import read_books

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CREATED = "2999-01-01T00:00:00+00:00"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_small_study(tmp_path / "small")


def change_the_plan(study: Path, worthwhile: int = 6) -> None:
    forging.edit(study / "plan.toml", lambda plan: plan.replace("worthwhile = 5", f"worthwhile = {worthwhile}"))


def test_a_lock_is_read_back_as_it_was_and_never_written_over(study: Path) -> None:
    locked = lock_plan(study)
    before = (study / LOCK_FILE).read_bytes()
    assert read_lock(study) == locked
    assert locked.plan == read_plan(study / "plan.toml")
    with pytest.raises(PlanLockedError, match="unchanged since: nothing has to be done"):
        lock_plan(study)
    change_the_plan(study)
    with pytest.raises(PlanLockedError, match=r"measures\.mood\.worthwhile.*outcomes lock STUDY --again"):
        lock_plan(study)
    assert (study / LOCK_FILE).read_bytes() == before


def test_a_changed_plan_is_locked_again_beside_the_first_which_stays(study: Path) -> None:
    first = lock_plan(study)
    change_the_plan(study)
    again = CliRunner().invoke(main, ["lock", str(study), "--again"])
    assert again.exit_code == 0, again.output
    lock = read_lock(study)
    assert lock is not None
    assert lock.entries[0] == first.entries[0]
    assert (lock.locked, lock.plan) == (first.locked, first.plan)
    told = describe_lock(lock, read_plan(study / "plan.toml"))
    assert told is not None
    assert told["changed"] == ["measures.mood.worthwhile"]  # since the first lock: a second one undoes no change
    assert [entry["changed"] for entry in told["history"]] == [[], ["measures.mood.worthwhile"]]
    twice = CliRunner().invoke(main, ["lock", str(study), "--again"])
    assert twice.exit_code == 1
    assert "unchanged since" in twice.output


def test_keys_that_were_changed_added_or_taken_out_are_named(study: Path) -> None:
    lock_plan(study)
    plan = (study / "plan.toml").read_text(encoding="utf-8")
    plan = plan.replace("worthwhile = 5", "worthwhile = 6").replace(
        'covariates = ["age", "gender"]', 'covariates = ["age"]'
    )
    plan = plan.replace("[measures.skill]", "[measures.use]")
    (study / "plan.toml").write_text(plan, encoding="utf-8")
    lock = read_lock(study)
    assert lock is not None
    changed = list_changes(lock.plan, read_plan(study / "plan.toml"))
    assert changed == ["measures.mood.worthwhile", "measures.skill", "measures.use", "adjust.covariates"]


@pytest.mark.parametrize(
    "content",
    ["", "{", '{"schema": 2}', '{"schema": 2, "history": []}', '{"schema": 1, "locked": "today", "plan": {}}'],
)
def test_a_lock_that_was_edited_is_refused(study: Path, content: str) -> None:
    (study / LOCK_FILE).write_text(content, encoding="utf-8")
    with pytest.raises(LockDamagedError):
        read_lock(study)


EDITED: dict[str, Callable[[list[dict[str, Any]]], Any]] = {
    "dated back": lambda history: history[0].update(locked="2020-01-01T00:00:00+00:00"),
    "another plan": lambda history: history[0]["plan"]["measures"]["mood"].update(worthwhile=6.0),
    "the first taken out": lambda history: history.pop(0),
    "the last twice": lambda history: history.append(history[-1]),
    "a word more": lambda history: history[0].update(note="x"),
}


@pytest.mark.parametrize("case", EDITED)
def test_a_lock_that_does_not_hold_its_own_digests_is_refused(study: Path, case: str) -> None:
    lock_plan(study)
    change_the_plan(study)
    lock_plan(study, again=True)
    content = forging.read(study / LOCK_FILE)
    EDITED[case](content["history"])
    (study / LOCK_FILE).write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(LockDamagedError):
        read_lock(study)
    answer = CliRunner().invoke(main, ["report", str(study), "--out", str(study.parent / "out")])
    assert answer.exit_code == 1
    assert "plan.lock" in answer.output


def test_a_lock_of_an_earlier_version_is_read_and_said_to_hold_no_digest(study: Path) -> None:
    plan = read_plan(study / "plan.toml").model_dump(mode="json")
    content = {"schema": 1, "locked": "2026-01-01T00:00:00+00:00", "plan": plan}
    (study / LOCK_FILE).write_text(json.dumps(content), encoding="utf-8")
    change_the_plan(study)
    assert lock_plan(study, again=True).locked == "2026-01-01T00:00:00+00:00"
    told = describe_lock_of(study, read_plan(study / "plan.toml"))
    assert told is not None
    assert len(told["history"]) == 2


def rewrite(study: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Edit the first lock and make its digests again."""
    content = forging.read(study / LOCK_FILE)
    entry = content["history"][0]
    change(entry)
    content["history"][0] = forging.seal({**entry, "plan_digest": forging.seal(entry["plan"])["digest"]})
    (study / LOCK_FILE).write_text(json.dumps(content), encoding="utf-8")
    assert read_lock(study) is not None


FORGED: dict[str, tuple[Callable[[Path], Any], str]] = {
    "deleted": (lambda study: (study / LOCK_FILE).unlink(), "plan.lock is gone"),
    "dated back": (
        lambda study: rewrite(study, lambda entry: entry.update(locked="2020-01-01T00:00:00+00:00")),
        "2020-01-01T00:00:00+00:00 where the run found",
    ),
    "another plan": (
        lambda study: rewrite(study, lambda entry: entry["plan"]["measures"]["mood"].update(worthwhile=6.0)),
        "not the one that the run found",
    ),
}


@pytest.mark.parametrize("case", FORGED)
def test_a_lock_forged_with_its_digests_is_told_by_verify_and_by_the_next_report(
    study: Path, tmp_path: Path, case: str
) -> None:
    lock_plan(study)
    plan = read_plan(study / "plan.toml")
    run = tmp_path / "reports" / "small" / "first"
    run.mkdir(parents=True)
    found = {"run": "first", "created": CREATED, "lock": describe_lock_of(study, plan), "lock_traces": []}
    (run / "manifest.json").write_text(json.dumps(found), encoding="utf-8")
    (check,) = check_lock(run, study, plan, found)
    assert (check.status, find_traces(run.parent, found["lock"])) == ("equal", [])
    forge, says = FORGED[case]
    forge(study)
    (check, *_) = check_lock(run, study, plan, found)
    assert check.status == "differs"
    assert says in " ".join(check.faults)
    (trace,) = find_traces(run.parent, describe_lock_of(study, plan))
    assert (trace["run"], trace["locked"]) == ("first", found["lock"]["locked"])


def test_a_lock_made_after_a_run_and_dated_before_it_is_told(study: Path, tmp_path: Path) -> None:
    plan = read_plan(study / "plan.toml")
    found = {"run": "first", "created": "2026-01-01T00:00:00+00:00", "lock": None, "lock_traces": []}
    run = tmp_path / "reports" / "small" / "first"
    run.mkdir(parents=True)
    (run / "manifest.json").write_text(json.dumps(found), encoding="utf-8")
    lock_plan(study)
    checks = check_lock(run, study, plan, found)
    assert [check.status for check in checks] == ["equal", "noted"]  # to lock a plan after a report is no forgery
    assert find_traces(run.parent, describe_lock_of(study, plan)) == []
    rewrite(study, lambda entry: entry.update(locked="2020-01-01T00:00:00+00:00"))
    (check,) = check_lock(run, study, plan, found)
    assert check.status == "differs"
    (trace,) = find_traces(run.parent, describe_lock_of(study, plan))
    assert trace["locked"] is None


def test_what_a_run_remembers_of_a_lock_outlives_the_run_that_found_it(tmp_path: Path) -> None:
    trace = {"run": "gone", "made": "2026-01-01T00:00:00+00:00", "locked": "2025-01-01T00:00:00+00:00", "digest": "d"}
    run = tmp_path / "reports" / "small" / "second"
    run.mkdir(parents=True)
    manifest = {"run": "second", "created": CREATED, "lock": None, "lock_traces": [trace]}
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert find_traces(run.parent, None) == [trace]


def test_every_report_says_since_when_the_plan_is_locked_what_was_changed_and_which_lock_is_gone(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(monkeypatch)

    def write() -> Any:
        return write_run(outcomes.read_study(study), out=tmp_path / "out", formats=("html",))

    assert "The plan was not locked" in read_books(write().folder, "internal")
    assert CliRunner().invoke(main, ["lock", str(study)]).exit_code == 0
    assert "and is unchanged since" in read_books(write().folder, "internal")
    change_the_plan(study)
    lock_plan(study, again=True)
    page = read_books(write().folder, "internal")
    assert "measures.mood.worthwhile</span></code>" in page
    assert ", and again on " in page
    (study / LOCK_FILE).unlink()
    last = write()
    assert "That lock is not in the present plan.lock" in read_books(last.folder, "internal")
    shared = read_books(last.folder, "share")
    assert "That lock is not in the present plan.lock" in shared
    traces = forging.read(last.folder / "manifest.json")["lock_traces"]
    assert not [trace["run"] for trace in traces if trace["run"] in shared]
    assert outcomes.verify(last.folder, study).exit_code == 0
    forging.hide_traces(last.folder, lock_traces=[])
    assert outcomes.verify(last.folder, study).exit_code == 1
