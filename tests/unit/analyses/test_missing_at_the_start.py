"""What is missing at the start is completed beside the main comparison, for everybody who has a later score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import outcomes
from made import by_id, estimate_in
from outcomes.cohort import assemble
from outcomes.models.covariates import read_covariates
from outcomes.questions.missing import start
from outcomes.questions.outcomes import repeated
from outcomes.results.outcome import NotEstimable
from outcomes.scoring import score_study
from small_study import edit, write_small_study

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from outcomes.cohort import Cohort

    Change = Callable[[pd.DataFrame], pd.DataFrame]


def same(table: pd.DataFrame) -> pd.DataFrame:
    return table


def read(folder: Path, clients: Change = same, scores: Change = same, *, plan: str = "") -> Cohort:
    write_small_study(folder)
    for name, change in (("clients", clients), ("scores", scores)):
        edit(folder, f"{name}.csv", change)
    with (folder / "plan.toml").open("a", encoding="utf-8") as file:
        file.write("[missing]\nimputations = 20\n")
    if plan:
        text = (folder / "plan.toml").read_text(encoding="utf-8")
        (folder / "plan.toml").write_text(text.replace("[adjust]", f"[adjust]\n{plan}"), encoding="utf-8")
    study = outcomes.read_study(folder)
    return assemble(study, score_study(study))


def without_start(*rows: int) -> Change:
    """Take the score at the start of mood from some clients."""
    gone = {f"P{row:03d}" for row in rows}
    return lambda s: s[~(s["client_id"].isin(gone) & (s["visit"] == "start") & (s["measure"] == "mood"))]


def test_where_nobody_lacks_anything_there_is_nothing_beside_the_main_comparison(tmp_path: Path) -> None:
    assert not list(start.compare(read(tmp_path), "mood"))


def test_everybody_with_a_later_score_is_in_it(tmp_path: Path) -> None:
    cohort = read(tmp_path, lambda c: c.assign(age=np.where(c.index % 9 == 0, "", c["age"])), without_start(2, 5, 8))
    found, main = by_id(start.compare(cohort, "mood")), by_id(repeated.compare(cohort, read_covariates(cohort)))
    one, other = estimate_in(found, "imputation.mood.end.start"), estimate_in(main, "mmrm.mood.end.difference")
    later = ~np.isnan(cohort.grids["mood"][:, 1:]).all(axis=1)
    assert (one.n, one.n_full) == (later.sum(), (later & cohort.full).sum())
    assert one.n is not None
    assert other.n is not None
    assert one.n > other.n
    assert one.df is not None
    assert 20 < one.df < one.n
    assert one.value == pytest.approx(other.value, abs=other.se or 0)
    assert one.how is not None
    assert (one.how.inference, one.how.draws) == ("rubin", 20)
    assert {name.split(".")[2] for name in found} == {"mid", "end"}


def test_where_only_those_never_seen_again_lack_something_it_is_the_main_comparison(tmp_path: Path) -> None:
    def scores(table: pd.DataFrame) -> pd.DataFrame:
        kept = without_start(7)(table)
        return kept[(kept["client_id"] != "P007") | (kept["measure"] != "mood")]

    cohort = read(tmp_path, same, scores)
    found, main = by_id(start.compare(cohort, "mood")), by_id(repeated.compare(cohort, read_covariates(cohort)))
    one, other = estimate_in(found, "imputation.mood.end.start"), estimate_in(main, "mmrm.mood.end.difference")
    assert (one.value, one.se, one.df) == pytest.approx((other.value, other.se, other.df), rel=1e-9)
    assert one.how is not None
    assert one.how.draws == 0


def test_swapping_the_arms_flips_the_sign_within_what_chance_does_and_rows_change_nothing(tmp_path: Path) -> None:
    def shuffle(table: pd.DataFrame) -> pd.DataFrame:
        return table.sample(frac=1.0, random_state=3)

    scores = without_start(2, 5, 8, 11)
    one = estimate_in(by_id(start.compare(read(tmp_path / "a", same, scores), "mood")), "imputation.mood.end.start")
    again = by_id(start.compare(read(tmp_path / "b", shuffle, lambda s: shuffle(scores(s))), "mood"))
    assert estimate_in(again, "imputation.mood.end.start") == one

    def swap(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(arm=np.where(table["arm"] == "full", "skills", "full"))

    other = estimate_in(by_id(start.compare(read(tmp_path / "c", swap, scores), "mood")), "imputation.mood.end.start")
    assert other.value == pytest.approx(-one.value, abs=0.15 * (one.se or 0))


@pytest.mark.parametrize("level", ["", "man"])
def test_levels_are_completed_too_and_somebody_alone_among_them(tmp_path: Path, level: str) -> None:
    def clients(table: pd.DataFrame) -> pd.DataFrame:
        gender = np.where(table.index == 12, "other", np.where(table.index % 8 == 0, level, table["gender"]))
        return table.assign(gender=gender)

    found = by_id(start.compare(read(tmp_path, clients, without_start(3, 4)), "mood"))
    assert estimate_in(found, "imputation.mood.end.start").se


def test_groups_nested_in_the_arms_judge_it_by_group(tmp_path: Path) -> None:
    def clients(table: pd.DataFrame) -> pd.DataFrame:
        group = np.where(table["arm"] == "full", "F", "S") + (table.index // 2 % 5).astype(str)
        return table.assign(group_id=group)

    cohort = read(tmp_path, clients, without_start(2, 5, 8), plan='skills_group = "group_id"')
    one = estimate_in(by_id(start.compare(cohort, "mood")), "imputation.mood.end.start")
    assert one.how is not None
    assert (one.how.covariance, one.how.clusters) == ("cr2", "group_id")
    assert one.df is not None
    assert one.df < 9


def test_a_covariate_that_nobody_has_is_named(tmp_path: Path) -> None:
    def clients(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(age=np.where(table["client_id"] == "P007", table["age"], ""))

    def scores(table: pd.DataFrame) -> pd.DataFrame:
        return table[(table["client_id"] != "P007") | (table["visit"] == "start")]

    found = by_id(start.compare(read(tmp_path, clients, scores), "mood"))
    refused = found["imputation.mood.end.start"]
    assert isinstance(refused, NotEstimable)
    assert "Recorded for nobody who has a later score: age" in refused.reason
