"""What would be wrong in silence is refused, or told: each case by itself, with a sentence that says what to do."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

import outcomes
from outcomes.errors import FrameError
from outcomes.methods.ancova import fit_ancova
from outcomes.methods.cluster import number_clusters
from outcomes.methods.cox import fit_cox
from outcomes.methods.means import fit_difference, fit_mean
from outcomes.methods.multiplicity import adjust_holm
from outcomes.methods.proportions import fit_share, fit_share_difference
from outcomes.methods.reference import normal_critical, t_limits
from outcomes.methods.sensitivity import e_value_of_interval
from outcomes.methods.survival import fit_kaplan_meier
from outcomes.results.outcome import NotEstimableError

N = 60


@pytest.fixture
def people() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    arm = np.tile(["new", "old"], N // 2)
    base = rng.normal(30, 5, N)
    return pd.DataFrame(
        {
            "who": np.arange(N),
            "arm": arm,
            "base": base,
            "y": base + 2 * (arm == "new") + rng.normal(0, 2, N),
            "sex": rng.choice(["f", "m", "x"], N),
            "group": np.repeat([f"g{place}" for place in range(12)], 5),
            "weeks": rng.uniform(1, 24, N),
            "left": rng.integers(0, 2, N),
            "count": rng.poisson(3, N),
            "yes": rng.integers(0, 2, N),
        }
    )


@pytest.fixture
def long(people: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    parts = [people.assign(visit=visit, y=people["y"] + rng.normal(0, 2, N)) for visit in ("w4", "w12", "w24")]
    return pd.concat(parts, ignore_index=True)


ANCOVA: dict[str, Any] = {"score": "y", "reference": "old"}
MMRM: dict[str, Any] = {**ANCOVA, "client": "who", "visits": ["w4", "w12", "w24"]}


def test_an_arm_that_is_no_pair_is_refused_by_every_call(people: pd.DataFrame, long: pd.DataFrame) -> None:
    three = people.assign(arm=people["arm"].where(people["who"] > 5, "third"))
    slope = people.assign(arm=people["base"])
    calls = {
        "ancova": lambda one: outcomes.ancova(one, score="y"),
        "logistic": lambda one: outcomes.logistic(one, score="yes"),
        "negbin": lambda one: outcomes.negbin(one, score="count"),
        "weighted": lambda one: outcomes.weighted(one, score="y", covariates="sex"),
        "rmst": lambda one: outcomes.rmst(one, time="weeks", event="left"),
        "cox": lambda one: outcomes.cox(one, time="weeks", event="left"),
    }
    for call in calls.values():
        with pytest.raises(FrameError, match="has 3 different values, and two arms are compared"):
            call(three)
        with pytest.raises(FrameError, match="has 60 different values"):
            call(slope)
    with pytest.raises(FrameError, match="different values"):
        outcomes.mmrm(long.assign(arm=long["base"]), **{**MMRM, "reference": None})


def test_a_reference_is_said_or_told_by_the_column_and_never_by_the_alphabet(people: pd.DataFrame) -> None:
    with pytest.raises(FrameError, match='say which value of arm is compared against: reference="…"'):
        outcomes.ancova(people, score="y")
    with pytest.raises(FrameError, match="has no value 'ancient'"):
        outcomes.ancova(people, score="y", reference="ancient")
    said = outcomes.ancova(people, score="y", reference="old")
    coded = outcomes.ancova(people.assign(arm=(people["arm"] == "new").astype(int)), score="y")
    true = outcomes.ancova(people.assign(arm=people["arm"] == "new"), score="y")
    first = outcomes.ancova(people.assign(arm=pd.Categorical(people["arm"], ["old", "new"])), score="y")
    turned = outcomes.ancova(people, score="y", reference="new")
    assert said.estimate == coded.estimate == true.estimate == first.estimate == pytest.approx(-turned.estimate)
    assert said.rows[0].contrast == "new - old"


def test_visits_of_text_have_no_order_but_the_one_that_is_said(long: pd.DataFrame) -> None:
    asked = {name: value for name, value in MMRM.items() if name != "visits"}
    with pytest.raises(FrameError, match="whose alphabet tells no time"):
        outcomes.mmrm(long, **asked, covariance="heterogeneous ar1")
    said = outcomes.mmrm(long, **MMRM, covariance="heterogeneous ar1")
    ordered = long.assign(visit=pd.Categorical(long["visit"], MMRM["visits"], ordered=True))
    weeks = long.assign(visit=long["visit"].str[1:].astype(int))
    alphabet = outcomes.mmrm(long, **{**MMRM, "visits": sorted(MMRM["visits"])}, covariance="heterogeneous ar1")
    for other in (ordered, weeks):
        found = outcomes.mmrm(other, **asked, covariance="heterogeneous ar1")
        assert found.to_frame()["estimate"].tolist() == said.to_frame()["estimate"].tolist()
    assert alphabet["w4"].se != pytest.approx(said["w4"].se, rel=1e-6)
    with pytest.raises(FrameError, match="each of them once"):
        outcomes.mmrm(long, **{**MMRM, "visits": ["w4", "w99"]})


def test_a_text_for_covariates_is_one_name_and_never_its_letters(people: pd.DataFrame) -> None:
    one = outcomes.ancova(people, **ANCOVA, covariates="base")
    assert one.how.adjusted == ("base",)
    assert one.estimate == outcomes.ancova(people, **ANCOVA, covariates=["base"]).estimate
    with pytest.raises(FrameError, match="there is no column 'base, sex'"):
        outcomes.ancova(people, **ANCOVA, covariates="base, sex")


def test_who_lacks_something_is_counted_by_the_first_reason(people: pd.DataFrame, long: pd.DataFrame) -> None:
    people.loc[[0, 1], "arm"] = None
    people.loc[[1, 2, 3], "y"] = np.nan
    people.loc[4, "base"] = np.nan
    people.loc[5, "sex"] = None
    fit = outcomes.ancova(people, **ANCOVA, baseline="base", covariates=["sex"])
    assert fit.dropped == {"no arm": 2, "no score": 2, "no base": 1, "no sex": 1}
    assert fit.n == N - 6 == sum(fit.arms.values())
    assert "6 not in it: 2 no arm, 2 no score, 1 no base, 1 no sex" in str(fit)
    assert outcomes.ancova(people, "y ~ arm + base + sex", reference="old").dropped == fit.dropped
    long.loc[long["who"] == 7, "base"] = np.nan
    long.loc[long["who"] == 8, "y"] = np.nan
    repeated = outcomes.mmrm(long, **MMRM, baseline="base")
    assert repeated.dropped == {"no score at any visit": 1, "no base": 1}
    assert repeated.n == N - 2


def test_who_has_no_cluster_is_alone_and_told_of(people: pd.DataFrame) -> None:
    people.loc[[0, 7, 20], "group"] = None
    alone = people.assign(group=people["group"].where(people["group"].notna(), people["who"].astype(str)))
    fit, other = (outcomes.ancova(one, **ANCOVA, cluster="group") for one in (people, alone))
    assert (fit.se, fit.df) == pytest.approx((other.se, other.df))
    together = outcomes.ancova(people.assign(group=people["group"].fillna("none")), **ANCOVA, cluster="group")
    assert fit.se != pytest.approx(together.se, rel=1e-6)
    assert "3 people have no group recorded and count alone." in fit.notes
    people.loc[[0, 7], "group"] = people["group"].dropna().iloc[0]
    assert (
        "1 person has no group recorded and counts alone." in outcomes.ancova(people, **ANCOVA, cluster="group").notes
    )
    with pytest.raises(NotEstimableError, match="at least 4 groups"):
        outcomes.ancova(people.assign(group=people["arm"]), **ANCOVA, cluster="group")


def test_times_counts_and_shares_that_are_none_are_refused(people: pd.DataFrame) -> None:
    asked = {"reference": "old", "time": "weeks", "event": "left"}
    for call in (outcomes.rmst, outcomes.cox):
        with pytest.raises(FrameError, match="times below zero"):
            call(people.assign(weeks=people["weeks"] - 10), **asked)
        with pytest.raises(FrameError, match="other values than 0 and 1"):
            call(people.assign(left=people["left"] + 1), **asked)
    with pytest.raises(FrameError, match="and no further"):
        outcomes.rmst(people, **asked, horizon=99)
    with pytest.raises(FrameError, match="no count"):
        outcomes.negbin(people, score="y", reference="old")
    with pytest.raises(FrameError, match="times below zero"):
        outcomes.negbin(people.assign(years=-1.0), score="count", exposure="years", reference="old")
    with pytest.raises(FrameError, match="other values than 0 and 1"):
        outcomes.logistic(people, score="count", reference="old")


@pytest.mark.parametrize("level", [95, 1.0, 0.0, 0.05, float("nan")])
def test_a_level_is_a_share(people: pd.DataFrame, level: float) -> None:
    with pytest.raises(FrameError, match=r"such as 0\.95"):
        outcomes.ancova(people, **ANCOVA, level=level)
    with pytest.raises(FrameError, match=r"such as 0\.95"):
        outcomes.size(difference=1.0, level=level)


def test_a_yes_or_no_in_points_is_told(people: pd.DataFrame) -> None:
    fit = outcomes.ancova(people, score="yes", reference="old")
    assert any("outcomes.logistic compares shares" in note for note in fit.notes)
    assert not any("logistic" in note for note in outcomes.ancova(people, **ANCOVA).notes)


def test_a_person_in_several_rows_is_refused_where_one_is_meant(long: pd.DataFrame) -> None:
    with pytest.raises(FrameError, match="stands in several rows"):
        outcomes.ancova(long, **ANCOVA, client="who")
    with pytest.raises(FrameError, match="stands in several rows"):
        outcomes.ancova(long.rename(columns={"who": "client_id"}), **ANCOVA)
    with pytest.raises(FrameError, match="two rows at the same visit"):
        outcomes.mmrm(pd.concat([long, long.head(1)]), **MMRM)
    changing = long.assign(arm=np.where(long.index == 0, "old", long["arm"]))
    with pytest.raises(FrameError, match="the column arm changes within a person"):
        outcomes.mmrm(changing, **MMRM)


def test_a_formula_that_cannot_be_meant_is_refused(people: pd.DataFrame, long: pd.DataFrame) -> None:
    for formula, why in (
        ("y ~ base", "the arm stands nowhere"),
        ("y ~ 0 + arm", "the intercept cannot be taken away"),
        ("y ~ arm + bass", "there is no column 'bass'"),
        ("y ~ arm +", "it cannot be read|cannot be worked out"),
        ("np.log(y) ~ arm", "on its left is no column"),
    ):
        with pytest.raises(FrameError, match=why):
            outcomes.ancova(people, formula, reference="old")
    with pytest.raises(FrameError, match="either a formula, or score"):
        outcomes.ancova(people, "y ~ arm", reference="old", covariates="sex")
    with pytest.raises(FrameError, match="the arm may meet nothing"):
        outcomes.logistic(people, "yes ~ arm*base", reference="old")
    with pytest.raises(FrameError, match=r"arm\*visit"):
        outcomes.mmrm(long, "y ~ arm + base", reference="old", client="who", visits=MMRM["visits"])


def test_what_a_call_gives_can_be_stored(people: pd.DataFrame, long: pd.DataFrame) -> None:
    for fit in (outcomes.ancova(people, **ANCOVA), outcomes.mmrm(long, **MMRM)):
        table = fit.to_frame()
        assert table.attrs == {}
        assert {str(kind) for kind in table.dtypes} <= {"str", "float64", "int64"}
        assert len(json.loads(table.to_json(orient="records"))) == len(fit.rows)


def test_methods_refuse_what_would_give_nan_with_a_number_of_people() -> None:
    scores, full = np.array([1.0, np.nan, 3.0, 4.0, 6.0]), np.array([True, False, True, False, True])
    for call in (
        lambda: fit_mean(scores=scores),
        lambda: fit_difference(scores=scores, full=full),
        lambda: fit_ancova(scores=scores, full=full, covariates=np.empty((5, 0)), names=()),
    ):
        with pytest.raises(ValueError, match="missing or infinite"):
            call()


def test_methods_refuse_limits_levels_events_times_and_clusters_that_are_none() -> None:
    for level in (95, 1, 0, float("nan")):
        with pytest.raises(ValueError, match="a share between 0 and 1"):
            normal_critical(level=level)
        with pytest.raises(ValueError, match="a share between 0 and 1"):
            t_limits(1.0, se=1.0, df=5.0, level=level)
    for p_value in (float("nan"), -0.1, 1.1):
        with pytest.raises(ValueError, match="a number between 0 and 1"):
            adjust_holm(p_values={"a": 0.01, "b": p_value}, family_size=2)
    with pytest.raises(ValueError, match="as many as people at most"):
        fit_share(events=6, n=5, level=0.95)
    with pytest.raises(ValueError, match="as many as people at most"):
        fit_share_difference(events_full=1, n_full=5, events_skills=-1, n_skills=5, level=0.95)
    for low, high in ((2.0, 0.5), (float("nan"), 2.0), (-1.0, 2.0)):
        with pytest.raises(ValueError, match="the lower one first"):
            e_value_of_interval(low=low, high=high)
    for times in (np.array([1.0, -2.0]), np.array([1.0, np.nan])):
        with pytest.raises(ValueError, match="not below zero"):
            fit_kaplan_meier(times=times, left=np.array([True, True]))
        with pytest.raises(ValueError, match="not below zero"):
            fit_cox(times=times, left=np.array([True, True]), design=np.eye(2), names=("the arm", "b"))
    for labels in (np.array([1.0, np.nan, np.nan]), np.array(["a", None, None], dtype=object)):
        with pytest.raises(ValueError, match="a cluster is missing"):
            number_clusters(labels)
