"""What decides how far to trust the answer, computed by hand from the tables: each arm, visit, target and assumption.

The arms of the study differ in size, in who is missed and in what is worse, so that exchanging them anywhere is found.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

import outcomes
from outcomes.results.key import Key
from outcomes.results.outcome import Curve, Estimate
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from outcomes.results.registry import Registry

VISITS = ("start", "mid", "end")
WORSE = {"full": 0.3, "skills": 0.8}
DROPPED = {"full": ("P004", "P008", "P012"), "skills": ("P003",)}  # not seen at the end
RETURNED = ("P006", "P010")  # not seen in the middle, and seen again


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_small_study(tmp_path_factory.mktemp("trust") / "s", n=64, seed=11)
    table = f"[missing]\nworse = {{ full = {WORSE['full']}, skills = {WORSE['skills']} }}\n"
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    (folder / "plan.toml").write_text(plan + table, encoding="utf-8")
    clients, scores = read_tables(folder)
    clients = clients[~clients.client_id.isin(["P001", "P005", "P009", "P013"])]  # all of skills group only
    gone = [one for some in DROPPED.values() for one in some]
    dropped = scores.client_id.isin(gone) & (scores.visit == "end")
    dropped |= scores.client_id.isin(RETURNED) & (scores.visit == "mid")
    clients.to_csv(folder / "clients.csv", index=False)
    scores[scores.client_id.isin(clients.client_id) & ~dropped].to_csv(folder / "scores.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def results(folder: Path) -> Registry:
    return outcomes.analyse(outcomes.read_study(folder)).registry


@pytest.fixture(scope="module")
def wide(folder: Path) -> pd.DataFrame:
    """One row a client: `full`, covariates, and the scores at each visit, nan where not seen."""
    clients, scores = read_tables(folder)
    table = clients.set_index("client_id").assign(
        full=lambda one: one.arm == "full", man=lambda one: one.gender == "man"
    )
    for measure in ("mood", "skill"):
        mine = scores[scores.measure == measure].pivot_table(index="client_id", columns="visit", values="score")
        table = table.join(mine.reindex(columns=list(VISITS)).add_prefix(f"{measure}_"))
    return table


def read_tables(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    return pd.read_csv(folder / "clients.csv"), pd.read_csv(folder / "scores.csv")


def value(results: Registry, *fields: str, **named: str) -> float:
    outcome = results[Key(*fields, **named)]
    assert isinstance(outcome, Estimate), outcome
    return outcome.value


def in_arm(wide: pd.DataFrame, arm: str) -> pd.DataFrame:
    return wide[wide.full == (arm == "full")]


def test_the_arms_differ_in_size_so_that_exchanging_them_is_found(wide: pd.DataFrame) -> None:
    assert len(in_arm(wide, "full")) != len(in_arm(wide, "skills"))


@pytest.mark.parametrize("measure", ["mood", "skill"])
@pytest.mark.parametrize("visit", VISITS)
def test_the_share_not_seen_is_that_of_the_arm_at_the_visit(
    results: Registry, wide: pd.DataFrame, measure: str, visit: str
) -> None:
    missing = {arm: in_arm(wide, arm)[f"{measure}_{visit}"].isna() for arm in ("full", "skills")}
    for arm, mine in missing.items():
        share = results[Key("missing", measure, visit, "share", arm)]
        assert isinstance(share, Estimate)
        assert share.value == pytest.approx(mine.mean())
        assert share.cells == (mine.sum(), (~mine).sum())
    difference = missing["full"].mean() - missing["skills"].mean()
    assert value(results, "missing", measure, visit, "difference") == pytest.approx(difference)


@pytest.mark.parametrize("arm", ["full", "skills"])
def test_patterns_kinds_and_leavers_are_counted_in_their_arm(results: Registry, wide: pd.DataFrame, arm: str) -> None:
    seen = in_arm(wide, arm)[[f"mood_{visit}" for visit in VISITS]].notna()
    words = seen.apply(lambda row: "".join("s" if one else "m" for one in row), axis=1)
    for word, count in words.value_counts().items():
        assert value(results, "missing", "mood", what="pattern", category=str(word), arm=arm) == count
    kinds = {"complete": ["sss"], "monotone": ["smm", "ssm"], "intermittent": ["sms"], "never": ["mmm"]}
    for kind, some in kinds.items():
        assert value(results, "missing", "mood", what="kind", category=kind, arm=arm) == words.isin(some).sum()
    assert value(results, "missing", "mood", "mid", "lost", arm) == (words == "smm").sum()
    assert value(results, "missing", "mood", "end", "lost", arm) == words.isin(["smm", "ssm"]).sum()
    assert value(results, "missing", "mood", what="missed_next", arm=arm) == words.isin(["smm", "ssm", "sms"]).sum()


@pytest.mark.parametrize("arm", ["full", "skills"])
def test_the_last_score_before_a_missing_one_is_worse_by_its_own_arm(
    results: Registry, wide: pd.DataFrame, arm: str
) -> None:
    pairs = []
    for here, after in (("mood_start", "mood_mid"), ("mood_mid", "mood_end")):
        standard = (wide[here] - wide[here].mean()) / wide[here].std()  # lower is better, so that more is worse
        mine = wide[here].notna() & (wide.full == (arm == "full"))
        pairs += list(zip(standard[mine], wide[after][mine].isna(), strict=True))
    gone, stayed = ([score for score, missed in pairs if missed is one] for one in (True, False))
    expected = np.mean(gone) - np.mean(stayed)
    assert value(results, "missing", "mood", what="last_score", arm=arm) == pytest.approx(expected)


@pytest.mark.parametrize("arm", ["full", "skills"])
def test_the_scores_of_a_person_before_missing_ones_count_as_one_persons(
    results: Registry, wide: pd.DataFrame, arm: str
) -> None:
    """CR2 with Satterthwaite df from dense matrices (Pustejovsky & Tipton 2018)."""
    rows = []
    for here, after in (("mood_start", "mood_mid"), ("mood_mid", "mood_end")):
        standard = (wide[here] - wide[here].mean()) / wide[here].std()
        mine = wide[here].notna() & (wide.full == (arm == "full"))
        rows += list(zip(wide.index[mine], standard[mine], wide[after][mine].isna(), strict=True))
    ids, y, gone = (np.array(column) for column in zip(*rows, strict=True))
    x = np.column_stack([np.ones(len(y)), gone.astype(float)])
    bread = np.linalg.inv(x.T @ x)
    hat = np.eye(len(y)) - x @ bread @ x.T
    left, meat, lines = hat @ y, 0.0, []
    for one in np.unique(ids):
        mine = ids == one
        values, vectors = np.linalg.eigh(hat[np.ix_(mine, mine)])
        line = (bread[1] @ x[mine].T) @ (vectors / np.sqrt(values)) @ vectors.T
        meat += float(line @ left[mine]) ** 2
        lines.append(line @ hat[mine])
    products = np.array(lines) @ np.array(lines).T
    df = np.trace(products) ** 2 / (products**2).sum()
    found = results[Key("missing", "mood", what="last_score", arm=arm)]
    assert isinstance(found, Estimate)
    assert found.se == pytest.approx(math.sqrt(meat), rel=1e-9)
    assert found.df == pytest.approx(df, rel=1e-9)
    reach = stats.t.ppf(0.975, df) * math.sqrt(meat)
    assert found.limits == pytest.approx((found.value - reach, found.value + reach), rel=1e-9)
    assert found.n == len(set(ids)) < len(y)


def test_every_relation_of_counts_adds_up(results: Registry) -> None:
    """A kind is its patterns, the kinds are everybody, and whoever was not seen is the patterns without that visit."""
    checked = 0
    for share in results.where(analysis="missing", measure="mood", what="share"):
        assert isinstance(share, Estimate)
        parts = [key for some in share.tells for key in some]  # none where everybody was seen
        observed = Key("flow", "mood", share.key.visit, "observed", share.key.arm)
        assert share.value == pytest.approx(1 - results[observed].value / share.n)
        assert share.value * share.n == pytest.approx(sum(results[key].value for key in parts))
        checked += 1
    for kind in results.where(analysis="missing", measure="mood", what="kind"):
        assert isinstance(kind, Estimate)
        others, *patterns = kind.tells
        started = Key("flow", what="started", arm=kind.key.arm)
        assert kind.value + sum(results[key].value for key in others) == results[started].value
        assert kind.value == sum(results[key].value for some in patterns for key in some)
        checked += 1
    for left in results.where(analysis="missing", measure="mood", what="lost"):
        assert isinstance(left, Estimate)
        assert left.value == sum(results[key].value for key in left.tells[0])
        checked += 1
    assert checked == 6 + 8 + 4


def test_every_result_that_a_relation_names_is_there(results: Registry) -> None:
    names = ("balance", "weighting", "missing", "imputation", "confounding", "precision")
    told = [key for name in names for one in results.where(analysis=name) for some in one.tells for key in some]
    assert told
    assert not [str(key) for key in told if key not in results]


def test_a_standardised_difference_is_full_minus_skills(results: Registry, wide: pd.DataFrame) -> None:
    for subject, column in (("age", "age"), ("mood", "mood_start"), ("skill", "skill_start")):
        full, skills = (in_arm(wide, arm)[column].dropna() for arm in ("full", "skills"))
        expected = (full.mean() - skills.mean()) / math.sqrt((full.var() + skills.var()) / 2)
        assert value(results, "balance", subject=subject, what="before") == pytest.approx(expected)


@pytest.fixture(scope="module")
def propensity(wide: pd.DataFrame) -> NDArray[np.float64]:
    """Chance of the full programme by another library."""
    design = sm.add_constant(wide[["age", "man", "mood_start", "skill_start"]].astype(float))
    return np.asarray(sm.Logit(wide.full.astype(float), design).fit(disp=False, tol=1e-12).predict(design))


def test_each_target_has_its_own_weights(
    results: Registry, wide: pd.DataFrame, propensity: NDArray[np.float64]
) -> None:
    weights = {
        "overlap": (1 - propensity, propensity),
        "ate": (1 / propensity, 1 / (1 - propensity)),
        "att": (np.ones(len(wide)), propensity / (1 - propensity)),
        "atc": ((1 - propensity) / propensity, np.ones(len(wide))),
    }
    scores, full = wide.mood_end.to_numpy(), wide.full.to_numpy()
    seen = ~np.isnan(scores)
    for target, (of_full, of_skills) in weights.items():
        means = [
            np.average(scores[seen & arm], weights=mine[seen & arm])
            for arm, mine in ((full, of_full), (~full, of_skills))
        ]
        assert value(results, "weighting", "mood", "end", target) == pytest.approx(means[0] - means[1], rel=1e-6)
    effective = {}
    for arm, mine, used in (("full", 1 - propensity, full), ("skills", propensity, ~full)):
        effective[arm] = mine[used].sum() ** 2 / (mine[used] ** 2).sum()
        assert value(results, "weighting", what="effective_n", arm=arm) == pytest.approx(effective[arm], rel=1e-6)
    assert value(results, "weighting", what="effective_n") == pytest.approx(sum(effective.values()), rel=1e-6)


def test_propensities_are_counted_in_their_arm(
    results: Registry, wide: pd.DataFrame, propensity: NDArray[np.float64]
) -> None:
    for arm in ("full", "skills"):
        curve = results[Key("balance", what="propensity", arm=arm)]
        assert isinstance(curve, Curve)
        mine = propensity[wide.full.to_numpy() == (arm == "full")]
        assert list(curve.value) == np.histogram(mine, bins=10, range=(0, 1))[0].tolist()
    full, skills = (propensity[wide.full.to_numpy() == one] for one in (True, False))
    common = [((one >= other.min()) & (one <= other.max())).sum() for one, other in ((full, skills), (skills, full))]
    assert value(results, "balance", what="overlap") == pytest.approx(sum(common) / len(wide))


def shift(wide: pd.DataFrame, arm: str) -> float:
    """What the adjusted difference gains for a point added to those lost from an arm: it is linear in the scores."""
    seen = wide[["mood_start", "mood_mid", "mood_end"]].notna()
    left = (~seen.mood_end) & (wide.full == (arm == "full"))
    design = sm.add_constant(wide[["full", "mood_start", "age", "man"]].astype(float))
    return float(sm.OLS(left.astype(float), design).fit().params["full"])


def test_worse_is_what_the_plan_says_of_each_arm(results: Registry, wide: pd.DataFrame) -> None:
    starts = [in_arm(wide, arm).mood_start for arm in ("full", "skills")]
    sd = math.sqrt(sum((len(one) - 1) * one.var() for one in starts) / (len(wide) - 2))
    mar = value(results, "imputation", "mood", "end", "mar")
    gains = {arm: shift(wide, arm) for arm in WORSE}
    assert gains["full"] > 0 > gains["skills"]
    for arm, times in WORSE.items():
        worse = value(results, "imputation", "mood", "end", f"worse_{arm}")
        assert worse - mar == pytest.approx(times * sd * gains[arm], rel=1e-6)  # more is worse
    both = mar + sd * sum(times * gains[arm] for arm, times in WORSE.items())
    assert value(results, "imputation", "mood", "end", "worse_both") == pytest.approx(both, rel=1e-6)


def test_the_tipping_points_lie_on_the_curve(results: Registry, wide: pd.DataFrame) -> None:
    mar = value(results, "imputation", "mood", "end", "mar")
    gain = shift(wide, "full")
    assert value(results, "imputation", "mood", "end", "tipping_lean") == pytest.approx(-mar / gain, rel=1e-6)
    curve = results[Key("imputation", "mood", "end", "by_delta")]
    assert isinstance(curve, Curve)
    np.testing.assert_allclose(curve.value, [mar + gain * at for at in curve.at], rtol=1e-6, atol=1e-8)


def test_a_reference_moves_those_who_left_the_other_arm(folder: Path, results: Registry, tmp_path: Path) -> None:
    """Jumping to the reference lies nearer to zero than missing at random, and says whose number it tells."""
    plan = (folder / "plan.toml").read_text(encoding="utf-8").replace("[missing]\n", '[missing]\nreference = "full"\n')
    for file in ("clients.csv", "scores.csv"):
        (tmp_path / file).write_text((folder / file).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "plan.toml").write_text(plan, encoding="utf-8")
    other = outcomes.analyse(outcomes.read_study(tmp_path)).registry
    for registry, moved in ((results, "full"), (other, "skills")):
        jump = registry[Key("imputation", "mood", "end", "jump_to_reference")]
        assert Key("missing", "mood", "end", "lost", moved) in jump.tells[0]
        assert abs(jump.value) < abs(value(registry, "imputation", "mood", "end", "mar"))


def test_e_values_and_robustness_values_follow_from_the_adjusted_comparison(
    results: Registry, wide: pd.DataFrame
) -> None:
    ratio = math.exp(0.91 * abs(value(results, "ancova", "mood", "end", "g")))
    e_value = ratio + math.sqrt(ratio * (ratio - 1))
    assert value(results, "confounding", "mood", "end", "e_value") == pytest.approx(e_value, rel=1e-6)
    seen = wide.dropna(subset=["mood_end"])
    design = sm.add_constant(seen[["full", "mood_start", "age", "man"]].astype(float))
    fit = sm.OLS(seen.mood_end, design).fit()
    f = abs(fit.tvalues["full"]) / math.sqrt(fit.df_resid)
    robustness = (math.sqrt(f**4 + 4 * f**2) - f**2) / 2
    assert value(results, "confounding", "mood", "end", "robustness_value") == pytest.approx(robustness)
    named = {"age": "age", "gender_woman": "gender: woman", "the_score_at_the_start": "the score at the start"}
    bounds = results.where(analysis="confounding", what="bound")
    assert {one.key.subject: one.named for one in bounds if one.key} == named


@pytest.mark.parametrize(("subject", "column"), [("age", "age"), ("the_score_at_the_start", "mood_start")])
def test_a_benchmark_is_that_of_its_characteristic(
    results: Registry, wide: pd.DataFrame, subject: str, column: str
) -> None:
    """Cinelli & Hazlett (2020), with a confounder once as strong: partial R² of the column with arm and outcome."""
    seen = wide.dropna(subset=["mood_end"])
    design = sm.add_constant(seen[["full", "mood_start", "age", "man"]].astype(float))
    outcome = sm.OLS(seen.mood_end, design).fit()
    of_arm = sm.OLS(design["full"], design.drop(columns="full")).fit()
    with_arm, with_outcome = (
        one.tvalues[column] ** 2 / (one.tvalues[column] ** 2 + one.df_resid) for one in (of_arm, outcome)
    )
    r2_arm = with_arm / (1 - with_arm)
    shared = with_arm**2 / (1 - with_arm) ** 2
    times = (1 + math.sqrt(shared)) / math.sqrt(1 - shared)
    r2_outcome = min(times**2 * with_outcome / (1 - with_outcome), 1.0)
    bias = outcome.bse["full"] * math.sqrt(outcome.df_resid * r2_outcome * r2_arm / (1 - r2_arm))
    left = outcome.params["full"] - math.copysign(bias, outcome.params["full"])
    assert value(results, "confounding", "mood", "end", "bound", subject=subject) == pytest.approx(left)


def test_what_is_lost_is_that_of_the_arm_and_equivalence_is_that_of_the_main_result(
    results: Registry, wide: pd.DataFrame
) -> None:
    for arm in ("full", "skills"):
        lost = in_arm(wide, arm).mood_end.isna()
        found = results[Key("precision", "mood", what="dropout", arm=arm)]
        assert isinstance(found, Estimate)
        assert found.value == pytest.approx(lost.mean())
        assert found.cells == (lost.sum(), (~lost).sum())
    main, test = (
        results[Key("mmrm", "mood", "end", "difference")],
        results[Key("precision", "mood", "end", "equivalence")],
    )
    reach = stats.t.ppf(0.95, main.df) * main.se
    assert test.value == main.value
    assert (test.interval.low, test.interval.high) == pytest.approx((main.value - reach, main.value + reach))
    p_value = max(stats.t.sf((main.value + 5) / main.se, main.df), stats.t.cdf((main.value - 5) / main.se, main.df))
    assert test.p_value == pytest.approx(p_value)
