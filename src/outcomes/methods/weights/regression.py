"""Regressions of the score within an arm, for the augmented differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.least_squares import find_repeated, orthogonalise
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RANK = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ArmRegression:
    """Least squares in one arm, predicted for everybody; a column that repeats others there is left out.

    Attributes
    ----------
    predicted : ndarray, shape (n,)
        [points]
    design : ndarray, shape (n, k)
        The columns that are kept.
    influence : ndarray, shape (n, k)
        Each person's pull on the coefficients.
    """

    predicted: NDArray[np.float64]
    design: NDArray[np.float64]
    influence: NDArray[np.float64]

    @classmethod
    def fit(cls, scores: NDArray[np.float64], design: NDArray[np.float64], used: NDArray[np.bool_]) -> ArmRegression:
        """Fit to those used.

        Parameters
        ----------
        scores : ndarray, shape (n,)
            [points]
        design : ndarray, shape (n, k)
        used : ndarray of bool, shape (n,)

        Raises
        ------
        NotEstimableError
            When they are too few.
        """
        n, k = int(used.sum()), design.shape[1]
        if n <= k:
            raise NotEstimableError("In one programme too few people were seen for a regression on what is recorded.")
        columns = design[:, ~find_repeated(design[used])]
        q, back = orthogonalise(design=columns[used], names=[""] * columns.shape[1])
        beta = back @ (q.T @ scores[used])
        residual = np.where(used, scores - columns @ beta, 0.0)
        influence = (columns * residual[:, None]) @ (back @ back.T) * len(scores)
        return cls(predicted=columns @ beta, design=columns, influence=influence)


def predict_without(
    scores: NDArray[np.float64], design: NDArray[np.float64], used: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Least squares of each of many samples, predicted for everybody; where columns repeat, the shortest solution.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        [points]
    design : ndarray, shape (n, k)
    used : ndarray of bool, shape (g, n)
        Who is in each sample.

    Returns
    -------
    ndarray, shape (g, n)
    """
    columns = design / np.sqrt((design**2).sum(axis=0))
    products = (columns[:, :, None] * columns[:, None, :]).reshape(len(columns), -1)
    sums = (used.astype(float) @ products).reshape(len(used), columns.shape[1], columns.shape[1])
    right = (used * scores) @ columns
    beta = (np.linalg.pinv(sums, rcond=_RANK, hermitian=True) @ right[..., None])[..., 0]
    return np.asarray(beta @ columns.T)
