"""That nobody has a score at the start is told before anything is computed, and in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

import outcomes
from outcomes.runs import write_run
from small_study import write_small_study
from written_again import read_books

if TYPE_CHECKING:
    from pathlib import Path


def without_start(folder: Path, *, arm: str | None = None, measure: str = "mood") -> Path:
    """Take the scores of the start out, of an arm or of everybody."""
    scores = pd.read_csv(folder / "scores.csv", dtype=str)
    arms = pd.read_csv(folder / "clients.csv", dtype=str).set_index("client_id")["arm"]
    gone = (scores["visit"] == "start") & (scores["measure"] == measure)
    gone &= True if arm is None else scores["client_id"].map(arms) == arm
    scores[~gone].to_csv(folder / "scores.csv", index=False)
    return folder


def checks(folder: Path) -> list[tuple[str, str, str]]:
    return [(one.code, one.file, one.rule) for one in outcomes.check(folder) if one.level == "CHECK"]


def test_a_sound_study_has_scores_at_the_start(small_study: Path) -> None:
    assert checks(small_study) == []


@pytest.mark.parametrize("measure", ["mood", "skill"])
def test_nobody_with_a_score_at_the_start_is_a_check(small_study: Path, measure: str) -> None:
    (found,) = checks(without_start(small_study, measure=measure))
    assert found == ("E287", "scores.csv", f"nobody has a score on {measure} at the visit Start, the start")


def test_an_arm_in_which_nobody_has_one_is_named(small_study: Path) -> None:
    (found,) = checks(without_start(small_study, arm="skills"))
    assert found[2].startswith("nobody of Skills group only has a score on mood")


def test_scores_of_the_start_that_no_window_reaches_are_not_there(small_study: Path) -> None:
    clients = pd.read_csv(small_study / "clients.csv", dtype=str).assign(start_date="2025-01-06")
    clients.to_csv(small_study / "clients.csv", index=False)
    scores = pd.read_csv(small_study / "scores.csv", dtype=str)
    scores["date"] = scores["visit"].map({"start": "2024-11-01", "mid": "2025-04-01", "end": "2025-06-24"})
    scores.drop(columns="visit").to_csv(small_study / "scores.csv", index=False)
    assert [code for code, *_ in checks(small_study)] == ["E287", "E287"]


def test_the_working_alliance_has_no_start(small_study: Path) -> None:
    plan = small_study / "plan.toml"
    plan.write_text(
        plan.read_text(encoding="utf-8").replace('domain = "other"', 'domain = "alliance"'), encoding="utf-8"
    )
    assert checks(without_start(small_study, measure="skill")) == []


def test_the_report_lists_it_where_it_tells_what_was_noticed(tmp_path: Path) -> None:
    study = outcomes.read_study(without_start(write_small_study(tmp_path / "study"), measure="skill"))
    run = write_run(study, out=tmp_path / "runs", formats=("html",))
    page = read_books(run.folder, "internal")
    assert "has a score on skill at the visit Start" in page.partition("What was noticed in the data")[2]
