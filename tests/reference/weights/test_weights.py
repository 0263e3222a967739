"""Weights and weighted differences against R 4.2.2 on real data: WeightIt 1.2.0, cobalt 4.5.5, and sandwiches by hand.

Estimates of the reference with full precision agree to 1e-10. The values of WeightIt itself rest on an optimiser that
stops 1e-8 early (its own `max_rel_diff` says so), hence 1e-6 where only those exist. The stacked standard errors of the
augmented estimates are checked against a sandwich of numerical derivatives, which shares no code with them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, special

from outcomes.methods import standardised_difference, weights

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CLOSED, ITERATIVE = 1e-10, 1e-6
NAMES = ("age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75")
BINARY = ("black", "hispan", "married", "nodegree")
NAME_IN_R: dict[weights.Target, str] = {"ate": "ATE", "att": "ATT", "atc": "ATC", "overlap": "ATO", "matching": "ATM"}


class Data:
    """A real data set of people in and out of a training programme."""

    def __init__(self, shared: Path) -> None:
        frame = pd.read_csv(shared / "reference" / "data" / "lalonde.csv")
        frame["black"], frame["hispan"] = frame["race"] == "black", frame["race"] == "hispan"
        self.frame = frame
        self.covariates = frame[list(NAMES)].to_numpy(dtype=float)
        self.full = frame["treat"].to_numpy() == 1
        self.scores = frame["re78"].to_numpy(dtype=float)
        self.fit = weights.fit_propensity(full=self.full, covariates=self.covariates, names=NAMES)


@pytest.fixture(scope="module")
def values(shared: Path) -> dict[str, Any]:
    return json.loads((shared / "reference" / "weights.json").read_text())


@pytest.fixture(scope="module")
def data(shared: Path) -> Data:
    return Data(shared)


def test_the_propensity_model_is_that_of_glm(values: dict[str, Any], data: Data) -> None:
    expected = values["ps"]
    assert data.fit.beta == pytest.approx([row["Estimate"] for row in expected["coef"]], rel=1e-9)
    ses = np.sqrt(np.diag(data.fit.beta_cov))
    assert ses == pytest.approx([row["Std. Error"] for row in expected["coef"]], rel=ITERATIVE)  # glm stops at 1e-8
    assert data.fit.share[:10] == pytest.approx(expected["first10"], rel=1e-9)
    assert not data.fit.apart.any()


@pytest.mark.parametrize("target", NAME_IN_R)
def test_weights_and_effective_sample_sizes_are_those_of_r(
    values: dict[str, Any], data: Data, target: weights.Target
) -> None:
    expected, found = values[NAME_IN_R[target]], data.fit.weights(target)
    summary = expected["weight_summary"]
    sums = (found.min(), found.max(), found[data.full].sum(), found[~data.full].sum())
    assert sums == pytest.approx((summary["min"], summary["max"], summary["sum_t"], summary["sum_c"]), rel=CLOSED)
    sizes = (weights.effective_n(found[data.full]), weights.effective_n(found[~data.full]))
    assert sizes == pytest.approx((expected["ess_treated"], expected["ess_control"]), rel=CLOSED)


@pytest.mark.parametrize("target", ["ate", "overlap", "matching"])
def test_differences_before_and_after_keep_the_unweighted_denominator(
    values: dict[str, Any], data: Data, target: weights.Target
) -> None:
    found = data.fit.weights(target)
    for row in values[NAME_IN_R[target]]["smd_by_hand"]:
        column = data.frame[row["term"]].to_numpy(dtype=float)
        for used, expected in ((None, row["smd_un"]), (found, row["smd_adj"])):
            if row["term"] in BINARY:
                codes = column.astype(np.int64)
                fit = standardised_difference.fit_level_difference(levels=codes, full=data.full, weights=used)
            else:
                fit = standardised_difference.fit_number_difference(values=column, full=data.full, weights=used)
            assert fit.value == pytest.approx(expected, rel=1e-9, abs=1e-10)


@pytest.mark.parametrize("target", ["ate", "att", "atc", "overlap"])
def test_weighted_differences_and_their_m_estimation_errors_are_those_of_r(
    values: dict[str, Any], data: Data, target: weights.Target
) -> None:
    fit = weights.fit_weighted_difference(
        scores=data.scores, propensity=data.fit, target=target, without=None, clusters=None
    )
    expected = values[NAME_IN_R[target]]["m_estimation_by_hand"]
    assert (fit.contrast.estimate, fit.contrast.se) == pytest.approx((expected["est"], expected["se"]), rel=CLOSED)


def test_matching_weights_agree_with_weightit(values: dict[str, Any], data: Data) -> None:
    fit = weights.fit_weighted_difference(
        scores=data.scores, propensity=data.fit, target="matching", without=None, clusters=None
    )
    expected = values["ATM"]
    assert fit.estimate == pytest.approx(expected["weighted_difference"][0]["est"], rel=CLOSED)
    assert fit.contrast.se == pytest.approx(expected["WeightIt_lm_weightit_asympt"]["se"], rel=ITERATIVE)


@pytest.mark.parametrize("target", ["ate", "att", "overlap"])
def test_errors_that_take_the_weights_as_known_are_those_of_hc0(
    values: dict[str, Any], data: Data, target: weights.Target
) -> None:
    fit = weights.fit_weighted_difference(
        scores=data.scores, propensity=data.fit, target=target, without=None, clusters=None
    )
    hc0 = values[NAME_IN_R[target]]["weighted_difference"][0]
    assert hc0["type"] == "HC0"
    assert fit.known_se == pytest.approx(hc0["se"], rel=CLOSED)


@pytest.mark.parametrize(
    ("target", "normalised", "name"),
    [
        ("ate", False, "AIPW_ATE"),
        ("att", False, "AIPW_ATT"),
        ("att", True, "AIPW_ATT_normalised"),
        ("overlap", True, "augmented_overlap"),
    ],
)
def test_augmented_differences_are_those_of_r(
    values: dict[str, Any], data: Data, target: weights.Target, name: str, *, normalised: bool
) -> None:
    fit = augment(data, target, normalised=normalised)
    expected = values[name] if isinstance(values[name], dict) else {"est": values[name]}
    assert fit.estimate == pytest.approx(expected["est"], rel=CLOSED)
    for key in ("se_if", "se_if_n"):
        if key in expected:
            assert fit.known_se == pytest.approx(expected[key], rel=CLOSED)


def augment(data: Data, target: weights.Target, *, normalised: bool) -> weights.WeightedFit:
    return weights.fit_augmented_difference(
        scores=data.scores,
        regressors=data.covariates,
        propensity=data.fit,
        target=target,
        normalised=normalised,
        without=None,
        clusters=None,
    )


def stacked_se(equations: Callable[[Floats], Floats], start: Floats) -> tuple[float, float]:
    """Solve stacked equations, shape (n, p) summing to zero, and give the last parameter with its sandwich error."""
    top = optimize.root(lambda theta: equations(theta).mean(axis=0), start, tol=1e-13).x
    step = 1e-6 * np.maximum(1.0, np.abs(top))
    bread = (
        np.column_stack(
            [(equations(top + move).mean(axis=0) - equations(top - move).mean(axis=0)) / 2 for move in np.diag(step)]
        )
        / step
    )
    inverse = np.linalg.inv(bread)
    rows = equations(top)
    cov = inverse @ (rows.T @ rows / len(rows)) @ inverse.T / len(rows)
    return float(top[-1]), float(np.sqrt(cov[-1, -1]))


@pytest.mark.parametrize(("augmented", "normalised"), [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("target", ["ate", "att", "atc", "overlap"])
def test_errors_are_those_of_stacked_equations_with_numerical_derivatives(
    target: weights.Target, *, normalised: bool, augmented: bool
) -> None:
    """Synthetic people, some of them not seen; the estimating equations are written out one by one."""
    rng = np.random.default_rng(3)
    n = 150
    x = np.column_stack([rng.normal(size=n), rng.random(n) < 0.4]).astype(float)
    full = rng.random(n) < special.expit(x @ [0.7, -0.5])
    seen = rng.random(n) < 0.85
    scores = x @ [2.0, 1.0] + 1.5 * full * (1 + x[:, 0]) + rng.normal(size=n)
    scores[~seen] = np.nan
    design, y, a = np.column_stack([np.ones(n), x]), np.where(seen, scores, 0.0), full.astype(float)

    def equations(theta: Floats) -> Floats:
        beta, one, zero, parts = theta[:3], theta[3:6], theta[6:9], theta[9:]
        e = special.expit(design @ beta)
        h = {"ate": np.ones(n), "att": a, "atc": 1 - a, "overlap": e * (1 - e)}[target]
        up = {"ate": 1 / e, "att": np.ones(n), "atc": (1 - e) / e, "overlap": 1 - e}[target] * a * seen
        down = {"ate": 1 / (1 - e), "att": e / (1 - e), "atc": np.ones(n), "overlap": e}[target] * (1 - a) * seen
        q1, q0 = (design @ one, design @ zero) if augmented else (np.zeros(n), np.zeros(n))
        below = (up, down) if normalised else (h, h)
        return np.column_stack(
            [
                design * (a - e)[:, None],
                design * (a * seen * (y - design @ one))[:, None],
                design * ((1 - a) * seen * (y - design @ zero))[:, None],
                h * (q1 - q0 - parts[0]),
                up * (y - q1) - below[0] * parts[1],
                down * (y - q0) - below[1] * parts[2],
                np.full(n, parts[0] + parts[1] - parts[2] - parts[3]),
            ]
        )

    propensity = weights.fit_propensity(full=full, covariates=x, names=("a", "b"))
    if augmented:
        fit = weights.fit_augmented_difference(
            scores=scores,
            regressors=x,
            propensity=propensity,
            target=target,
            normalised=normalised,
            without=None,
            clusters=None,
        )
    else:
        fit = weights.fit_weighted_difference(
            scores=scores, propensity=propensity, target=target, without=None, clusters=None
        )
    expected = stacked_se(equations, np.zeros(13))
    assert (fit.contrast.estimate, fit.contrast.se) == pytest.approx(expected, rel=1e-6)  # central differences: 1e-8
