"""Three clinics from their studies to a pooled report, at the command line, and the report made again."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

import outcomes
from outcomes.audit.independent import SECOND_ENGINE
from outcomes.audit.r_program import R_PROGRAM, check_pool_in_r
from outcomes.cli import main
from outcomes.methods import mmrm
from outcomes.pooling.agreement import read_agreement
from outcomes.pooling.contribute import make_again
from outcomes.pooling.contribution import read_contribution
from outcomes.pooling.refusals import PoolRefusedError
from outcomes.pooling.results import pool_contributions
from outcomes.pooling.write import read_inputs
from outcomes.replication.pooled import replicate_pool
from outcomes.replication.program import make_pool_program
from outcomes.results.outcome import Estimate
from outcomes.results.registry import Registry
from outcomes.results.store import read_registry
from outcomes.results.verdict import Rung, Support
from pooled_clinics import CLINICS, write_clinics
from small_study import PLAN, edit

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

# groups = "none", since otherwise groups that nobody recorded would hold every verdict back
ALONE = PLAN.replace('["age", "gender"]', '["age", "gender"]\ngroups = "none"')


with_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not on this machine (see docs/validation.md)")


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Agreement, contributions and run of three clinics; not to be changed."""
    place = tmp_path_factory.mktemp("pool")
    write_clinics(place, plan=ALONE)
    agreement = str(place / "POOL.toml")
    named = [word for clinic in CLINICS for word in ("--clinic", clinic)]
    assert call("pool", "new", agreement, "--from", str(place / "west"), *named).exit_code == 0
    for clinic in CLINICS:
        out = str(place / f"{clinic}.json")
        made = call("pool", "contribute", agreement, "--study", str(place / clinic), "--clinic", clinic, "--out", out)
        assert made.exit_code == 0, made.output
        assert "What leaves the clinic" in made.stderr
    files = [str(place / f"{clinic}.json") for clinic in CLINICS]
    written = call("pool", "report", agreement, *files, "--out", str(place / "reports"), "--quiet")
    assert written.exit_code == 0, written.output
    return place


def find_run(home: Path) -> Path:
    (run,) = (home / "reports" / "pool").iterdir()
    return run


def test_a_pooled_run_is_verified_from_the_files_in_it(home: Path) -> None:
    verdict = outcomes.verify(find_run(home))
    assert verdict.exit_code == 0, verdict.to_text()
    assert call("verify", str(find_run(home))).exit_code == 0


@pytest.mark.parametrize("name", ["results.json", "report.html", "contributions/west.json", "report.pdf"])
def test_a_pooled_run_that_was_changed_is_told(home: Path, tmp_path: Path, name: str) -> None:
    run = tmp_path / "run"
    shutil.copytree(find_run(home), run)
    content = (run / name).read_bytes()
    (run / name).write_bytes(content.replace(b"9", b"8", 1) if b"9" in content else content + b" ")
    assert outcomes.verify(run).exit_code == 1


def test_each_clinic_makes_its_file_again_and_gets_the_same_digest(home: Path, tmp_path: Path) -> None:
    agreement, study = str(home / "POOL.toml"), tmp_path / "west"
    words = ("pool", "contribute", agreement, "--clinic", "west", "--again", str(home / "west.json"), "--study")
    same = call(*words, str(home / "west"))
    assert (same.exit_code, same.output.split(":")[0]) == (0, "equal")
    shutil.copytree(home / "west", study)
    edit(study, "scores.csv", lambda table: table[table.index > 30])
    assert call(*words, str(study)).exit_code == 1


def test_the_one_stage_answer_is_that_of_all_rows_folded_alike(home: Path) -> None:
    from outcomes.cohort import assemble
    from outcomes.pooling.folding import fold
    from outcomes.pooling.people import read_people
    from outcomes.scoring import score_study

    agreement = read_agreement(home / "POOL.toml")
    scores, columns, constant = [], [], []
    for place, clinic in enumerate(CLINICS):
        study = outcomes.read_study(home / clinic)
        people = read_people(assemble(study, score_study(study)), agreement)
        folded = fold(people, measures=("mood",), threshold=8, columns=4)
        kept = folded.kept["mood"]
        used = kept.any(axis=1)
        scores.append(np.where(kept, people.later["mood"], np.nan)[used])
        indicators = [np.full(used.sum(), float(place == other)) for other in range(1, 3)]
        start = people.start["mood"][used]
        columns.append(np.column_stack([np.ones(used.sum()), people.full[used], start, *indicators]))
        constant.append(people.numbers["age"][used][:, None])
        assert ("gender", 1) in folded.merged
    fit = mmrm.fit_mmrm(
        scores=np.concatenate(scores), by_visit=np.concatenate(columns), constant=np.concatenate(constant)
    )
    registry = read_registry(find_run(home) / "results.json")
    for visit, word in enumerate(("mid", "end")):
        line = np.zeros(len(fit.beta))
        line[2 + visit] = 1.0
        wanted, found = fit.contrast(line, method="kenward-roger"), registry[f"pool.mood.{word}.one_stage"]
        assert isinstance(found, Estimate)
        assert found.value == pytest.approx(wanted.estimate, rel=1e-9)
        assert found.se == pytest.approx(wanted.se, rel=1e-8)
        assert found.df == pytest.approx(wanted.df, rel=1e-6)


