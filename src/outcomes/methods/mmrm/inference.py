"""Inference from a fitted repeated-measures model: Satterthwaite, and Kenward–Roger in the covariance elements.

Both take the inverse of the observed information as the covariance of the covariance parameters. With a linear
structure the second derivatives of Σ vanish, and with them the term R_ij of Kenward and Roger.
Sources: Kenward & Roger (1997), eq. 5 to 10 and the scaling of F on p. 987; Satterthwaite (1946); Fai & Cornelius
(1996).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy import special

from outcomes.methods.least_squares import Contrast
from outcomes.methods.mmrm.judged import Judged, invert_information
from outcomes.methods.mmrm.products import sandwich, symmetric
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.methods.mmrm.basis import Basis, Sums
    from outcomes.methods.mmrm.likelihood import Curvature, Gls
    from outcomes.methods.mmrm.pattern_moments import Floats, Moments
    from outcomes.methods.mmrm.structures import Structure

DfMethod: TypeAlias = Literal["kenward-roger", "satterthwaite"]
_LARGEST_DF = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class FTest:
    """A test of several contrasts at once.

    Attributes
    ----------
    statistic : float
        F, scaled as the method asks.
    df, denominator_df : float
        Contrasts, and the denominator's degrees of freedom [count].
    p_value : float
    """

    statistic: float
    df: float
    denominator_df: float
    p_value: float


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MmrmFit:
    """A fitted model.

    Attributes
    ----------
    beta : ndarray, shape (k,)
        The effect of by_visit column j at visit t is beta[j * T + t]; then the constant columns [points per unit].
    beta_cov : ndarray, shape (k, k)
        Model-based covariance of `beta`.
    covariance : ndarray, shape (T, T)
        Of the scores of a client.
    covariance_name : str
    theta : ndarray, shape (m,)
        Parameters of the covariance matrix.
    theta_cov : ndarray, shape (m, m)
        Inverse of their observed information.
    log_likelihood : float
        Restricted log-likelihood, without log|XᵀX|.
    score : ndarray, shape (m,)
        Its gradient in `theta`: zero to machine precision.
    n_clients, n_observations : int
        [count]
    means : ndarray, shape (q + r,)
        Weighted mean of the covariates of everybody in the fit.
    basis, sums, gls, pieces, structure, local_cov
        What sandwich, influence and bootstrap are computed from; `local_cov` is the covariance of the parameters in
        the frame that the pieces are in.
    judged : Judged
        What inference is computed from.
    """

    beta: Floats
    beta_cov: Floats
    covariance: Floats
    covariance_name: str
    theta: Floats
    theta_cov: Floats
    log_likelihood: float
    score: Floats
    n_clients: int
    n_observations: int
    means: Floats
    basis: Basis
    sums: Sums
    gls: Gls
    pieces: Curvature
    structure: Structure
    local_cov: Floats
    judged: Judged

    @classmethod
    def from_gls(
        cls,
        *,
        basis: Basis,
        sums: Sums,
        gls: Gls,
        structure: Structure,
        theta: Floats,
        frame: Floats,
        information: Floats,
        pieces: Curvature,
        gathered: Moments,
        value: float,
        gradient: Floats,
        judged: Judged | None = None,
    ) -> MmrmFit:
        """Turn the top of the likelihood into a fit in the given columns."""
        local_cov = invert_information(information)
        by = judged or Judged(back=basis.back, sums=sums, gls=gls, pieces=pieces, local_cov=local_cov, frame=frame)
        return cls(
            beta=by.back @ by.gls.beta + basis.offset,
            beta_cov=by.back @ by.gls.phi @ by.back.T,
            covariance=structure.matrix(theta),
            covariance_name=structure.name,
            theta=theta,
            theta_cov=by.frame @ by.local_cov @ by.frame.T,
            log_likelihood=value + float(np.linalg.slogdet(basis.back)[1]),
            score=gradient,
            n_clients=gathered.n_clients,
            n_observations=gathered.n_observations,
            means=gathered.means,
            basis=basis,
            sums=sums,
            gls=gls,
            pieces=pieces,
            structure=structure,
            local_cov=local_cov,
            judged=by,
        )

    def contrast(self, weights: Floats, *, method: DfMethod) -> Contrast:
        """Linear combination of the coefficients.

        Parameters
        ----------
        weights : ndarray, shape (k,)
            The l of lᵀβ.
        method : "kenward-roger" or "satterthwaite"
            The degrees of freedom of one contrast are the same; Kenward–Roger also enlarges the standard error.

        Raises
        ------
        NotEstimableError
            When the contrast has no variance, or its degrees of freedom cannot be had.
        """
        line = self.judged.back.T @ np.asarray(weights, dtype=np.float64)
        phi = self._adjusted if _is_kenward_roger(method) else self.judged.gls.phi
        variance = float(line @ phi @ line)
        if variance <= 0:
            raise NotEstimableError("The contrast has no variance.")
        return Contrast(estimate=float(weights @ self.beta), se=float(np.sqrt(variance)), df=self._df(line))

    def contrast_cov(self, weights: Floats, *, method: DfMethod) -> Floats:
        """Covariance of several linear combinations, one a row of `weights`, shape (l, l)."""
        lines = np.atleast_2d(weights) @ self.judged.back
        phi = self._adjusted if _is_kenward_roger(method) else self.judged.gls.phi
        return np.asarray(lines @ phi @ lines.T)

    def line(self, *, visit: int, at: Mapping[int, float]) -> Floats:
        """Weights of an adjusted (least-squares) mean: everybody's mean of the covariates, but for those set in `at`.

        Parameters
        ----------
        visit : int
            Which visit, counted from 0.
        at : mapping of int to float
            Value of a column, counted over by_visit and then constant: {1: 1.0} puts everybody in that arm.

        Returns
        -------
        ndarray, shape (k,)
            The l of lᵀβ; the difference of two lines is the contrast of two adjusted means.
        """
        values = self.means.copy()
        for column, value in at.items():
            values[column] = value
        q, _, size = self.basis.sizes
        weights = np.zeros(len(self.beta))
        weights[visit : q * size : size] = values[:q]
        weights[q * size :] = values[q:]
        return weights

    def adjusted_mean(self, *, visit: int, at: Mapping[int, float], method: DfMethod) -> Contrast:
        """Mean at a visit, at everybody's mean of the covariates but for those set in `at`; see `line`."""
        return self.contrast(self.line(visit=visit, at=at), method=method)

    def f_test(self, weights: Floats, *, method: DfMethod) -> FTest:
        """Test several linear combinations against zero at once.

        Parameters
        ----------
        weights : ndarray, shape (l, k)
            One contrast a row, none repeating others.
        method : "kenward-roger" or "satterthwaite"

        Raises
        ------
        NotEstimableError
            When a contrast repeats others.
        """
        lines = np.atleast_2d(weights) @ self.judged.back
        if np.linalg.matrix_rank(lines) < len(lines):
            raise NotEstimableError("One of the contrasts repeats others.")
        values = np.atleast_2d(weights) @ self.beta
        return self._kenward_roger_f(lines, values) if _is_kenward_roger(method) else self._fai_cornelius(lines, values)

    def _df(self, line: Floats) -> float:
        """2 (lᵀΦl)² / (gᵀ Cov(θ) g) with g_i = ∂(lᵀΦl)/∂θ_i."""
        direction = self.judged.gls.phi @ line
        gradient = np.einsum("a,iab,b->i", direction, self.judged.pieces.slopes, direction)
        variance = float(gradient @ self.judged.local_cov @ gradient)
        plain = float(line @ direction)
        return min(2 * plain**2 / variance, _LARGEST_DF) if variance > 0 else _LARGEST_DF

    @cached_property
    def _adjusted(self) -> Floats:
        """Φ_A = Φ + 2 Φ {Σ w_ij (Q_ij − P_i Φ P_j − ¼ R_ij)} Φ."""
        by = self.judged
        phi, slopes, covariance = by.gls.phi, by.pieces.slopes, by.local_cov
        half = np.einsum("ij,psju->pisu", covariance, by.pieces.twice)
        patterns, size, count, _ = by.pieces.pulled.shape
        pulled = by.pieces.pulled.reshape(patterns, size, count * size)
        middle = symmetric(pulled @ half.reshape(patterns, count * size, size))  # Σ_ij w_ij W D_i W D_j W
        inner = sandwich(by.sums, middle[..., None, :])[0]
        inner -= np.einsum("iab,bc,icd->ad", slopes, phi, np.tensordot(covariance, slopes, axes=1), optimize=True)
        second = self.structure.second_derivative(self.theta)
        if second is not None:
            bend = np.einsum("ij,ijts->ts", covariance, second)
            bent = by.gls.weight @ bend @ by.gls.weight
            inner -= 0.25 * sandwich(by.sums, bent[..., None, :])[0]
        adjusted = phi + 2 * phi @ symmetric(inner) @ phi
        return np.asarray(adjusted)

    def _kenward_roger_f(self, lines: Floats, values: Floats) -> FTest:
        size, phi = float(len(lines)), self.judged.gls.phi
        theta = lines.T @ np.linalg.solve(lines @ phi @ lines.T, lines)
        bent = np.einsum("ab,ibc->iac", theta @ phi, -self.judged.pieces.slopes) @ phi
        traces = np.einsum("iaa->i", bent)
        first = float(traces @ self.judged.local_cov @ traces)
        second = float(np.einsum("ij,iab,jba->", self.judged.local_cov, bent, bent, optimize=True))
        scale, df = _kenward_roger_scale(size, first, second)
        covariance = lines @ self._adjusted @ lines.T
        statistic = scale * float(values @ np.linalg.solve(covariance, values)) / size
        return FTest(statistic=statistic, df=size, denominator_df=df, p_value=_f_tail(size, df, statistic))

    def _fai_cornelius(self, lines: Floats, values: Floats) -> FTest:
        covariance = lines @ self.judged.gls.phi @ lines.T
        roots, vectors = np.linalg.eigh(covariance)
        each = np.array([self._df(vectors[:, j] @ lines) for j in range(len(roots))])
        statistic = float(values @ np.linalg.solve(covariance, values)) / len(lines)
        total = float(np.sum(each[each > 2] / (each[each > 2] - 2)))  # noqa: PLR2004  # the mean of an F needs df > 2
        df = 2 * total / (total - len(lines)) if total > len(lines) else 0.0
        if df <= 0:
            raise NotEstimableError("The degrees of freedom of this test cannot be had.")
        return FTest(
            statistic=statistic, df=float(len(lines)), denominator_df=df, p_value=_f_tail(len(lines), df, statistic)
        )


