"""MMRM on real trials against R.

Values: R 4.2.2, mmrm 0.3.18 polished by Newton steps in the covariance elements until the score is zero to machine
precision; the program lies beside the shared reference data. Tolerances are those of its README: estimate 1e-9,
standard errors 1e-8, degrees of freedom 1e-6 relative.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from outcomes.methods import mmrm

if TYPE_CHECKING:
    from pathlib import Path

BTHEB = ("beat-the-blues", "bdi", ["pre", "m2", "m4", "m6", "m8"])
ADD_ON = ("psychotherapy-add-on", "{}", ["t1", "t2", "t3", "t4"])
CASES: dict[str, tuple[str, str, str, bool]] = {
    "beat-the-blues, main effects only: bdi ~ bdi.pre + drug + length + arm*visit": ("btheb", "bdi", "constant", True),
    "beat-the-blues: bdi ~ bdi.pre*visit + drug + length + arm*visit": ("btheb", "bdi", "by visit", True),
    "beat-the-blues: bdi ~ bdi.pre*visit + arm*visit": ("btheb", "bdi", "by visit", False),
    "psychotherapy-add-on, bdi": ("add-on", "bdi", "by visit", False),
    "psychotherapy-add-on, hamd": ("add-on", "hamd", "by visit", False),
    "psychotherapy-add-on, who5": ("add-on", "who5", "by visit", False),
    "psychotherapy-add-on, shaps": ("add-on", "shaps", "by visit", False),
}


def read_wide(shared: Path, trial: str, measure: str) -> tuple[np.ndarray, pd.DataFrame]:
    study, _, visits = BTHEB if trial == "btheb" else ADD_ON
    scores = pd.read_csv(shared / "studies" / study / "scores.csv")
    clients = pd.read_csv(shared / "studies" / study / "clients.csv").set_index("client_id")
    wide = scores[scores["measure"] == measure].pivot(index="client_id", columns="visit", values="score")[visits]
    wide = wide[wide[visits[0]].notna() & wide[visits[1:]].notna().any(axis=1)]
    return wide.to_numpy(dtype=float), clients.loc[wide.index]


def fit_case(shared: Path, case: str) -> mmrm.MmrmFit:
    trial, measure, baseline, covariates = CASES[case]
    scores, clients = read_wide(shared, trial, measure)
    full = clients["arm"].isin(["BtheB", "PA"]).to_numpy(dtype=float)
    by_visit, constant = [np.ones(len(full)), full], []
    (by_visit if baseline == "by visit" else constant).append(scores[:, 0])
    if covariates:
        constant += [(clients["drug"] == "yes").to_numpy(float), (clients["length"] == "over_6_months").to_numpy(float)]
    return mmrm.fit_mmrm(
        scores=scores[:, 1:],
        by_visit=np.column_stack(by_visit),
        constant=np.column_stack(constant) if constant else None,
        covariance="unstructured",
    )


def gold(shared: Path, case: str) -> dict[str, Any]:
    return json.loads((shared / "reference" / "mmrm.json").read_text())[case]


def arm_at(fit: mmrm.MmrmFit, visit: int) -> np.ndarray:
    weights = np.zeros(len(fit.beta))
    weights[len(fit.covariance) + visit] = 1.0
    return weights


@pytest.mark.parametrize("case", CASES)
def test_the_arms_differ_at_every_visit_as_in_polished_r(shared: Path, case: str) -> None:
    fit = fit_case(shared, case)
    for visit, expected in enumerate(gold(shared, case)["per_visit_observed_information"]):
        plain = fit.contrast(arm_at(fit, visit), method="satterthwaite")
        enlarged = fit.contrast(arm_at(fit, visit), method="kenward-roger")
        assert plain.estimate == pytest.approx(expected["est"], rel=1e-9)
        assert plain.se == pytest.approx(expected["se"], rel=1e-8)
        assert plain.df == pytest.approx(expected["df"], rel=1e-6)
        assert enlarged.se == pytest.approx(expected["se_kr"], rel=1e-8)
        assert enlarged.p_value == pytest.approx(expected["p_kr"], rel=1e-6)
        assert enlarged.interval(0.95) == pytest.approx((expected["lower_kr"], expected["upper_kr"]), rel=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_the_top_of_the_likelihood_is_the_same_place(shared: Path, case: str) -> None:
    fit, expected = fit_case(shared, case), gold(shared, case)
    np.testing.assert_allclose(fit.covariance, expected["covariance"], rtol=1e-9)
    assert fit.log_likelihood == pytest.approx(expected["logLik_REML"], rel=1e-11)
    assert (fit.n_clients, fit.n_observations) == (expected["n_subjects"], expected["n_obs"])
    # the score is in units of one over a variance: what counts is how far a Newton step would still move
    assert abs(fit.score @ fit.theta_cov @ fit.score) < 1e-18
