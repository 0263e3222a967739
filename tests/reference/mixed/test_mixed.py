"""The mixed model against lme4, lmerTest and nlme, and against its likelihood written out in n × n matrices.

Values: R 4.2.2. Real data: lme4 1.1-31 with lmerTest 3.1-3, nlme 3.1-162 (separate residual variances). Synthetic data
with groups that cross the arms: make_mixed.R. lme4 agrees to 1e-8; the tolerance of 1e-6 is that of iterative fits.
nlme stops at about 1e-6 of a variance.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from outcomes.methods.mixed import MixedFit, fit_mixed

HERE = Path(__file__).parent
MIXED = json.loads((HERE / "mixed.json").read_text())


def fit_trial(shared: Path, *, by_arm: bool) -> MixedFit:
    frame = pd.read_csv(shared / "reference" / "data" / "btheb_clusters.csv")
    frame = frame[frame["bdi.2m"].notna()]
    columns = [np.ones(len(frame)), frame["bdi.pre"], frame["drug_yes"], frame["len_gt6"], frame["treated"]]
    return fit_mixed(
        scores=frame["bdi2m_shift"].to_numpy(dtype=float)[:, None],
        by_visit=np.column_stack(columns).astype(float),
        constant=None,
        full=frame["treated"].to_numpy() == 1,
        groups=None,
        therapists=frame["therapist"].astype(str).to_numpy(),
        covariance="unstructured",
        by_arm=by_arm,
    )


def read_answers(shared: Path, name: str) -> dict[str, Any]:
    return json.loads((shared / "reference" / "ancova_cluster.json").read_text())[name]


def test_therapists_in_one_arm_are_as_in_lmertest(shared: Path) -> None:
    fit, expected = fit_trial(shared, by_arm=False), read_answers(shared, "partially_nested_shift")
    for k, row in enumerate(expected["satterthwaite"]):
        contrast = fit.contrast(np.eye(5)[k])
        assert contrast.estimate == pytest.approx(row["Estimate"], rel=1e-6)
        assert contrast.se == pytest.approx(row["Std. Error"], rel=1e-6)
        assert contrast.df == pytest.approx(row["df"], rel=1e-6)
        assert contrast.p_value == pytest.approx(row["Pr(>|t|)"], rel=1e-6)
    assert fit.variances["therapist"] == pytest.approx(expected["var_therapist"], rel=1e-6)
    assert fit.residual[0][0, 0] == pytest.approx(expected["var_residual"], rel=1e-6)
    assert fit.log_likelihood == pytest.approx(expected["logLik_REML"], rel=1e-11)
    assert (fit.boundary, fit.levels) == ((), {"therapist": 8})


def test_an_arm_may_have_its_own_spread_as_in_nlme(shared: Path) -> None:
    fit, expected = fit_trial(shared, by_arm=True), read_answers(shared, "partially_nested_shift_heteroscedastic")
    for k, row in enumerate(expected["coefficients"]):
        contrast = fit.contrast(np.eye(5)[k])
        assert contrast.estimate == pytest.approx(row["est"], rel=1e-6, abs=1e-6 * row["se"])
        assert contrast.se == pytest.approx(row["se"], rel=1e-6)
    spread = [np.sqrt(matrix[0, 0]) for matrix in fit.residual]
    assert spread == pytest.approx([expected["residual_sd_by_arm"][arm] for arm in "01"], rel=1e-6)
    assert fit.variances["therapist"] == pytest.approx(expected["var_therapist"], rel=1e-6)
    assert fit.log_likelihood == pytest.approx(expected["logLik_REML"], rel=1e-11)
    assert fit.log_likelihood >= expected["logLik_REML"] - 1e-10


def fit_groups(**choices: Any) -> MixedFit:
    frame = pd.read_csv(
        HERE / "data" / "groups.csv", keep_default_na=False, na_values={y: [""] for y in ("y1", "y2", "y3")}
    )
    return fit_mixed(
        scores=frame[["y1", "y2", "y3"]].to_numpy(dtype=float),
        by_visit=np.column_stack([np.ones(len(frame)), frame["full"], frame["base"]]).astype(float),
        constant=None,
        full=frame["full"].to_numpy() == 1,
        groups=frame["group"].to_numpy(),
        therapists=frame["therapist"].to_numpy(),
        **choices,
    )


def test_groups_that_cross_the_arms_over_three_visits_are_as_in_lmertest() -> None:
    fit = fit_groups(covariance="compound symmetry", by_arm=False)
    contrasts = [fit.contrast(np.eye(9)[3 + visit]) for visit in range(3)]
    assert [one.estimate for one in contrasts] == pytest.approx(MIXED["estimate"], rel=1e-6)
    assert [one.se for one in contrasts] == pytest.approx(MIXED["se"], rel=1e-6)
    assert [one.df for one in contrasts] == pytest.approx(MIXED["df"], rel=1e-5)  # lmerTest differentiates numerically
    assert fit.variances == pytest.approx({"group": MIXED["group"], "therapist": MIXED["therapist"]}, rel=1e-5)
    assert fit.residual[0][0, 1] == pytest.approx(MIXED["client"], rel=1e-5)
    assert fit.residual[0][0, 0] == pytest.approx(MIXED["client"] + MIXED["residual"], rel=1e-5)
    assert fit.log_likelihood == pytest.approx(MIXED["log_likelihood"], rel=1e-10)


@pytest.mark.parametrize("covariance", ["unstructured", "heterogeneous ar1"])
@pytest.mark.parametrize("by_arm", [True, False])
def test_the_top_is_that_of_the_likelihood_written_out(covariance: str, by_arm: bool) -> None:
    """Value, zero slope, standard error and df from n × n matrices and central differences."""
    fit = fit_groups(covariance=covariance, by_arm=by_arm)
    written = WrittenOut(covariance, by_arm=by_arm)
    theta = written.parameters(fit)
    value, beta, phi = written.fit(theta)
    assert fit.log_likelihood == pytest.approx(value, rel=1e-11)
    np.testing.assert_allclose(fit.beta, beta, rtol=1e-8)
    np.testing.assert_allclose(fit.beta_cov, phi, rtol=1e-8)
    step = 1e-3 * np.abs(theta)
    size = len(theta)
    slope, bend = np.empty(size), np.empty((size, size))
    line = np.eye(9)[5]
    change = np.empty(size)
    for i in range(size):
        ahead, behind = theta + step[i] * np.eye(size)[i], theta - step[i] * np.eye(size)[i]
        up, down = written.fit(ahead), written.fit(behind)
        slope[i] = (up[0] - down[0]) / (2 * step[i])
        change[i] = line @ (up[2] - down[2]) @ line / (2 * step[i])
        for j in range(size):
            corners = [
                written.fit(theta + a * step[i] * np.eye(size)[i] + b * step[j] * np.eye(size)[j])[0]
                for a in (1, -1)
                for b in (1, -1)
            ]
            bend[i, j] = -(corners[0] - corners[1] - corners[2] + corners[3]) / (4 * step[i] * step[j])
    # central differences with steps of a thousandth: the slope misses by third derivatives, some millionths
    assert np.abs(slope * step).max() < 1e-5
    df = 2 * (line @ phi @ line) ** 2 / (change @ np.linalg.solve(bend, change))
    assert fit.contrast(line).df == pytest.approx(df, rel=1e-3)


class WrittenOut:
    """The restricted likelihood of the synthetic study, in n × n matrices."""

    def __init__(self, covariance: str, *, by_arm: bool) -> None:
        from outcomes.methods.mmrm.structures import Structure

        frame = pd.read_csv(HERE / "data" / "groups.csv", keep_default_na=False)
        scores = frame[["y1", "y2", "y3"]].replace("", np.nan).to_numpy(dtype=float)
        self.client, self.visit = np.nonzero(~np.isnan(scores))
        self.y = scores[self.client, self.visit]
        columns = np.column_stack([np.ones(len(frame)), frame["full"], frame["base"]]).astype(float)
        self.X = np.zeros((len(self.y), 9))
        for k in range(3):
            self.X[np.arange(len(self.y)), 3 * k + self.visit] = columns[self.client, k]
        full = frame["full"].to_numpy()[self.client]
        group, therapist = frame["group"].to_numpy()[self.client], frame["therapist"].to_numpy()[self.client]
        self.random = [
            (group[:, None] == group[None, :]).astype(float),
            ((therapist[:, None] == therapist[None, :]) & (full[:, None] == 1)).astype(float),
        ]
        self.arm = full if by_arm else np.zeros(len(full), dtype=int)
        self.structure = Structure(name=covariance, n_visits=3)  # type: ignore[arg-type]

    def parameters(self, fit: MixedFit) -> np.ndarray:
        residual = [self.structure.start(matrix) for matrix in fit.residual]
        return np.concatenate([list(fit.variances.values()), *residual])

    def fit(self, theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        arms = theta[2:].reshape(self.arm.max() + 1, -1)
        sigma = np.array([self.structure.matrix(one) for one in arms])[
            self.arm[:, None], self.visit[:, None], self.visit
        ]
        V = np.where(self.client[:, None] == self.client[None, :], sigma, 0.0)
        V = V + theta[0] * self.random[0] + theta[1] * self.random[1]
        W = np.linalg.inv(V)
        information = self.X.T @ W @ self.X
        phi = np.linalg.inv(information)
        beta = phi @ self.X.T @ W @ self.y
        error = self.y - self.X @ beta
        value = np.linalg.slogdet(V)[1] + np.linalg.slogdet(information)[1] + error @ W @ error
        return -0.5 * (value + (len(self.y) - 9) * np.log(2 * np.pi)), beta, phi


def test_unstructured_residuals_of_each_arm_are_as_in_glmmtmb() -> None:
    """R's glmmTMB stops 3e-5 below the top of the likelihood (false convergence), hence these tolerances.

    Its standard errors are not compared: under REML it adds the uncertainty of the variances to them.
    """
    fit, other = fit_groups(covariance="unstructured", by_arm=True), json.loads((HERE / "by_arm.json").read_text())
    assert 0 <= fit.log_likelihood - other["log_likelihood"] < 1e-4
    contrasts = [fit.contrast(np.eye(9)[3 + visit]) for visit in range(3)]
    for found, estimate in zip(contrasts, other["estimate"], strict=True):
        assert found.estimate == pytest.approx(estimate, abs=1e-3 * found.se)
    assert fit.variances == pytest.approx({"group": other["group"][0], "therapist": other["therapist"][0]}, rel=2e-3)
    for residual, arm in zip(fit.residual, ("skills", "full"), strict=True):
        np.testing.assert_allclose(residual, np.reshape(other[arm], (3, 3)), rtol=2e-3)
