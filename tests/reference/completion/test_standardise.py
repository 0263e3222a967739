"""Standardised completion against R: glm, predictions averaged over the cohort, delta method; R 4.2.2, see the shared
program. Tolerance 1e-6 relative: the fit is iterative.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from outcomes.methods.logistic import fit_logistic
from outcomes.methods.standardise import fit_standardised_shares

if TYPE_CHECKING:
    from outcomes.methods.logistic import LogisticFit

HERE = Path(__file__).parent


def test_beat_the_blues_completion_is_that_of_r(shared: Path) -> None:
    clients = pd.read_csv(shared / "studies" / "beat-the-blues" / "clients.csv")
    columns = [clients["arm"] == "BtheB", clients["drug"] == "yes", clients["length"] == "over_6_months"]
    design = np.column_stack([np.ones(len(clients)), *(column.to_numpy(dtype=float) for column in columns)])
    events = (clients["completed"] == "yes").to_numpy()
    fit = fit_logistic(events=events, design=design, names=["intercept", "arm", "drug", "length"], penalised=False)
    shares = fit_standardised_shares(fit=fit, arm=1, clusters=None)
    expected = json.loads((shared / "reference" / "studies.json").read_text())["beat-the-blues"]["completion_nobase"]
    difference, ratio = shares.difference(0.95), shares.ratio(0.95)
    found = {
        "p_full": shares.full,
        "p_skills": shares.skills,
        "rd": difference.value,
        "rd_se": difference.se,
        "rd_low": difference.low,
        "rd_high": difference.high,
        "rr": ratio.value,
        "rr_low": ratio.low,
        "rr_high": ratio.high,
        "or": math.exp(fit.beta[1]),
    }
    for name, value in found.items():
        assert value == pytest.approx(expected[name], rel=1e-6), name
    assert np.exp(fit.interval(1, 0.95)) == pytest.approx(expected["or_profile"], rel=1e-4)  # confint's spline


@pytest.fixture(scope="module")
def grouped() -> tuple[pd.DataFrame, LogisticFit]:
    people = pd.read_csv(HERE / "people.csv")
    design = np.column_stack([np.ones(len(people)), people[["full", "age"]].to_numpy(dtype=float)])
    names = ["intercept", "arm", "age"]
    return people, fit_logistic(events=people["done"].to_numpy() == 1, design=design, names=names, penalised=False)


def test_shared_groups_are_allowed_for_as_by_dense_matrices_in_r(grouped: tuple[pd.DataFrame, LogisticFit]) -> None:
    """`clusters.R` makes the values; 1e-6 relative, as both fits are iterative."""
    people, fit = grouped
    expected = json.loads((HERE / "clusters.json").read_text())
    shares = fit_standardised_shares(fit=fit, arm=1, clusters=people["group"].to_numpy(dtype=object))
    assert shares.by_clusters is not None
    np.testing.assert_allclose(shares.by_clusters.beta, expected["coef"], rtol=1e-6)
    np.testing.assert_allclose(shares.by_clusters.beta_cov, expected["cov"], rtol=1e-6)
    found = shares.difference(0.95)
    assert (found.value, found.se) == pytest.approx((expected["difference"], expected["se"]), rel=1e-6)


def test_people_who_share_nothing_have_the_hc2_of_sandwich(grouped: tuple[pd.DataFrame, LogisticFit]) -> None:
    people, fit = grouped
    expected = json.loads((HERE / "clusters.json").read_text())["alone"]
    alone = fit_standardised_shares(fit=fit, arm=1, clusters=np.arange(len(people)).astype(object)).by_clusters
    assert alone is not None
    np.testing.assert_allclose(alone.beta_cov, expected, rtol=1e-6)


def test_degrees_of_freedom_are_those_of_the_dense_definition(grouped: tuple[pd.DataFrame, LogisticFit]) -> None:
    """Two moments of the estimated variance under the model, from n by n matrices: (Σλ)² / Σλ²."""
    people, fit = grouped
    groups = people["group"].to_numpy(dtype=object)
    shares = fit_standardised_shares(fit=fit, arm=1, clusters=groups)
    p = 1 / (1 + np.exp(-fit.design @ fit.beta))
    x = np.sqrt(p * (1 - p))[:, None] * fit.design
    rest = np.eye(len(x)) - x @ np.linalg.inv(x.T @ x) @ x.T
    direction = np.linalg.inv(x.T @ x) @ (shares.slopes[0] - shares.slopes[1])
    columns = []
    for group in np.unique(groups):
        mine = groups == group
        scale = np.diag(1 / (p[mine] * (1 - p[mine])))
        values, vectors = np.linalg.eigh(scale @ rest[np.ix_(mine, mine)] @ scale)
        columns.append(rest[:, mine] @ scale @ (vectors / np.sqrt(values)) @ vectors.T @ x[mine] @ direction)
    weights = np.linalg.eigvalsh(np.array(columns) @ np.array(columns).T)
    assert shares.difference(0.95).df == pytest.approx(weights.sum() ** 2 / (weights**2).sum(), rel=1e-9)


def test_a_penalised_fit_is_the_least_squares_that_clusters_judge(grouped: tuple[pd.DataFrame, LogisticFit]) -> None:
    """Only with the residual that Firth's score sums to zero does the last step give the coefficients back."""
    people, fit = grouped
    names = ["intercept", "arm", "age"]
    penalised = fit_logistic(events=fit.events, design=fit.design, names=names, penalised=True)
    judged = fit_standardised_shares(fit=penalised, arm=1, clusters=people["group"].to_numpy(dtype=object)).by_clusters
    assert judged is not None
    np.testing.assert_allclose(judged.beta, penalised.beta, rtol=1e-7)
    assert abs(judged.beta[1] - fit.beta[1]) > 1e-3


@pytest.mark.parametrize("by_groups", [True, False])
def test_the_ratio_of_those_it_did_not_happen_to_is_that_of_what_did_not_happen(
    grouped: tuple[pd.DataFrame, LogisticFit], *, by_groups: bool
) -> None:
    """An exact identity: a logistic fit of the opposite event has the same coefficients with the other sign.

    1e-8 relative, as both fits are iterative.
    """
    people, fit = grouped
    opposite = fit_logistic(
        events=people["done"].to_numpy() != 1, design=fit.design, names=["intercept", "arm", "age"], penalised=False
    )
    clusters = people["group"].to_numpy(dtype=object) if by_groups else None
    found = fit_standardised_shares(fit=fit, arm=1, clusters=clusters).ratio_of_others(0.95)
    wanted = fit_standardised_shares(fit=opposite, arm=1, clusters=clusters).ratio(0.95)
    for name in ("value", "se", "df", "low", "high", "p_value"):
        assert getattr(found, name) == pytest.approx(getattr(wanted, name), rel=1e-8), name
