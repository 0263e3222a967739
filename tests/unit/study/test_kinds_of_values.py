"""Counts and yes/no in scores.csv: strict values, and no CHECK where the plan says what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import outcomes
from examined import check_study
from kinds_study import write_kinds_study
from small_study import spoil

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_kinds_study(tmp_path / "kinds", n=40)


def row_of(folder: Path, measure: str) -> int:
    lines = (folder / "scores.csv").read_text(encoding="utf-8").splitlines()
    return next(place for place, line in enumerate(lines, 1) if f",{measure}," in line)


@pytest.mark.parametrize(("measure", "text"), [("acts", "2.5"), ("acts", "-1"), ("work", "2"), ("work", "0.5")])
def test_what_is_no_count_or_no_yes_or_no_stops_the_study(study: Path, measure: str, text: str) -> None:
    row = row_of(study, measure)
    spoil(study, "scores.csv", row, "score", text)
    found = [one for one in check_study(study) if one.level == "STOP" and one.code == "E229"]
    assert [one.rows for one in found] == [(row,)]
    assert text not in found[0].rule + found[0].fix


def test_what_the_plan_calls_by_its_kind_is_no_check(study: Path) -> None:
    assert "E285" not in {one.code for one in check_study(study)}


def test_nothing_compares_the_mean_of_a_count_or_a_yes_no(study: Path) -> None:
    found = outcomes.analyse(outcomes.read_study(study))
    of_scores = {"between", "within", "ancova", "mmrm", "mixed", "change", "imputation", "weighting", "confounding"}
    for measure in ("acts", "work"):
        met = {outcome.key.analysis for outcome in found.where(measure=measure)}
        assert not met & of_scores
    points = [one for one in found.where(measure="work") if getattr(one, "unit", "") == "points"]
    assert not points
