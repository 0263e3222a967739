"""Correlation within the arms, with Fisher's interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.reference import normal_critical
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEWEST = 5  # people, of whom two arms and Fisher's transform leave one degree of freedom


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelationFit:
    """A correlation with its interval.

    Attributes
    ----------
    value, low, high : float
    n : int
        People [count].
    """

    value: float
    low: float
    high: float
    n: int


def fit_within_correlation(
    *, before: NDArray[np.float64], after: NDArray[np.float64], full: NDArray[np.bool_], level: float
) -> CorrelationFit:
    """Correlate within two arms, pooled; the transform has the variance 1/(n − 4), as a mean is lost in each arm.

    Parameters
    ----------
    before, after : ndarray, shape (n,)
        [points]
    full : ndarray of bool, shape (n,)
    level : float
        Confidence level [share].

    Raises
    ------
    NotEstimableError
        With fewer than five people, or where a score does not differ within the arms.
    """
    if len(full) < _FEWEST:
        raise NotEstimableError("A correlation with its interval needs at least five people.")
    one, other = (_within(scores, full) for scores in (before, after))
    spread = math.sqrt(float(one @ one) * float(other @ other))
    if not spread > 0:
        raise NotEstimableError("A score that is the same for everybody has no correlation.")
    value = float(np.clip(one @ other / spread, -1.0, 1.0))
    if abs(value) == 1:
        return CorrelationFit(value=value, low=value, high=value, n=len(full))
    half_width = normal_critical(level=level) / math.sqrt(len(full) - 4)
    low, high = (math.tanh(math.atanh(value) + side * half_width) for side in (-1, 1))
    return CorrelationFit(value=value, low=low, high=high, n=len(full))


def _within(scores: NDArray[np.float64], full: NDArray[np.bool_]) -> NDArray[np.float64]:
    centred = scores.astype(float)
    for arm in (full, ~full):
        if arm.any():
            centred[arm] -= centred[arm].mean()
    return centred
