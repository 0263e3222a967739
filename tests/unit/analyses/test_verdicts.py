"""Verdicts of whole studies: which interval is the main one, what holds back, and that the arms may be exchanged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import outcomes
from outcomes.cohort import assemble
from outcomes.errors import DataError
from outcomes.questions.verdict.analysis import conclude
from outcomes.release.edition import release
from outcomes.reporting.summary import summarise
from outcomes.results.outcome import Estimate, Interval
from outcomes.results.verdict import Bar, Cap, Claim, Rung, Support, Verdict
from outcomes.results.ways import BY_GROUP, BY_PEOPLE, VERDICT_ON_COMPLETION, main_way, verdict_of
from outcomes.runs import with_texts
from outcomes.scoring import score_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.results import Key
    from outcomes.results.registry import Registry

PLAN = """\
version = 1
title = "Groups of many kinds"
[arms]
full = {{ value = "{full}", label = "Both" }}
skills = {{ value = "{skills}", label = "Group" }}
[visits]
start = {{ label = "Start", week = 0 }}
end = {{ label = "End", week = 24 }}
later = {{ label = "Later", week = 48 }}
primary = "end"
[measures.mood]
label = "Mood"
domain = "symptoms"
role = "primary"
better = "lower"
range = [-100, 200]
worthwhile = 5
[measures.calm]
label = "Calm"
domain = "symptoms"
role = "secondary"
better = "higher"
range = [-100, 200]
[adjust]
covariates = ["age"]
skills_group = "group_id"
{groups}
[completion]
column = "completed"
"""


def write_study(
    folder: Path,
    *,
    groups: tuple[str, str],
    effect: float = -8.0,
    said: str = "",
    blank_starts: int = 0,
    swapped: bool = False,
) -> Path:
    """Write 60 people; `groups` are the letters that go round in each arm, a dot where none is recorded."""
    rng = np.random.default_rng(12)
    folder.mkdir(parents=True, exist_ok=True)
    full, skills = ("b", "a") if swapped else ("a", "b")
    plan = PLAN.format(full=full, skills=skills, groups=f'groups = "{said}"' if said else "")
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    clients, scores = ["client_id,arm,age,group_id,completed"], ["client_id,visit,measure,score"]
    for number in range(60):
        arm = number % 2
        group = groups[arm][number // 2 % len(groups[arm])].replace(".", "")
        done = "yes" if rng.random() < (0.9 if arm == 0 else 0.4) else "no"
        clients.append(f"P{number:02d},{'ab'[arm]},{rng.integers(20, 60)},{group},{done}")
        level = rng.normal(50, 8)
        for place, visit in enumerate(("start", "end", "later")):
            points = level + (effect if arm == 0 else 0.0) * min(place, 1) + rng.normal(0, 5)
            if place or number >= blank_starts:
                scores.append(f"P{number:02d},{visit},mood,{points:.1f}")
            scores.append(f"P{number:02d},{visit},calm,{100 - points:.1f}")
    (folder / "clients.csv").write_text("\n".join(clients) + "\n", encoding="utf-8")
    (folder / "scores.csv").write_text("\n".join(scores) + "\n", encoding="utf-8")
    return folder


def verdict(results: Registry, key: Key = verdict_of("mood", "end")) -> Verdict:  # noqa: B008  # frozen
    outcome = results[key]
    assert isinstance(outcome, Estimate)
    assert outcome.verdict is not None
    return outcome.verdict


def analyse(folder: Path, **asked: object) -> Registry:
    return outcomes.analyse(outcomes.read_study(write_study(folder, **asked)))  # type: ignore[arg-type]  # passed on


def test_groups_of_both_arms_leave_the_interval_of_people_the_main_one(tmp_path: Path) -> None:
    results = analyse(tmp_path, groups=("pqrs", "pqrs"))
    assert main_way(results, "mood", "end") is BY_PEOPLE
    found = verdict(results)
    assert (found.side, found.rung) == ("full", Rung.BETTER_OPEN)
    assert not found.caps


def test_groups_nested_in_the_arms_make_the_interval_by_group_the_main_one_everywhere(tmp_path: Path) -> None:
    """The model's own interval, which errs there in one trial of five, stood on the first page."""
    results = analyse(tmp_path, groups=("pqrs", "tuvw"))
    assert main_way(results, "mood", "end") is BY_GROUP
    main, model = (results[way.key("mood", "end")] for way in (BY_GROUP, BY_PEOPLE))
    assert isinstance(main, Estimate)
    assert isinstance(model, Estimate)
    assert main.p_value != model.p_value
    holm, equal, g = (
        results[f"{name}"] for name in ("mmrm.mood.end.p_holm", "precision.mood.end.equivalence", "mmrm.mood.end.g")
    )
    assert isinstance(holm, Estimate)
    assert isinstance(equal, Estimate)
    assert isinstance(g, Estimate)
    assert holm.value == main.p_value
    assert equal.se == main.se
    assert g.how is not None
    assert g.how.covariance == "cr2"
    row = summarise(with_texts(results, outcomes.read_study(tmp_path).plan), outcomes.read_study(tmp_path).plan)[0]
    assert main.limits is not None
    assert row.interval == f"−{abs(main.limits[0]):.1f} to −{abs(main.limits[1]):.1f}"


