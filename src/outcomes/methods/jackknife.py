"""An estimate with what it would be without each unit: the jackknife carries it through sums and multiples.

Source: Efron & Stein (1981), variance (g − 1)/g Σ (θ_(j) − θ_(·))².
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Jackknifed:
    """An estimate.

    Attributes
    ----------
    value : float
        With everybody.
    without : ndarray, shape (g,)
        Without each unit.
    """

    value: float
    without: NDArray[np.float64]

    def plus(self, other: Jackknifed, *, times: float) -> Jackknifed:
        """Add a multiple of another estimate of the same units."""
        return Jackknifed(value=self.value + times * other.value, without=self.without + times * other.without)

    def covariance(self, other: Jackknifed) -> float:
        """Covariance with another estimate of the same units; with itself its variance."""
        count = len(self.without)
        moves, others = self.without - self.without.mean(), other.without - other.without.mean()
        return (count - 1) / count * float(moves @ others)
