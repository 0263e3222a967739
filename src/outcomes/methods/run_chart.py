"""Limits of a run chart that hold for small numbers: within which groups lie that differ by chance alone.

*Means.* With people alike in all groups but for normal noise, the mean of a group less that of all, over
s·√(1/n − 1/N), is exactly t on N − Q degrees of freedom, where s is the standard deviation within the Q groups
(analysis of means: Ott 1967; Nelson, Wludyka & Copeland 2005). *Shares.* Given how many of all had the event, the
number in a group is exactly hypergeometric; its limits are counts. Both are taken at 1 − (1 − level)/Q (Bonferroni),
so that a whole chart has a group outside by chance with a probability of at most 1 − level, however small the groups.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.methods.reference import t_critical
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_GROUPS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One group of a chart.

    Attributes
    ----------
    value : float
        Mean, or share.
    low, high : float
        Limits within which it lies by chance.
    n : int
        People [count].
    events : int
        People with the event, of a share [count].
    """

    value: float
    low: float
    high: float
    n: int
    events: int = 0

    @property
    def side(self) -> int:
        """−1 below the limits, 1 above them, else 0."""
        return int(self.value > self.high) - int(self.value < self.low)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChart:
    """The centre line, and the groups in their order."""

    centre: float
    n: int
    points: tuple[Point, ...]


def _require_groups(counts: NDArray[np.intp]) -> None:
    if len(counts) < FEWEST_GROUPS:
        raise NotEstimableError("All people are of one quarter, so that there is nothing to set it against.")


def chart_means(values: NDArray[np.float64], groups: NDArray[np.intp], *, level: float) -> RunChart:
    """Set the mean of each group against that of all.

    Parameters
    ----------
    values : ndarray, shape (n,)
    groups : ndarray of int, shape (n,)
        Group of each value; the groups are taken in the order of their numbers.
    level : float
        Of a whole chart [share].

    Raises
    ------
    NotEstimableError
        With one group, or with nobody beside another in any group.
    """
    _, place, counts = np.unique(groups, return_inverse=True, return_counts=True)
    _require_groups(counts)
    total, many = len(values), len(counts)
    if total <= many:
        raise NotEstimableError(
            "No quarter has more than one person, so that it is not known how people vary within one."
        )
    means = np.bincount(place, weights=values) / counts
    spread = math.sqrt(float(((values - means[place]) ** 2).sum()) / (total - many))
    centre = float(values.mean())
    reach = t_critical(df=total - many, level=1 - (1 - level) / many) * spread
    half = reach * np.sqrt(1 / counts - 1 / total)
    points = tuple(
        Point(value=float(mean), low=centre - float(one), high=centre + float(one), n=int(n))
        for mean, one, n in zip(means, half, counts, strict=True)
    )
    return RunChart(centre=centre, n=total, points=points)


def chart_shares(events: NDArray[np.bool_], groups: NDArray[np.intp], *, level: float) -> RunChart:
    """Set the share of each group against that of all; parameters as of `chart_means`.

    Raises
    ------
    NotEstimableError
        With one group.
    """
    _, place, counts = np.unique(groups, return_inverse=True, return_counts=True)
    _require_groups(counts)
    total, with_it = len(events), int(events.sum())
    found = np.bincount(place, weights=events).astype(int)
    tail = (1 - level) / len(counts) / 2
    points = []
    for n, count in zip(counts.tolist(), found.tolist(), strict=True):
        low, high = _limits_of_count(n, with_it, total, tail)
        points.append(Point(value=count / n, low=low / n, high=high / n, n=n, events=count))
    return RunChart(centre=with_it / total, n=total, points=tuple(points))


def _limits_of_count(n: int, with_it: int, total: int, tail: float) -> tuple[int, int]:
    """Give the least and the greatest number of events in a group beyond each of which lies no more than the tail."""
    counts = np.arange(max(0, n - (total - with_it)), min(n, with_it) + 1)
    logs = _log_choose(with_it, counts) + _log_choose(total - with_it, n - counts)
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    below = np.concatenate([[0.0], np.cumsum(chances)[:-1]])  # strictly below each count
    above = np.concatenate([np.cumsum(chances[::-1])[::-1][1:], [0.0]])
    return int(counts[below <= tail][-1]), int(counts[above <= tail][0])


def _log_choose(n: int, k: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1))
