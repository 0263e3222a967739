"""Cost against effect: the ratio where it means something, the acceptability curve, and the plane.

Sources: Black (1990), the plane; van Hout et al. (1994) and Fenwick, Claxton & Sculpher (2001), acceptability;
Briggs, Wonderling & Mooney (1997) on ratios from samples: a sample with a cost and no effect counts as infinitely dear.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.bootstrap import Resampled

    Floats = NDArray[np.float64]

_TURN = 2 * math.pi


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CostEffect:
    """Difference in cost and difference in effect of the same people, drawn together.

    Attributes
    ----------
    cost : Resampled
        Full minus skills, a client [currency].
    effect : Resampled
        Full minus skills [share of people].
    """

    cost: Resampled
    effect: Resampled

    def ratio(self, level: float) -> tuple[float, float, float]:
        """Cost of one more person with the effect, and its limits; an infinite limit is open.

        Raises
        ------
        NotEstimableError
            When the interval of the effect holds zero, or cost and effect do not point the way of a price.
        """
        low, high = self.effect.limits(level)
        if low <= 0 <= high:
            raise NotEstimableError(
                "The interval of the difference in the share of people with this effect spans both directions, so that "
                "no price follows from it: one person more, or one fewer, would have none."
            )
        if self.effect.value < 0:
            raise NotEstimableError(
                "Fewer people have the effect in the first programme, so that no price of one more person follows."
            )
        if self.cost.value <= 0:
            raise NotEstimableError(
                "The first programme costs no more here and more people have the effect, so that one more has no price."
            )
        value = self.cost.value / self.effect.value
        tail = float(special.ndtr(-self.effect.half_width(level)))
        first, last = (_price(self._prices(), share) for share in (tail, 1 - tail))
        return value, min(first, value), max(last, value)

    def _prices(self) -> Floats:
        """Ratio of every sample, sorted; without an effect the price is infinite, on the side of the cost."""
        cost, effect = self.cost.samples, self.effect.samples
        prices = np.where(cost > 0, np.inf, -np.inf)
        np.divide(cost, effect, out=prices, where=effect > 0)
        return np.sort(prices)

    def acceptability(self, willingness: Floats) -> Floats:
        """Share of samples in which the effect is worth its cost at each price, shape (w,)."""
        gain = self.effect.samples[:, None] * willingness - self.cost.samples[:, None]
        return np.asarray((gain > 0).mean(axis=0) + (gain == 0).mean(axis=0) / 2)

    def ellipse(self, *, level: float, points: int) -> tuple[Floats, Floats]:
        """Effect and cost along the ellipse that holds `level` of the samples, were they normal, shape (points,)."""
        spread = np.cov(np.stack([self.effect.samples, self.cost.samples]))
        values, vectors = np.linalg.eigh(spread)
        turn = np.linspace(0, _TURN, points)
        reach = math.sqrt(float(special.chdtri(2, 1 - level)))
        round_ = (vectors * np.sqrt(np.maximum(values, 0))) @ np.stack([np.cos(turn), np.sin(turn)]) * reach
        return self.effect.value + round_[0], self.cost.value + round_[1]


def _price(ordered: Floats, share: float) -> float:
    """Order statistic at a share: no mean is taken between a price and an infinite one."""
    return float(ordered[min(int(share * len(ordered)), len(ordered) - 1)])
