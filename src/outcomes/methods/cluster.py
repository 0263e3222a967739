"""Cluster-robust inference for least squares: CR2 with Satterthwaite degrees of freedom.

Sources: Bell & McCaffrey (2002); Pustejovsky & Tipton (2018), eq. 4 to 11, with an identity working covariance and the
generalised inverse square root for clusters that decide a coefficient alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.estimates import NotEstimableError
from outcomes.methods.least_squares import Contrast, fit_least_squares

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

FEWEST_CLUSTERS = 4
FEW_CLUSTERS = 10
NOBODY = -1
_ZERO = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ClusterFit:
    """Least squares with the CR2 covariance.

    Attributes
    ----------
    beta : ndarray, shape (k,)
    beta_cov : ndarray, shape (k, k)
        CR2 covariance.
    bread : ndarray, shape (k, k)
        (XᵀX)⁻¹.
    own : ndarray, shape (g, k, k)
        X_gᵀ A_g A_gᵀ X_g for each cluster.
    crossed : ndarray, shape (g, k, k)
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
        """Linear combination of the coefficients.

        The degrees of freedom are (Σ P_gg)² / Σ P_gh² with P_gh = δ_gh u_gᵀu_g − u_gᵀX_g (XᵀX)⁻¹ X_hᵀu_h and
        u_g = A_g X_g (XᵀX)⁻¹ l.

        Parameters
        ----------
        weights : ndarray, shape (k,)
            The l of lᵀβ.

        Raises
        ------
        NotEstimableError
            When the clusters leave no spread to judge the contrast by.
        """
        direction = self.bread @ weights
        across = direction @ self.crossed
        products = np.diag(direction @ self.own @ direction) - across @ self.bread @ across.T
        variance = float(weights @ self.beta_cov @ weights)
        squares = float((products**2).sum())
        if variance <= 0 or squares <= 0:
            raise NotEstimableError("The clusters leave no spread to judge the difference by.")
        df = float(np.trace(products)) ** 2 / squares
        return Contrast(estimate=float(weights @ self.beta), se=float(np.sqrt(variance)), df=df)


def fit_cr2(
    *,
    scores: NDArray[np.float64],
    design: NDArray[np.float64],
    clusters: NDArray[np.object_],
    names: Sequence[str],
    spread: NDArray[np.float64] | None = None,
) -> ClusterFit:
    """Fit by least squares and keep what CR2 needs.

    Parameters
    ----------
    scores : ndarray, shape (n,)
    design : ndarray, shape (n, k)
    clusters : ndarray, shape (n,)
        Label of each person's cluster.
    names : sequence of str, length k
    spread : ndarray, shape (n,), or None
        Where scores and design were divided by the root of a working variance, that variance: the inverse square root
        is then taken on the scale before, as Pustejovsky & Tipton (eq. 6) do.

    Raises
    ------
    NotEstimableError
        When the design is singular, people are too few, or there are fewer than four clusters.
    """
    codes, labels = _codes(clusters)
    if len(labels) < FEWEST_CLUSTERS:
        msg = f"There are {len(labels)} clusters; a cluster-robust standard error needs at least {FEWEST_CLUSTERS}."
        raise NotEstimableError(msg)
    fit = fit_least_squares(scores=scores, design=design, names=names)
    scale = np.ones(len(scores)) if spread is None else spread
    meat, own, crossed = np.zeros_like(fit.bread), [], []
    for rows in _alike(codes):
        present = rows != NOBODY
        mine = np.where(present[..., None], design[rows], 0.0)
        adjusted = _adjust(mine, fit.bread, np.where(present, scale[rows], 0.0))
        sums = (adjusted @ fit.residuals[rows][..., None])[..., 0]
        meat += sums.T @ sums
        own.append(adjusted @ adjusted.swapaxes(1, 2))
        crossed.append(adjusted @ mine)
    return ClusterFit(
        beta=fit.beta,
        beta_cov=fit.bread @ meat @ fit.bread,
        bread=fit.bread,
        own=np.concatenate(own),
        crossed=np.concatenate(crossed),
        n=len(scores),
        n_clusters=len(labels),
    )


def _codes(clusters: NDArray[np.object_]) -> tuple[NDArray[np.intp], NDArray[np.str_]]:
    labels, codes = np.unique(clusters.astype(str), return_inverse=True)
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
    """X_gᵀ A_g of clusters, shape (b, k, N), with A_g = Φ (Φ (I − H_gg) Φ)^(−1/2).

    Generalised: a direction without residual variance is left out, and so is who is only there to fill up.
    """
    hat = mine @ bread @ mine.swapaxes(1, 2)
    values, vectors = np.linalg.eigh(scale[:, :, None] * (np.eye(mine.shape[1]) - hat) * scale[:, None, :])
    kept = values > _ZERO * scale.max(axis=1, keepdims=True) ** 2
    roots = np.where(kept, 1 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
    middle = (vectors * roots[:, None, :]) @ vectors.swapaxes(1, 2)
    return np.asarray(mine.swapaxes(1, 2) @ middle * scale[:, None, :])
