"""R computes the estimates of a run anew, from the study alone, and finds what was changed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

import outcomes
from outcomes.audit.r_program import R_PROGRAM, check_by_r, read_agreement
from outcomes.plan.read import parse_plan, read_plan
from outcomes.replication.program import make_program
from outcomes.runs.files import find_published
from outcomes.runs.manifest import read_manifest
from outcomes.study.published import read_published
from small_study import PLAN, write_small_study

if TYPE_CHECKING:
    from pathlib import Path

with_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not on this machine (see docs/validation.md)")
MOST = 0.95  # of the estimates of the example


def program_of(study: Path, home: Path) -> Path:
    """Write the program that a run of the study carries."""
    plan = read_plan(study / "plan.toml")
    program = home / "program.R"
    program.write_text(make_program(plan), encoding="utf-8")
    return program


@pytest.fixture(scope="module")
def example(root: Path) -> Path:
    return root / "reports" / "example" / "reference"


@with_r
def test_r_agrees_with_the_example_and_computes_nearly_all_of_it(example: Path, root: Path, tmp_path: Path) -> None:
    study = root / "data" / "example"
    check = check_by_r(program_of(study, tmp_path), study, example / "results.json")
    assert check.status == "equal", check.faults
    stored = json.loads((example / "results.json").read_text(encoding="utf-8"))["results"]
    assert check.count > MOST * sum(row["kind"] == "estimate" for row in stored)


@with_r
def test_r_agrees_with_a_small_study_without_groups_items_or_sessions(small_run: Path) -> None:
    study = small_run.parents[2] / "small"
    verdict = outcomes.verify(small_run, study, in_r=True)
    (check,) = [one for one in verdict.checks if one.name.startswith(R_PROGRAM)]
    assert check.status == "equal", check.faults
    assert check.count > 250


def test_a_run_carries_the_program_and_verify_asks_for_r_only_when_told_to(small_run: Path) -> None:
    assert (small_run / "audit" / "program.R").read_text(encoding="utf-8") == make_program(parse_plan(PLAN.encode()))
    verdict = outcomes.verify(small_run, small_run.parents[2] / "small")
    assert not [one for one in verdict.checks if one.name.startswith(R_PROGRAM)]


def test_a_changed_copy_of_the_program_is_found(small_run: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    copy = run / "audit" / "program.R"
    copy.write_text(copy.read_text(encoding="utf-8").replace("1e-7", "1e+7"), encoding="utf-8")
    verdict = outcomes.verify(run, small_run.parents[2] / "small")
    assert verdict.exit_code == 1
    assert any("audit/program.R" in fault for one in verdict.checks for fault in one.faults)


def test_a_run_carries_the_published_results_that_it_read_and_no_others(small_run: Path, tmp_path: Path) -> None:
    """R by hand needs nothing but the run and the study: it told 60 results fewer without them."""
    assert (small_run / "audit" / "evidence.csv").read_bytes() == read_published()
    manifest = read_manifest(small_run)
    others = [one | {"sha256": "0" * 64} for one in manifest["files"]]
    assert find_published({**manifest, "files": others}) is None  # of a study with its own
    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    with (run / "audit" / "evidence.csv").open("ab") as file:
        file.write(b"\n")
    verdict = outcomes.verify(run, small_run.parents[2] / "small")
    assert any("audit/evidence.csv" in fault for one in verdict.checks for fault in one.faults)


@with_r
@pytest.mark.parametrize(
    ("result", "field"),
    [("mmrm.mood.end.difference", "se"), ("between.mood.end.g_score", "value"), ("completion.full.share", "low")],
)
def test_r_finds_a_number_that_was_changed(small_run: Path, tmp_path: Path, result: str, field: str) -> None:
    study = small_run.parents[2] / "small"
    stored = json.loads((small_run / "results.json").read_text(encoding="utf-8"))
    next(row for row in stored["results"] if row["id"] == result)[field] *= 1.001
    changed = tmp_path / "results.json"
    changed.write_text(json.dumps(stored), encoding="utf-8")
    check = check_by_r(program_of(study, tmp_path), study, changed)
    assert check.status == "differs"
    assert [fault.split(":")[0] for fault in check.faults] == [result]


@with_r
def test_a_program_that_stops_says_that_it_checked_nothing(tmp_path: Path) -> None:
    study = write_small_study(tmp_path / "small")
    check = check_by_r(program_of(study, tmp_path), study, tmp_path / "no-such-results.json")
    assert check.status == "not checked"


def test_without_r_nothing_is_checked_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    check = check_by_r(tmp_path / "program.R", tmp_path, tmp_path / "results.json")
    assert (check.name, check.status) == (R_PROGRAM, "not checked")
    assert "Rscript" in check.faults[0]


def test_each_statistic_that_differs_is_told_with_both_numbers() -> None:
    row = {"id": "mmrm.mood.end.difference", "statistic": "se", "run": "1.5", "here": "1.4", "agrees": "no"}
    check = read_agreement([row, row | {"statistic": "df", "agrees": "yes"}])
    assert (check.status, check.count) == ("differs", 1)
    assert check.faults == ("mmrm.mood.end.difference: se is 1.5 in the run and 1.4 in R",)


def test_the_program_of_a_run_holds_the_keys_of_its_instruments_and_needs_no_package() -> None:
    scored = PLAN.replace("[0, 63]", '[0, 27]\ninstrument = "PHQ-9"')
    text = make_program(parse_plan(scored.encode()))
    assert '"PHQ-9" = r"-----(id = "phq9"' in text
    assert "reversed_items" in text
    assert 'r"-----(' not in make_program(parse_plan(PLAN.encode()))
