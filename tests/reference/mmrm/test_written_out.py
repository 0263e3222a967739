"""Every structure against its likelihood and its formulas written out in n × n matrices, on synthetic data with gaps.

Toeplitz has no counterpart in nlme; and the degrees of freedom and Kenward–Roger's covariance of the structures that
are not linear have none in R that uses the observed information. Here they are computed from V itself. Tolerances:
value 1e-11, the rest 1e-7 or better; the information also from central differences, whose steps leave 1e-3.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.methods import mmrm

HERE = Path(__file__).parent
VISITS = 4


class WrittenOut:
    """A study laid out score by score; with effects at each visit, or with one effect of every column."""

    def __init__(self, *, by_visit: bool) -> None:
        frame = pd.read_csv(HERE / "data" / "repeated.csv")
        self.scores = frame[["y1", "y2", "y3", "y4"]].to_numpy(dtype=float)
        columns = np.column_stack([np.ones(len(frame)), frame["arm"], frame["base"]]).astype(float)
        other = np.sin(frame["id"].to_numpy(dtype=float))[:, None]
        self.by_visit = columns if by_visit else columns[:, :0]
        self.constant = other if by_visit else np.hstack([columns, other])
        self.arms = range(VISITS, 2 * VISITS) if by_visit else range(1, 2)  # places of the arm's effects
        self.client, self.visit = np.nonzero(~np.isnan(self.scores))
        self.y = self.scores[self.client, self.visit]
        top, count = VISITS * self.by_visit.shape[1], self.constant.shape[1]
        self.X = np.zeros((len(self.y), top + count))
        for k in range(self.by_visit.shape[1]):
            self.X[np.arange(len(self.y)), VISITS * k + self.visit] = self.by_visit[self.client, k]
        self.X[:, top:] = self.constant[self.client]

    def spread(self, sigma: np.ndarray) -> np.ndarray:
        """A matrix of visits as one of scores."""
        same = self.client[:, None] == self.client[None, :]
        return np.where(same, sigma[..., self.visit[:, None], self.visit[None, :]], 0.0)

    def value(self, sigma: np.ndarray) -> float:
        V = self.spread(sigma)
        W = np.linalg.inv(V)
        information = self.X.T @ W @ self.X
        error = self.y - self.X @ np.linalg.solve(information, self.X.T @ W @ self.y)
        value = np.linalg.slogdet(V)[1] + np.linalg.slogdet(information)[1] + error @ W @ error
        return float(-0.5 * (value + (len(self.y) - self.X.shape[1]) * np.log(2 * np.pi)))


@pytest.fixture(scope="module", params=[True, False], ids=["effects at each visit", "one effect of every column"])
def written(request: pytest.FixtureRequest) -> WrittenOut:
    return WrittenOut(by_visit=request.param)


@pytest.mark.parametrize("name", mmrm.STRUCTURES)
def test_value_information_df_and_kenward_roger_are_those_of_the_formulas(
    written: WrittenOut, name: mmrm.Covariance
) -> None:
    fit = mmrm.fit_mmrm(scores=written.scores, by_visit=written.by_visit, constant=written.constant, covariance=name)
    X, y, theta = written.X, written.y, fit.theta
    W = np.linalg.inv(written.spread(fit.covariance))
    phi = np.linalg.inv(X.T @ W @ X)
    P = W - W @ X @ phi @ X.T @ W
    assert fit.log_likelihood == pytest.approx(written.value(fit.covariance), rel=1e-11)
    np.testing.assert_allclose(fit.beta, phi @ X.T @ W @ y, rtol=1e-8)
    np.testing.assert_allclose(fit.beta_cov, phi, rtol=1e-8, atol=1e-12)
    D = written.spread(fit.structure.derivative(theta))
    bend = fit.structure.second_derivative(theta)
    count = len(theta)
    pulled = P @ D
    expected = 0.5 * np.einsum("iab,jba->ij", pulled, pulled)
    observed = np.einsum("ia,jab,b->ij", D @ P @ y, pulled, P @ y, optimize=True) - expected
    second = np.zeros((count, count, len(y), len(y))) if bend is None else written.spread(bend)
    observed = observed + 0.5 * (np.einsum("ab,ijba->ij", P, second) - np.einsum("a,ijab,b->ij", P @ y, second, P @ y))
    np.testing.assert_allclose(np.linalg.inv(fit.theta_cov), observed, rtol=1e-7, atol=1e-9 * np.abs(observed).max())
    w = np.linalg.inv(observed)
    inner = np.zeros_like(phi)
    slopes = X.T @ W @ D @ W @ X
    for i in range(count):
        for j in range(count):
            Q = X.T @ W @ D[i] @ W @ D[j] @ W @ X
            R = X.T @ W @ second[i, j] @ W @ X
            inner += w[i, j] * (Q - slopes[i] @ phi @ slopes[j] - R / 4)
    adjusted = phi + 2 * phi @ inner @ phi
    for place in written.arms:
        line = np.eye(X.shape[1])[place]
        plain = fit.contrast(line, method="satterthwaite")
        enlarged = fit.contrast(line, method="kenward-roger")
        gradient = np.array([line @ phi @ slope @ phi @ line for slope in slopes])
        assert enlarged.se == pytest.approx(np.sqrt(line @ adjusted @ line), rel=1e-8)
        assert plain.df == pytest.approx(2 * phi[place, place] ** 2 / (gradient @ w @ gradient), rel=1e-7)


@pytest.mark.parametrize("name", mmrm.STRUCTURES)
def test_the_information_is_the_bend_of_the_value(written: WrittenOut, name: mmrm.Covariance) -> None:
    fit = mmrm.fit_mmrm(scores=written.scores, by_visit=written.by_visit, constant=written.constant, covariance=name)
    information = np.linalg.inv(fit.theta_cov)
    scale = 0.02 / np.sqrt(np.diag(information))
    moves = np.diag(scale)
    for i in range(min(len(fit.theta), 4)):
        corners = [
            written.value(fit.structure.matrix(fit.theta + a * moves[i] + b * moves[-1]))
            for a in (1, -1)
            for b in (1, -1)
        ]
        bend = -(corners[0] - corners[1] - corners[2] + corners[3]) / (4 * scale[i] * scale[-1])
        unit = np.sqrt(information[i, i] * information[-1, -1])
        assert bend / unit == pytest.approx(information[i, -1] / unit, abs=2e-3)
