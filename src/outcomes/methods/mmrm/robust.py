"""Standard errors of the repeated-measures model when people share a group: CR2 with Satterthwaite degrees of freedom.

The fitted covariance is the working model. For a cluster g with covariance V_g = Dᵀ D of its scores, the residuals are
adjusted by A_g = Dᵀ B^(−1/2) D with B = D (V_g − X_g Φ X_gᵀ) Dᵀ, so that the variance is right if the working model is.
Source: Pustejovsky & Tipton (2018), eq. 4 to 11. Unlike the fit this needs the rows, one cluster at a time: B^(−1/2)
is no function of cross-products.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.estimates import NotEstimableError
from outcomes.methods.least_squares import Contrast

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.mmrm.inference import MmrmFit
    from outcomes.methods.mmrm.pattern_moments import Floats

FEWEST_CLUSTERS = 4
_ZERO = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RobustFit:
    """A fitted model with the CR2 covariance of its coefficients.

    Attributes
    ----------
    beta : ndarray, shape (k,)
        As in the fit.
    beta_cov : ndarray, shape (k, k)
        CR2 covariance.
    n_clusters : int
        [count]
    """

    beta: Floats
    beta_cov: Floats
    n_clusters: int
    _fit: MmrmFit
    _own: Floats  # Φ XᵀW A V Aᵀ W X Φ of each cluster, shape (clusters, k, k)
    _across: Floats  # XᵀAᵀ W X Φ of each cluster, shape (clusters, k, k)

    def contrast(self, weights: Floats) -> Contrast:
        """Linear combination of the coefficients.

        The degrees of freedom are (Σ P_gg)² / Σ P_gh² with P_gh = δ_gh u_gᵀ V_g u_g − u_gᵀ X_g Φ X_hᵀ u_h and
        u_g = A_gᵀ W_g X_g Φ l.

        Parameters
        ----------
        weights : ndarray, shape (k,)
            The l of lᵀβ.

        Raises
        ------
        NotEstimableError
            When the clusters leave no spread to judge it by.
        """
        line = self._fit.basis.back.T @ np.asarray(weights, dtype=np.float64)
        across = self._across @ line
        products = np.diag(line @ self._own @ line) - across @ self._fit.place.phi @ across.T
        variance = float(weights @ self.beta_cov @ weights)
        squares = float((products**2).sum())
        if variance <= 0 or squares <= 0:
            raise NotEstimableError("The clusters leave no spread to judge the difference by.")
        df = float(np.trace(products)) ** 2 / squares
        return Contrast(estimate=float(weights @ self.beta), se=float(np.sqrt(variance)), df=df)


def fit_cluster_robust(
    fit: MmrmFit,
    *,
    scores: Floats,
    by_visit: Floats,
    constant: Floats | None,
    clusters: NDArray[np.object_] | NDArray[np.int64],
) -> RobustFit:
    """Judge a fitted model by the spread between clusters.

    Parameters
    ----------
    fit : MmrmFit
        Of the same arrays, without weights.
    scores, by_visit, constant : ndarray
        As in `moments`.
    clusters : ndarray, shape (n,)
        Label of each client's cluster; clients by themselves give the client-level sandwich.

    Raises
    ------
    NotEstimableError
        With fewer than four clusters.
    """
    seen = ~np.isnan(scores).all(axis=1)
    labels, codes = np.unique(clusters[seen].astype(str), return_inverse=True)
    if len(labels) < FEWEST_CLUSTERS:
        msg = f"There are {len(labels)} clusters; a cluster-robust standard error needs at least {FEWEST_CLUSTERS}."
        raise NotEstimableError(msg)
    columns = by_visit if constant is None else np.column_stack([by_visit, constant])
    pieces = [
        _cluster(fit, scores[seen][codes == code], columns[seen][codes == code], by_visit.shape[1])
        for code in range(len(labels))
    ]
    drawn = np.array([piece[0] for piece in pieces]) @ fit.place.phi @ fit.basis.back.T
    return RobustFit(
        beta=fit.beta,
        beta_cov=drawn.T @ drawn,
        n_clusters=len(labels),
        _fit=fit,
        _own=np.array([piece[1] for piece in pieces]),
        _across=np.array([piece[2] for piece in pieces]),
    )


def _cluster(fit: MmrmFit, scores: Floats, columns: Floats, q: int) -> tuple[Floats, Floats, Floats]:
    """Give the adjusted score XᵀW A e of a cluster, and what its degrees of freedom need."""
    design, residual, working = _stack(fit, scores, columns, q)
    phi = fit.place.phi
    upper = np.linalg.cholesky(working).T
    values, vectors = np.linalg.eigh(upper @ (working - design @ phi @ design.T) @ upper.T)
    kept = values > _ZERO * values[-1]
    roots = np.where(kept, 1 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
    adjustment = upper.T @ ((vectors * roots) @ vectors.T) @ upper
    weighted = np.linalg.solve(working, design)  # W X
    turned = adjustment.T @ weighted
    own = phi @ turned.T @ working @ turned @ phi
    return turned.T @ residual, own, design.T @ turned @ phi


def _stack(fit: MmrmFit, scores: Floats, columns: Floats, q: int) -> tuple[Floats, Floats, Floats]:
    """Rows of a cluster's scores in the fit's own columns, their residuals, and their working covariance."""
    size = scores.shape[1]
    client, visit = np.nonzero(~np.isnan(scores))
    given = np.zeros((len(client), len(fit.beta)))
    rows = np.arange(len(client))
    for k in range(q):
        given[rows, k * size + visit] = columns[client, k]
    given[:, q * size :] = columns[client, q:]
    same = client[:, None] == client[None, :]
    working = np.where(same, fit.covariance[np.ix_(visit, visit)], 0.0)
    return given @ fit.basis.back, scores[client, visit] - given @ fit.beta, working
