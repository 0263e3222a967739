"""Staying against R.

`survival.json` is made by `survival.R` beside it (R 4.2.2, survival 3.5-3) from synthetic people with ties and times of
zero; the shared values are those of survival and survRM2 1.0.4 on the veteran trial. Closed forms 1e-12 relative; Cox
1e-9 (Newton to the end on both sides), its check 1e-8 (R solves with another pivoting); the veteran's Cox 1e-6, as R's
default stops when the likelihood settles to nine digits.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from outcomes.methods.cox import check_proportionality, fit_cox
from outcomes.methods.survival import fit_kaplan_meier, fit_log_rank, fit_mean_difference, fit_restricted_mean
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from outcomes.methods.cox import CoxFit

HERE = Path(__file__).parent
CLOSED, EXACT = 1e-12, 1e-9


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return pd.read_csv(HERE / "people.csv")


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return json.loads((HERE / "survival.json").read_text())


def cox(people: pd.DataFrame, columns: list[str], time: str = "time", left: str = "left") -> CoxFit:
    return fit_cox(
        times=people[time].to_numpy(dtype=float),
        left=people[left].to_numpy() == 1,
        design=people[columns].to_numpy(dtype=float),
        names=columns,
    )


@pytest.mark.parametrize("arm", [0, 1])
def test_the_curve_and_its_limits_are_those_of_survfit(
    people: pd.DataFrame, expected: dict[str, Any], arm: int
) -> None:
    mine, values = people[people["full"] == arm], expected["km"][arm]
    fit = fit_kaplan_meier(times=mine["time"].to_numpy(dtype=float), left=mine["left"].to_numpy() == 1)
    assert list(fit.at) == values["time"]
    assert list(fit.at_risk) == values["at_risk"]
    assert list(fit.left) == values["left"]
    low, high = fit.limits(0.95)
    np.testing.assert_allclose(fit.share, values["share"], rtol=CLOSED)
    np.testing.assert_allclose(low, values["low"], rtol=CLOSED)
    np.testing.assert_allclose(high, values["high"], rtol=CLOSED)


def test_the_log_rank_test_is_that_of_survdiff(people: pd.DataFrame, expected: dict[str, Any]) -> None:
    full = people["full"].to_numpy() == 1
    test = fit_log_rank(times=people["time"].to_numpy(dtype=float), left=people["left"].to_numpy() == 1, full=full)
    values = expected["logrank"]
    assert test.chi_squared == pytest.approx(values["chisq"], rel=CLOSED)
    assert test.expected == pytest.approx(values["exp"][1], rel=CLOSED)
    assert test.variance == pytest.approx(values["var"], rel=CLOSED)


@pytest.mark.parametrize(("name", "columns"), [("cox1", ["full"]), ("cox3", ["full", "age", "sex"])])
def test_cox_with_ties_is_that_of_coxph(
    people: pd.DataFrame, expected: dict[str, Any], name: str, columns: list[str]
) -> None:
    fit, values = cox(people, columns), expected[name]
    np.testing.assert_allclose(fit.beta, np.atleast_1d(values["coef"]), rtol=EXACT)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.beta_cov)), np.atleast_1d(np.squeeze(values["se"])), rtol=EXACT)
    assert fit.log_likelihood == pytest.approx(values["loglik"][-1], rel=EXACT)
    tests = [check_proportionality(fit=fit, column=k) for k in range(len(columns))]
    tests.append(check_proportionality(fit=fit, column=None))
    np.testing.assert_allclose([t.chi_squared for t in tests], [row["chisq"] for row in values["zph"]], rtol=1e-8)
    np.testing.assert_allclose([t.p_value for t in tests], [row["p"] for row in values["zph"]], rtol=1e-8)


def test_score_residuals_and_the_sandwich_are_those_of_coxph(people: pd.DataFrame, expected: dict[str, Any]) -> None:
    fit = cox(people, ["full", "age", "sex"])
    np.testing.assert_allclose(fit.score_residuals, expected["cox3"]["score_residuals"], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(fit.score_residuals.sum(axis=0), 0, atol=1e-8)
    cov, count = fit.robust_cov(people["group"].to_numpy(dtype=object))
    assert count == people["group"].nunique()
    corrected = np.sqrt(np.diag(cov) * (count - 1) / count)  # R does not correct for the number of clusters
    np.testing.assert_allclose(corrected, expected["robust3"], rtol=1e-8)


def test_mean_times_are_those_of_survfit(people: pd.DataFrame, expected: dict[str, Any]) -> None:
    for arm, name in enumerate(("skills", "full")):
        mine = people[people["full"] == arm]
        fit = fit_kaplan_meier(times=mine["time"].to_numpy(dtype=float), left=mine["left"].to_numpy() == 1)
        mean = fit_restricted_mean(fit=fit, horizon=expected["rmst"]["tau"])
        assert (mean.value, mean.se) == pytest.approx(expected["rmst"][name], rel=CLOSED)


def test_the_difference_of_mean_times_with_shared_groups_sums_the_influences_of_survfit(
    people: pd.DataFrame, expected: dict[str, Any]
) -> None:
    full, horizon = people["full"].to_numpy() == 1, expected["rmst"]["tau"]
    arrays = {"times": people["time"].to_numpy(dtype=float), "left": people["left"].to_numpy() == 1, "full": full}
    groups = people["group"].to_numpy(dtype=object)
    signed = pd.Series(np.array(expected["influence"]) * np.where(full, 1, -1))
    for clusters in (groups, np.arange(len(people)).astype(object)):
        found = fit_mean_difference(**arrays, clusters=clusters, horizon=horizon)
        sums = signed.groupby(clusters).sum()
        assert found.se**2 == pytest.approx((sums**2).sum() * len(sums) / (len(sums) - 1), rel=1e-10)
        assert found.df == len(sums) - 1
        assert found.value == pytest.approx(expected["rmst"]["full"][0] - expected["rmst"]["skills"][0], rel=CLOSED)
    alone = found.se**2 * (len(people) - 1) / len(people)
    assert alone == pytest.approx(expected["rmst"]["full"][1] ** 2 + expected["rmst"]["skills"][1] ** 2, rel=1e-10)


@pytest.fixture(scope="module")
def veteran(shared: Path) -> pd.DataFrame:
    frame = pd.read_csv(shared / "reference" / "data" / "veteran.csv")
    levels = pd.get_dummies(frame["celltype"], dtype=float)[["smallcell", "adeno", "large"]]
    return frame.assign(arm=frame["trt"] - 1.0).join(levels)


@pytest.fixture(scope="module")
def veteran_values(shared: Path) -> dict[str, Any]:
    return json.loads((shared / "reference" / "survival.json").read_text())


def test_the_veteran_trial_is_that_of_r(veteran: pd.DataFrame, veteran_values: dict[str, Any]) -> None:
    times, left = veteran["time"].to_numpy(dtype=float), veteran["status"].to_numpy() == 1
    full = veteran["arm"].to_numpy() == 1
    test = fit_log_rank(times=times, left=left, full=full)
    assert test.chi_squared == pytest.approx(veteran_values["logrank"]["chisq"], rel=1e-10)
    assert test.p_value == pytest.approx(veteran_values["logrank"]["p"], rel=1e-10)
    columns = ["arm", "karno", "age", "smallcell", "adeno", "large", "prior"]
    for name, wanted in (("cox_unadj_efron", ["arm"]), ("cox_adj_efron", columns)):
        values = veteran_values[name]
        fit = cox(veteran, wanted, "time", "status")
        arm = values["coef"][0]
        assert fit.beta[0] == pytest.approx(arm["coef"], rel=1e-6)
        assert np.sqrt(fit.beta_cov[0, 0]) == pytest.approx(arm["se(coef)"], rel=1e-6)
        assert fit.log_likelihood == pytest.approx(values["loglik"][1], rel=1e-9)
        check = check_proportionality(fit=fit, column=0)
        assert (check.chi_squared, check.p_value) == pytest.approx(
            (values["zph"][0]["chisq"], values["zph"][0]["p"]), rel=1e-6
        )
        # each person a cluster of their own, without the correction for their number
        alone = np.arange(len(veteran)).astype(object)
        robust = np.sqrt(fit.robust_cov(alone)[0][0, 0] * (len(veteran) - 1) / len(veteran))
        assert robust == pytest.approx(np.atleast_1d(values["robust_se"])[0], rel=1e-6)


@pytest.mark.parametrize("horizon", [180, 365, 500])
def test_the_veterans_mean_times_are_those_of_survrm2(
    veteran: pd.DataFrame, veteran_values: dict[str, Any], horizon: int
) -> None:
    values = veteran_values[f"rmst_tau{horizon}"]
    means = {}
    for arm in (0, 1):
        mine = veteran[veteran["arm"] == arm]
        fit = fit_kaplan_meier(times=mine["time"].to_numpy(dtype=float), left=mine["status"].to_numpy() == 1)
        means[arm] = fit_restricted_mean(fit=fit, horizon=float(horizon))
        assert means[arm].value == pytest.approx(values[f"arm{arm}"]["Est."], rel=CLOSED)
        assert means[arm].se == pytest.approx(values[f"arm{arm}"]["se"], rel=CLOSED)
    difference = means[1].minus(means[0])
    estimate, low, high, p_value = values["unadjusted"]["values"][0]
    assert (difference.value, *difference.interval(0.95)) == pytest.approx((estimate, low, high), rel=1e-10)
    assert difference.p_value == pytest.approx(p_value, rel=1e-10)


def test_the_veterans_limits_are_those_of_survfit(veteran: pd.DataFrame, veteran_values: dict[str, Any]) -> None:
    block = next(block for block in veteran_values["km"] if block["conf_type"] == "log-log")
    for row in block["at"]:
        mine = veteran[veteran["arm"] == int(row["strata"][-1])]
        fit = fit_kaplan_meier(times=mine["time"].to_numpy(dtype=float), left=mine["status"].to_numpy() == 1)
        place = fit.position(row["time"])
        low, high = (limits[place] for limits in fit.limits(0.95))
        assert (fit.share[place], low, high) == pytest.approx((row["surv"], row["lower"], row["upper"]), rel=1e-10)


def test_what_cannot_be_told_is_refused_with_its_reason() -> None:
    times, full = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), np.array([1, 0, 1, 0, 1, 0]) == 1
    nobody = np.zeros(6, dtype=bool)
    with pytest.raises(NotEstimableError, match="Nobody left"):
        fit_log_rank(times=times, left=nobody, full=full)
    with pytest.raises(NotEstimableError, match="Nobody left"):
        fit_cox(times=times, left=nobody, design=full[:, None].astype(float), names=["arm"])
    with pytest.raises(NotEstimableError, match="In one arm nobody left"):
        fit_cox(times=times, left=full, design=full[:, None].astype(float), names=["arm"])
    with pytest.raises(NotEstimableError, match="followed"):
        fit_restricted_mean(fit=fit_kaplan_meier(times=times, left=full), horizon=7.0)


def test_a_covariate_that_runs_off_leaves_the_arms_ratio_at_its_limit(people: pd.DataFrame) -> None:
    """A column with which nobody leaves has no coefficient; the arm's is that of the others, as theirs alone."""
    rare = people.assign(rare=(people.index % 9 == 0).astype(float))
    rare.loc[rare["rare"] == 1, "left"] = 0
    fit = cox(rare, ["full", "age", "rare"])
    assert fit.diverged == (False, False, True)
    stratum = rare[rare["rare"] == 0]  # with an infinite coefficient those people are never among those at risk
    alone = cox(stratum, ["full", "age"])
    np.testing.assert_allclose(fit.beta[:2], alone.beta, rtol=1e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.beta_cov))[:2], np.sqrt(np.diag(alone.beta_cov)), rtol=1e-6)
