"""Probability that somebody of one programme has more than somebody of the other, ties counted half.

Sources: Brunner & Munzel (2000), standard error and degrees of freedom; van Elteren (1960), strata weighted by
n₁n₀/(N + 1); ranks are taken within strata.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.methods.least_squares import Contrast
from outcomes.methods.reference import t_p_value
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_FEWEST = 2  # of an arm


@dataclass(frozen=True, slots=True, kw_only=True)
class Superiority:
    """P(full > skills) + ½ P(equal).

    Attributes
    ----------
    value, se : float
    df : float
        Infinite over strata.
    low, high : float
        On the log-odds scale, so that they stay between zero and one.
    p_value : float
        Against one half.
    """

    value: float
    se: float
    df: float
    low: float
    high: float
    p_value: float


def fit_superiority(*, full: Array, skills: Array, level: float) -> Superiority:
    """Compare two groups of people.

    Raises
    ------
    NotEstimableError
        With fewer than two people in an arm, or where everybody of one lies on one side of everybody of the other.
    """
    value, variance, parts = _compare(full, skills)
    if variance <= 0:
        raise NotEstimableError("The values leave no spread to judge the probability by.")
    sizes = (len(full), len(skills))
    df = sum(parts) ** 2 / sum(part**2 / (size - 1) for part, size in zip(parts, sizes, strict=True))
    return _finish(value, math.sqrt(variance), df, t_p_value(value - 0.5, se=math.sqrt(variance), df=df), level)


def fit_van_elteren(*, values: Array, full: NDArray[np.bool_], strata: NDArray[np.int64], level: float) -> Superiority:
    """Compare within strata, and weigh them; the p-value is van Elteren's.

    Raises
    ------
    NotEstimableError
        When no stratum has two people of each arm, or there is no spread.
    """
    weight, found, spread, above, room = [], [], [], 0.0, 0.0
    for stratum in np.unique(strata):
        mine = strata == stratum
        one, other = values[mine & full], values[mine & ~full]
        if min(len(one), len(other)) < _FEWEST:
            continue
        value, variance, _ = _compare(one, other)
        n, size = len(one) + len(other), len(one)
        ranks = _rank(np.concatenate([one, other]))
        weight.append(size * (n - size) / (n + 1))
        found.append(value)
        spread.append(variance)
        above += float(ranks[:size].sum()) / (n + 1) - size / 2
        squares = float(((ranks - ranks.mean()) ** 2).sum())
        room += size * (n - size) / (n * (n - 1)) * squares / (n + 1) ** 2
    if not weight or room <= 0:
        raise NotEstimableError("No group of people who began alike holds people of both programmes.", "too few")
    share = np.array(weight) / sum(weight)
    value, se = float(share @ np.array(found)), math.sqrt(float(share**2 @ np.array(spread)))
    if se <= 0:
        raise NotEstimableError("The values leave no spread to judge the probability by.")
    return _finish(value, se, math.inf, 2 * float(special.ndtr(-abs(above) / math.sqrt(room))), level)


def _finish(value: float, se: float, df: float, p_value: float, level: float) -> Superiority:
    if not 0 < value < 1:
        raise NotEstimableError("Everybody of one programme lies on one side of everybody of the other.")
    odds = Contrast(estimate=math.log(value / (1 - value)), se=se / (value * (1 - value)), df=df)
    low, high = (float(special.expit(limit)) for limit in odds.interval(level))
    return Superiority(value=value, se=se, df=df, low=low, high=high, p_value=p_value)


def _compare(full: Array, skills: Array) -> tuple[float, float, tuple[float, float]]:
    """Value, variance, and the parts of the variance by arm, each of which has its own degrees of freedom."""
    m, n = len(full), len(skills)
    if min(m, n) < _FEWEST:
        raise NotEstimableError("In one programme there are fewer than two people to compare.", "too few")
    ranks = _rank(np.concatenate([full, skills]))
    value = (float(ranks[:m].mean()) - (m + 1) / 2) / n
    own = float(np.var(ranks[:m] - _rank(full), ddof=1)), float(np.var(ranks[m:] - _rank(skills), ddof=1))
    parts = own[0] / (m * n**2), own[1] / (n * m**2)
    return value, sum(parts), parts


def _rank(values: Array) -> Array:
    """Ranks from one, ties at their mean."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2)[place])
