"""Sandwich covariances of a repeated-measures model by client or by cluster: CR0 and CR2, with Satterthwaite df.

The working covariance is the fitted one: Φ_i = Σ on the visits of client i, independent between clients. Weights w_i of
clients multiply their W_i = w_i Σ⁻¹ and leave Φ_i as it is. With M = (XᵀWX)⁻¹, H = X M XᵀW and D_g the upper Cholesky
factor of Φ_g, the adjustment of cluster g is A_g = D_gᵀ B_g^(−1/2) D_g with B_g = D_g [(I − H) Φ (I − H)ᵀ]_gg D_gᵀ.
Sources: Liang & Zeger (1986), CR0; Bell & McCaffrey (2002); Pustejovsky & Tipton (2018), eq. 4 to 11.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from outcomes.methods.least_squares import Contrast
from outcomes.methods.mmrm.products import along_diagonal
from outcomes.methods.mmrm.units import to_units
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from outcomes.methods.mmrm.inference import MmrmFit
    from outcomes.methods.mmrm.pattern_moments import Floats
    from outcomes.methods.mmrm.units import Units

Kind: TypeAlias = Literal["CR0", "CR2"]

FEWEST_CLUSTERS = 4
_ZERO = 1e-10
_CHUNK = 4096  # clients stacked at once


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ClusterPieces:
    """What the clusters of one shape bring to a contrast; b clusters of N scores each.

    Attributes
    ----------
    design : ndarray, shape (b, N, k)
        X_g, in the basis of the fit.
    adjusted : ndarray, shape (b, k, N)
        X_gᵀ W_g A_g.
    factor : ndarray, shape (b, N, N) or (N, N)
        D_g, with Φ_g = D_gᵀ D_g.
    weights : ndarray, shape (b, N)
        w of each score's client.
    """

    design: Floats
    adjusted: Floats
    factor: Floats
    weights: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RobustFit:
    """Coefficients of a fit with a sandwich covariance.

    Attributes
    ----------
    beta : ndarray, shape (k,)
    beta_cov : ndarray, shape (k, k)
    kind : str
        CR0 or CR2.
    n_clusters : int
        Clusters, or clients where no clusters were given [count].
    pieces : tuple of ClusterPieces
        For the degrees of freedom.
    bread, filling : ndarray, shape (k, k)
        M and XᵀWΦWX in the basis of the fit.
    back : ndarray, shape (k, k)
        From that basis to the columns given.
    """

    beta: Floats
    beta_cov: Floats
    kind: Kind
    n_clusters: int
    pieces: tuple[ClusterPieces, ...]
    bread: Floats
    filling: Floats
    back: Floats

    def contrast(self, weights: Floats) -> Contrast:
        """Linear combination of the coefficients, with Satterthwaite's degrees of freedom.

        With u_g = A_gᵀW_gX_gM l, P_gh = u_gᵀ[(I − H)Φ(I − H)ᵀ]_gh u_h, df = (Σ P_gg)² / Σ P_gh². P is a diagonal and
        a matrix of low rank, a_gᵀr_h + r_gᵀa_h, so that no square array of clusters is made.

        Parameters
        ----------
        weights : ndarray, shape (k,)
            The l of lᵀβ.

        Raises
        ------
        NotEstimableError
            When the clusters leave no spread to judge the contrast by.
        """
        line = np.asarray(weights, dtype=np.float64)
        direction = self.bread @ (self.back.T @ line)
        parts = [self._project(one, direction) for one in self.pieces]
        own, a, r = (np.concatenate(part) for part in zip(*parts, strict=True))
        trace = own.sum() + 2 * float((a * r).sum())
        cross = r.T @ a
        squares = float((own**2).sum() + 4 * own @ (a * r).sum(axis=1))
        squares += 2 * float(np.trace(cross @ cross)) + 2 * float(((r.T @ r) * (a.T @ a)).sum())
        variance = float(line @ self.beta_cov @ line)
        if variance <= 0 or squares <= 0:
            raise NotEstimableError("The clusters leave no spread to judge the difference by.")
        return Contrast(estimate=float(line @ self.beta), se=float(np.sqrt(variance)), df=float(trace) ** 2 / squares)

    def _project(self, piece: ClusterPieces, direction: Floats) -> tuple[Floats, Floats, Floats]:
        """u_gᵀΦ_gu_g, a_g and r_g of clusters."""
        u = piece.adjusted.swapaxes(1, 2) @ direction
        own = ((piece.factor @ u[..., None])[..., 0] ** 2).sum(axis=1)
        a = (u[:, None, :] @ piece.design)[:, 0]
        b = ((u * piece.weights)[:, None, :] @ piece.design)[:, 0]
        return own, a, (0.5 * a @ self.bread @ self.filling - b) @ self.bread


def fit_cluster_robust(
    fit: MmrmFit,
    *,
    scores: Floats,
    by_visit: Floats,
    constant: Floats | None = None,
    weights: Floats | None = None,
    clusters: ArrayLike | None = None,
    kind: Kind = "CR2",
) -> RobustFit:
    """Give a fit a sandwich covariance.

    Parameters
    ----------
    fit : MmrmFit
        Of these arrays.
    scores, by_visit, constant, weights
        As `moments`.
    clusters : array of labels, shape (n,), optional
        Skills group of each client; each client is a cluster where there is none.
    kind : "CR0" or "CR2"

    Raises
    ------
    NotEstimableError
        With fewer than four clusters.
    """
    if kind not in get_args(Kind):
        msg = f"unknown sandwich {kind!r}: CR0 or CR2"
        raise ValueError(msg)
    units = to_units(fit, scores=scores, by_visit=by_visit, constant=constant, weights=weights, clusters=clusters)
    if units.count < FEWEST_CLUSTERS:
        msg = f"There are {units.count} clusters; a cluster-robust standard error needs at least {FEWEST_CLUSTERS}."
        raise NotEstimableError(msg)
    blocks = [_Block.stack(fit, members) for members in (_clients(units) if clusters is None else _clusters(units))]
    bread = fit.gls.phi
    filling = np.sum([block.filling() for block in blocks], axis=0)
    pieces, meat = [], np.zeros_like(bread)
    for block in blocks:
        adjusted = block.adjust(bread, filling) if kind == "CR2" else block.leverage()
        sums = (adjusted @ block.residuals[..., None])[..., 0]
        meat += sums.T @ sums
        pieces.append(ClusterPieces(design=block.design, adjusted=adjusted, factor=block.factor, weights=block.weights))
    back = fit.basis.back
    return RobustFit(
        beta=fit.beta,
        beta_cov=back @ bread @ meat @ bread @ back.T,
        kind=kind,
        n_clusters=units.count,
        pieces=tuple(pieces),
        bread=bread,
        filling=filling,
        back=back,
    )


_Members: TypeAlias = "list[tuple[NDArray[np.bool_], Floats, Floats]]"  # of each pattern: visits seen, rows, weights


def _clients(units: Units) -> Iterator[_Members]:
    """Clients of one pattern at a time, each a cluster: rows of shape (b, 1, …)."""
    for seen, rows, weights in zip(units.observed, units.rows, units.weights, strict=True):
        for start in range(0, len(rows), _CHUNK):
            some = slice(start, start + _CHUNK)
            yield [(seen, rows[some, None], weights[some, None])]


def _clusters(units: Units) -> Iterator[_Members]:
    """One cluster at a time, with its clients pattern by pattern: rows of shape (1, clients, …)."""
    for cluster in range(units.count):
        mine = [members == cluster for members in units.members]
        parts = zip(units.observed, units.rows, units.weights, mine, strict=True)
        yield [(seen, rows[own][None], weights[own][None]) for seen, rows, weights, own in parts if own.any()]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class _Block:
    """Clusters of one shape, stacked: b clusters of N scores."""

    design: Floats
    residuals: Floats
    weights: Floats
    factor: Floats
    inverse: Floats  # Φ_g⁻¹

    @classmethod
    def stack(cls, fit: MmrmFit, members: _Members) -> _Block:
        """Lay the scores of the clients of each cluster one after the other."""
        q, r, size = fit.basis.sizes
        designs, outcomes, weights, factors, inverses = [], [], [], [], []
        for seen, rows, weight in members:
            visits = np.flatnonzero(seen)
            count, clients = rows.shape[:2]
            design = np.zeros((count, clients, len(visits), q * size + r))
            for s, visit in enumerate(visits):
                design[:, :, s, visit : q * size : size] = rows[..., :q]
                design[:, :, s, q * size :] = rows[..., q : q + r]
            designs.append(design.reshape(count, -1, q * size + r))
            outcomes.append(rows[..., q + r + visits].reshape(count, -1))
            weights.append(np.repeat(weight, len(visits), axis=1))
            sigma = fit.covariance[np.ix_(visits, visits)]
            factors += [np.linalg.cholesky(sigma).T] * clients
            inverses += [np.linalg.inv(sigma)] * clients
        design = np.concatenate(designs, axis=1)
        return cls(
            design=design,
            residuals=np.concatenate(outcomes, axis=1) - design @ fit.gls.beta,
            weights=np.concatenate(weights, axis=1),
            factor=along_diagonal(factors),
            inverse=along_diagonal(inverses),
        )

    def leverage(self) -> Floats:
        """X_gᵀW_g, shape (b, k, N)."""
        return np.asarray(self.design.swapaxes(1, 2) * self.weights[:, None, :] @ self.inverse)

    def filling(self) -> Floats:
        """Σ X_gᵀW_gΦ_gW_gX_g, shape (k, k)."""
        weighted = self.leverage() * self.weights[:, None, :]
        return np.asarray((weighted @ self.design).sum(axis=0))

    def adjust(self, bread: Floats, filling: Floats) -> Floats:
        """X_gᵀW_gA_g; a direction without residual variance is left out."""
        through = self.design @ bread
        mixed = through @ self.design.swapaxes(1, 2) * self.weights[:, None, :]  # X M XᵀWΦ
        phi = self.factor.T @ self.factor
        left = phi - mixed - mixed.swapaxes(1, 2) + through @ filling @ through.swapaxes(1, 2)
        values, vectors = np.linalg.eigh(self.factor @ left @ self.factor.T)
        kept = values > _ZERO * values[:, -1:]
        roots = np.where(kept, 1 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
        middle = (vectors * roots[:, None, :]) @ vectors.swapaxes(1, 2)
        return np.asarray(self.leverage() @ (self.factor.T @ middle @ self.factor))
