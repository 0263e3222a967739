"""How many people a comparison needs, from what it is made of: spread, start, drop-out, groups and therapists.

The variance of the difference of two adjusted means is σ²(1 − ρ²)/{N (1 − R²)} · {D₁/(π₁ r₁) + D₀/(π₀ r₀) − 2 κ s}: N
those who start, π the share of them that an arm has, r the share of these that is seen, D the design effects.
D = 1 + Σ {(1 + cv²) m − 1} κ over the kinds of clusters of the arm, κ their intraclass correlation (Donner, Birkett &
Buck 1981; Eldridge, Ashby & Kerry 2006), so that therapists in one arm enlarge the variance of that arm alone (Roberts
& Roberts 2005; Moerbeek & Wong 2008). Where a group holds people of both arms, what it adds to both cancels:
s = N Σ m₁ m₀/(N₁ N₀). ρ is the correlation with the score at the start (Borm, Fransen & Lemmens 2007), R² how far what
is adjusted for tells the arm: zero where people are allocated at random (Hsieh & Lavori 2000).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from scipy import optimize, special

from outcomes.methods.precision import detectable_difference, power_for_difference, power_for_equivalence
from outcomes.methods.reference import normal_critical
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Callable

Reference: TypeAlias = Literal["t", "normal"]
_FEWEST = 4.0
_MOST = 1e9
_TOLD = 1e-9
_ROUNDING = 1e-7  # of a person: less than this above a whole number is no further person


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """Clusters of one kind within one arm.

    Attributes
    ----------
    size : float
        Mean number of people of the arm who are seen, in a cluster [count].
    cv : float
        Standard deviation of the sizes over their mean.
    icc : float
        Intraclass correlation: share of the variance that lies between clusters.
    """

    size: float
    cv: float
    icc: float

    @property
    def design_effect(self) -> float:
        """How many times larger they make the variance of the arm's mean."""
        return 1 + ((1 + self.cv**2) * self.size - 1) * self.icc


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One arm.

    Attributes
    ----------
    share : float
        Of those who start, how many start in it; the two arms add up to one [share].
    dropout : float
        Of those, how many are not seen at the visit [share].
    clusters : tuple of Clusters
        Its kinds of clusters: skills groups, therapists.
    own : bool
        Whether its clusters hold nobody of the other arm, so that their number limits the degrees of freedom.
    """

    share: float
    dropout: float
    clusters: tuple[Clusters, ...] = ()
    own: tuple[bool, ...] = ()

    @property
    def design_effect(self) -> float:
        """Of all kinds of clusters together."""
        return 1 + sum(one.design_effect - 1 for one in self.clusters)

    @property
    def seen(self) -> float:
        """Of all who start, how many are in this arm and seen [share]."""
        return self.share * (1 - self.dropout)

    def df(self, people: float) -> float | None:
        """Fewest clusters of a kind of its own that matters, less one; None where people stand for themselves."""
        counts = [
            people * self.seen / one.size - 1
            for one, own in zip(self.clusters, self.own, strict=True)
            if own and one.icc > 0
        ]
        return min(counts) if counts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A comparison of two arms.

    Attributes
    ----------
    sd : float
        Standard deviation of the score within an arm [points].
    correlation : float
        With the score at the start, within an arm.
    explained : float
        Share of the variance of the arm that what is adjusted for explains; zero where people are allocated at random.
    full, skills : Arm
    crossing : float
        icc · N Σ m₁ m₀/(N₁ N₀) over clusters with people of both arms, N those seen: what the arms share [count].
    reference : "t" or "normal"
        The t reference knows that the standard deviation is estimated, and that clusters are few.
    """

    sd: float
    correlation: float
    explained: float
    full: Arm
    skills: Arm
    crossing: float = 0.0
    reference: Reference

    def se(self, people: float) -> float:
        """Give the standard error of the difference when so many start [points]."""
        within = self.full.design_effect / self.full.seen + self.skills.design_effect / self.skills.seen
        shared = 2 * self.crossing / (self.full.seen + self.skills.seen)
        left = (1 - self.correlation**2) / (1 - self.explained)
        return self.sd * math.sqrt(left * (within - shared) / people)

    def df(self, people: float) -> float:
        """Degrees of freedom when so many start; Satterthwaite's over the arms where one has clusters of its own."""
        if self.reference == "normal":
            return math.inf
        arms = (self.full, self.skills)
        of_arms = [arm.df(people) for arm in arms]
        if of_arms == [None, None]:
            return max(people * sum(arm.seen for arm in arms) - 2 - (self.correlation != 0), 1.0)
        parts = [arm.design_effect / (people * arm.seen) for arm in arms]
        counts = [
            max(people * arm.seen - 1 if count is None else count, 1.0)
            for arm, count in zip(arms, of_arms, strict=True)
        ]
        return sum(parts) ** 2 / sum(part**2 / count for part, count in zip(parts, counts, strict=True))

    def detectable(self, people: float, *, level: float, power: float) -> float:
        """Smallest true difference that so many would see with the given chance [points]."""
        return detectable_difference(se=self.se(people), df=self.df(people), level=level, power=power)

    def power(self, people: float, *, difference: float, level: float) -> float:
        """Chance that so many see a difference that is there [share]."""
        return power_for_difference(
            se=self.se(people), df=self.df(people), difference=difference, level=level, either=False
        )

    def power_equivalence(self, people: float, *, margin: float, level: float) -> float:
        """Chance that so many show two equal programmes to differ by less than the margin [share]."""
        return power_for_equivalence(se=self.se(people), df=self.df(people), margin=margin, difference=0.0, level=level)


