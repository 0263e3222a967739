"""Random effects a second time: the variance between studies by a search of scipy over the restricted likelihood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

GRID, FAR = 240, 10.0  # places at which the likelihood is looked at, up to so many times the range squared
SETTLED = 1e-14


def find_tau2(y: Array, v: Array) -> float:
    """Give the variance between studies; zero where the restricted likelihood is highest there.

    Parameters
    ----------
    y, v : ndarray, shape (k,)
        Effects, and their sampling variances.
    """
    from scipy import optimize

    def minus(tau2: float) -> float:
        return float(np.log(v + tau2).sum() + np.log((1 / (v + tau2)).sum())) + weigh(y, v + tau2)[1]

    top = FAR * max(float(np.ptp(y)) ** 2, float(v.max()))
    grid = np.linspace(0, top, GRID + 1)
    at = int(np.argmin([minus(one) for one in grid]))
    ends = (grid[max(at - 1, 0)], grid[min(at + 1, GRID)])
    found = float(optimize.minimize_scalar(minus, bounds=ends, method="bounded", options={"xatol": SETTLED}).x)
    return found if minus(found) < minus(0.0) else 0.0


def weigh(y: Array, variance: Array) -> tuple[float, float]:
    """Give the mean weighted by the inverse of variances, and the weighted sum of squares about it."""
    mean = float(np.average(y, weights=1 / variance))
    return mean, float(((y - mean) ** 2 / variance).sum())


def find_i2(tau2: float, v: Array) -> float:
    """Give the part of the spread that chance does not explain: beside the typical sampling variance."""
    weights = 1 / v
    typical = (len(v) - 1) * float(weights.sum()) / float(weights.sum() ** 2 - (weights**2).sum())
    return tau2 / (tau2 + typical)
