"""The rate of a later period over that of an earlier one in the same people.

The logarithm of r₁/r₀ with rⱼ = Σyⱼ/Σtⱼ; its standard error √(n/(n−1) Σ(e₁/Σy₁ − e₀/Σy₀)²) with eⱼ = yⱼ − rⱼ tⱼ, so
that what a person has in both periods is taken together; t on n − 1.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outcomes.methods.least_squares import Contrast
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

ROUNDING = 1e-24  # of parts of a sum: what is left where one person had all events, or everybody the same


def fit_mirror(*, before: Array, during: Array, years: tuple[Array, Array]) -> Contrast:
    """Compare two periods of the same people.

    Parameters
    ----------
    before, during : ndarray, shape (n,)
        Counts.
    years : tuple of ndarray, shape (n,)
        Exposure before and during.

    Raises
    ------
    NotEstimableError
        With fewer than two people, no event in a period, or nothing that differs between people.
    """
    n = len(before)
    if n < 2:  # noqa: PLR2004  # people
        raise NotEstimableError("Fewer than two people were followed in both periods.", "too few")
    totals = float(before.sum()), float(during.sum())
    if min(totals) == 0:
        raise NotEstimableError("In one of the periods there was no event, so that no ratio can be told.", "too few")
    rates = [total / float(time.sum()) for total, time in zip(totals, years, strict=True)]
    apart = (during - rates[1] * years[1]) / totals[1] - (before - rates[0] * years[0]) / totals[0]
    square = n / (n - 1) * float((apart**2).sum())
    if square <= ROUNDING:
        raise NotEstimableError("The periods leave no spread to judge the ratio by.")
    return Contrast(estimate=math.log(rates[1] / rates[0]), se=math.sqrt(square), df=float(n - 1))
