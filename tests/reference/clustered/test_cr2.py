"""CR2 of clusters of like size together, against each cluster by itself, written as the paper writes it.

Pustejovsky & Tipton (2018), eq. 4 to 11. Both are the same arithmetic in another order: 1e-10 relative.
"""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.methods.cluster import fit_cr2
from outcomes.results.outcome import NotEstimableError

NAMES = ("one", "arm", "start")
EXACT = 1e-10


def one_by_one(
    y: np.ndarray, x: np.ndarray, clusters: np.ndarray, phi: np.ndarray, line: np.ndarray
) -> tuple[float, float]:
    """Variance and degrees of freedom of a combination, cluster by cluster."""
    bread = np.linalg.inv(x.T @ x)
    residuals = y - x @ (bread @ (x.T @ y))
    hat = np.eye(len(y)) - x @ bread @ x.T
    meat, vectors = np.zeros_like(bread), []
    for label in np.unique(clusters):
        mine = np.flatnonzero(clusters == label)
        root = np.diag(phi[mine])
        values, basis = np.linalg.eigh(root @ hat[np.ix_(mine, mine)] @ root)
        kept = values > 1e-10 * phi[mine].max() ** 2
        half = (basis[:, kept] / np.sqrt(values[kept])) @ basis[:, kept].T @ root
        score = x[mine].T @ half @ residuals[mine]
        meat += np.outer(score, score)
        vectors.append(hat[:, mine] @ half.T @ x[mine] @ bread @ line)
    products = np.array(vectors) @ np.array(vectors).T
    return float(line @ bread @ meat @ bread @ line), float(np.trace(products) ** 2 / (products**2).sum())


def draw(sizes: tuple[int, ...], *, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    arm = (clusters % 2).astype(float)
    x = np.column_stack([np.ones(len(arm)), arm, rng.normal(10, 3, len(arm))])
    y = x @ [3.0, -1.0, 0.5] + rng.normal(0, 2, len(sizes))[clusters] + rng.normal(0, 3, len(arm))
    order = rng.permutation(len(arm))
    return y[order], x[order], clusters[order].astype(object), rng.uniform(0.5, 2, len(arm))


@pytest.mark.parametrize("sizes", [(5,) * 8, (1, 1, 1, 9, 2, 17, 3, 30), (1,) * 20, (12, 11, 10, 9)])
@pytest.mark.parametrize("scaled", [False, True])
def test_clusters_of_any_sizes_are_judged_as_each_by_itself(sizes: tuple[int, ...], scaled: bool) -> None:
    y, x, clusters, phi = draw(sizes, seed=len(sizes))
    if scaled:
        y, x = y / np.sqrt(phi), x / np.sqrt(phi)[:, None]
    fit = fit_cr2(scores=y, design=x, clusters=clusters, names=NAMES, spread=phi if scaled else None)
    for line in np.eye(3):
        variance, df = one_by_one(y, x, clusters, phi if scaled else np.ones(len(y)), line)
        assert fit.contrast(line).se ** 2 == pytest.approx(variance, rel=EXACT)
        if not scaled:  # with Φ = I the matrix of the paper is the product of these vectors
            assert fit.contrast(line).df == pytest.approx(df, rel=EXACT)


def test_many_sets_of_data_are_judged_as_each_alone() -> None:
    drawn = [draw((4, 9, 1, 16, 7, 5), seed=seed) for seed in range(6)]
    clusters = drawn[0][2]
    y, x, phi = (np.array([one[place] for one in drawn]) for place in (0, 1, 3))
    many = fit_cr2(scores=y, design=x, clusters=clusters, names=NAMES, spread=phi)
    lines = np.random.default_rng(1).normal(size=(6, 3))
    variance, df = many.judge(lines)
    for place in range(6):
        alone = fit_cr2(scores=y[place], design=x[place], clusters=clusters, names=NAMES, spread=phi[place])
        contrast = alone.contrast(lines[place])
        assert many.beta[place] == pytest.approx(alone.beta, rel=EXACT)
        assert (contrast.se**2, contrast.df) == pytest.approx((variance[place], df[place]), rel=EXACT)


def test_a_column_that_repeats_others_in_one_of_many_is_named() -> None:
    drawn = [draw((6, 6, 6, 6), seed=seed) for seed in range(3)]
    y, x = (np.array([one[place] for one in drawn]) for place in (0, 1))
    x[1, :, 2] = x[1, :, 1]
    with pytest.raises(NotEstimableError, match="start"):
        fit_cr2(scores=y, design=x, clusters=drawn[0][2], names=NAMES)
