"""Rubin's rules: one estimate from those of several completed data sets.

Sources: Rubin (1987), ch. 3; Barnard & Rubin (1999), eq. 3 to 5, for the degrees of freedom in small samples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.methods.least_squares import Contrast
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledFit:
    """An estimate pooled over completed data sets.

    Attributes
    ----------
    estimate : float
        Mean of the estimates.
    within, between, total : float
        Mean of their variances Ū, variance of the estimates B, and T = Ū + (1 + 1/m) B.
    df : float
        Barnard and Rubin's degrees of freedom [count].
    imputations : int
        m [count].
    """

    estimate: float
    within: float
    between: float
    total: float
    df: float
    imputations: int

    @property
    def contrast(self) -> Contrast:
        """The estimate with its t reference."""
        return Contrast(estimate=self.estimate, se=math.sqrt(self.total), df=self.df)

    @property
    def monte_carlo_error(self) -> float:
        """Standard deviation of the estimate over other draws of as many imputations, √(B/m)."""
        return math.sqrt(self.between / self.imputations)


def pool_estimates(*, estimates: NDArray[np.float64], variances: NDArray[np.float64], df_complete: float) -> PooledFit:
    """Pool by Rubin's rules.

    Parameters
    ----------
    estimates, variances : ndarray, shape (m,)
        Of each completed data set.
    df_complete : float
        Degrees of freedom that the analysis has on complete data; may be infinite [count].

    Raises
    ------
    NotEstimableError
        With fewer than two data sets, or without any variance.
    """
    count = len(estimates)
    if count < _FEWEST:
        raise NotEstimableError("Pooling needs at least two imputations.")
    within, between = float(variances.mean()), float(estimates.var(ddof=1))
    total = within + (1 + 1 / count) * between
    if total <= 0:
        raise NotEstimableError("The scores do not differ, so that nothing can be pooled.")
    return PooledFit(
        estimate=float(estimates.mean()),
        within=within,
        between=between,
        total=total,
        df=_barnard_rubin(1 - within / total, count, df_complete),
        imputations=count,
    )


def _barnard_rubin(due: float, count: int, df_complete: float) -> float:
    """ν = 1 / (1/ν_m + 1/ν_obs); where nothing varies between the data sets nothing was imputed, and ν is complete."""
    if due <= 0:
        return df_complete
    old = (count - 1) / due**2
    if math.isinf(df_complete):
        return old
    observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - due)
    return old * observed / (old + observed) if observed > 0 else 0.0