def test_the_verdict_asks_for_the_interval_that_allows_for_clinics_that_differ(home: Path) -> None:
    registry = read_registry(find_run(home) / "results.json")
    one, two = registry["pool.mood.end.one_stage"], registry["pool.mood.end.two_stage"]
    assert isinstance(one, Estimate)
    assert isinstance(two, Estimate)
    verdict = registry["verdict.mood.end.rung"]
    assert isinstance(verdict, Estimate)
    assert verdict.verdict is not None
    assert one.limits is not None
    assert two.limits is not None
    assert one.limits[1] < 0 < two.limits[1]  # alone it would be settled
    assert verdict.verdict.rung is Rung.LEANS
    assert verdict.verdict.held_by == (Support.CLINICS,)


def test_each_clinic_is_left_out_once_and_what_pooling_brings_is_said(home: Path) -> None:
    registry = read_registry(find_run(home) / "results.json")
    left_out = registry.where(analysis="pool", what="without")
    assert {one.key.subject for one in left_out} == set(CLINICS)
    whole = registry["pool.mood.end.one_stage"]
    assert all(one.n is not None and whole.n is not None and one.n < whole.n for one in left_out)
    widths = [one.limits[1] - one.limits[0] for one in registry.where(what="alone") if one.limits]  # type: ignore[union-attr]
    assert isinstance(whole, Estimate)
    assert whole.limits is not None
    narrower = registry["pool.mood.end.narrower"]
    assert isinstance(narrower, Estimate)
    assert narrower.value == pytest.approx(min(widths) / (whole.limits[1] - whole.limits[0]), rel=1e-12)


def test_completion_is_pooled_from_what_the_editions_to_share_tell(home: Path) -> None:
    registry = read_registry(find_run(home) / "results.json")
    pooled = registry["pool.completion.two_stage"]
    assert isinstance(pooled, Estimate)
    each = [one.value for one in registry.where(subject="completion", what="told")]  # type: ignore[union-attr]
    assert min(each) <= pooled.value <= max(each)
    widened = registry["pool.completion.widened"]
    assert isinstance(widened, Estimate)
    assert widened.value > 1


def test_no_count_on_the_page_is_below_the_threshold(home: Path) -> None:
    for record in read_registry(find_run(home) / "results.json").records():
        for count in (record.outcome.n, record.outcome.n_full, record.outcome.n_skills):
            assert count is None or count >= 8


def test_fewer_than_three_clinics_and_one_twice_are_refused(home: Path, tmp_path: Path) -> None:
    files = [home / f"{clinic}.json" for clinic in CLINICS]
    with pytest.raises(PoolRefusedError, match="contributions of 2 clinics: at least 3"):
        read_inputs(home / "POOL.toml", files[:2])
    with pytest.raises(PoolRefusedError, match="west contributed twice"):
        read_inputs(home / "POOL.toml", [*files, files[2]])
    out = tmp_path / "reports"
    refused = call("pool", "report", str(home / "POOL.toml"), *map(str, files[:2]), "--out", str(out))
    assert (refused.exit_code, out.exists()) == (1, False)
    assert "E125" in refused.stderr


def test_the_released_part_of_a_contribution_is_what_the_share_edition_tells(home: Path) -> None:
    agreement = read_agreement(home / "POOL.toml")
    told = read_contribution(home / "south.json", agreement).shared
    assert [one["key"]["analysis"] for one in told] == ["mmrm", "completion"]
    assert all(one["n_full"] % 5 == 0 for one in told)
    assert make_again(agreement, home / "south", clinic="south").shared == told