@pytest.mark.parametrize(
    ("groups", "said", "caps"),
    [
        (("pq", "t"), "", {Cap.FEW_GROUPS}),
        (("pqr", "t"), "", {Cap.ONE_GROUP}),
        (("pqrs...........", "tuvw"), "", {Cap.GROUPS_PARTLY_RECORDED}),
        ((".", "."), "", {Cap.GROUPS_UNKNOWN}),
        ((".", "."), "separate", {Cap.GROUPS_APART}),
        ((".", "."), "shared", set()),
        ((".", "."), "none", set()),
    ],
)
def test_groups_that_cannot_be_allowed_for_let_a_verdict_lean_at_most(
    tmp_path: Path, groups: tuple[str, str], said: str, caps: set[Cap]
) -> None:
    results = analyse(tmp_path, groups=groups, said=said)
    found, completed = verdict(results), verdict(results, VERDICT_ON_COMPLETION)
    assert set(found.caps) == caps
    assert found.side == "full"
    assert (found.rung == Rung.LEANS) == bool(caps)
    if caps and completed.side:
        assert completed.rung == Rung.LEANS


def test_a_programme_that_is_one_group_cannot_answer(tmp_path: Path) -> None:
    results = analyse(tmp_path, groups=("p", "t"))
    for key in (verdict_of("mood", "end"), VERDICT_ON_COMPLETION):
        assert verdict(results, key).rung is Rung.CANNOT
        assert verdict(results, key).bars == (Bar.ONE_GROUP_EACH,)


def test_many_without_a_score_at_the_start_ask_for_the_answer_with_it_completed(tmp_path: Path) -> None:
    few = verdict(analyse(tmp_path / "few", groups=("pqrs", "pqrs"), blank_starts=3))
    assert Support.START not in (*few.held_by, *few.not_estimable)
    results = analyse(tmp_path / "many", groups=("pqrs", "pqrs"), blank_starts=4)
    assert isinstance(results["imputation.mood.end.start"], Estimate)
    assert verdict(results).rung is Rung.BETTER_OPEN
    wide = analyse(tmp_path / "wide", groups=("pqrs", "pqrs"), blank_starts=30, effect=-4.0)
    completed = wide["imputation.mood.end.start"]
    assert isinstance(completed, Estimate)
    assert completed.limits is not None
    taken = completed.limits[1] > 0
    assert (Support.START in verdict(wide).held_by) == (taken and bool(verdict(wide).side))


