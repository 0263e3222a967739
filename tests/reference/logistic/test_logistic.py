"""Logistic regression against R.

Values: R 4.2.2, logistf 1.26.1 (profile limits and tests), brglm2 0.9 (coefficients and standard errors at tight
convergence), glm with confint (profile limits); the program and the values lie beside the shared reference data.
Tolerance 1e-6 relative: iterative fits. logistf's standard errors come from augmented data and are another quantity
than the inverse information, so they are not compared.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import optimize, special

from outcomes.methods.logistic import LogisticFit, NoMaximumError, find_separated, fit_logistic

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CASES = {
    "sex2": ("sex2.csv", "case", ["age", "oc", "vic", "vicl", "vis", "dia"], True),
    "endometrial_separated": ("endometrial.csv", "HG", ["NV", "PI", "EH"], True),
    "claus_responder": ("claus_responder.csv", "resp", ["bdi_1", "full"], False),
}
TOLERANCE = 1e-6
POLISHED_SE = (1.8256663993280, 0.0467548541753, 0.8753739590666)


def fit_case(shared: Path, name: str, *, penalised: bool) -> LogisticFit:
    file, event, columns, _ = CASES[name]
    frame = pd.read_csv(shared / "reference" / "data" / file)
    design = np.column_stack([np.ones(len(frame)), frame[columns].to_numpy(dtype=float)])
    events = frame[event].to_numpy() == 1
    return fit_logistic(events=events, design=design, names=["intercept", *columns], penalised=penalised)


def values(shared: Path, name: str) -> dict[str, Any]:
    return json.loads((shared / "reference" / "firth.json").read_text())[name]


@pytest.mark.parametrize("name", CASES)
def test_firth_coefficients_and_standard_errors_are_those_of_brglm2(shared: Path, name: str) -> None:
    fit = fit_case(shared, name, penalised=True)
    expected = values(shared, name)["brglm2_AS_mean"]
    np.testing.assert_allclose(fit.beta, expected["coef"], rtol=TOLERANCE)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.beta_cov)), expected["se"], rtol=TOLERANCE)


@pytest.mark.parametrize("name", CASES)
def test_firth_profile_limits_and_tests_are_those_of_logistf(shared: Path, name: str) -> None:
    fit = fit_case(shared, name, penalised=True)
    expected = values(shared, name)["firth_profile"]
    limits = np.array([fit.interval(k, 0.95) for k in range(len(fit.beta))])
    np.testing.assert_allclose(limits[:, 0], expected["lower"], rtol=2e-6, atol=2e-6)
    np.testing.assert_allclose(limits[:, 1], expected["upper"], rtol=2e-6, atol=2e-6)
    np.testing.assert_allclose([fit.p_value(k) for k in range(len(fit.beta))], expected["p"], rtol=1e-5)
    assert fit.log_likelihood == pytest.approx(expected["loglik_penalised"]["full"], rel=TOLERANCE)


def test_maximum_likelihood_is_that_of_glm_with_its_profile_limits(shared: Path) -> None:
    fit = fit_case(shared, "claus_responder", penalised=False)
    expected = values(shared, "claus_responder")["ml"]
    np.testing.assert_allclose(fit.beta, [row["Estimate"] for row in expected["coef"]], rtol=TOLERANCE)
    np.testing.assert_allclose(
        np.sqrt(np.diag(fit.beta_cov)), [row["Std. Error"] for row in expected["coef"]], rtol=1e-4
    )
    # glm stops one step early and takes its weights from the step before; iterated on (epsilon 1e-15) it gives these
    np.testing.assert_allclose(np.sqrt(np.diag(fit.beta_cov)), POLISHED_SE, rtol=TOLERANCE)
    limits = [fit.interval(k, 0.95) for k in range(3)]
    # confint interpolates a coarse profile with a spline; the next test holds the limits to their definition
    np.testing.assert_allclose(limits, expected["profile_ci"]["values"], rtol=1e-3)


def test_a_profile_limit_is_where_the_likelihood_has_fallen_by_what_the_level_allows(shared: Path) -> None:
    fit = fit_case(shared, "claus_responder", penalised=False)
    for limit in fit.interval(2, 0.95):
        others = sm.GLM(
            fit.events.astype(float), fit.design[:, :2], sm.families.Binomial(), offset=limit * fit.design[:, 2]
        ).fit(tol=1e-14)
        assert 2 * (fit.log_likelihood - others.llf) == pytest.approx(3.841458820694124, rel=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_separation_is_found_where_it_is_and_nowhere_else(shared: Path, name: str) -> None:
    file, event, columns, separated = CASES[name]
    frame = pd.read_csv(shared / "reference" / "data" / file)
    design = np.column_stack([np.ones(len(frame)), frame[columns].to_numpy(dtype=float)])
    assert find_separated(events=frame[event].to_numpy() == 1, design=design).any() == separated


def test_separated_data_have_no_maximum_likelihood(shared: Path) -> None:
    with pytest.raises(NoMaximumError, match="without exception") as fault:
        fit_case(shared, "sex2", penalised=False)
    assert fault.value.people.any()


def height(beta: NDArray[np.float64], events: NDArray[np.bool_], design: NDArray[np.float64]) -> float:
    """Firth's penalised log-likelihood, from its definition."""
    predictor = design @ beta
    share = special.expit(predictor)
    information = (design.T * (share * (1 - share))) @ design
    likelihood = np.where(events, special.log_expit(predictor), special.log_expit(-predictor)).sum()
    return float(likelihood + 0.5 * np.linalg.slogdet(information)[1])


@pytest.mark.parametrize("seed", [588, 2093, 2132, 3549])
def test_a_whole_step_too_far_is_halved(seed: int) -> None:
    """Whole Newton steps run off or stop at a singular matrix on these; the maximum is that of scipy's simplex.

    1e-5 absolute: the simplex settles to the root of its tolerance on the likelihood.
    """
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(10, 40)), int(rng.integers(1, 4))
    arm, heavy = rng.random(n) < 0.5, rng.standard_t(2, (n, k)) * rng.choice([1, 3, 10])
    design = np.column_stack([np.ones(n), arm, heavy])
    events = rng.random(n) < rng.choice([0.1, 0.3, 0.5])
    names = [str(place) for place in range(design.shape[1])]
    fit = fit_logistic(events=events, design=design, names=names, penalised=True)
    found = optimize.minimize(
        lambda beta: -height(beta, events, design),
        fit.beta + 0.05,
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 40_000, "maxfev": 40_000},
    )
    assert found.success
    np.testing.assert_allclose(fit.beta, found.x, atol=1e-5)
