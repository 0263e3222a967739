"""Time to an event that is only looked for at visits: the nonparametric likelihood estimate for intervals.

Each person's event lies in (left, right]; right is infinite where it was not seen. Mass can lie only in the innermost
intervals (Peto 1973; Turnbull 1976); their masses are found by self-consistency, which never lowers the likelihood, and
judged by its directional derivatives (Gentleman & Geyer 1994): at the maximum none exceeds the number of people.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_MOST = 20_000  # rounds of self-consistency


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TurnbullFit:
    """Masses of the innermost intervals, for one or for many sets of people.

    Attributes
    ----------
    left, right : ndarray, shape (j,)
        Innermost intervals (left, right] [weeks].
    mass : ndarray, shape (..., j)
        Share of people whose event lies in each.
    gap : ndarray, shape (...)
        Largest directional derivative over the number of people, less one: zero at the maximum.
    """

    left: Floats
    right: Floats
    mass: Floats
    gap: Floats

    def is_known_at(self, week: float) -> bool:
        """Whether the share at a week follows: no innermost interval lies across it."""
        return not bool(((self.left < week) & (week < self.right)).any())

    def share_by(self, week: float) -> Floats:
        """Share of people whose event has happened by a week, shape (...)."""
        return np.asarray(self.mass[..., self.right <= week].sum(axis=-1))


def innermost(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Find the innermost intervals: a left end directly followed by a right end; at a tie the right end comes first."""
    ends = np.concatenate([left, right])
    is_left = np.concatenate([np.ones(len(left), dtype=bool), np.zeros(len(right), dtype=bool)])
    pairs = sorted(set(zip(ends.tolist(), is_left.tolist(), strict=True)))
    found = [(a, b) for (a, begins), (b, goes_on) in itertools.pairwise(pairs) if begins and not goes_on]
    return np.array([pair[0] for pair in found]), np.array([pair[1] for pair in found])


def fit_turnbull(*, left: Floats, right: Floats, counts: Floats, precision: float) -> TurnbullFit:
    """Estimate from kinds of intervals and how many people have each.

    Parameters
    ----------
    left, right : ndarray, shape (k,)
        Kinds of intervals (left, right] [weeks].
    counts : ndarray, shape (..., k)
        People of each kind, for one or many sets of people [count].
    precision : float
        Gap at which to stop.

    Raises
    ------
    NotEstimableError
        When there is nobody in a set.
    """
    many = np.atleast_2d(counts)
    people = many.sum(axis=1)
    if not len(left) or (people <= 0).any():
        raise NotEstimableError("Nobody was seen at the start and later.")
    low, high = innermost(left, right)
    holds = ((left[:, None] <= low) & (high <= right[:, None])).astype(float)
    mass = np.full((len(many), len(low)), 1 / len(low))
    gap = np.full(len(many), np.inf)
    open_ones = np.arange(len(many))
    for _ in range(_MOST):
        seen = mass[open_ones] @ holds.T
        weights = np.divide(many[open_ones], seen, out=np.zeros_like(seen), where=many[open_ones] > 0)
        slope = weights @ holds / people[open_ones, None]
        gap[open_ones] = slope.max(axis=1) - 1
        going = gap[open_ones] > precision
        open_ones, slope = open_ones[going], slope[going]
        if not len(open_ones):
            break
        mass[open_ones] *= slope
    shape = counts.shape[:-1]
    return TurnbullFit(left=low, right=high, mass=mass.reshape(*shape, -1), gap=gap.reshape(shape))
