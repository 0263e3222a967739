"""CR0 and CR2 of the repeated-measures model against clubSandwich, and against least squares where the two are one.

Values: R 4.2.2, clubSandwich 0.5.8 on nlme::gls with the covariance matrix held at the REML estimate, made by
make_sandwich.R (synthetic data with gaps). Nothing is iterated there, so the tolerance is that of the fit: 1e-9.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.methods import mmrm
from outcomes.methods.cluster import fit_cr2

HERE = Path(__file__).parent
ROBUST = json.loads((HERE / "sandwich.json").read_text())


def arm_at(visit: int, visits: int, columns: int) -> np.ndarray:
    return np.eye(columns)[visits + visit]


@pytest.mark.parametrize("kind", ["CR0", "CR2"])
@pytest.mark.parametrize("by", ["client", "group"])
def test_the_sandwich_is_that_of_clubsandwich(kind: str, by: str) -> None:
    frame = pd.read_csv(HERE / "data" / "repeated.csv")
    arrays = {
        "scores": frame[["y1", "y2", "y3", "y4"]].to_numpy(dtype=float),
        "by_visit": np.column_stack([np.ones(len(frame)), frame["arm"], frame["base"]]).astype(float),
    }
    fit = mmrm.fit_mmrm(**arrays)
    clusters = (frame["id"] * 7 % 9).to_numpy() if by == "group" else None
    robust = mmrm.fit_cluster_robust(fit, **arrays, clusters=clusters, kind=kind)  # type: ignore[arg-type]
    contrasts = [robust.contrast(arm_at(visit, 4, 12)) for visit in range(4)]
    expected = ROBUST[f"{kind} {by}"]
    np.testing.assert_allclose([one.estimate for one in contrasts], ROBUST["estimate"], rtol=1e-9)
    np.testing.assert_allclose([one.se for one in contrasts], expected["se"], rtol=1e-9)
    np.testing.assert_allclose([one.df for one in contrasts], expected["df"], rtol=1e-9)


@pytest.mark.parametrize("by", ["client", "group"])
def test_on_complete_data_it_is_cr2_of_least_squares_at_each_visit(by: str) -> None:
    rng = np.random.default_rng(11)
    n, visits = 50, 3
    groups = rng.integers(0, 8, n)
    z = np.column_stack([np.ones(n), np.arange(n) % 2, rng.normal(30, 6, n)])
    y = rng.normal(0, 4, (n, visits)) + rng.normal(0, 4, (n, 1)) + rng.normal(0, 2, 8)[groups][:, None]
    clusters = groups if by == "group" else np.arange(n)
    fit = mmrm.fit_mmrm(scores=y, by_visit=z)
    robust = mmrm.fit_cluster_robust(fit, scores=y, by_visit=z, clusters=groups if by == "group" else None, kind="CR2")
    for visit in range(visits):
        plain = fit_cr2(scores=y[:, visit], design=z, clusters=clusters.astype(object), names=("one", "arm", "start"))
        expected, found = plain.contrast(np.array([0.0, 1.0, 0.0])), robust.contrast(arm_at(visit, visits, 9))
        assert found.estimate == pytest.approx(expected.estimate, rel=1e-11)
        assert found.se == pytest.approx(expected.se, rel=1e-11)
        assert found.df == pytest.approx(expected.df, rel=1e-10)


def test_weights_give_the_textbook_matrices() -> None:
    """The same sandwich from n × n matrices, laid out client by client, with its df by their definition."""
    rng = np.random.default_rng(5)
    n, visits = 24, 3
    groups = rng.integers(0, 6, n)
    z = np.column_stack([np.ones(n), np.arange(n) % 2])
    c = rng.normal(0, 1, (n, 1))
    y = rng.normal(0, 4, (n, visits)) + rng.normal(0, 4, (n, 1))
    y[rng.random(y.shape) < 0.2] = np.nan
    w = rng.uniform(0.5, 2.0, n)
    fit = mmrm.fit_mmrm(scores=y, by_visit=z, constant=c, weights=w)
    robust = mmrm.fit_cluster_robust(fit, scores=y, by_visit=z, constant=c, weights=w, clusters=groups, kind="CR2")
    seen = ~np.isnan(y)
    client, visit = np.nonzero(seen)
    X = np.zeros((len(client), 2 * visits + 1))
    for k in range(2):
        X[np.arange(len(client)), k * visits + visit] = z[client, k]
    X[:, -1] = c[client, 0]
    same = client[:, None] == client[None, :]
    Phi = np.where(same, fit.covariance[np.ix_(visit, visit)], 0.0)
    W = w[client][:, None] * np.linalg.inv(Phi)
    M = np.linalg.inv(X.T @ W @ X)
    rest = np.eye(len(client)) - X @ M @ X.T @ W
    inner = rest @ Phi @ rest.T
    error = y[seen] - X @ fit.beta
    line = np.eye(X.shape[1])[visits + 1]
    meat, vectors = np.zeros_like(M), []
    for group in np.unique(groups[client]):
        own = np.flatnonzero(groups[client] == group)
        D = np.linalg.cholesky(Phi[np.ix_(own, own)]).T
        values, basis = np.linalg.eigh(D @ inner[np.ix_(own, own)] @ D.T)
        A = D.T @ (basis / np.sqrt(values)) @ basis.T @ D
        part = (W @ X)[own].T @ A
        meat += np.outer(part @ error[own], part @ error[own])
        vectors.append(np.zeros(len(client)))
        vectors[-1][own] = part.T @ M @ line
    P = np.array(vectors) @ inner @ np.array(vectors).T
    found = robust.contrast(line)
    assert found.se == pytest.approx(np.sqrt(line @ M @ meat @ M @ line), rel=1e-10)
    assert found.df == pytest.approx(np.trace(P) ** 2 / (P**2).sum(), rel=1e-10)