def _kenward_roger_scale(size: float, first: float, second: float) -> tuple[float, float]:
    """Scale of the F statistic and its denominator degrees of freedom (Kenward & Roger 1997, p. 987)."""
    if size == 1:  # where the two moments are the same number, and the scale is one
        return 1.0, min(2 / second, _LARGEST_DF) if second > 0 else _LARGEST_DF
    b = (first + 6 * second) / (2 * size)
    g = ((size + 1) * first - (size + 4) * second) / ((size + 2) * second)
    base = 3 * size + 2 * (1 - g)
    c1, c2, c3 = g / base, (size - g) / base, (size + 2 - g) / base
    mean = 1 / (1 - second / size)
    spread = (2 / size) * (1 + c1 * b) / ((1 - c2 * b) ** 2 * (1 - c3 * b))
    rho = spread / (2 * mean**2)
    df = 4 + (size + 2) / (size * rho - 1)
    return df / (mean * (df - 2)), df


def _f_tail(df: float, denominator_df: float, statistic: float) -> float:
    return float(special.fdtrc(df, denominator_df, statistic))


def _is_kenward_roger(method: str) -> bool:
    if method not in {"kenward-roger", "satterthwaite"}:
        msg = f"unknown df method {method!r}: kenward-roger or satterthwaite"
        raise ValueError(msg)
    return method == "kenward-roger"
