"""Generalised estimating equations of counts or yes/no at several visits, with small-sample covariance.

Exchangeable working correlation, log or logit link; scale and correlation by moments over N − p and pairs − p. With M
the inverse of Σ Dᵀ V⁻¹ D and H = D M Dᵀ V⁻¹ of a person, the residuals enter the sandwich as (I − H)⁻¹ᐟ² e
(Kauermann & Carroll), whose Satterthwaite degrees of freedom are those of the very contrast, or as (I − H)⁻¹ e
(Mancl & DeRouen), judged on people − p.
Sources: Liang & Zeger (1986); Kauermann & Carroll (2001); Mancl & DeRouen (2001); Pustejovsky & Tipton (2018).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy import special

from outcomes.methods.least_squares import Contrast, orthogonalise
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

Family: TypeAlias = Literal["poisson", "binomial"]
Correction: TypeAlias = Literal["kauermann_carroll", "mancl_derouen"]
_ITERATIONS = 200
_REST = 1e-12  # of a step, in log units
_FURTHEST = 30.0  # log units; a coefficient beyond runs to infinity
_FLAT = 1e-10  # an eigenvalue of I − H below this is none
_POWERS: dict[Correction, float] = {"kauermann_carroll": -0.5, "mancl_derouen": -1.0}
NO_REST = "The estimating equations of all visits together found no solution."
NO_SPREAD = "At all visits together nothing is left to judge the difference by."


@dataclass(frozen=True, slots=True, repr=False)
class _Person:
    """Design and residuals of a person, whitened by the working correlation."""

    design: Floats
    residuals: Floats


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GeeFit:
    """A marginal model of repeated counts or yes/no.

    Attributes
    ----------
    beta : ndarray, shape (k,)
        Log ratios, or log odds.
    bread : ndarray, shape (k, k)
        M, without the scale.
    scale, correlation : float
        φ and α.
    people, rows : int
        [count]
    whitened : tuple of _Person
    """

    beta: Floats
    bread: Floats
    scale: float
    correlation: float
    people: int
    rows: int
    whitened: tuple[_Person, ...]

    def contrast(self, weights: Floats, *, correction: Correction) -> Contrast:
        """Linear combination of the coefficients, with its standard error and degrees of freedom.

        Raises
        ------
        NotEstimableError
            Where no spread is left to judge it by.
        """
        direction = self.bread @ weights
        power = _POWERS[correction]
        parts = [
            float(direction @ one.design.T @ _raise(np.eye(len(one.residuals)) - self._hat(one), power) @ one.residuals)
            for one in self.whitened
        ]
        variance = math.fsum(part * part for part in parts)
        df = self._satterthwaite(direction) if correction == "kauermann_carroll" else float(self.people - len(weights))
        if not variance > 0 or not df > 0:
            raise NotEstimableError(NO_SPREAD)
        return Contrast(estimate=float(weights @ self.beta), se=math.sqrt(variance), df=df)

    def _hat(self, one: _Person) -> Floats:
        return np.asarray(one.design @ self.bread @ one.design.T)

    def _satterthwaite(self, direction: Floats) -> float:
        """(Σ P_ii)² / Σ P_ij², with P_ij = δ_ij u_iᵀu_i − u_iᵀ Z_i M Z_jᵀ u_j and u_i = (I − H_ii)⁻¹ᐟ² Z_i M l."""
        own, across = [], []
        for one in self.whitened:
            turned = _raise(np.eye(len(one.residuals)) - self._hat(one), -0.5) @ (one.design @ direction)
            own.append(float(turned @ turned))
            across.append(one.design.T @ turned)
        crossed = np.array(across)
        products = np.diag(own) - crossed @ self.bread @ crossed.T
        squares = float((products**2).sum())
        return float(np.trace(products) ** 2 / squares) if squares > 0 else 0.0


def fit_gee(
    *, values: Floats, design: Floats, people: NDArray[np.intp], names: Sequence[str], family: Family
) -> GeeFit:
    """Solve the estimating equations by scoring steps.

    Parameters
    ----------
    values : ndarray, shape (N,)
        Counts, or 1 and 0; one row a person at a visit.
    design : ndarray, shape (N, k)
    people : ndarray of int, shape (N,)
        Whose row it is.
    names : sequence of str, length k
    family : str
        "poisson" with the log link, "binomial" with the logit.

    Raises
    ------
    NotEstimableError
        When the design is singular, rows are too few, or no solution is found.
    """
    orthogonalise(design=design, names=names)
    groups = [np.flatnonzero(people == one) for one in np.unique(people)]
    pairs = sum(len(group) * (len(group) - 1) / 2 for group in groups)
    k = design.shape[1]
    if pairs <= k:
        raise NotEstimableError("Too few people were seen at more than one visit after the start.", "too few")
    beta = _begin(values, design, family)
    for _ in range(_ITERATIONS):
        mean, variance = _moments(design @ beta, family)
        residuals = (values - mean) / np.sqrt(variance)
        scale = float(residuals @ residuals) / (len(values) - k)
        products = math.fsum((residuals[group].sum() ** 2 - (residuals[group] ** 2).sum()) / 2 for group in groups)
        correlation = products / (scale * (pairs - k)) if scale > 0 else 0.0
        whitened = _whiten(groups, design * np.sqrt(variance)[:, None], residuals, correlation)
        information = sum((one.design.T @ one.design for one in whitened), np.zeros((k, k)))
        score = sum((one.design.T @ one.residuals for one in whitened), np.zeros(k))
        bread = _invert(information)
        step = bread @ score
        beta = beta + step
        if not np.isfinite(beta).all() or np.abs(beta).max() > _FURTHEST:
            raise NotEstimableError(NO_REST)
        if np.abs(step).max() < _REST:
            return GeeFit(
                beta=beta,
                bread=bread,
                scale=scale,
                correlation=correlation,
                people=len(groups),
                rows=len(values),
                whitened=tuple(whitened),
            )
    raise NotEstimableError(NO_REST)


def _moments(predictor: Floats, family: Family) -> tuple[Floats, Floats]:
    with np.errstate(over="ignore"):
        mean = np.exp(predictor) if family == "poisson" else special.expit(predictor)
    variance = mean if family == "poisson" else mean * special.expit(-predictor)
    if not (np.isfinite(mean).all() and (variance > 0).all()):
        raise NotEstimableError(NO_REST)
    return np.asarray(mean), np.asarray(variance)


def _begin(values: Floats, design: Floats, family: Family) -> Floats:
    """Begin where least squares of the transformed values lies."""
    start = np.log(values + 0.5) if family == "poisson" else special.logit((values + 0.5) / 2)
    return np.asarray(np.linalg.lstsq(design, start, rcond=None)[0])


def _whiten(groups: Sequence[NDArray[np.intp]], design: Floats, residuals: Floats, correlation: float) -> list[_Person]:
    roots = {}
    for size in {len(group) for group in groups}:
        matrix = np.full((size, size), correlation) + np.eye(size) * (1 - correlation)
        if np.linalg.eigvalsh(matrix)[0] <= _FLAT:
            raise NotEstimableError("The values of a person at several visits are too much alike, or too contrary.")
        roots[size] = _raise(matrix, -0.5)
    return [_Person(roots[len(group)] @ design[group], roots[len(group)] @ residuals[group]) for group in groups]


def _raise(matrix: Floats, power: float) -> Floats:
    """Raise a symmetric matrix to a power; a direction that nothing is left of is left out."""
    values, vectors = np.linalg.eigh(matrix)
    kept = values > _FLAT
    return np.asarray((vectors * np.where(kept, np.where(kept, values, 1.0) ** power, 0.0)) @ vectors.T)


def _invert(information: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.inv(information))
    except np.linalg.LinAlgError:
        raise NotEstimableError(NO_REST) from None
