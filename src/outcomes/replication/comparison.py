"""What a second computation finds, and how far it lies from the first."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scipy import special

from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.results.key import Key
    from outcomes.results.outcome import Estimate

# Part of a standard error by which both may differ; of the number itself where it has none. Both are iterated to rest,
# at about a thousandth of this; a wrong datum, person or formula moves an estimate by far more.
ALLOWED = 1e-5
NEARLY_NONE = 1e-4  # of standard deviations
REFITTED = 1e-4  # where the first refits a model many times, each to a rise of its likelihood that is small, not none
ROUNDING = 1e-12  # of the estimate: a standard error as small is that of numbers that do not differ at all
P_ALLOWED = 1e-3  # of a standard normal distance: a p-value far in a tail moves with the last digits of its t


class NotFollowedError(Exception):
    """The second computation does not follow the first here: a refit cannot tell a coefficient, say."""


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
    p_value : float or None
        Where it does not follow from the standard error.
    within : float
        Part of a standard error, and of what is compared in parts, by which both may differ.
    chance : mapping of str to float
        Of what is drawn by chance in both: how far each number may lie from the first, four Monte-Carlo errors of their
        difference. What is not named is not drawn.
    """

    value: float
    method: str
    se: float | None = None
    df: float | None = None
    interval: tuple[float, float] | None = None
    p_value: float | None = None
    within: float = ALLOWED
    chance: Mapping[str, float] = field(default_factory=dict)

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
    has_road : bool
        Whether a second computation of it is written, which may break down.
    """

    key: Key
    first: Estimate
    second: Numbers | None
    reason: str = ""
    has_road: bool = True

    def _p_values(self) -> Iterator[tuple[str, float, float]]:
        """Give both p-values where they do not stand for one distance of a standard normal."""
        first, second = self.first, self.second
        if second is None or not first.p_value:
            return
        half = (second.p_value or 0.0) / 2
        if second.p_value is None and second.se and second.interval is None:
            value = math.log(second.value) if first.unit == "ratio" else second.value
            tail = -abs(value / second.se)
            half = float(special.ndtr(tail) if second.df is None else special.stdtr(second.df, tail))
        if half > 0 and abs(special.ndtri(half) - special.ndtri(first.p_value / 2)) > P_ALLOWED:
            yield "p_value", first.p_value, 2 * half

    @property
    def disagreement(self) -> float:
        """How far apart the values are, in standard errors of the first; in parts of itself where it has none.

        Of what is drawn, beyond what chance may do.
        """
        if self.second is not None and "value" in self.second.chance:
            beyond = abs(self.second.value - self.first.value) - self.second.chance["value"]
            return distance(self.first, self.first.value, self.first.value + max(beyond, 0.0))
        return math.inf if self.second is None else distance(self.first, self.first.value, self.second.value)

    def differing(self) -> Iterator[tuple[str, float, float]]:
        """Name each number that is not the same in both, with the first and the second."""
        if self.second is None:
            return
        first, second = self.first, self.second
        if self._apart("value", first.value, second.value):
            yield "value", first.value, second.value
        for name in ("se", "df"):
            one, other = getattr(first, name), getattr(second, name)
            if one and other is not None and self._apart(name, one, other):
                yield name, one, other
        limits = None if first.interval is None else second.limits(first.interval.level, log=first.unit == "ratio")
        if limits and first.quantity is Quantity.SHARE_DIFFERENCE:  # shares differ by no more than the whole
            limits = max(limits[0], -1.0), min(limits[1], 1.0)
        for name, one, other in zip(("low", "high"), first.limits or (), limits or (), strict=False):
            if self._apart(name, one, other):
                yield name, one, other
        if not second.chance:
            yield from self._p_values()

    def _apart(self, name: str, one: float, other: float) -> bool:
        """Whether two numbers lie further apart than both ways of computing them, or chance, can part them."""
        if self.second is not None and name in self.second.chance:
            return not abs(other - one) <= self.second.chance[name]
        within = ALLOWED if self.second is None else self.second.within
        if name == "se" and max(one, other) <= ROUNDING * abs(self.first.value):
            return False
        if name in {"se", "df"}:
            return abs(other / one - 1) > within
        return distance(self.first, one, other) > within


def distance(first: Estimate, one: float, other: float) -> float:
    """How far two numbers lie apart in standard errors of an estimate; of a ratio on the logarithm, as its error is.

    Where it has no standard error, or one that is rounding alone, in parts of the estimate.
    """
    if first.unit == "ratio" and first.se:
        return abs(math.log(other / one)) / first.se if min(one, other) > 0 else math.inf
    least = NEARLY_NONE if first.unit == "sd" else 0.0  # what weights make alike is zero but for rounding
    if first.se and first.se > ROUNDING * abs(first.value):
        return abs(other - one) / first.se
    return abs(other - one) / (max(abs(first.value), least) or 1.0)