def require_design(design: Design) -> None:
    """Refuse what cannot be planned from.

    Raises
    ------
    NotEstimableError
        Without spread, with nobody seen in an arm, or with a correlation of one.
    """
    if not design.sd > 0:
        raise NotEstimableError("The scores have no spread to plan from.")
    if not abs(design.correlation) < 1:
        raise NotEstimableError("The score at the start tells the later one exactly, so that there is nothing to plan.")
    if not design.explained < 1 - _TOLD:
        raise NotEstimableError("What is adjusted for tells the programme exactly, so that nobody can be compared.")
    if not min(design.full.seen, design.skills.seen) > 0:
        raise NotEstimableError("In one arm nobody would be seen at the visit.")


def people_for_difference(*, design: Design, difference: float, level: float, power: float) -> float:
    """People who have to start, for a true difference to be seen with the given chance [count].

    Parameters
    ----------
    design : Design
    difference : float
        [points]
    level, power : float
        Confidence level of the interval, and the chance [share]. A test of non-inferiority at one-sided (1 − level)/2
        with this margin, of equal programmes, needs as many.

    Raises
    ------
    NotEstimableError
        When more than a thousand million people would not do.
    """
    require_design(design)
    return _search(lambda people: design.power(people, difference=difference, level=level) - power)


def people_for_equivalence(*, design: Design, margin: float, level: float, power: float) -> float:
    """People who have to start, for two equal programmes to be shown to differ by less than the margin [count].

    Parameters
    ----------
    design : Design
    margin : float
        [points]
    level, power : float
        1 − α of each of the two one-sided tests, and the chance [share].
    """
    require_design(design)
    return _search(lambda people: design.power_equivalence(people, margin=margin, level=level) - power)


def people_for_shares(*, full: float, skills: float, share_full: float, level: float, power: float) -> float:
    """People in both arms, for a difference between two shares to be seen with the given chance [count].

    Parameters
    ----------
    full, skills : float
        Shares of people to whom it happens [share].
    share_full : float
        Of those compared, how many are in the full arm [share].
    level, power : float
        [share]; Fleiss, Levin & Paik (2003), ch. 4, without the correction for continuity.

    Raises
    ------
    NotEstimableError
        When the shares are equal.
    """
    if full == skills:
        raise NotEstimableError("The two shares are equal, so that no number of people would see a difference.")
    pooled = share_full * full + (1 - share_full) * skills
    null = pooled * (1 - pooled) / (share_full * (1 - share_full))
    real = full * (1 - full) / share_full + skills * (1 - skills) / (1 - share_full)
    reach = normal_critical(level=level) * math.sqrt(null) + float(special.ndtri(power)) * math.sqrt(real)
    return (reach / (full - skills)) ** 2


def whole_people(people: float, share_full: float) -> tuple[float, float]:
    """Whole people who have to start in the full arm and in the other: each arm is rounded up [count].

    Parameters
    ----------
    people : float
        Who have to start, in both arms.
    share_full : float
        Of them, how many start in the full arm.
    """
    full, skills = (float(math.ceil(people * part - _ROUNDING)) for part in (share_full, 1 - share_full))
    return full, skills


def _search(lacks: Callable[[float], float]) -> float:
    """Find the number of people at which a rising function reaches zero."""
    high = _FEWEST
    while lacks(high) < 0:
        high *= 2
        if high > _MOST:
            raise NotEstimableError("No number of people would do.")
    if high == _FEWEST:
        return high
    return float(optimize.brentq(lacks, high / 2, high, xtol=1e-9, rtol=1e-13))
