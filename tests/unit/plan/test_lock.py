"""The lock of a plan: written once, read back, and every key that was changed since is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import outcomes
from outcomes.cli import main
from outcomes.errors import LockDamagedError, OutputExistsError
from outcomes.plan.lock import LOCK_FILE, list_changes, lock_plan, read_lock
from outcomes.plan.read import read_plan
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_small_study(tmp_path / "small")


def test_a_lock_is_read_back_as_it_was_and_never_written_over(study: Path) -> None:
    locked = lock_plan(study)
    assert read_lock(study) == locked
    assert locked.plan == read_plan(study / "plan.toml")
    with pytest.raises(OutputExistsError):
        lock_plan(study)


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


@pytest.mark.parametrize("content", ["", "{", '{"schema": 2}', '{"schema": 1, "locked": "today", "plan": {}}'])
def test_a_lock_that_was_edited_is_refused(study: Path, content: str) -> None:
    (study / LOCK_FILE).write_text(content, encoding="utf-8")
    with pytest.raises(LockDamagedError):
        read_lock(study)


def test_every_report_says_since_when_the_plan_is_locked_and_what_was_changed(study: Path, tmp_path: Path) -> None:
    page = outcomes.report(study, out=tmp_path / "one").page.read_text(encoding="utf-8")
    assert "The plan was not locked" in page
    assert CliRunner().invoke(main, ["lock", str(study)]).exit_code == 0
    page = outcomes.report(study, out=tmp_path / "two").page.read_text(encoding="utf-8")
    assert "and is unchanged since" in page
    plan = (study / "plan.toml").read_text(encoding="utf-8").replace("worthwhile = 5", "worthwhile = 6")
    (study / "plan.toml").write_text(plan, encoding="utf-8")
    run = outcomes.report(study, out=tmp_path / "three")
    assert "measures.mood.worthwhile</span></code>" in run.page.read_text(encoding="utf-8")
    assert outcomes.verify(run.folder, study).exit_code == 0
