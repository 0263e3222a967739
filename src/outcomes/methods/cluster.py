"""Cluster-robust inference for least squares: CR2 with Satterthwaite degrees of freedom.

Sources: Bell & McCaffrey (2002); Pustejovsky & Tipton (2018), eq. 4 to 11, with an identity working covariance and the
generalised inverse square root for clusters that decide a coefficient alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.least_squares import Contrast, fit_least_squares
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

FEWEST_CLUSTERS = 4
FEW_CLUSTERS = 10
NOBODY = -1
_ZERO = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ClusterFit:
    """Least squares with the CR2 covariance, of one set of data or of many along leading axes.

    Attributes
    ----------
    beta : ndarray, shape (…, k)
    beta_cov : ndarray, shape (…, k, k)
        CR2 covariance.
    bread : ndarray, shape (…, k, k)
        (XᵀX)⁻¹.
    own : ndarray, shape (…, g, k, k)
        X_gᵀ A_g A_gᵀ X_g for each cluster.
    crossed : ndarray, shape (…, g, k, k)
        X_gᵀ A_g X_g.
    n, n_clusters : int
        [count]
    """

    beta: NDArray[np.float64]
    beta_cov: NDArray[np.float64]
    bread: NDArray[np.float64]
    own: NDArray[np.float64]
    crossed: NDArray[np.float64]
    n: int
    n_clusters: int

    def contrast(self, weights: NDArray[np.float64]) -> Contrast:
        """Linear combination of the coefficients of one set of data.

        Parameters
        ----------
        weights : ndarray, shape (k,)
            The l of lᵀβ.

        Raises
        ------
        NotEstimableError
            As `judge`.
        """
        variance, df = self.judge(weights)
        return Contrast(estimate=float(weights @ self.beta), se=float(np.sqrt(variance)), df=float(df))

    def judge(self, weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Variance of a linear combination of the coefficients, and Satterthwaite's degrees of freedom, shape (…).

        The degrees of freedom are (Σ P_gg)² / Σ P_gh² with P_gh = δ_gh u_gᵀu_g − u_gᵀX_g (XᵀX)⁻¹ X_hᵀu_h and
        u_g = A_g X_g (XᵀX)⁻¹ l. Off the diagonal P has the rank of the design, so that no square array of clusters is
        made.

        Parameters
        ----------
        weights : ndarray, shape (…, k)
            The l of lᵀβ.

        Raises
        ------
        NotEstimableError
            When the clusters leave no spread to judge the contrast by.
        """
        direction = np.matvec(self.bread, weights)[..., None, :]
        across = np.vecmat(direction, self.crossed)
        through = np.vecdot(across @ self.bread, across)
        diagonal = np.vecdot(np.vecmat(direction, self.own), direction) - through
        crossed = across.mT @ across @ self.bread
        beside = np.trace(crossed @ crossed, axis1=-2, axis2=-1) - (through**2).sum(axis=-1)
        variance = np.vecdot(np.vecmat(weights, self.beta_cov), weights)
        squares = (diagonal**2).sum(axis=-1) + beside
        if (variance <= 0).any() or (squares <= 0).any():
            raise NotEstimableError("The clusters leave no spread to judge the difference by.")
        return variance, diagonal.sum(axis=-1) ** 2 / squares


def fit_cr2(
    *,
    scores: NDArray[np.float64],
    design: NDArray[np.float64],
    clusters: NDArray[np.generic],
    names: Sequence[str],
    spread: NDArray[np.float64] | None = None,
) -> ClusterFit:
    """Fit by least squares and keep what CR2 needs.

    Parameters
    ----------
    scores : ndarray, shape (…, n)
    design : ndarray, shape (…, n, k)
    clusters : ndarray, shape (n,)
        Label of each person's cluster.
    names : sequence of str, length k
    spread : ndarray, shape (…, n), or None
        Where scores and design were divided by the root of a working variance, that variance: the inverse square root
        is then taken on the scale before, as Pustejovsky & Tipton (eq. 6) do.

    Raises
    ------
    NotEstimableError
        When the design is singular, people are too few, or there are fewer than four clusters.
    """
    codes, labels = number_clusters(clusters)
    if len(labels) < FEWEST_CLUSTERS:
        msg = f"There are {len(labels)} clusters; a cluster-robust standard error needs at least {FEWEST_CLUSTERS}."
        raise NotEstimableError(msg)
    fit = fit_least_squares(scores=scores, design=design, names=names)
    scale = np.ones_like(scores) if spread is None else spread
    meat, own, crossed = np.zeros_like(fit.bread), [], []
    for rows in _alike(codes):
        mine = design[..., rows, :]
        adjusted = _adjust(mine, fit.bread[..., None, :, :], np.where(rows == NOBODY, 0.0, scale[..., rows]))
        sums = np.matvec(adjusted, fit.residuals[..., rows])
        meat += sums.mT @ sums
        own.append(adjusted @ adjusted.mT)
        crossed.append(adjusted @ mine)
    return ClusterFit(
        beta=fit.beta,
        beta_cov=fit.bread @ meat @ fit.bread,
        bread=fit.bread,
        own=np.concatenate(own, axis=-3),
        crossed=np.concatenate(crossed, axis=-3),
        n=scores.shape[-1],
        n_clusters=len(labels),
    )


def number_clusters(clusters: NDArray[np.generic]) -> tuple[NDArray[np.intp], NDArray[np.generic]]:
    """Give the number of each person's cluster, shape (n,), and the labels in that order; numbers sort as numbers.

    Raises
    ------
    ValueError
        When a label is missing: all without one would be one cluster.
    """
    missing = (one is None or (isinstance(one, float) and math.isnan(one)) for one in clusters.tolist())
    if not np.issubdtype(clusters.dtype, np.integer) and any(missing):
        msg = "a cluster is missing; who has none needs a label of their own"
        raise ValueError(msg)
    labels, codes = np.unique(
        clusters if np.issubdtype(clusters.dtype, np.integer) else clusters.astype(str), return_inverse=True
    )
    return codes, labels


def _alike(codes: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """Give who is in each cluster, shape (b, N), for clusters of like size at a time; the smaller are filled up."""
    order, sizes = np.argsort(codes, kind="stable"), np.bincount(codes)
    starts, likeness = np.cumsum(sizes) - sizes, np.ceil(np.log2(sizes))
    for one in np.unique(likeness):
        some = np.flatnonzero(likeness == one)
        place = np.arange(sizes[some].max())
        inside = place < sizes[some, None]
        yield np.where(inside, order[np.where(inside, starts[some, None] + place, 0)], NOBODY)


def _adjust(mine: NDArray[np.float64], bread: NDArray[np.float64], scale: NDArray[np.float64]) -> NDArray[np.float64]:
    """X_gᵀ A_g of clusters, shape (…, b, k, N), with A_g = Φ (Φ (I − H_gg) Φ)^(−1/2).

    Generalised: a direction without residual variance is left out, and so is who only fills up, by a scale of zero.
    """
    hat = mine @ bread @ mine.mT
    values, vectors = np.linalg.eigh(scale[..., :, None] * (np.eye(mine.shape[-2]) - hat) * scale[..., None, :])
    kept = values > _ZERO * scale.max(axis=-1, keepdims=True) ** 2
    roots = np.where(kept, 1 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
    middle = (vectors * roots[..., None, :]) @ vectors.mT
    return np.asarray(mine.mT @ middle * scale[..., None, :])
