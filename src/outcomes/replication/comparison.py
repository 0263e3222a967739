"""What a second computation finds, and how far it lies from the first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy import special

from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.results.key import Key
    from outcomes.results.outcome import Estimate

# Part of a standard error by which both may differ; of the number itself where it has none. Both are iterated to rest,
# at about a thousandth of this; a wrong datum, person or formula moves an estimate by far more.
ALLOWED = 1e-5
P_ALLOWED = 1e-3  # of a standard normal distance: a p-value far in a tail moves with the last digits of its t


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What a second computation finds; None where its road gives no such number.

    Attributes
    ----------
    value : float
    method : str
        How it was computed, for people.
    se, df : float or None
        Without degrees of freedom the reference is the normal distribution.
    interval : tuple of float, or None
        Where it does not follow from the standard error.
    """

    value: float
    method: str
    se: float | None = None
    df: float | None = None
    interval: tuple[float, float] | None = None

    def limits(self, level: float, *, log: bool) -> tuple[float, float] | None:
        """Limits at a level; of a ratio, whose standard error is that of its logarithm, there."""
        if self.interval is not None or self.se is None:
            return self.interval
        share = (1 + level) / 2
        reach = self.se * float(special.ndtri(share) if self.df is None else special.stdtrit(self.df, share))
        if log:
            return self.value * math.exp(-reach), self.value * math.exp(reach)
        return self.value - reach, self.value + reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An estimate and its second computation.

    Attributes
    ----------
    key : Key
        Of the first.
    first : Estimate
    second : Numbers or None
        In the unit of the first.
    reason : str
        Why there is none.
    """

    key: Key
    first: Estimate
    second: Numbers | None
    reason: str = ""

    def _p_values(self) -> Iterator[tuple[str, float, float]]:
        """Give both p-values where they do not stand for one distance of a standard normal."""
        first, second = self.first, self.second
        if second is None or not second.se or not first.p_value or second.interval is not None:
            return
        value = math.log(second.value) if first.unit == "ratio" else second.value
        tail = -abs(value / second.se)
        half = float(special.ndtr(tail) if second.df is None else special.stdtr(second.df, tail))
        if half > 0 and abs(special.ndtri(half) - special.ndtri(first.p_value / 2)) > P_ALLOWED:
            yield "p_value", first.p_value, 2 * half

    @property
    def disagreement(self) -> float:
        """How far apart the values are, in standard errors of the first; in parts of itself where it has none."""
        return math.inf if self.second is None else distance(self.first, self.first.value, self.second.value)

    def differing(self) -> Iterator[tuple[str, float, float]]:
        """Name each number that is not the same in both, with the first and the second."""
        if self.second is None:
            return
        first, second = self.first, self.second
        if self.disagreement > ALLOWED:
            yield "value", first.value, second.value
        for name in ("se", "df"):
            one, other = getattr(first, name), getattr(second, name)
            if one and other is not None and abs(other / one - 1) > ALLOWED:
                yield name, one, other
        limits = None if first.interval is None else second.limits(first.interval.level, log=first.unit == "ratio")
        if limits and first.quantity is Quantity.SHARE_DIFFERENCE:  # shares differ by no more than the whole
            limits = max(limits[0], -1.0), min(limits[1], 1.0)
        for name, one, other in zip(("low", "high"), first.limits or (), limits or (), strict=False):
            if distance(first, one, other) > ALLOWED:
                yield name, one, other
        yield from self._p_values()


def distance(first: Estimate, one: float, other: float) -> float:
    """How far two numbers lie apart in standard errors of an estimate; of a ratio on the logarithm, as its error is.

    Where it has no standard error, in parts of the estimate.
    """
    if first.unit == "ratio" and first.se:
        return abs(math.log(other / one)) / first.se if min(one, other) > 0 else math.inf
    return abs(other - one) / (first.se or abs(first.value) or 1.0)
