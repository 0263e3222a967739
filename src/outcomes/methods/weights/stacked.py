"""The error of a weighted difference from each person's influence: stacked estimating equations.

Sources: Stefanski & Boos (2002); Lunceford & Davidian (2004). In small samples it is too small, and the jackknife is
used (docs/methods/weights.md); among many people both agree, and this one takes each person once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.least_squares import NO_SPREAD, Contrast
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.weights.clusters import Strata

NOTHING = 1e-12  # of the difference, or of a point


def judge_by_influence(
    estimate: float, influence: NDArray[np.float64], *, strata: Strata | None, effective: float
) -> Contrast:
    """Judge an estimate by its influences, summed within clusters where there are some.

    Parameters
    ----------
    estimate : float
        [points]
    influence : ndarray, shape (n,)
        Of each person; their mean square over n is the variance [points].
    strata : Strata or None
    effective : float
        Effective sample size, for the degrees of freedom where there are no clusters [count].

    Raises
    ------
    NotEstimableError
        Where nothing varies.
    """
    df = effective - 2.0
    variance = float(influence @ influence) / len(influence) ** 2
    if strata is not None:
        variance, df = strata.add_up((strata.sums(influence) / len(influence)) ** 2, jackknife=False)
    if df <= 0 or not variance > NOTHING**2 * max(1.0, estimate**2):
        raise NotEstimableError(NO_SPREAD)
    return Contrast(estimate=estimate, se=float(np.sqrt(variance)), df=df)
