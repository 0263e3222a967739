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
    from collections.abc import Sequence

    from numpy.typing import NDArray

FEWEST_CLUSTERS = 4
FEW_CLUSTERS = 10
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
    adjusted : tuple of ndarray, each of shape (k, n_g)
        X_gᵀ A_g for each cluster.
    crossed : tuple of ndarray, each of shape (k, k)
        X_gᵀ A_g X_g … the same times X_g.
    n, n_clusters : int
        [count]
    """

    beta: NDArray[np.float64]
    beta_cov: NDArray[np.float64]
    bread: NDArray[np.float64]
    adjusted: tuple[NDArray[np.float64], ...]
    crossed: tuple[NDArray[np.float64], ...]
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
        own = np.array([float(np.sum((direction @ part) ** 2)) for part in self.adjusted])
        across = np.array([direction @ part for part in self.crossed])
        products = np.diag(own) - across @ self.bread @ across.T
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
    rows = [np.flatnonzero(codes == cluster) for cluster in range(len(labels))]
    adjusted = tuple(design[mine].T @ _adjustment(design[mine], fit.bread, scale[mine]) for mine in rows)
    sums = np.array([part @ fit.residuals[mine] for part, mine in zip(adjusted, rows, strict=True)])
    return ClusterFit(
        beta=fit.beta,
        beta_cov=fit.bread @ (sums.T @ sums) @ fit.bread,
        bread=fit.bread,
        adjusted=adjusted,
        crossed=tuple(part @ design[mine] for part, mine in zip(adjusted, rows, strict=True)),
        n=len(scores),
        n_clusters=len(labels),
    )


def _codes(clusters: NDArray[np.object_]) -> tuple[NDArray[np.intp], NDArray[np.str_]]:
    labels, codes = np.unique(clusters.astype(str), return_inverse=True)
    return codes, labels


def _adjustment(
    mine: NDArray[np.float64], bread: NDArray[np.float64], scale: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A_g = (Φ (I − H_gg) Φ)^(−1/2) Φ, generalised: a direction without residual variance is left out."""
    rest = scale[:, None] * (np.eye(len(mine)) - mine @ bread @ mine.T) * scale
    values, vectors = np.linalg.eigh(rest)
    kept = values > _ZERO * scale.max() ** 2
    roots = np.where(kept, 1 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
    adjustment: NDArray[np.float64] = (vectors * roots) @ vectors.T * scale
    return adjustment
