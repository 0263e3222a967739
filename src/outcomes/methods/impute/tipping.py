"""How far those who were lost would have to be from what was assumed for the answer to change.

A number δ added to the missing scores of those lost from an arm moves the difference by wδ, and the jackknife variance
is a parabola in δ; so the limits of the interval, and where they meet zero, are exact: no other draw, no search.
Source: Cro, Morris, Kenward & Carpenter (2020) on tipping points; the solution is the quadratic (θ + wδ)² = t² V(δ).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.methods.least_squares import Contrast
from outcomes.methods.reference import t_critical
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from outcomes.methods.jackknife import Jackknifed


@dataclass(frozen=True, slots=True, kw_only=True)
class Tipping:
    """A difference as a function of what is added to the scores of those who were lost.

    Attributes
    ----------
    base : Jackknifed
        The difference with nothing added [points].
    slope : Jackknifed
        What it gains for each point added.
    df : float
        Degrees of freedom of its interval [count].
    level : float
        Confidence level [share].
    """

    base: Jackknifed
    slope: Jackknifed
    df: float
    level: float

    def at(self, added: float) -> Contrast:
        """Difference with so much added.

        Raises
        ------
        NotEstimableError
            When it does not change, whoever is left out.
        """
        here = self.base.plus(self.slope, times=added)
        return to_contrast(here, df=self.df)

    def where_even(self) -> float:
        """Find what has to be added for the difference itself to be zero [points].

        Raises
        ------
        NotEstimableError
            When nobody was lost.
        """
        self._require_leavers()
        return -self.base.value / self.slope.value

    def where_undecided(self) -> float:
        """Find the addition nearest to none with which the interval first reaches zero [points].

        Raises
        ------
        NotEstimableError
            When nobody was lost, or the interval holds zero with nothing added.
        """
        self._require_leavers()
        reach = t_critical(df=self.df, level=self.level) ** 2
        theta, slope = self.base.value, self.slope.value
        square = slope**2 - reach * self.slope.covariance(self.slope)
        half = theta * slope - reach * self.base.covariance(self.slope)
        level = theta**2 - reach * self.base.covariance(self.base)
        if level <= 0:
            raise NotEstimableError("The interval spans both directions already, with nothing added to any score.")
        # between none and where the difference is zero the interval reaches zero: a root lies there, so both are real
        larger = -(half + math.copysign(math.sqrt(max(half**2 - square * level, 0.0)), half))
        roots = [level / larger] if larger else []
        roots += [larger / square] if square else []
        even = self.where_even()
        return min((root for root in roots if root * even >= 0), key=abs, default=even)

    def _require_leavers(self) -> None:
        if self.slope.value == 0:
            raise NotEstimableError(
                "Nobody was lost by this visit from the programme that these assumptions move, "
                "so that none of them changes the answer."
            )


def to_contrast(jackknifed: Jackknifed, *, df: float) -> Contrast:
    """Give the estimate with its jackknife standard error and a t reference.

    Raises
    ------
    NotEstimableError
        When the estimate does not change, whoever is left out.
    """
    variance = jackknifed.covariance(jackknifed)
    if variance <= 0:
        raise NotEstimableError("The difference does not change, whoever is left out.")
    return Contrast(estimate=jackknifed.value, se=math.sqrt(variance), df=df)
