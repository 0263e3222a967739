"""Somebody alone in a level costs that person's information and nothing else; what is the same for all is left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import statsmodels.api as sm

import outcomes
from made import by_id, estimate_in
from outcomes.cohort import assemble
from outcomes.methods.alone import find_alone, find_untold
from outcomes.models.covariates import read_covariates
from outcomes.models.design import Design
from outcomes.models.occasion import Occasion
from outcomes.questions.missing import reference_based
from outcomes.questions.outcomes import ancova, repeated
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.scoring import score_study
from small_study import edit, write_small_study

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from outcomes.cohort import Cohort

    Table = pd.DataFrame
    Change = Callable[[Table], Table]

BOTH = ["age", "gender"]
GROUPS = '[adjust]\nskills_group = "group_id"'


def read(
    folder: Path, clients: Change, scores: Change | None = None, *, plan: str = "[adjust]", covariates: object = BOTH
) -> Cohort:
    write_small_study(folder, n=60)
    for name, change in (("clients", clients), ("scores", scores)):
        if change is not None:
            edit(folder, f"{name}.csv", change)
    text = (folder / "plan.toml").read_text(encoding="utf-8")
    text = text.replace("[adjust]", plan).replace('["age", "gender"]', str(covariates))
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    study = outcomes.read_study(folder)
    return assemble(study, score_study(study))


def compare(cohort: Cohort) -> Estimate:
    found = ancova.compare(Occasion(cohort, "mood", "end"), read_covariates(cohort))
    return estimate_in(by_id(found), "ancova.mood.end.difference")


def with_alone(*clients: str, level: str = "other") -> Change:
    """Give a level of gender to a client each: one level a client."""

    def change(table: Table) -> Table:
        levels = {client: f"{level} {place}" for place, client in enumerate(clients)}
        return table.assign(gender=table["client_id"].map(levels).fillna(table["gender"]), group_id=group(table))

    return change


def group(table: Table) -> pd.Series[str]:
    return "G" + (table.index // 2 % 7).astype(str)


def without(*clients: str) -> Change:
    def change(table: Table) -> Table:
        kept = table[~table["client_id"].isin(clients)]
        return kept.assign(group_id=group(table)[kept.index]) if "gender" in table else kept

    return change


ALONE = ("P007", "P022")


@pytest.mark.parametrize("plan", ["[adjust]", GROUPS])
def test_somebody_alone_in_a_level_leaves_the_comparison_as_it_is_without_that_person(
    tmp_path: Path, plan: str
) -> None:
    having = compare(read(tmp_path / "with", with_alone(*ALONE), plan=plan))
    lacking = compare(read(tmp_path / "without", without(*ALONE), without(*ALONE), plan=plan))
    assert (having.n, lacking.n) == (having.n, having.n - len(ALONE) if having.n else 0)
    for name in ("value", "se", "df"):
        assert getattr(having, name) == pytest.approx(getattr(lacking, name), rel=1e-9)
    assert having.limits == pytest.approx(lacking.limits, rel=1e-9)
    assert any("Fewer than 8 people are alone" in note for note in having.notes)
    assert not any("alone" in note for note in lacking.notes)


def test_the_comparison_is_statsmodels_hc3_of_the_others(tmp_path: Path) -> None:
    cohort = read(tmp_path, with_alone(*ALONE))
    found = compare(cohort)
    clients, occasion = cohort.clients, Occasion(cohort, "mood", "end")
    used = occasion.paired & ~clients["client_id"].isin(ALONE).to_numpy()
    columns = [cohort.full, occasion.before, clients["age"], clients["gender"] == "woman"]
    design = sm.add_constant(np.column_stack(columns)[used].astype(float))
    fit = sm.OLS(occasion.after[used], design).fit()
    assert found.value == pytest.approx(fit.params[1], rel=1e-10)
    assert found.se == pytest.approx(fit.HC3_se[1], rel=1e-10)
    assert found.df == fit.df_resid


def test_names_of_levels_change_nothing(tmp_path: Path) -> None:
    one = compare(read(tmp_path / "one", with_alone(*ALONE)))
    other = compare(read(tmp_path / "other", with_alone(*ALONE, level="a")))  # which is now the first of the levels
    for name in ("value", "se", "df"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9)


def test_somebody_alone_by_a_combination_is_found_though_no_level_is_held_by_one() -> None:
    """Two of a level, and the same two of another, but for one: rows 0 and 1 share one, 1 and 2 the other."""
    place = np.arange(12)
    design = np.column_stack([np.ones(12), place % 2, place < 2, (place > 0) & (place < 3)])
    assert not find_alone(design).any()
    both = np.column_stack([design, np.arange(12) == 0])
    np.testing.assert_array_equal(find_alone(both), np.isin(np.arange(12), [0, 1, 2]))
    told = np.arange(12) > 2
    np.testing.assert_array_equal(find_untold(both, told), ~told)


def test_two_levels_of_the_same_person_are_one(tmp_path: Path) -> None:
    def twice(table: Table) -> Table:
        mine = table["client_id"] == "P007"
        return table.assign(gender=np.where(mine, "x", table["gender"]), site=np.where(mine, "y", "z"))

    cohort = read(tmp_path / "twice", twice, covariates=[*BOTH, "site"])
    lacking = compare(read(tmp_path / "without", without("P007"), without("P007")))
    found = compare(cohort)
    assert found.value == pytest.approx(lacking.value, rel=1e-9)
    assert found.se == pytest.approx(lacking.se, rel=1e-9)
    assert any("repeats others" in note for note in found.notes)


def test_one_person_on_whom_the_arm_hangs_is_no_comparison(tmp_path: Path) -> None:
    def split(table: Table) -> Table:
        full = table["arm"] == "full"
        return table.assign(gender=np.where(full | (table["client_id"] == "P007"), "a", "b"))

    found = by_id(ancova.compare(Occasion(cohort := read(tmp_path, split), "mood", "end"), read_covariates(cohort)))
    refused = found["ancova.mood.end.difference"]
    assert isinstance(refused, NotEstimable)
    assert "One person alone decides" in refused.reason


def test_arms_that_share_no_level_are_told_so(tmp_path: Path) -> None:
    def apart(table: Table) -> Table:
        full, half = table["arm"] == "full", table.index % 4 < 2
        return table.assign(gender=np.where(full, np.where(half, "a", "b"), np.where(half, "c", "d")))

    cohort = read(tmp_path, apart)
    for found in (
        by_id(ancova.compare(Occasion(cohort, "mood", "end"), read_covariates(cohort))),
        by_id(repeated.compare(cohort, read_covariates(cohort))),
    ):
        reasons = {one.reason for one in found.values() if isinstance(one, NotEstimable) and one.key.measure == "mood"}
        assert len(reasons) == 1
        assert "The arms share no level of gender" in reasons.pop()
    results = outcomes.analyse(outcomes.read_study(tmp_path))
    for name, why in (
        ("baseline.gender.smd", "share none of the levels"),
        ("confounding.mood.end.robustness_value", "share no level of gender"),
        ("completion.adjusted.difference", "share no level of gender"),
    ):
        refused = results[name]
        assert isinstance(refused, NotEstimable)
        assert why in refused.reason


@pytest.mark.parametrize("plan", ["[adjust]", GROUPS])
def test_every_imputation_is_there_with_somebody_alone(tmp_path: Path, plan: str) -> None:
    lost: set[str] = set()

    def scores(table: Table) -> Table:
        """Of a level of two, one was never seen again: the other alone tells of it."""
        lost.add("P031")
        return table[~(table["client_id"].isin(lost) & (table["visit"] != "start"))]

    def clients(table: Table) -> Table:
        table = with_alone(*ALONE)(table)
        return table.assign(gender=np.where(table["client_id"].isin(["P031", "P040"]), "few", table["gender"]))

    cohort = read(tmp_path / "with", clients, scores, plan=plan)
    found = by_id(reference_based.compare(cohort, "mood"))
    refused = {name: one.reason for name, one in found.items() if isinstance(one, NotEstimable)}
    assert set(refused) <= {"imputation.mood.end.tipping_point"}, refused
    gone = (*ALONE, "P031", "P040")
    others = read(tmp_path / "without", without(*gone), without(*gone), plan=plan)
    lacking = by_id(reference_based.compare(others, "mood"))
    for name in ("imputation.mood.end.mar", "imputation.mood.end.worse_full", "imputation.mood.end.jump_to_reference"):
        one, other = estimate_in(found, name), estimate_in(lacking, name)
        assert one.value == pytest.approx(other.value, abs=0.35 * (other.se or 0))
        assert one.se == pytest.approx(other.se, rel=0.15)


def test_every_weighted_comparison_is_there_with_somebody_alone(tmp_path: Path) -> None:
    read(tmp_path, with_alone(*ALONE))
    results = outcomes.analyse(outcomes.read_study(tmp_path))
    for what in ("overlap", "ate", "att", "atc", "doubly_robust", "doubly_robust_att", "mmrm"):
        found = results[f"weighting.mood.end.{what}"]
        assert isinstance(found, Estimate), found
        assert any("Fewer than 8 people are set apart" in note for note in found.notes)
    for name in ("confounding.mood.end.e_value", "completion.adjusted.difference"):
        assert isinstance(results[name], Estimate), results[name]


def same(visit: str, score: str) -> Change:
    def change(table: Table) -> Table:
        mine = (table["visit"] == visit) & (table["measure"] == "mood")
        return table.assign(score=np.where(mine, score, table["score"]))

    return change


def test_a_score_at_the_start_that_is_the_same_for_everybody_is_left_out_and_said(tmp_path: Path) -> None:
    cohort = read(tmp_path, lambda table: table, same("start", "30"))
    covariates = read_covariates(cohort)
    found = by_id(repeated.compare(cohort, covariates)) | by_id(reference_based.compare(cohort, "mood"))
    found |= by_id(ancova.compare(Occasion(cohort, "mood", "end"), covariates))
    for name in ("mmrm.mood.end.difference", "ancova.mood.end.difference"):
        said = [note for note in estimate_in(found, name).notes if "the score at the start, which is the same" in note]
        assert len(said) == 1
    for name in ("mmrm.mood.end.full.adjusted_mean", "imputation.mood.end.mar", "imputation.mood.end.mar_rubin"):
        estimate_in(found, name)
    occasion = Occasion(cohort, "mood", "end")
    columns = [cohort.full, cohort.clients["age"], cohort.clients["gender"] == "woman"]
    design = sm.add_constant(np.column_stack(columns)[occasion.paired].astype(float))
    fit = sm.OLS(occasion.after[occasion.paired], design).fit()
    assert estimate_in(found, "ancova.mood.end.difference").se == pytest.approx(fit.HC3_se[1], rel=1e-9)


@pytest.mark.parametrize("visit", ["mid", "end"])
def test_a_visit_at_which_all_score_alike_is_not_estimable_there_and_the_other_is_as_without_it(
    tmp_path: Path, visit: str
) -> None:
    cohort = read(tmp_path, lambda table: table, same(visit, "12"))
    covariates, other = read_covariates(cohort), "end" if visit == "mid" else "mid"
    found = by_id(repeated.compare(cohort, covariates))
    for what in ("difference", "g", "full.adjusted_mean", "skills.adjusted_mean"):
        refused = found[f"mmrm.mood.{visit}.{what}"]
        assert isinstance(refused, NotEstimable)
        assert "do not differ" in refused.reason
    kept = estimate_in(found, f"mmrm.mood.{other}.difference")
    assert kept.how is not None
    assert not kept.how.fallback
    design = Design.read(cohort, "mood", covariates)
    assert design.visits == (other,)
    grid = cohort.grids["mood"].copy()
    grid[:, tuple(cohort.plan.visits).index(visit)] = np.nan
    bare = replace(cohort, grids={**cohort.grids, "mood": grid})
    alone = estimate_in(by_id(repeated.compare(bare, covariates)), f"mmrm.mood.{other}.difference")
    assert (kept.value, kept.se, kept.df) == pytest.approx((alone.value, alone.se, alone.df), rel=1e-9)
