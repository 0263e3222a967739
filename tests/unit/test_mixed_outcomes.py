"""Who shared a group or a therapist is allowed for in the report, or it says why that cannot be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import outcomes
from outcomes.methods.mixed import fit_mixed
from outcomes.results.outcome import Estimate, NotEstimable
from small_study import write_small_study
from written_again import read_books

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.results.registry import Registry


def write(folder: Path, *, groups: int | None, therapists: int | None, n: int = 60, spread: float = 0.0) -> Path:
    """Write a study whose people share groups, and therapists in the full arm; n is the people, spread in points."""
    write_small_study(folder, n=n)
    clients = pd.read_csv(folder / "clients.csv", dtype=str)
    keys, shift = [], np.zeros(n)
    rng = np.random.default_rng(8)
    for key, column, count, mine in (
        ("skills_group", "group_id", groups, np.full(n, fill_value=True)),
        ("therapist", "therapist_id", therapists, clients["arm"].to_numpy() == "full"),
    ):
        if count is not None:
            drawn = rng.integers(0, count, n)
            clients[column] = np.where(mine, drawn.astype(str), "")
            shift += np.where(mine, rng.normal(0, spread, count)[drawn], 0.0)
            keys.append(f'{key} = "{column}"\n')
    clients.to_csv(folder / "clients.csv", index=False)
    plan = (folder / "plan.toml").read_text()
    (folder / "plan.toml").write_text(plan.replace("[adjust]\n", "[adjust]\n" + "".join(keys)))
    scores = pd.read_csv(folder / "scores.csv")
    later = (scores["visit"] != "start") & (scores["measure"] == "mood")
    moved = scores["score"] + scores["client_id"].map(dict(zip(clients["client_id"], shift, strict=True)))
    scores["score"] = np.where(later, moved.clip(0, 63).round(), scores["score"])
    scores.to_csv(folder / "scores.csv", index=False)
    return folder


def analyse(folder: Path, **choices: object) -> Registry:
    return outcomes.analyse(outcomes.read_study(write(folder / "study", **choices)))  # type: ignore[arg-type]


def test_the_mixed_model_is_fitted_to_the_people_of_the_main_model(tmp_path: Path) -> None:
    results = analyse(tmp_path, groups=8, therapists=6, spread=4.0)
    found, main = results["mixed.mood.end.difference"], results["mmrm.mood.end.difference"]
    assert isinstance(found, Estimate)
    assert (found.n_full, found.n_skills) == (main.n_full, main.n_skills)  # type: ignore[union-attr]
    wide = pd.read_csv(tmp_path / "study" / "scores.csv").query("measure == 'mood'")
    wide = wide.pivot_table(index="client_id", columns="visit", values="score")
    people = pd.read_csv(tmp_path / "study" / "clients.csv", dtype=str).set_index("client_id").loc[wide.index]
    used = wide["start"].notna() & (wide["mid"].notna() | wide["end"].notna())
    wide, people = wide[used], people[used]
    full = people["arm"].to_numpy() == "full"
    fit = fit_mixed(
        scores=wide[["mid", "end"]].to_numpy(),
        by_visit=np.column_stack([np.ones(len(wide)), full, wide["start"]]).astype(float),
        constant=np.column_stack([people["age"].astype(float), people["gender"] == "woman"]).astype(float),
        full=full,
        groups=people["group_id"].to_numpy(),
        therapists=people["therapist_id"].to_numpy(),
        covariance="unstructured",
        by_arm=True,
    )
    contrast = fit.contrast(np.eye(8)[3])
    assert (found.value, found.se, found.df) == pytest.approx((contrast.estimate, contrast.se, contrast.df), rel=1e-7)
    spread = results["mixed.mood.therapist_sd"]
    assert isinstance(spread, Estimate)
    assert spread.value == pytest.approx(np.sqrt(fit.variances["therapist"]), rel=1e-6)


def test_its_method_says_what_was_fitted(tmp_path: Path) -> None:
    found = analyse(tmp_path, groups=8, therapists=6)["mixed.mood.end.difference"]
    assert isinstance(found, Estimate)
    for words in ("REML", "group (both arms)", "Full programme only", "in each arm", "Satterthwaite", "unstructured"):
        assert words in found.method
    assert "Fewer than ten of: group, therapist." in " ".join(found.notes)


def test_a_spread_at_the_boundary_is_reported_as_such(tmp_path: Path) -> None:
    results = analyse(tmp_path, groups=8, therapists=6)
    for kind in ("group", "therapist"):
        spread = results[f"mixed.mood.{kind}_sd"]
        assert isinstance(spread, Estimate)
        at_boundary = spread.value == 0
        assert at_boundary == any("boundary" in note for note in spread.notes)
    notes = " ".join(results["mixed.mood.end.difference"].notes)  # type: ignore[union-attr]
    assert "boundary" in notes, "no spread was put in, so that one of the two at least is estimated as zero"


@pytest.mark.parametrize(
    ("groups", "therapists", "reason"),
    [
        (None, None, "Neither a group nor a therapist is recorded"),
        (1, None, "Fewer than two of the kind group"),
        (None, 1, "Fewer than two of the kind therapist"),
    ],
)
def test_what_cannot_be_allowed_for_has_its_reason(
    tmp_path: Path, groups: int | None, therapists: int | None, reason: str
) -> None:
    results = analyse(tmp_path, groups=groups, therapists=therapists)
    for what in ("difference", "g"):
        outcome = results[f"mixed.mood.end.{what}"]
        assert isinstance(outcome, NotEstimable)
        assert reason in outcome.reason


def test_one_group_is_left_out_where_there_are_therapists(tmp_path: Path) -> None:
    found = analyse(tmp_path, groups=1, therapists=7)["mixed.mood.end.difference"]
    assert isinstance(found, Estimate)
    assert "group" not in found.method
    assert any("Fewer than two of the kind group" in note for note in found.notes)


def test_means_of_therapists_and_groups_are_compared_by_welch(tmp_path: Path) -> None:
    found = analyse(tmp_path, groups=8, therapists=6)["clusters.mood.end.difference"]
    assert isinstance(found, Estimate)
    wide = pd.read_csv(tmp_path / "study" / "scores.csv").query("measure == 'mood'")
    wide = wide.pivot_table(index="client_id", columns="visit", values="score")
    people = pd.read_csv(tmp_path / "study" / "clients.csv", dtype=str).set_index("client_id").loc[wide.index]
    change = (wide["end"] - wide["start"]).dropna()
    people = people.loc[change.index]
    of_full = change[people["arm"] == "full"].groupby(people["therapist_id"]).mean()
    of_skills = change[people["arm"] == "skills"].groupby(people["group_id"]).mean()
    welch = stats.ttest_ind(of_full, of_skills, equal_var=False)
    assert found.value == pytest.approx(of_full.mean() - of_skills.mean(), rel=1e-12)
    assert found.p_value == pytest.approx(welch.pvalue, rel=1e-9)
    assert found.df == pytest.approx(welch.df, rel=1e-9)
    assert any("hold people of both arms" in note for note in found.notes)


def test_means_of_groups_that_cross_the_arms_are_not_compared(tmp_path: Path) -> None:
    outcome = analyse(tmp_path, groups=8, therapists=None)["clusters.mood.end.difference"]
    assert isinstance(outcome, NotEstimable)
    assert "people of both arms" in outcome.reason


def test_too_few_groups_for_a_robust_standard_error_have_their_reason(tmp_path: Path) -> None:
    outcome = analyse(tmp_path, groups=3, therapists=None)["mmrm.mood.end.clustered"]
    assert isinstance(outcome, NotEstimable)
    assert "at least 4" in outcome.reason


def test_a_report_with_groups_and_therapists_verifies_and_shows_them(tmp_path: Path) -> None:
    folder = write(tmp_path / "study", groups=8, therapists=6, spread=4.0)
    run = outcomes.report(outcomes.read_study(folder), out=tmp_path / "reports")
    assert outcomes.verify(run.folder, study=folder).exit_code == 0
    page = read_books(run.folder, "internal")
    for text in ("mixed model of groups and therapists", "means of groups and therapists", "Standard deviation in the"):
        assert text in page
