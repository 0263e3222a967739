"""Mean cumulative number of events by time, with a robust variance that holds however events run together in a person.

Λ(t) = Σ dN(s)/Y(s) over the days s ≤ t on which somebody at risk had events: dN(s) of them, Y(s) people at risk. Its
variance is Σᵢ (Σ Yᵢ(s)/Y(s) · (dNᵢ(s) − dN(s)/Y(s)))². A person is at risk on the last day that is known.
Sources: Nelson (1988); Lawless & Nadeau (1995), eq. 2.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.reference import normal_critical

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MeanCumulative:
    """A mean cumulative number at several times.

    Attributes
    ----------
    at : ndarray, shape (m,)
        [days]
    value, se : ndarray, shape (m,)
        Events a person.
    people : ndarray of int, shape (m,)
        At risk.
    """

    at: Array
    value: Array
    se: Array
    people: NDArray[np.int64]

    def limits(self, level: float) -> tuple[Array, Array]:
        """Limits on the log scale, normal reference; both zero where nothing has happened yet."""
        some = self.value > 0
        reach = np.exp(normal_critical(level=level) * np.where(some, self.se / np.where(some, self.value, 1.0), 0.0))
        return self.value / reach, self.value * reach


def fit_mean_cumulative(
    *, last: Array, person: NDArray[np.int64], day: Array, number: Array, at: Array
) -> MeanCumulative:
    """Estimate the mean cumulative number.

    Parameters
    ----------
    last : ndarray, shape (n,)
        Last day on which each person was followed, from the start [days].
    person, day, number : ndarray, shape (events,)
        Whose event, when [days], how many.
    at : ndarray, shape (m,)
        Rising [days].
    """
    ends = np.sort(last)
    order = np.argsort(day, kind="stable")
    person, day, number = person[order], day[order], number[order]
    risk = len(last) - np.searchsorted(ends, day, side="left")
    days, first = np.unique(day, return_index=True)
    events = np.add.reduceat(number, first) if len(first) else np.empty(0)
    at_risk = risk[first].astype(float)
    rise, compensator = np.cumsum(events / at_risk), np.cumsum(events / at_risk**2)
    own, done = np.zeros(len(last)), 0
    variance = np.zeros(len(at))
    for place, time in enumerate(at):
        until = int(np.searchsorted(day, time, side="right"))
        own += np.bincount(person[done:until], weights=(number / risk)[done:until], minlength=len(last))
        done = until
        expected = _step(days, compensator, np.minimum(last, time))
        variance[place] = ((own - expected) ** 2).sum()
    return MeanCumulative(
        at=at,
        value=_step(days, rise, at),
        se=np.sqrt(variance),
        people=(len(last) - np.searchsorted(ends, at, side="left")).astype(np.int64),
    )


def _step(days: Array, values: Array, at: Array) -> Array:
    """Give the value of a step function, which is zero before its first day."""
    return np.concatenate(([0.0], values))[np.searchsorted(days, at, side="right")]
