"""What a column of numbers looks like: a count, a yes/no, or a scale of which one person stands far outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 20  # people; of fewer nothing of the kind can be told
SKEWED, SCATTERED = 2.0, 2.0  # skewness, and variance over mean, of a count; a scale has them only at its very floor
ROOM = 10  # times the upper quartile that the range goes up to: no scale is so much longer than what people score on it
APART = 2.0  # times as far from the middle as anybody else
RARE = 1 / 300  # of columns whose tail falls off exponentially, the heaviest that a sum of answers has
TAIL = 10  # people next to the outermost, by whose distances the tail is judged


def looks_yes_no(values: NDArray[np.float64]) -> bool:
    """Whether there are only noughts and ones, and both of them."""
    known = values[~np.isnan(values)]
    return len(known) >= FEWEST and np.array_equal(np.unique(known), (0.0, 1.0))


def looks_counted(values: NDArray[np.float64], *, highest: float) -> bool:
    """Whether numbers look counted: whole, from nought on, mostly small with a long tail, with no end in sight.

    Parameters
    ----------
    values : ndarray, shape (n,)
        nan where not known.
    highest : float
        The highest possible score, by the plan.
    """
    known = values[~np.isnan(values)]
    if len(known) < FEWEST or (known < 0).any() or (known != np.floor(known)).any():
        return False
    mean, spread = known.mean(), known.std()
    if spread == 0 or highest < ROOM * max(np.quantile(known, 0.75), 1.0):
        return False
    skewness = np.mean(((known - mean) / spread) ** 3)
    return bool(skewness >= SKEWED and spread**2 >= SCATTERED * mean)


def find_far(values: NDArray[np.float64], people: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Find the values of one person that stand far outside those of all others.

    The person who lies outermost must lie `APART` times as far from the median as anybody else, and the gap to the
    next must be wider than chance makes it in one column of `1 / RARE`. Where a tail falls off exponentially, i times
    the gap between the i-th and the next are independent and alike (Rényi 1953), so that the outermost gap over the
    mean of the m next ones is F with 2 and 2m degrees of freedom; lighter tails, which scales with an end have, pass
    it less often.
    Means and standard deviations are of no use here: the one value moves them.

    Parameters
    ----------
    values : ndarray, shape (n,)
        nan where not known.
    people : ndarray of int, shape (n,)
        Whose it is, as numbers from nought on; who has none below nought.
    """
    known = ~np.isnan(values) & (people >= 0)
    far = np.zeros(len(values), dtype=bool)
    if len(np.unique(people[known])) < FEWEST:
        return far
    middle = np.median(values[known])
    for side in (1.0, -1.0):
        away = np.where(known, side * (values - middle), -np.inf)
        limit = _limit_of(away[known], people[known])
        far |= away > limit
    return far


def _limit_of(away: NDArray[np.float64], people: NDArray[np.int64]) -> float:
    """Distance beyond which the outermost person stands far outside; infinite where nobody does."""
    outermost = np.full(int(people.max()) + 1, -np.inf)
    np.maximum.at(outermost, people, away)
    ordered = np.sort(outermost[np.isfinite(outermost)])[::-1]
    tail = min(TAIL, len(ordered) // 4)
    first, second, edge = ordered[0], ordered[1], ordered[tail + 1]
    if second <= 0 or first < APART * second:
        return np.inf
    step = np.diff(np.unique(away)).min()  # of whole points many are the same, and the next gap is not nought
    usual = max(float(np.mean(ordered[1 : tail + 1] - edge)), float(step))
    critical = tail * (RARE ** (-1 / tail) - 1)  # of F with 2 and 2m degrees of freedom
    return float(second) if first - second > critical * usual else np.inf
