"""Cronbach's alpha."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 2  # questionnaires, and items, below which there is no variance, or nothing to compare it with


def cronbach_alpha(items: NDArray[np.float64]) -> float:
    """Coefficient alpha of the complete questionnaires.

    alpha = k/(k − 1) · (1 − Σ s²_j / s²_total), with variances on n − 1 (Cronbach 1951, Psychometrika 16:297–334,
    eq. 2).

    Parameters
    ----------
    items : ndarray, shape (n, k)
        Answers after reversing, one questionnaire a row; rows with a nan are left out [points].

    Raises
    ------
    NotEstimableError
        Fewer than two items, fewer than two complete questionnaires, or all of them with the same sum.
    """
    complete = items[~np.isnan(items).any(axis=1)]
    n, k = complete.shape
    if k < FEWEST:
        msg = "Cronbach's alpha needs at least two items."
        raise NotEstimableError(msg)
    if n < FEWEST:
        msg = "Cronbach's alpha needs at least two questionnaires without a missing item."
        raise NotEstimableError(msg)
    total_variance = complete.sum(axis=1).var(ddof=1)
    if total_variance == 0:
        msg = "Cronbach's alpha cannot be had: every questionnaire has the same sum."
        raise NotEstimableError(msg)
    return float(k / (k - 1) * (1 - complete.var(axis=0, ddof=1).sum() / total_variance))
