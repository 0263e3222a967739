"""A study from data frames is read by the rules of files; a part of one has its own digests; no other change passes."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import pandas as pd
import pytest

import outcomes
from outcomes.errors import ConditionError, DataError, FrameError, OutputExistsError, PlanError, StudyChangedError
from outcomes.plan.read import parse_plan, read_plan
from outcomes.plan.write import to_toml
from outcomes.results.store import to_json
from outcomes.study.published import EVIDENCE
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.study.model import Study


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("data") / "small")


@pytest.fixture(scope="module")
def study(folder: Path) -> Study:
    return outcomes.read_study(folder)


@pytest.fixture
def tables(folder: Path) -> dict[str, Any]:
    """Give the tables as an analyst would have them: read by pandas, dates as dates."""
    clients = pd.read_csv(folder / "clients.csv")
    for column in clients.columns:
        if column.endswith("_date"):
            clients[column] = pd.to_datetime(clients[column])
    return {"clients": clients, "scores": pd.read_csv(folder / "scores.csv"), "plan": folder / "plan.toml"}


def values(results: Any) -> Any:
    return [(one["id"], one.get("value"), one.get("interval"), one.get("reason")) for one in
            json.loads(to_json(results.registry))["results"]]  # fmt: skip


def test_frames_give_the_results_of_the_files_that_they_came_from(study: Study, tables: dict[str, Any], folder) -> None:
    more = {path.stem: pd.read_csv(path) for path in folder.glob("*.csv") if path.stem not in {"clients", "scores"}}
    made = outcomes.study(**tables, **more)
    for name, frame in study.frames.items():
        pd.testing.assert_frame_equal(frame, made.frames[name])
    assert made.plan.derived == ("made from data frames",)
    assert values(outcomes.analyse(made)) == values(outcomes.analyse(study))


def test_every_fault_of_frames_is_told_at_once_by_the_rules_of_files(tables: dict[str, Any]) -> None:
    scores = tables["scores"].copy()
    scores.loc[3, "score"] = 9_000.0
    scores.loc[5, "client_id"] = "Q777"
    clients = tables["clients"].assign(age=lambda one: one["age"].astype(object))
    clients.loc[2, "age"] = "about forty"
    with pytest.raises(DataError) as raised:
        outcomes.study(**{**tables, "clients": clients, "scores": scores})
    said = str(raised.value)
    assert "the frame scores, rows counted from 0, row 3, column score" in said
    assert "row 5, column client_id" in said
    assert "the frame clients, rows counted from 0, row 2, column age" in said
    assert "Q777" not in said
    assert "about forty" not in said


def test_anything_that_narwhals_takes_is_a_frame_and_nothing_else(tables: dict[str, Any]) -> None:
    wrapped = nw.from_native(tables["scores"])
    one, other = (outcomes.study(**{**tables, "scores": scores}) for scores in (wrapped, tables["scores"]))
    assert [file.sha256 for file in one.files] == [file.sha256 for file in other.files]
    with pytest.raises(FrameError, match="scores: a data frame is wanted"):
        outcomes.study(**{**tables, "scores": [1, 2]})
    with pytest.raises(FrameError, match="clients: it has no column client_id"):
        outcomes.study(**{**tables, "clients": tables["clients"].set_index("client_id")})
    odd = tables["scores"].assign(score=[[1]] * len(tables["scores"]))
    with pytest.raises(FrameError, match="a cell of the column score holds a list"):
        outcomes.study(**{**tables, "scores": odd})


def test_the_plan_is_a_path_a_dictionary_or_a_plan_and_the_study_is_the_same(tables: dict[str, Any]) -> None:
    path = tables.pop("plan")
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    plans = [outcomes.study(**tables, plan=plan).plan for plan in (path, path.parent, said, read_plan(path))]
    assert all(plan == plans[0] for plan in plans)
    with pytest.raises(PlanError, match=r"visits\.primary"):
        outcomes.study(**tables, plan={**said, "visits": {**said["visits"], "primary": "never"}})


def test_a_plan_written_by_the_program_is_the_plan() -> None:
    for path in (outcomes.example() / "plan.toml",):
        plan = read_plan(path)
        assert parse_plan(to_toml(plan).encode()) == plan
    odd = {"title": 'quotes " and \\ and \u2028\x7f', "n": 1.5e-7, "a b": {"c": [1, True, "x"], "d": {"e": {}}}}
    assert tomllib.loads(to_toml(odd)) == odd
    with pytest.raises(TypeError, match="a: a plan holds texts"):
        to_toml({"a": object()})


@pytest.mark.long
def test_a_part_of_a_study_is_told_in_title_plan_and_digests_and_its_run_is_verified(study: Study, tmp_path) -> None:
    part = study.where(gender="woman")
    assert set(part.clients["gender"]) == {"woman"}
    assert set(part.scores["client_id"]) <= set(part.clients["client_id"])
    assert part.plan.title == f"{study.plan.title}; only people with gender woman"
    assert part.plan.derived == ("only people with gender woman",)
    own = [{one.sha256 for one in of.files if one.name != EVIDENCE} for of in (part, study)]
    assert not own[0] & own[1]
    kept = study.clients[study.clients["gender"] == "woman"].reset_index(drop=True)
    pd.testing.assert_frame_equal(part.clients, kept)

    run = outcomes.report(part, out=tmp_path / "out").folder
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["plan"]["derived"] == ["only people with gender woman"]
    assert "only people with gender woman" in (run / "internal" / "annex.html").read_text(encoding="utf-8")
    written = part.write(tmp_path / study.folder.name)
    verdict = outcomes.verify(run, written)
    assert "differs" not in {one.status for one in verdict.checks}, verdict.checks
    with pytest.raises(OutputExistsError):
        part.write(written)


def test_conditions_take_values_several_of_them_and_spans(study: Study) -> None:
    ages = study.clients["age"]
    assert len(study.where(age=slice(30, 40)).clients) == ages.between(30, 40).sum()
    assert len(study.where(age=slice(None, 40), gender=["woman", "man"]).clients) == (
        (ages <= 40) & study.clients["gender"].isin(["woman", "man"])
    ).sum()  # fmt: skip
    for bad, why in (
        ({}, "no condition"),
        ({"gendr": "woman"}, "clients has no column gendr; it has: .*gender"),
        ({"gender": "nobody"}, "nobody meets"),
        ({"age": slice(0, 200)}, "everybody meets"),
        ({"client_id": "P001"}, "not by who they are"),
    ):
        with pytest.raises(ConditionError, match=why):
            study.where(**bad)


def test_another_plan_reads_the_same_files_again(study: Study, folder: Path) -> None:
    said = tomllib.loads((folder / "plan.toml").read_text(encoding="utf-8"))
    said["adjust"] = {**said.get("adjust", {}), "covariates": ["age"]}
    other = study.where(gender="woman").with_plan(said)
    assert other.plan.adjust.covariates == ("age",)
    assert "gender" not in other.clients
    assert other.plan.derived == ("only people with gender woman", "with another plan than the study's own")


def test_a_study_that_was_changed_in_any_other_way_is_refused_by_name(folder: Path, study: Study, tmp_path) -> None:
    outcomes.analyse(study)  # unchanged, it is not
    inside = outcomes.read_study(folder)
    inside.scores.loc[0, "score"] += 1.0
    replaced = dataclasses.replace(study, clients=study.clients.iloc[1:])
    plan = dataclasses.replace(study, plan=study.plan.model_copy(update={"title": "another"}))
    by_hand = dataclasses.replace(study, seal=None)
    cases = (
        (inside, "the table scores"),
        (replaced, "the table clients"),
        (plan, "the plan"),
        (by_hand, "not read by"),
    )
    for changed, name in cases:
        for call in (outcomes.analyse, lambda one: outcomes.report(one, out=tmp_path), lambda one: one.frame()):
            with pytest.raises(StudyChangedError, match=name):
                call(changed)
    with pytest.raises(StudyChangedError, match="the table scores"):
        inside.where(gender="woman")
    assert not list(tmp_path.iterdir())


@pytest.mark.long
def test_a_report_from_frames_keeps_its_ledger_beside_it(tables: dict[str, Any], tmp_path: Path) -> None:
    made = outcomes.study(**tables, name="mine", folder=tmp_path)
    run = outcomes.report(made, out=tmp_path / "out").folder
    assert run.parent.name == "mine"
    assert (tmp_path / "mine.outcomes" / "release.ledger").is_file()
    verdict = outcomes.verify(run, made.write(tmp_path / "mine"))
    assert "differs" not in {one.status for one in verdict.checks}, verdict.checks


def test_a_frame_holds_scores_with_visits_people_and_evidence(study: Study) -> None:
    long, people = study.frame(), study.frame("clients")
    later = len(study.plan.later)
    assert len(long) == len(study.clients) * len(study.plan.measures) * later
    assert list(long["visit"].cat.categories) == list(study.plan.later)
    assert list(long["arm"].cat.categories) == ["skills", "full"]
    one = long.dropna(subset="score").iloc[0]
    assert one["score"] == people.set_index("client_id").loc[one["client_id"], f"{one['measure']}_{one['visit']}"]
    with pytest.raises(FrameError, match="a row is one of"):
        study.frame("sessions")
