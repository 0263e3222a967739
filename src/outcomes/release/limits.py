"""How finely limits and p-values are told: so that who knows all else is left with several numbers of people.

The width of an interval goes with the root of the number of people behind it. Who knows the standard deviation, and how
an interval is made, could work that number out from limits that are told finely. So limits stand at the finest step at
which all numbers of people that are rounded alike would be told alike; a p-value likewise.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

from outcomes.release.known import OF_EVENTS
from outcomes.release.ladder import HUNDREDTH, down_to, ladder, step_for, to_multiple, to_step, up_to
from outcomes.results.outcome import Estimate, Interval

if TYPE_CHECKING:
    from collections.abc import Iterable

MADE_OF_COUNTS = "noncentral_t"  # limits that follow from the number itself and those of people
OUTWARDS = frozenset({"ratio", "share", "share_difference"})  # which never may look narrower than they are
LOST = 3  # of the number of people, for what quantiles of t, and Fisher's z, take from it
WIDEST = 4.0  # times the longer side of an interval: nothing is told more coarsely
LEAST_P = 0.0005  # stands for every smaller one, which is printed as less than 0.001
USUAL_ERROR = 0.05  # against which a p-value is held
P_STEP = 0.001  # of what is smaller it is told that it is
SMALL_P, P_DECIMALS = 0.1, 3  # a p-value below has a decimal more
MOST_P = 0.999  # stands for those above every other place, and is printed as 1.00
# Ever coarser places of a p-value, which goes up to the next: a difference must not look surer for being told coarsely.
# Those of one grid stand between those of the grid before, so that what lies about a place of one is told by another.
_P_GRIDS = (
    tuple(round(figure * 10.0**power, -power) for power in (-3, -2, -1) for figure in range(1, 10)),
    (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.7),
    (0.001, 0.01, 0.05, 0.2, 0.5),
    (0.003, 0.03, 0.3),
)
# Coarser still, for a p-value that stands alone, which is told of at least by its side.
ALONE = ((0.005, 0.05, 0.5), (0.01, 0.1), (0.02, 0.2))
SMALLEST, ALMOST = 1e-4, 1e-9  # distance of a limit from a worthwhile difference; slack of a whole number
FAR = 0.5  # of the distance from the number: a limit that moved inwards by half a step would lose a quarter of it
_NORMAL = NormalDist()


def factors_of(outcome: Estimate, multiple: int, least: int) -> tuple[float, ...]:
    """Give by how much an interval would be wider or narrower with any number of people that is told alike.

    Parameters
    ----------
    outcome : Estimate
        Exact.
    multiple : int
        Of which counts are made. Counts that are told as they are need no choice.
    least : int
        The plan's minimum for an arm, of which a reader knows that there were as many.
    """
    by_arm = [count for count in (outcome.n_full, outcome.n_skills) if count is not None]
    counts = by_arm or [count for count in (outcome.n,) if count is not None]
    if outcome.quantity in OF_EVENTS:  # of which few people have any
        counts += [count for count in outcome.cells if count > 0]
    found = {1.0}
    for count in counts:
        told = to_multiple(count, multiple)
        for other in range(told - multiple, told + multiple + 1):
            if to_multiple(other, multiple) == told and other >= min(count, least):
                found.add(math.sqrt(max(count - LOST, 1) / max(other - LOST, 1)))
    return min(found), 1.0, max(found)


def coarse_interval(
    outcome: Estimate, step: float, factors: Iterable[float], held: tuple[float, ...] = ()
) -> Interval | None:
    """Round the limits of an outcome, by themselves, never across no difference or what a verdict held them against.

    Parameters
    ----------
    outcome : Estimate
        Exact.
    step : float
        The finest step.
    factors : iterable of float
        By how much it could be wider.
    held : tuple of float
        Worthwhile differences whose side a verdict tells that stands beside it.
    """
    interval = outcome.interval
    if interval is None:
        return None
    factors = tuple(factors)
    low, high = (
        None if limit is None else _tell(outcome, limit, factors, step, side, held)
        for side, limit in enumerate((interval.low, interval.high))
    )
    lost = (low is None) > (interval.low is None) or (high is None) > (interval.high is None)
    lost |= low is not None and high is not None and low > high  # put so coarsely they would change places
    return None if lost else Interval(level=interval.level, low=low, high=high)


def _tell(
    outcome: Estimate, limit: float, factors: Iterable[float], step: float, side: int, held: tuple[float, ...]
) -> float | None:
    """Give a limit at the finest step at which it would be told alike if the interval were wider by each factor.

    None where its side of no difference alone would tell how many people there are.
    """
    wide = [_widen(outcome, limit, factor) for factor in factors]
    mark = 1.0 if outcome.unit == "ratio" else 0.0
    near = [one for one in wide if (one - mark) * (limit - mark) > 0 or limit == mark or outcome.unit == "share"]
    if len(near) < len(wide) and outcome.how is not None and outcome.how.inference == MADE_OF_COUNTS:
        return None
    near = [one for one in near if all((one - size) * (limit - size) > 0 or limit == size for size in held)]
    told = limit
    for now in ladder(step, max(step, WIDEST * abs(limit - outcome.value))):
        told = _keep_side(coarse_limit(outcome, limit, now, step, side), limit, step, held)
        if all(_keep_side(coarse_limit(outcome, one, now, step, side), one, step, held) == told for one in near):
            break
    return told


def _keep_side(told: float, limit: float, finest: float, held: tuple[float, ...]) -> float:
    """Put a limit that would fall on or beyond a worthwhile difference beside it, as near as the number is told."""
    for size in held:
        if limit != size and (told - size) * (limit - size) <= 0:
            while finest > SMALLEST and (finest > abs(limit - size) or not _is_multiple(size, finest)):
                finest /= 10
            return round(size + math.copysign(finest, limit - size), -math.floor(math.log10(SMALLEST)))
    return told


def _widen(outcome: Estimate, limit: float, factor: float) -> float:
    """Give the limit that there would be if the interval were wider by a factor; of a ratio by its logarithm."""
    value = outcome.value
    if factor == 1.0:
        return limit
    if outcome.unit == "ratio" and value > 0 and limit > 0:
        return value * math.exp(math.log(limit / value) * factor)
    return value + (limit - value) * factor


def _is_multiple(size: float, step: float) -> bool:
    return abs(size / step - round(size / step)) < ALMOST


def coarse_limit(outcome: Estimate, limit: float, step: float, finest: float, side: int) -> float:
    """Round a limit; one that would fall on no difference keeps its own side.

    Of shares and ratios, and of all where the step is not small beside its distance from the number, it moves outwards:
    an interval must not look narrower for being told coarsely.

    Parameters
    ----------
    outcome : Estimate
    limit : float
    step : float
        To which it is rounded; of a ratio one figure is always left.
    finest : float
        The step of the number.
    side : int
        0 for the lower, 1 for the upper.
    """
    is_ratio = outcome.unit == "ratio"
    if is_ratio and limit > 0:
        step = min(step, 10 * step_for(limit))
    is_outwards = outcome.unit in OUTWARDS
    least = HUNDREDTH if is_outwards else up_to(step / 4, finest)  # the middle of what would fall on no difference
    if is_outwards or step > FAR * abs(limit - outcome.value):
        rounded = (down_to, up_to)[side](limit, step)
    else:
        rounded = to_step(limit, step)
    mark = 1.0 if is_ratio else 0.0
    if outcome.unit == "share" or limit == mark or (rounded - mark) * (limit - mark) > 0:
        return rounded
    return to_step(mark + math.copysign(least, limit - mark), min(least, finest))


def printed_p_value(p_value: float) -> float:
    """Round as it is printed: the tail of a p-value would tell the standard error."""
    return max(round(p_value, P_DECIMALS if p_value < SMALL_P else P_DECIMALS - 1), LEAST_P)


def last_place(p_value: float, *, error: float) -> float:
    """Give the largest place on the side of the error on which a p-value lies: of it this tells the side alone."""
    return max(round(error - P_STEP, P_DECIMALS), LEAST_P) if p_value < error else MOST_P


def coarse_p_value(
    p_value: float,
    factors: tuple[float, ...] = (1.0,),
    *,
    error: float = USUAL_ERROR,
    grids: tuple[tuple[float, ...], ...] = _P_GRIDS,
) -> float | None:
    """Round a p-value up so that intervals wider or narrower by the factors would have the same; None where none does.

    It keeps its side of the error that its interval allows, as the limits keep theirs: below it nothing is told that is
    not printed as less.
    """
    if p_value < LEAST_P / 10:
        return LEAST_P
    reach = _NORMAL.inv_cdf(p_value / 2)
    spread = [p_value, *(2 * _NORMAL.cdf(reach / factor) for factor in factors if factor != 1.0)]
    is_small, printed = p_value < error, printed_p_value(p_value)
    if {printed_p_value(one) for one in spread} == {printed} and (printed < error) == is_small:
        return printed
    if max(spread) < P_STEP:
        return LEAST_P
    spread = [one for one in spread if (one < error) == is_small]
    last = last_place(p_value, error=error)
    for every in grids:
        grid = [at for at in every if (at < error) == is_small and at < last]
        found = {next((at for at in grid if one <= at), last) for one in spread}
        if len(found) == 1:
            return found.pop()
    return None
