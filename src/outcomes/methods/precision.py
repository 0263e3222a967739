"""What a comparison of the present precision could show, and how many people another would need.

A standard error falls with the square root of the people, if everything else (drop-out, mix of arms, people in a group)
stays as it is. Sources: Julious (2004), eq. 3 for a difference and eq. 12 for equivalence of two means; here with the
standard error of the comparison at hand in place of σ √(1/n₁ + 1/n₀).
"""

from __future__ import annotations

from scipy import optimize, special

from outcomes.core.estimates import NotEstimableError


def detectable_difference(*, se: float, df: float, level: float, power: float) -> float:
    """Smallest true difference that the interval would exclude zero for, with the given chance [points].

    Parameters
    ----------
    se : float
        Standard error of the comparison [points].
    df : float
        Its degrees of freedom [count].
    level, power : float
        Confidence level, and chance to see a difference that is there [share].
    """
    _require(se)
    critical = float(special.stdtrit(df, (1 + level) / 2))

    def lacks(noncentrality: float) -> float:
        return float(special.nctdtr(df, noncentrality, critical)) - (1 - power)

    # the noncentrality lies above the critical value less, and below it plus, a few standard errors
    return se * float(optimize.brentq(lacks, critical - 3, critical + 12, xtol=1e-12))


def people_for_difference(*, people: float, se: float, difference: float, level: float, power: float) -> float:
    """People with whom a true difference would be seen with the given chance [count].

    Parameters
    ----------
    people : float
        People of the comparison whose standard error is given [count].
    se, difference : float
        [points]
    """
    _require(se)
    return people * (se * float(special.ndtri((1 + level) / 2) + special.ndtri(power)) / difference) ** 2


def people_for_equivalence(*, people: float, se: float, margin: float, level: float, power: float) -> float:
    """People with whom two equal programmes would be shown to differ by less than the margin [count].

    Two one-sided tests, each at the level that the interval leaves on one side of a 1 − 2α interval.
    """
    _require(se)
    reach = float(special.ndtri(level) + special.ndtri((1 + power) / 2))
    return people * (se * reach / margin) ** 2


def _require(se: float) -> None:
    if not se > 0:
        raise NotEstimableError("The comparison has no standard error to plan from.")
