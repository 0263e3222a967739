"""Who was compared, outcomes and change by hand: each number in its own arm, at its own visit, of its own level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import outcomes
from outcomes.plan.model import ARMS
from outcomes.results import Key
from outcomes.results.outcome import Estimate, NotEstimable
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Registry

LATER = ("mid", "end")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the small study with a reliability and norms, two primary measures, and fewer people in one arm."""
    folder = write_small_study(tmp_path_factory.mktemp("main") / "s", n=90, seed=11)
    plan = (folder / "plan.toml").read_text(encoding="utf-8").replace('role = "secondary"', 'role = "primary"')
    norms = "worthwhile = 5\nreliability = 0.8\nclinical = { mean = 32, sd = 8 }\nnonclinical = { mean = 15, sd = 6 }\n"
    (folder / "plan.toml").write_text(plan.replace("worthwhile = 5\n", norms), encoding="utf-8")
    clients = pd.read_csv(folder / "clients.csv", dtype=str)
    clients.loc[clients.index[::3], "arm"] = "full"
    clients.loc[clients.index[4:9], "completed"] = ""
    clients.to_csv(folder / "clients.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def results(folder: Path) -> Registry:
    return outcomes.analyse(outcomes.read_study(folder)).registry


@pytest.fixture(scope="module")
def people(folder: Path) -> pd.DataFrame:
    """One row a client: arm, covariates, and a column for each measure and visit."""
    clients = pd.read_csv(folder / "clients.csv").set_index("client_id")
    scores = pd.read_csv(folder / "scores.csv")
    wide = scores.pivot_table(index="client_id", columns=["measure", "visit"], values="score")
    wide.columns = [f"{measure}_{visit}" for measure, visit in wide.columns]
    return clients.join(wide)


def number(results: Registry, key: Key) -> Estimate:
    found = results[key]
    assert isinstance(found, Estimate), key
    return found


def value(results: Registry, key: Key) -> float:
    return number(results, key).value


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("measure", ["mood", "skill"])
@pytest.mark.parametrize("visit", ["start", *LATER])
def test_scores_are_described_in_their_arm_at_their_visit(
    results: Registry, people: pd.DataFrame, arm: str, measure: str, visit: str
) -> None:
    mine = people.loc[people["arm"] == arm, f"{measure}_{visit}"].dropna()
    mean = number(results, Key("describe", measure, visit, "mean", arm))
    assert mean.value == pytest.approx(mine.mean(), rel=1e-12)
    assert mean.se == pytest.approx(mine.sem(), rel=1e-12)
    assert (mean.n, mean.n_full, mean.n_skills) == (
        len(mine),
        *((len(mine), None) if arm == "full" else (None, len(mine))),
    )
    assert value(results, Key("describe", measure, visit, "sd", arm)) == pytest.approx(mine.std(), rel=1e-12)
    assert value(results, Key("flow", measure, visit, "observed", arm)) == len(mine)


@pytest.mark.parametrize("measure", ["mood", "skill"])
@pytest.mark.parametrize("visit", LATER)
def test_changes_and_their_difference_are_full_minus_skills(
    results: Registry, people: pd.DataFrame, measure: str, visit: str
) -> None:
    change = (people[f"{measure}_{visit}"] - people[f"{measure}_start"]).groupby(people["arm"]).mean()
    for arm in ARMS:
        assert value(results, Key("within", measure, visit, "change", arm)) == pytest.approx(change[arm], rel=1e-12)
    raw = value(results, Key("between", measure, visit, "difference"))
    assert raw == pytest.approx(change["full"] - change["skills"], rel=1e-12)


@pytest.mark.parametrize("measure", ["mood", "skill"])
@pytest.mark.parametrize("visit", LATER)
def test_ancova_is_the_coefficient_of_the_full_programme(
    results: Registry, people: pd.DataFrame, measure: str, visit: str
) -> None:
    used = people.dropna(subset=[f"{measure}_start", f"{measure}_{visit}"])
    columns = [
        np.ones(len(used)),
        used["arm"] == "full",
        used[f"{measure}_start"],
        used["age"],
        used["gender"] == "woman",
    ]
    beta = np.linalg.lstsq(np.column_stack(columns).astype(float), used[f"{measure}_{visit}"], rcond=None)[0]
    found = number(results, Key("ancova", measure, visit, "difference"))
    assert found.value == pytest.approx(beta[1], rel=1e-9)
    assert found.how is not None
    assert (found.how.covariance, found.how.adjusted) == ("hc3", ("baseline", "age", "gender"))
    favours = -1.0 if measure == "mood" else 1.0  # of low mood less is better
    assert value(results, Key("ancova", measure, visit, "g")) * beta[1] * favours > 0


@pytest.mark.parametrize("measure", ["mood", "skill"])
@pytest.mark.parametrize("visit", LATER)
def test_the_main_difference_is_that_of_the_adjusted_means(results: Registry, measure: str, visit: str) -> None:
    means = tuple(Key("mmrm", measure, visit, "adjusted_mean", arm) for arm in ARMS)
    full, skills = (value(results, key) for key in means)
    main = number(results, Key("mmrm", measure, visit, "difference"))
    assert main.value == pytest.approx(full - skills, rel=1e-9)
    assert main.tells == (means,)
    assert main.how is not None
    assert (main.how.estimator, main.how.inference, main.how.structure) == ("mmrm", "kenward_roger", "unstructured")


def test_holms_p_values_are_those_of_the_declared_family(results: Registry) -> None:
    p = {one: number(results, Key("mmrm", one, "end", "difference")).p_value or 0.0 for one in ("mood", "skill")}
    least, most = sorted(p, key=lambda one: p[one])
    adjusted = {one: value(results, Key("mmrm", one, "end", "p_holm")) for one in p}
    assert adjusted[least] == pytest.approx(min(1.0, 2 * p[least]), rel=1e-12)
    assert adjusted[most] == pytest.approx(min(1.0, max(p[most], 2 * p[least])), rel=1e-12)


def test_the_start_is_described_by_arm_and_level(results: Registry, people: pd.DataFrame) -> None:
    arms = {arm: people[people["arm"] == arm] for arm in ARMS}
    for name, column in (("age", "age"), ("mood", "mood_start")):
        mean = {arm: of[column].mean() for arm, of in arms.items()}
        spread = np.sqrt(sum(of[column].var() for of in arms.values()) / 2)
        for arm in ARMS:
            key = Key("baseline", subject=name, what="mean", arm=arm)
            assert value(results, key) == pytest.approx(mean[arm], rel=1e-12)
        smd = value(results, Key("baseline", subject=name, what="smd"))
        assert smd == pytest.approx((mean["full"] - mean["skills"]) / spread, rel=1e-12)
    for arm, of in arms.items():
        for level in ("man", "woman"):
            key = Key("baseline", subject="gender", category=level, what="share", arm=arm)
            share, count = number(results, key), int((of["gender"] == level).sum())
            assert share.value == pytest.approx(count / len(of), rel=1e-12)
            assert (share.cells, share.named) == ((count, len(of) - count), level)
            assert share.tells == ((key.but(category="woman" if level == "man" else "man"),),)


def test_a_difference_of_levels_tells_each_level_from_the_others(results: Registry) -> None:
    shares = {
        level: tuple(Key("baseline", subject="gender", category=level, what="share", arm=arm) for arm in ARMS)
        for level in ("man", "woman")
    }
    smd = number(results, Key("baseline", subject="gender", what="smd"))
    assert set(smd.tells) == set(shares.values())


@pytest.mark.parametrize("arm", ARMS)
def test_everybody_of_an_arm_is_compared_or_left_out_for_one_reason(
    results: Registry, people: pd.DataFrame, arm: str
) -> None:
    mine = people[people["arm"] == arm]
    started = Key("flow", what="started", arm=arm)
    assert value(results, started) == len(mine)
    known = mine["completed"].dropna()
    assert value(results, started.but(what="completed")) == (known == "yes").sum()
    assert value(results, started.but(what="completion_not_recorded")) == len(mine) - len(known)
    compared = number(results, started.but(measure="mood", what="compared"))
    reasons = [one.key for one in results.where(analysis="flow", measure="mood", arm=arm) if one.key.category]
    assert compared.value + sum(value(results, key) for key in reasons) == len(mine)
    assert {key.category for key in reasons} == {"no_window", "no_start", "no_covariate", "no_later"}


@pytest.mark.parametrize("arm", ARMS)
def test_reliable_change_is_counted_by_hand_in_each_arm(results: Registry, people: pd.DataFrame, arm: str) -> None:
    start, end = people["mood_start"], people["mood_end"]
    threshold = 1.959963984540054 * np.sqrt(2) * start.std() * np.sqrt(1 - 0.8)
    assert value(results, Key("change", "mood", "end", "threshold")) == pytest.approx(threshold, rel=1e-4)
    mine = ((people["arm"] == arm) & start.notna() & end.notna()).to_numpy()
    fall, cut_off = (start - end)[mine], value(results, Key("change", "mood", "end", "cut_off", category="c"))
    crosses = (start[mine] > cut_off) & (end[mine] < cut_off)
    counted: dict[str, Any] = {
        "improved": fall >= threshold,
        "deteriorated": fall <= -threshold,
        "unchanged": fall.abs() < threshold,
        "recovered": (fall >= threshold) & crosses,
        "crossed": (fall.abs() < threshold) & crosses,
        "improved_only": (fall >= threshold) & ~crosses,
        "unchanged_only": (fall.abs() < threshold) & ~crosses,
    }
    whole = {"improved", "unchanged", "deteriorated"}
    made_of = {"improved": {"recovered", "improved_only"}, "unchanged": {"crossed", "unchanged_only"}}
    for category, happened in counted.items():
        share = number(results, Key("change", "mood", "end", "share", arm, category=category))
        events, n = int(happened.sum()), int(mine.sum())
        assert share.value == pytest.approx(events / n, rel=1e-12), category
        assert share.cells == (events, n - events)
        assert (share.n, share.n_full, share.n_skills) == (n, *((n, None) if arm == "full" else (None, n)))
        people_key = Key("change", "mood", "end", "people", arm, category=category)
        assert value(results, people_key) == events
        assert number(results, people_key).tells == ((share.key,),)
        related = {key.category for relation in share.tells for key in relation}
        assert related == ((whole - {category} if category in whole else set()) | made_of.get(category, set()))


def test_the_difference_of_those_who_improved_leans_as_the_shares_do(results: Registry) -> None:
    key = Key("change", "mood", "end", "share", category="improved")
    full, skills = (value(results, key.but(arm=arm)) for arm in ARMS)
    found = number(results, key.but(what="difference"))
    assert found.value * (full - skills) > 0
    assert found.tells == (tuple(key.but(arm=arm) for arm in ARMS),)
    assert found.how is not None
    assert found.how.adjusted == ("baseline", "age", "gender")


def test_a_measure_without_a_reliability_is_refused_as_not_planned(results: Registry) -> None:
    found: Outcome = results[Key("change", "skill", "end", "share", "full", category="improved")]
    assert isinstance(found, NotEstimable)
    assert found.cause == "not planned"


@pytest.mark.parametrize("analysis", ["flow", "baseline", "describe", "within", "between", "ancova", "mmrm", "change"])
def test_every_result_says_what_kind_of_number_it_is_and_how_it_was_computed(results: Registry, analysis: str) -> None:
    found = results.where(analysis=analysis)
    assert found
    assert all(one.quantity is not None for one in found)
    assert all(one.how is not None for one in found if isinstance(one, Estimate))


def test_where_no_rule_judges_completion_the_refusal_says_that_it_was_not_planned(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s")
    plan = (folder / "plan.toml").read_text(encoding="utf-8").partition("[completion]")[0]
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    registry = outcomes.analyse(outcomes.read_study(folder)).registry
    refused = registry[Key("flow", what="completed", arm="full")]
    assert isinstance(refused, NotEstimable)
    assert (refused.cause, refused.label) == ("not planned", "People who completed, Full programme")
