"""Every covariance structure that nlme has, on synthetic data, against nlme::gls.

Values: R 4.2.2, nlme 3.1-162, made by make_repeated.R. nlme stops before the top (its likelihood is the lower one, as
is asserted), so estimates and standard errors are held to 2e-5 for the unstructured and 2e-6 for the others.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.methods import mmrm

HERE = Path(__file__).parent
GLS = json.loads((HERE / "gls.json").read_text())


def fit_repeated(covariance: mmrm.Covariance) -> mmrm.MmrmFit:
    frame = pd.read_csv(HERE / "data" / "repeated.csv")
    return mmrm.fit_mmrm(
        scores=frame[["y1", "y2", "y3", "y4"]].to_numpy(dtype=float),
        by_visit=np.column_stack([np.ones(len(frame)), frame["arm"], frame["base"]]).astype(float),
        covariance=covariance,
    )


@pytest.mark.parametrize("name", GLS)
def test_a_structure_fits_as_in_nlme_and_climbs_at_least_as_high(name: mmrm.Covariance) -> None:
    fit = fit_repeated(name)
    tolerance = 2e-5 if name == "unstructured" else 2e-6
    np.testing.assert_allclose(fit.beta[4:8], GLS[name]["estimate"], rtol=tolerance)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.beta_cov))[4:8], GLS[name]["se"], rtol=tolerance)
    assert fit.log_likelihood == pytest.approx(GLS[name]["log_likelihood"], abs=1e-6)
    assert fit.log_likelihood >= GLS[name]["log_likelihood"] - 1e-10


@pytest.mark.parametrize("name", mmrm.STRUCTURES)
def test_the_score_is_zero_at_the_top_and_derivatives_are_those_of_the_matrix(name: mmrm.Covariance) -> None:
    fit = fit_repeated(name)
    assert abs(fit.score @ fit.theta_cov @ fit.score) < 1e-18
    structure, step = fit.structure, 1e-6 * np.maximum(np.abs(fit.theta), 0.1)
    for place, derivative in enumerate(structure.derivative(fit.theta)):
        ahead, behind = fit.theta.copy(), fit.theta.copy()
        ahead[place] += step[place]
        behind[place] -= step[place]
        slope = (structure.matrix(ahead) - structure.matrix(behind)) / (2 * step[place])
        np.testing.assert_allclose(derivative, slope, atol=1e-6 * np.abs(fit.covariance).max())
        second = structure.second_derivative(fit.theta)
        if second is not None:
            bend = (structure.derivative(ahead) - structure.derivative(behind)) / (2 * step[place])
            np.testing.assert_allclose(second[place], bend, atol=1e-5 * np.abs(fit.covariance).max())
