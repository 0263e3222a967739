"""Yes/no at visits against R, on the trial of an active drug against H. influenzae (bacteria).

Values: R 4.2.2, MASS 7.3.58.2, sandwich 3.0.2, geepack 1.3.9, brglm2 0.9; the programs (yes_no.R, counts-lib.R) and the
values lie beside the shared reference data. Tolerances are theirs: closed forms 1e-10, logistic and Firth 1e-8,
profile limits 1e-6 and GEE 1e-7, relative, as iterative fits are polished to a zero score.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.genmod.cov_struct import Exchangeable
from statsmodels.genmod.families import Binomial, Poisson
from statsmodels.genmod.generalized_estimating_equations import GEE

from outcomes.methods.gee import Correction, Family, fit_gee
from outcomes.methods.logistic import fit_logistic
from outcomes.methods.proportions import fit_share, fit_share_difference
from outcomes.methods.reference import t_limits
from outcomes.methods.standardise import fit_standardised_shares

if TYPE_CHECKING:
    from pathlib import Path

VISITS = ["w2", "w4", "w6", "w11"]


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "reference" / "yes_no.json").read_text())
    return found


@pytest.fixture(scope="module")
def wide(shared: Path) -> pd.DataFrame:
    folder = shared / "studies" / "bacteria"
    clients, scores = pd.read_csv(folder / "clients.csv"), pd.read_csv(folder / "scores.csv")
    table = clients.merge(scores.pivot_table(index="client_id", columns="visit", values="score"), on="client_id")
    return table.assign(full=(table["arm"] == "drug").astype(float))


def test_shares_and_their_difference_are_those_of_r(wide: pd.DataFrame, expected: dict[str, Any]) -> None:
    seen = wide.dropna(subset=["w0", "w11"])
    counts = {arm: (int(mine["w11"].sum()), len(mine)) for arm, mine in seen.groupby("full")}
    told = expected["shares_at_w11"]
    for arm, word in ((1.0, "full"), (0.0, "skills")):
        fit = fit_share(events=counts[arm][0], n=counts[arm][1], level=0.95)
        np.testing.assert_allclose([fit.low, fit.high], told[word]["wilson"], rtol=1e-10)
    (events, n), (others, m) = counts[1.0], counts[0.0]
    found = fit_share_difference(events_full=events, n_full=n, events_skills=others, n_skills=m, level=0.95)
    assert found.value == pytest.approx(told["crude_difference"], rel=1e-10)
    np.testing.assert_allclose([found.low, found.high], told["newcombe"], rtol=1e-10)


@pytest.mark.parametrize("penalised", [False, True])
@pytest.mark.parametrize("adjusted", [False, True])
def test_the_standardised_difference_and_ratio_are_those_of_r(
    wide: pd.DataFrame, expected: dict[str, Any], *, penalised: bool, adjusted: bool
) -> None:
    seen = wide.dropna(subset=["w0", "w11"])
    columns = [np.ones(len(seen)), seen["full"], *([seen["w0"]] if adjusted else [])]
    names = ["the intercept", "the arm", "the start"][: len(columns)]
    fit = fit_logistic(
        events=seen["w11"].to_numpy() == 1, design=np.column_stack(columns), names=names, penalised=penalised
    )
    told = expected[f"{'firth' if penalised else 'logistic'}_{'adjusted_start' if adjusted else 'crude'}"]
    np.testing.assert_allclose(fit.beta, told["beta"], rtol=1e-8)
    np.testing.assert_allclose(np.exp(fit.interval(1, 0.95)), [told["profile_low"], told["profile_high"]], rtol=1e-6)
    assert fit.p_value(1) == pytest.approx(told["likelihood_ratio_p"], rel=1e-8)
    people = fit_standardised_shares(fit=fit, arm=1, clusters=None)
    difference, ratio = people.difference(0.95), people.ratio(0.95)
    model = told["standardised"]["model"]
    found = (difference.value, difference.se, difference.low, difference.high, difference.p_value, ratio.se)
    values = [model[one] for one in ("est", "se", "low", "high", "p", "se_log_ratio")]
    np.testing.assert_allclose(found, values, rtol=1e-8)
    assert ratio.value == pytest.approx(told["standardised"]["ratio"], rel=1e-8)
    alone = seen["client_id"].to_numpy(dtype=object)
    clustered = fit_standardised_shares(fit=fit, arm=1, clusters=alone).difference(0.95)
    by_people = told["standardised"]["cr2_people"]
    np.testing.assert_allclose([clustered.se, clustered.df], [by_people["se"], by_people["df"]], rtol=1e-7)


def to_long(wide: pd.DataFrame, visits: list[str]) -> pd.DataFrame:
    long = wide.melt(id_vars=["client_id", "full", "w0"], value_vars=visits, var_name="visit", value_name="y")
    return long.dropna().sort_values(["client_id", "visit"], ignore_index=True)


def test_the_common_odds_ratio_of_all_visits_is_that_of_r(wide: pd.DataFrame, expected: dict[str, Any]) -> None:
    long = to_long(wide, VISITS)
    later = [(long["visit"] == visit).astype(float) for visit in VISITS[1:]]
    fit = fit_gee(
        values=long["y"].to_numpy(),
        design=np.column_stack([np.ones(len(long)), long["full"], *later, long["w0"]]),
        people=pd.factorize(long["client_id"])[0],
        names=["the intercept", "the arm", *VISITS[1:], "the start"],
        family="binomial",
    )
    told = expected["repeated"]["gee_common_odds_ratio"]["moments_over_n_minus_p"]
    np.testing.assert_allclose(fit.beta, told["beta"], rtol=1e-7)
    np.testing.assert_allclose([fit.scale, fit.correlation], [told["phi"], told["alpha"]], rtol=1e-7)
    arm = np.eye(len(fit.beta))[1]
    judge(fit.contrast(arm, correction="kauermann_carroll"), told["kauermann_carroll_satterthwaite"])
    judge(fit.contrast(arm, correction="mancl_derouen"), told["mancl_derouen"])


def judge(found: Any, told: dict[str, float]) -> None:
    low, high = t_limits(found.estimate, se=found.se, df=found.df, level=0.95)
    np.testing.assert_allclose(
        [found.estimate, found.se, found.df, np.exp(low), np.exp(high)],
        [told[one] for one in ("log_ratio", "se", "df", "low", "high")],
        rtol=1e-7,
    )


@pytest.mark.parametrize("family", ["poisson", "binomial"])
def test_on_other_data_its_answer_is_that_of_statsmodels(family: Family) -> None:
    rng = np.random.default_rng(3)
    n, visits = 22, 5
    people = np.repeat(np.arange(n), visits)
    full, age, own = (np.repeat(one, visits) for one in (np.arange(n) % 2, rng.normal(size=n), rng.gamma(2, 0.5, n)))
    place = np.tile(np.arange(visits), n)
    mean = own * np.exp(0.3 - 0.4 * full + 0.1 * place)
    values = rng.poisson(mean) if family == "poisson" else (rng.random(n * visits) < mean / (1 + mean))
    kept = (rng.random(n * visits) > 0.25) | (place == 0)
    design = np.column_stack([np.ones(n * visits), full, place, age])[kept]
    correction: Correction = "mancl_derouen"
    fit = fit_gee(values=values[kept].astype(float), design=design, people=people[kept], names="iapg", family=family)
    model = GEE(
        values[kept].astype(float),
        design,
        groups=people[kept],
        family=Poisson() if family == "poisson" else Binomial(),
        cov_struct=Exchangeable(),
    )
    other = model.fit(cov_type="bias_reduced", maxiter=500, ctol=1e-12)
    np.testing.assert_allclose(fit.beta, other.params, rtol=1e-6)
    found = [fit.contrast(np.eye(4)[one], correction=correction).se for one in range(4)]
    np.testing.assert_allclose(found, other.bse, rtol=1e-6)
