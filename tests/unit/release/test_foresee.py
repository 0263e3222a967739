"""What disclosure control will hide is told before anything is analysed, and without naming anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outcomes.cohort import assemble
from outcomes.release.foresee import foresee
from outcomes.results.outcome import Estimate
from outcomes.scoring import score_study
from outcomes.study.read import read_study
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.study.model import Finding


def look_ahead(folder: Path) -> list[Finding]:
    study = read_study(folder)
    return list(foresee(assemble(study, score_study(study))))


def codes(folder: Path) -> set[str]:
    return {finding.code for finding in look_ahead(folder)}


def test_a_large_study_hides_nothing(tmp_path: Path) -> None:
    assert codes(write_small_study(tmp_path / "large", n=240)) == set()


def test_an_arm_below_the_minimum_is_foreseen_with_its_size(tmp_path: Path) -> None:
    found = [one for one in look_ahead(write_small_study(tmp_path / "few", n=18)) if one.code == "E290"]
    assert ["9 people, fewer than 10" in one.rule for one in found] == [True, True]


def test_a_visit_with_few_scores_is_foreseen_with_its_measures(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "small", n=60)
    lines = (folder / "scores.csv").read_text(encoding="utf-8").splitlines()
    end = [line for line in lines if ",end,skill," in line]
    kept = [line for line in lines if line not in end[8:]]
    (folder / "scores.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    found = [one for one in look_ahead(folder) if one.code == "E291"]
    assert len(found) == 2
    assert all("at End" in one.rule and one.rule.count("skill") and "mood" not in one.rule for one in found)


def test_a_rare_level_is_counted_and_not_named(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "small", n=240)
    text = (folder / "clients.csv").read_text(encoding="utf-8").replace(",woman,", ",nonbinary,", 3)
    (folder / "clients.csv").write_text(text, encoding="utf-8")
    (finding,) = [one for one in look_ahead(folder) if one.code == "E292"]
    assert finding.column == "gender"
    assert "nonbinary" not in finding.rule


def test_few_who_did_not_complete_are_foreseen(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "small", n=240)
    text = (folder / "clients.csv").read_text(encoding="utf-8").replace(",no\n", ",yes\n")
    (folder / "clients.csv").write_text(text, encoding="utf-8")
    assert codes(folder) == {"E293"}


@pytest.mark.parametrize("n", [18, 60])
def test_every_result_of_a_visit_that_was_foreseen_is_hidden(tmp_path: Path, n: int) -> None:
    import outcomes
    from outcomes.release import release

    folder = write_small_study(tmp_path / "small", n=n)
    if any(one.code == "E290" for one in look_ahead(folder)):
        study = outcomes.read_study(folder)
        shared = release(outcomes.analyse(study), study.plan.disclosure).registry
        shown = [name for name, outcome in shared.items() if isinstance(outcome, Estimate)]
        assert not [name for name in shown if name.startswith(("mmrm.", "ancova.")) and name.endswith(".difference")]
