"""The second engine agrees with the first, and is heard when it does not."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

import outcomes
from outcomes.audit.independent import check_independently, covariate_columns, repeated_measures
from outcomes.cohort import assemble
from outcomes.core.estimates import Estimate
from outcomes.registry.store import read_registry
from outcomes.scoring import score_study

if TYPE_CHECKING:
    from pathlib import Path


def test_the_committed_run_agrees_with_a_second_engine(root: Path) -> None:
    verdict = outcomes.verify(root / "reports" / "example" / "reference", independent=True)
    check = next(check for check in verdict.checks if "second engine" in check.name)
    assert (check.status, check.count) == ("equal", 7)


@pytest.mark.parametrize("name", ["beat-the-blues", "psychotherapy-add-on"])
def test_real_trials_agree_with_a_second_engine(shared: Path, name: str) -> None:
    study = outcomes.read_study(shared / "studies" / name)
    cohort = assemble(study, score_study(study))
    check = check_independently(cohort, outcomes.analyse(study))
    assert (check.status, check.faults) == ("equal", ())
    assert check.count >= 2


def test_a_stored_value_that_is_off_is_found(root: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(root / "reports" / "example" / "reference", run)
    stored = json.loads((run / "results.json").read_text())
    row = next(row for row in stored["results"] if row["id"] == "mmrm.dts.end.difference")
    row["value"] += 0.01 * row["se"]
    (run / "results.json").write_text(json.dumps(stored))
    study = outcomes.read_study(root / "data" / "example")
    cohort = assemble(study, score_study(study))
    check = check_independently(cohort, read_registry(run / "results.json"))
    assert check.status == "differs"
    assert "mmrm.dts.end.difference" in check.faults[0]


def test_the_second_engine_is_close_and_not_the_same_code(root: Path) -> None:
    study = outcomes.read_study(root / "data" / "example")
    cohort = assemble(study, score_study(study))
    first = outcomes.analyse(study)["mmrm.bsl23.end.difference"]
    assert isinstance(first, Estimate)
    second = repeated_measures(cohort, "bsl23", covariate_columns(cohort))
    assert second == pytest.approx(first.value, abs=1e-3 * (first.se or 0.0))
    assert second != first.value
