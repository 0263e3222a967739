"""Where groups are too few to allow for: nothing is told about them, the estimates stay, and it is said."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import outcomes
from outcomes.cohort import assemble
from outcomes.methods.mixed import can_tell_apart, fit_mixed
from outcomes.models.grouping import NOT_ALLOWED_FOR, read_grouping
from outcomes.questions.precision import analysis as precision
from outcomes.questions.precision.nuisance import ASSUMED, ASSUMES
from outcomes.questions.precision.size import Given, size_study
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError
from outcomes.scoring import score_study
from small_study import write_small_study
from written_again import read_books

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome

# By programme and place in it: nested in the arms, one or two an arm; one arm with a single one; shared by both.
ONE_AN_ARM: Callable[[bool, int], str] = lambda full, _: "F" if full else "S"  # noqa: E731
THREE: Callable[[bool, int], str] = lambda full, place: f"F{place % 2}" if full else "S"  # noqa: E731
FIVE_AND_ONE: Callable[[bool, int], str] = lambda full, place: f"F{place % 5}" if full else "S"  # noqa: E731
TWO_SHARED: Callable[[bool, int], str] = lambda _, place: f"G{place % 2}"  # noqa: E731
TWO_AND_TWO: Callable[[bool, int], str] = lambda full, place: f"{'F' if full else 'S'}{place % 2}"  # noqa: E731


def make(folder: Path, group: Callable[[bool, int], str], *, n: int = 56, blank: int = 0) -> Path:
    """A small study with a skills group of everybody but the first few."""
    write_small_study(folder, n=n, seed=11)
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    plan = plan.replace("[adjust]\n", '[adjust]\nskills_group = "group_id"\n')
    plan = plan.replace("worthwhile = 5\n", "worthwhile = 5\nreliability = 0.9\n")
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    clients = pd.read_csv(folder / "clients.csv", dtype=str)
    ids = [group(arm == "full", row // 2) for row, arm in enumerate(clients["arm"])]
    clients.assign(group_id=[*[""] * blank, *ids[blank:]]).to_csv(folder / "clients.csv", index=False)
    return folder


def read(folder: Path) -> Cohort:
    study = outcomes.read_study(folder)
    return assemble(study, score_study(study))


def answer(folder: Path) -> Mapping[str, Outcome]:
    return outcomes.analyse(outcomes.read_study(folder)).registry


def test_one_group_an_arm_leaves_nothing_about_groups_to_estimate(tmp_path: Path) -> None:
    found = answer(make(tmp_path / "s", ONE_AN_ARM))
    for name in (
        "mixed.mood.group_sd",
        "mixed.mood.end.difference",
        "mixed.mood.end.g",
        "clusters.mood.end.difference",
        "mmrm.mood.end.clustered",
        "imputation.mood.end.mar_clustered",
        "precision.mood.icc_group",
    ):
        one = found[name]
        assert isinstance(one, NotEstimable), name
        assert one.reason


@pytest.mark.parametrize("group", [ONE_AN_ARM, THREE, FIVE_AND_ONE, TWO_SHARED])
def test_what_groups_cannot_judge_keeps_its_estimate_and_says_so(
    tmp_path: Path, group: Callable[[bool, int], str]
) -> None:
    found = answer(make(tmp_path / "s", group))
    folder = make(tmp_path / "t", group)
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    (folder / "plan.toml").write_text(plan.replace('skills_group = "group_id"\n', ""), encoding="utf-8")
    alone = answer(folder)
    for name in (
        "completion.adjusted.difference",
        "completion.adjusted.ratio",
        "ancova.mood.end.difference",
        "change.mood.end.improved.difference",
        "change.mood.end.improved.imputed_difference",
        "weighting.mood.end.overlap",
        "weighting.mood.end.doubly_robust",
        "weighting.mood.end.mmrm",
    ):
        one, other = found[name], alone[name]
        assert isinstance(one, Estimate), (name, one)
        assert isinstance(other, Estimate)
        assert one.how is not None
        assert one.how.groups_not_allowed_for
        assert one.how.clusters == ""
        assert NOT_ALLOWED_FOR["group"] in one.notes
        assert (one.value, one.se, one.interval) == (other.value, other.se, other.interval), name
        assert other.how is not None
        assert not other.how.groups_not_allowed_for


def test_two_groups_in_each_arm_are_allowed_for(tmp_path: Path) -> None:
    found = answer(make(tmp_path / "s", TWO_AND_TWO))["ancova.mood.end.difference"]
    assert isinstance(found, Estimate)
    assert found.how is not None
    assert (found.how.clusters, found.how.groups_not_allowed_for) == ("group_id", False)


def test_a_few_people_without_a_group_do_not_make_groups_of_them(tmp_path: Path) -> None:
    assert read_grouping(read(make(tmp_path / "s", THREE, blank=4))).refuses
    assert not read_grouping(read(make(tmp_path / "t", lambda full, place: f"F{place % 4}" if full else ""))).refuses


def test_a_variance_between_groups_is_told_where_something_but_the_arm_tells_them_apart() -> None:
    full = np.repeat([True, False], 12)
    effects = np.column_stack([np.ones(24), full, np.linspace(0, 1, 24)])
    everybody = np.ones(24, dtype=bool)
    one_each = np.where(full, "a", "b")
    three = np.where(full, "a", np.where(np.arange(24) % 2, "b", "c"))
    crossed = np.where(np.arange(24) % 2, "b", "c")
    assert not can_tell_apart(one_each, everybody, by_visit=effects, constant=None)
    assert can_tell_apart(three, everybody, by_visit=effects, constant=None)
    assert can_tell_apart(crossed, everybody, by_visit=effects, constant=None)
    same_as_site = (three == "b").astype(float)[:, None]
    assert not can_tell_apart(three, everybody, by_visit=effects, constant=same_as_site)
    scores = np.random.default_rng(3).normal(size=(24, 1))
    with pytest.raises(NotEstimableError, match="need not be zero"):
        fit_mixed(
            scores=scores,
            by_visit=effects,
            constant=None,
            full=full,
            groups=one_each,
            therapists=None,
            covariance="unstructured",
            by_arm=False,
        )


def test_precision_says_what_it_assumes_and_plans_with_it(tmp_path: Path) -> None:
    folder = make(tmp_path / "s", ONE_AN_ARM)
    found = {one.id: one for one in precision.analyse(read(folder))}
    detectable = found["precision.mood.end.detectable"]
    assert isinstance(detectable, Estimate)
    assert ASSUMES["group"] in detectable.notes
    assert detectable.method.endswith("that of groups assumed")
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    (folder / "plan.toml").write_text(f"{plan}[precision]\nicc_group = {ASSUMED}\n", encoding="utf-8")
    stated = {one.id: one for one in precision.analyse(read(folder))}
    assert isinstance(stated["precision.mood.icc_group"], NotEstimable)
    for name in ("detectable", "clients_needed"):
        one, other = found[f"precision.mood.end.{name}"], stated[f"precision.mood.end.{name}"]
        assert (getattr(one, "value", None), type(one)) == (getattr(other, "value", None), type(other))
        assert ASSUMES["group"] not in getattr(other, "notes", ())


def test_the_page_says_what_precision_assumes(tmp_path: Path) -> None:
    folder = make(tmp_path / "s", ONE_AN_ARM)
    run = outcomes.report(folder, out=tmp_path / "out").folder
    page = read_books(run, "internal")
    assert "assume that a twentieth of the variance lies between them" in page
    assert "0.0 (boundary)" not in page


@pytest.mark.parametrize("seed", range(4))
def test_the_command_and_the_report_need_as_many_people(tmp_path: Path, seed: int) -> None:
    folder = write_small_study(tmp_path / "s", n=70 + 9 * seed, seed=20 + seed)
    rng = np.random.default_rng(seed)
    clients = pd.read_csv(folder / "clients.csv", dtype=str)
    gone = clients.index[(clients["arm"] == "full") & (rng.random(len(clients)) < 0.3)]
    clients.drop(index=gone).to_csv(folder / "clients.csv", index=False)
    scores = pd.read_csv(folder / "scores.csv", dtype=str)
    scores[scores["client_id"].isin(clients.drop(index=gone)["client_id"])].to_csv(folder / "scores.csv", index=False)
    cohort = read(folder)
    report = {one.id: one for one in precision.analyse(cohort)}
    for given in (None, 3.0):
        sized = size_study(cohort, Given(difference=given))["mood"][1]
        if given is None:
            whole = {one.key.what: one for one in sized if not one.key.arm}
            for what, name in (("people", "clients_needed"), ("equivalence", "clients_needed_equivalence")):
                one, other = whole[what], report[f"precision.mood.end.{name}"]
                assert isinstance(one, Estimate)
                assert isinstance(other, Estimate)
                assert one.value == other.value
        total, *arms = (one.value for one in sized if isinstance(one, Estimate) and one.key.what == "people")
        assert total == sum(arms)


def test_the_interval_of_three_groups_is_that_of_people(tmp_path: Path) -> None:
    """HC3 by hand on the score at the visit, arm and start alone."""
    folder = make(tmp_path / "s", THREE)
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    (folder / "plan.toml").write_text(plan.replace('["age", "gender"]', "[]"), encoding="utf-8")
    cohort = read(folder)
    found = answer(folder)["ancova.mood.end.difference"]
    assert isinstance(found, Estimate)
    before, after = cohort.scores("mood", "start"), cohort.scores("mood", "end")
    used = ~np.isnan(before) & ~np.isnan(after)
    x = np.column_stack([np.ones(used.sum()), cohort.full[used], before[used]])
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ after[used]
    left = (after[used] - x @ beta) / (1 - np.einsum("ij,jk,ik->i", x, bread, x))
    se = math.sqrt((bread @ (x * left[:, None]).T @ (x * left[:, None]) @ bread)[1, 1])
    reach = stats.t.ppf(0.975, used.sum() - 3)
    assert found.value == pytest.approx(beta[1], rel=1e-10)
    assert found.limits == pytest.approx((beta[1] - reach * se, beta[1] + reach * se), rel=1e-9)
