"""Shrunken estimates against metafor 3.8.1 (make_shrinkage.R), and against Henderson's equations written out.

rma (Fisher scoring to 1e-14) agrees to 1e-9; rma.mv ends where optim does, some 1e-7 of τ² away from the exact value
that two estimates have in closed form, so that it is held to 1e-5.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.methods.shrinkage import ShrunkenFit, fit_shrunken
from outcomes.results.outcome import NotEstimableError

CASES: dict[str, Any] = json.loads((Path(__file__).parent / "shrinkage.json").read_text())["cases"]
numbers = st.floats(-20, 20)


def shrink_levels(estimates: np.ndarray, covariance: np.ndarray) -> ShrunkenFit:
    k = len(estimates)
    return fit_shrunken(estimates=estimates, covariance=covariance, fixed=np.ones((k, 1)), random=np.eye(k))


@pytest.mark.parametrize("name", sorted(CASES))
def test_levels_shrink_as_metafor_shrinks_them(name: str) -> None:
    case = CASES[name]
    fit = shrink_levels(np.array(case["estimates"]), np.array(case["covariance"]))
    tolerance = 1e-9 if "se" in case else 1e-5
    assert fit.tau2 == pytest.approx(case["tau2"], rel=tolerance, abs=1e-12)
    assert fit.common[0] == pytest.approx(case["common"], rel=tolerance)
    assert np.sqrt(fit.common_cov[0, 0]) == pytest.approx(case["common_se"], rel=tolerance)
    np.testing.assert_allclose(fit.value, case["value"], rtol=tolerance)
    if "se" in case:
        np.testing.assert_allclose(np.sqrt(np.diag(fit.value_cov)), case["se"], rtol=tolerance)


def test_the_covariance_is_that_of_hendersons_equations() -> None:
    case = CASES["correlated"]
    S = np.array(case["covariance"])
    fit = shrink_levels(np.array(case["estimates"]), S)
    design = np.column_stack([np.ones(4), np.eye(4)])
    left = design.T @ np.linalg.inv(S) @ design + np.diag([0.0, *np.full(4, 1 / fit.tau2)])
    np.testing.assert_allclose(fit.value_cov, design @ np.linalg.inv(left) @ design.T, rtol=1e-10)


def test_two_levels_have_their_spread_in_closed_form() -> None:
    case = CASES["two"]
    S = np.array(case["covariance"])
    first, second = case["estimates"]
    exact = ((first - second) ** 2 - (S[0, 0] + S[1, 1] - 2 * S[0, 1])) / 2
    assert shrink_levels(np.array(case["estimates"]), S).tau2 == pytest.approx(exact, rel=1e-12)


def test_a_slope_is_drawn_to_nothing_by_one_less_its_squared_error_over_its_square() -> None:
    estimates, S = np.array([-4.0, 0.30]), np.array([[1.2, 0.01], [0.01, 0.02]])
    fit = fit_shrunken(
        estimates=estimates, covariance=S, fixed=np.array([[1.0], [0.0]]), random=np.array([[0.0], [1.0]])
    )
    factor = 1 - 0.02 / 0.30**2
    assert fit.tau2 == pytest.approx(0.30**2 - 0.02)
    assert fit.value[1] == pytest.approx(factor * 0.30)
    assert fit.value[0] == pytest.approx(-4.0 + 0.01 / 0.02 * (factor - 1) * 0.30)  # what the intercept owes the slope


@given(estimates=st.lists(numbers, min_size=2, max_size=6), shift=numbers)
def test_adding_a_constant_to_all_levels_adds_it_to_what_they_shrink_to(estimates: list[float], shift: float) -> None:
    values = np.array(estimates)
    S = np.diag(np.linspace(1, 3, len(values))) + 0.2
    one, other = shrink_levels(values, S), shrink_levels(values + shift, S)
    np.testing.assert_allclose(other.value, one.value + shift, atol=1e-6)


@given(estimates=st.lists(numbers, min_size=2, max_size=6))
def test_independent_levels_stay_between_their_raw_value_and_what_they_share(estimates: list[float]) -> None:
    values = np.array(estimates)
    fit = shrink_levels(values, np.diag(np.linspace(1, 3, len(values))))
    low, high = np.minimum(values, fit.common), np.maximum(values, fit.common)
    assert ((fit.value >= low - 1e-9) & (fit.value <= high + 1e-9)).all()


@given(estimates=st.lists(numbers, min_size=3, max_size=6))
def test_the_spread_found_is_the_top_of_the_restricted_likelihood(estimates: list[float]) -> None:
    values = np.array(estimates)
    k = len(values)
    S = np.diag(np.linspace(0.5, 6, k)) + 0.3

    def likelihood(tau2: float) -> float:
        V = S + tau2 * np.eye(k)
        inverse = np.linalg.inv(V)
        total = inverse.sum()
        rest = values - (inverse @ values).sum() / total
        return float(-0.5 * (np.linalg.slogdet(V)[1] + np.log(total) + rest @ inverse @ rest))

    top = likelihood(shrink_levels(values, S).tau2)
    assert top >= max(likelihood(tau2) for tau2 in np.geomspace(1e-6, 2000, 300)) - 1e-9


def test_one_estimate_has_nothing_to_be_drawn_towards() -> None:
    with pytest.raises(NotEstimableError, match="only one"):
        shrink_levels(np.array([1.0]), np.eye(1))
