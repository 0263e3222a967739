"""A median, and limits that hold whatever the distribution and however few the people: two of the values themselves.

Source: Thompson (1936); Conover (1999), section 3.2. Of n values in order, the k-th from either end enclose the median
unless fewer than k lie on one side of it; each lies there by the throw of a coin, so that the chance of that is at most
twice the binomial P(X < k) with one half. The largest k that keeps it within 1 − level is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Median:
    """A median with its limits.

    Attributes
    ----------
    value : float
    low, high : float or None
        None where so few values enclose the median with no certainty as high as wanted.
    n : int
        Values [count].
    """

    value: float
    low: float | None
    high: float | None
    n: int


def fit_median(values: NDArray[np.float64], *, level: float) -> Median:
    """Give the median with the limits of the sign test.

    Parameters
    ----------
    values : ndarray
    level : float
        Confidence level [share].

    Raises
    ------
    NotEstimableError
        Without values.
    """
    if not len(values):
        raise NotEstimableError("There is nobody of whom it is recorded.")
    ordered = np.sort(values)
    n = len(ordered)
    places = np.arange(1, n // 2 + 1)
    outside = 2 * special.bdtr(places - 1, n, HALF)  # the chance that the k-th from an end does not enclose it
    allowed = places[outside <= 1 - level]
    if not len(allowed):
        return Median(value=float(np.median(ordered)), low=None, high=None, n=n)
    k = int(allowed[-1])
    return Median(value=float(np.median(ordered)), low=float(ordered[k - 1]), high=float(ordered[n - k]), n=n)
