"""Least squares with the pieces that robust covariances need; names the column that repeats others.

The columns are scaled to unit length first, so that a covariate in odd units costs no digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.counts import say_count
from outcomes.methods.reference import t_limits, t_p_value
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_RANK = 1e-10
_ROUNDING = 1e-13  # of the largest score
NO_SPREAD = "The scores leave no spread to judge the difference by."


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One linear combination of coefficients, with its t reference.

    Attributes
    ----------
    estimate, se : float
        In the units of the score [points].
    df : float
        Degrees of freedom [count].
    """

    estimate: float
    se: float
    df: float

    @property
    def p_value(self) -> float:
        """Two-sided, against zero."""
        return t_p_value(self.estimate, se=self.se, df=self.df)

    def interval(self, level: float) -> tuple[float, float]:
        """Confidence limits at `level` [points]."""
        return t_limits(self.estimate, se=self.se, df=self.df, level=level)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LeastSquares:
    """Ordinary least squares, of one set of data or of many along leading axes.

    Attributes
    ----------
    beta : ndarray, shape (…, k)
    bread : ndarray, shape (…, k, k)
        (XᵀX)⁻¹.
    residuals : ndarray, shape (…, n)
        Exactly zero where nothing but rounding is left.
    leverage : ndarray, shape (…, n)
        Diagonal of the hat matrix.
    """

    beta: NDArray[np.float64]
    bread: NDArray[np.float64]
    residuals: NDArray[np.float64]
    leverage: NDArray[np.float64]


def fit_least_squares(
    *, scores: NDArray[np.float64], design: NDArray[np.float64], names: Sequence[str]
) -> LeastSquares:
    """Fit by a QR decomposition.

    Parameters
    ----------
    scores : ndarray, shape (…, n)
    design : ndarray, shape (…, n, k)
    names : sequence of str, length k
        For the sentence that names a column which repeats others.

    Raises
    ------
    NotEstimableError
        With no more people than coefficients, or a column that is a combination of the columns before it.
    ValueError
        When a score is missing: methods leave nobody out.
    """
    require_complete(scores)
    q, inverse = orthogonalise(design=design, names=names)
    beta = np.matvec(inverse, np.vecmat(scores, q))
    return LeastSquares(
        beta=beta,
        bread=inverse @ inverse.mT,
        residuals=drop_rounding(scores - np.matvec(design, beta), scores=scores),
        leverage=(q**2).sum(axis=-1),
    )


def require_complete(*arrays: NDArray[np.float64]) -> None:
    """Refuse missing and infinite numbers: they would give nan with a number of people; raises ValueError."""
    if not all(np.isfinite(array).all() for array in arrays):
        msg = "a number is missing or infinite; whoever calls says who is left out"
        raise ValueError(msg)


def drop_rounding(residuals: NDArray[np.float64], *, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Residuals of the last axis, all zero where none is more than the rounding of that many scores."""
    largest = np.abs(scores).max(axis=-1, keepdims=True)
    noise = np.abs(residuals).max(axis=-1, keepdims=True) <= _ROUNDING * scores.shape[-1] * largest
    return np.where(noise, 0.0, residuals)


def orthogonalise(
    *, design: NDArray[np.float64], names: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Split a design into orthonormal columns and the way back: design = q @ inverse⁻¹.

    Parameters
    ----------
    design : ndarray, shape (…, n, k)
    names : sequence of str, length k

    Returns
    -------
    q : ndarray, shape (…, n, k)
    inverse : ndarray, shape (…, k, k)

    Raises
    ------
    NotEstimableError
        As `fit_least_squares`.
    """
    n, k = design.shape[-2:]
    if n <= k:
        msg = f"{say_count(n, 'person is', 'people are')} too few for {say_count(k, 'coefficient')}."
        raise NotEstimableError(msg)
    length, q, r, repeats = _split(design)
    if repeats.any():
        repeated = [names[column] for column in np.flatnonzero(repeats.reshape(-1, k).any(axis=0)).tolist()]
        msg = f"These columns repeat others, so that their effects cannot be told apart: {', '.join(repeated)}."
        raise NotEstimableError(msg)
    return q, np.linalg.solve(r, np.eye(k)) / length[..., :, None]


def find_repeated(design: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each column is zero or a combination of the columns before it, shape (k,).

    Each column is cleared, twice, of those before it that are none themselves: one that is takes no direction away.
    """
    basis, repeated = np.zeros((design.shape[1], design.shape[0])), np.zeros(design.shape[1], dtype=np.bool_)
    for place, column in enumerate(design.T):
        length = float(np.sqrt(column @ column))
        rest = column / (length or 1.0)
        for _ in range(2):
            rest = rest - basis[:place].T @ (basis[:place] @ rest)
        size = float(np.sqrt(rest @ rest))
        repeated[place] = not size >= _RANK
        basis[place] = 0.0 if repeated[place] else rest / size
    return repeated


def _split(
    design: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Lengths of the columns, the QR of columns of unit length, and which columns repeat others."""
    length = np.sqrt((design**2).sum(axis=-2))
    q, r = np.linalg.qr(design / np.where(length > 0, length, 1.0)[..., None, :])
    return length, q, r, (length == 0) | (np.abs(np.diagonal(r, axis1=-2, axis2=-1)) < _RANK)