def test_the_answer_with_the_start_completed_is_that_which_is_asked_for(tmp_path: Path) -> None:
    results = analyse(tmp_path, groups=("pqrs", "pqrs"), blank_starts=4)
    study = outcomes.read_study(tmp_path)
    cohort = assemble(study, score_study(study))
    found = {outcome.id: outcome for outcome in results.where()}
    for name, held in (("imputation.mood.end.start", True), ("imputation.mood.end.mar", False)):
        outcome = found[name]
        assert isinstance(outcome, Estimate)
        open_one = replace(outcome, interval=Interval(level=0.95, low=-9.0, high=1.0))
        told = {one.id: one for one in conclude(cohort, {**found, name: open_one})}[str(verdict_of("mood", "end"))]
        assert isinstance(told, Estimate)
        assert told.verdict is not None
        assert (Support.START in told.verdict.held_by) is held
        assert (told.verdict.rung is Rung.LEANS) is held


def test_exchanging_the_arms_exchanges_the_words(tmp_path: Path) -> None:
    for groups in (("pqrs", "pqrs"), ("pqrs", "tuvw"), ("pqr", "t"), (".", ".")):
        name = "".join(groups).replace(".", "n")
        one, other = (
            analyse(tmp_path / f"{name}{swapped}", groups=groups, swapped=swapped) for swapped in (False, True)
        )
        for key in (verdict_of("mood", "end"), verdict_of("calm", "later"), VERDICT_ON_COMPLETION):
            first, second = verdict(one, key), verdict(other, key)
            assert first.side != second.side or not first.side
            for name_of in ("rung", "held_by", "not_estimable", "caps", "bars", "just"):
                assert getattr(first, name_of) == getattr(second, name_of), (groups, key, name_of)


def test_only_the_primary_measure_at_the_primary_visit_is_corrected_and_every_visit_is_read(tmp_path: Path) -> None:
    results = analyse(tmp_path, groups=("pqrs", "pqrs"))
    keys = {outcome.key for outcome in results.where(analysis="verdict")}
    measured = {verdict_of(measure, visit) for measure in ("mood", "calm") for visit in ("end", "later")}
    assert keys == measured | {VERDICT_ON_COMPLETION}


def test_a_verdict_is_shared_where_its_main_interval_is_and_is_the_same(tmp_path: Path) -> None:
    results = analyse(tmp_path, groups=("pqrs", "tuvw"))
    plan = outcomes.read_study(tmp_path).plan
    shared = release(results, plan.disclosure).registry
    assert verdict(shared) == verdict(results)
    # of the full programme few did not complete: neither the difference nor what it tells leaves the clinic
    assert str(VERDICT_ON_COMPLETION) not in shared
    assert "completion.adjusted.difference" not in shared
    hidden = release(results, plan.disclosure.model_copy(update={"minimum_arm": 40})).registry
    assert not hidden.where(analysis="verdict")


@pytest.mark.parametrize("said", ["shared", "none"])
def test_a_plan_that_contradicts_the_groups_recorded_stops_the_study(tmp_path: Path, said: str) -> None:
    folder = write_study(tmp_path, groups=("pqrs", "tuvw"), said=said)
    with pytest.raises(DataError, match=f"groups = “{said}”"):
        outcomes.read_study(folder)


@pytest.mark.parametrize("effect", [-8.0, -3.5, -2.0, 0.0])
def test_a_verdict_is_shaken_where_another_way_of_allowing_for_groups_tells_otherwise(
    tmp_path: Path, effect: float
) -> None:
    results = analyse(tmp_path, groups=("pqrs", "pqrs"), effect=effect)
    found = verdict(results)
    others = [results[f"{name}"] for name in ("mmrm.mood.end.clustered", "mixed.mood.end.difference")]
    intervals = [one.limits for one in others if isinstance(one, Estimate) and one.limits]
    spans = [low < 0 < high for low, high in intervals]
    inside = [low > -5 and high < 5 for low, high in intervals]
    same = all(spans) if not found.side else not any(spans)
    if Claim.EXCLUDED in found.claims:
        same &= all(inside)
    if Claim.REACHED in found.claims:
        same &= all(high <= -5 for _, high in intervals)
    assert len(intervals) == len(others)
    assert found.is_shaken == (not same)
