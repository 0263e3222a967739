"""Two runs side by side: nothing, data, plan or code changed, and the results say so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import outcomes
from outcomes.audit import diff
from outcomes.cli import main
from small_study import spoil, write_small_study

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("data") / "small")


@pytest.fixture(scope="module")
def before(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return outcomes.report(study, out=tmp_path_factory.mktemp("before")).folder


def test_the_same_study_twice_differs_in_nothing(study: Path, before: Path, tmp_path: Path) -> None:
    found = diff(before, outcomes.report(study, out=tmp_path).folder)
    assert (found.causes, found.changes, found.exit_code) == ((), (), 0)
    assert found.same > 100


def test_one_score_changes_its_results_and_the_data_is_named(before: Path, tmp_path: Path) -> None:
    other = write_small_study(tmp_path / "small")
    spoil(other, "scores.csv", 2, "score", "1")
    found = diff(before, outcomes.report(other, out=tmp_path / "out").folder)
    assert found.causes == ("Data: scores.csv is another.",)
    changed = {change.id for change in found.changes}
    assert "mmrm.mood.end.difference" in changed
    assert "completion.crude.difference" not in changed
    assert found.exit_code == 1


def test_a_key_of_the_plan_is_named(before: Path, tmp_path: Path) -> None:
    other = write_small_study(tmp_path / "small")
    plan = (other / "plan.toml").read_text(encoding="utf-8").replace("worthwhile = 5", "worthwhile = 6")
    (other / "plan.toml").write_text(plan + "[confidence]\nlevel = 0.9\n", encoding="utf-8")
    run = outcomes.report(other, out=tmp_path / "out").folder
    found = diff(before, run)
    assert found.causes == ("Plan: measures.mood.worthwhile is another.", "Plan: confidence.level is another.")
    said = CliRunner().invoke(main, ["diff", str(before), str(run)])
    assert said.exit_code == 1
    assert "not beyond the printed digits" in said.stdout
    assert json.loads(CliRunner().invoke(main, ["diff", str(before), str(run), "--json"]).stdout)["causes"]


def test_other_code_is_named(before: Path, study: Path, tmp_path: Path) -> None:
    run = outcomes.report(study, out=tmp_path).folder
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    manifest["software"] |= {"code": "0123456789abcdef", "numpy": "1.0"}
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    causes = diff(before, run).causes
    assert [cause.split(" ")[:2] for cause in causes] == [["Code:", "code"], ["Version:", "numpy"]]