def test_merges_are_read_from_the_command_line(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "POOL.toml"
    named = [word for clinic in CLINICS for word in ("--clinic", clinic)]
    words = ("pool", "new", str(path), "--from", str(home / "west"), *named)
    assert call(*words, "--merge", "gender").exit_code == 2
    assert call(*words, "--merge", "gender:another=woman").exit_code == 0
    assert read_agreement(path).covariates["gender"]["another"] == "woman"
    assert json.loads(json.dumps(read_agreement(path).plan.model_dump(mode="json")))["primary"] == "end"


def test_trace_follows_a_pooled_number_to_the_files_of_the_clinics(home: Path) -> None:
    run = find_run(home)
    found = call("trace", str(run), "pool.mood.end.one_stage")
    assert found.exit_code == 0, found.output
    assert all(f"contributions/{clinic}.json" in found.output for clinic in CLINICS)
    assert "POOL.toml" in found.output
    assert "report.html" in found.output
    printed = json.loads((run / "results.json").read_text(encoding="utf-8"))["results"]
    (row,) = (one for one in printed if one["id"] == "pool.mood.end.one_stage")
    by_text = call("trace", str(run), row["text"])
    assert by_text.exit_code == 0, by_text.output
    assert "pool.mood.end.one_stage" in by_text.output


def test_a_pooled_run_is_no_run_of_a_study_and_is_called_what_it_is(home: Path) -> None:
    run = str(find_run(home))
    refused = call("diff", run, run)
    assert refused.exit_code == 2
    assert "E129" in refused.output
    assert "run of several clinics" in refused.output


def test_a_pool_is_computed_a_second_time_from_the_contributions(home: Path) -> None:
    verdict = outcomes.verify(find_run(home), independent=True)
    assert verdict.exit_code == 2, verdict.to_text()
    second, left = (check for check in verdict.checks if check.name == SECOND_ENGINE)
    assert (second.status, left.status) == ("equal", "not checked")
    assert second.count >= 20  # of which nine are fits of their own
    assert any(fault.startswith("pool.mood.end.random: ") for fault in left.faults)


@pytest.mark.parametrize(
    ("what", "field", "by"),
    [
        ("one_stage", "value", 1.0001),
        ("one_stage", "df", 1.001),
        ("without", "se", 0.999),
        ("alone", "se", 1.001),
        ("two_stage", "se", 1.01),
        ("i2", "value", 1.001),
        ("narrower", "value", 1.001),
    ],
)
def test_another_number_in_a_pool_is_heard(home: Path, what: str, field: str, by: float) -> None:
    inputs = read_inputs(find_run(home) / "POOL.toml", sorted((find_run(home) / "contributions").glob("*.json")))
    registry = pool_contributions(inputs.agreement, inputs.contributions)
    wrong = [
        replace(record, outcome=replace(record.outcome, **{field: getattr(record.outcome, field) * by}))
        if record.outcome.key.what == what and getattr(record.outcome, field, None)
        else record
        for record in registry.records()
    ]
    contents = [one.content for one in inputs.contributions]
    found = replicate_pool(contents, inputs.agreement.plan, Registry(wrong))
    heard = {name for one in found if one.key.what == what for name, *_ in one.differing()}
    assert field in heard


def test_a_pooled_run_carries_the_program_for_r_which_shares_the_functions_of_a_study_s(home: Path) -> None:
    text = (find_run(home) / "audit" / "program.R").read_text(encoding="utf-8")
    assert text == make_pool_program()
    for name in ("read_json", "mmrm_fit", "kenward_roger", "meta_analysis", "claims", "finish"):
        assert text.count(f"\n{name} <- function(") == 1, name
    assert "library(" not in text


@with_r
def test_r_computes_a_pool_anew_from_the_files_of_the_clinics(home: Path) -> None:
    verdict = outcomes.verify(find_run(home), in_r=True)
    (check,) = [one for one in verdict.checks if one.name.startswith(R_PROGRAM)]
    assert check.status == "equal", check.faults
    stored = json.loads((find_run(home) / "results.json").read_text(encoding="utf-8"))["results"]
    left = [row for row in stored if row["kind"] == "estimate" and row["what"] != "random"]
    assert check.count == len(left)


@with_r
@pytest.mark.parametrize(
    "name",
    [
        "pool.mood.end.one_stage",
        "pool.mood.end.two_stage",
        "pool.mood.end.west.without",
        "pool.completion.two_stage",
        "verdict.mood.end.rung",
    ],
)
def test_r_finds_a_pooled_value_that_was_changed(home: Path, tmp_path: Path, name: str) -> None:
    run = tmp_path / "run"
    shutil.copytree(find_run(home), run)
    content = json.loads((run / "results.json").read_text(encoding="utf-8"))
    (row,) = [one for one in content["results"] if one["id"] == name]
    row["value"] += 0.01
    (run / "results.json").write_text(json.dumps(content), encoding="utf-8")
    check = check_pool_in_r(run)
    assert check.status == "differs"
    assert [fault.split(":")[0] for fault in check.faults] == [name]
