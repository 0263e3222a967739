"""Shares of two arms and what compares them, told so that an exact search over counts is left with several of each.

Everything here follows from four counts: people, and those with whom it happened, in each arm. So all combinations that
what is told allows can be counted out, and are: of ever coarser steps the first is taken that leaves each of the counts
three values. Whether a comparison is made of the counts alone is found by making it of them.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.release.ladder import HUNDREDTH, ladder, to_step
from outcomes.results.outcome import Estimate, Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Many = NDArray[np.float64]

FEWEST_VALUES = 3  # that a count must still be able to have
MANY = 160  # combinations of an arm, above which there is choice enough
NEAR = 1e-9  # how near two numbers are one
NO_MARK = -1.0  # of limits that have no side to keep
WIDEST = 0.5  # the coarsest step of what compares shares
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)  # of limits


@dataclass(frozen=True, slots=True)
class Arm:
    """What a reader may think of an arm: combinations of people and of those with whom it happened; and the truth."""

    events: Many
    of: Many
    true: tuple[float, float]

    def only(self, kept: NDArray[np.bool_]) -> Arm:
        """Keep some of the combinations."""
        return Arm(self.events[kept], self.of[kept], self.true)

    def has_choice(self, kept: NDArray[np.bool_]) -> bool:
        """Whether those kept leave several numbers of people, of those with whom it happened, and of the others.

        A count that had no choice to begin with is asked for none.
        """
        whole = (self.events, self.of, self.of - self.events)
        return all(len(np.unique(one[kept])) >= min(FEWEST_VALUES, len(np.unique(one))) for one in whole)


class Both(NamedTuple):
    """All pairs of the combinations of two arms that are still possible."""

    full: Arm
    skills: Arm
    kept: NDArray[np.bool_]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Both{self.kept.shape}"

    def has_choice(self) -> bool:
        """Whether each count of either arm keeps several values."""
        full, skills = (np.asarray(self.kept.any(axis=axis)) for axis in (1, 0))
        return self.full.has_choice(full) and self.skills.has_choice(skills)

    def is_few(self) -> bool:
        """Whether the pairs can be counted out."""
        return self.kept.size <= MANY**2

    def grid(self) -> tuple[Many, Many, Many, Many]:
        """Give the counts of each pair: with whom it happened and people, of both arms."""
        one, two = self.full, self.skills
        return one.events[:, None], one.of[:, None], two.events[None, :], two.of[None, :]


def wilson(events: Many, of: Many, level: float) -> tuple[Many, Many]:
    """Give Wilson's limits of shares."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, more = events / of, z * z / of
    middle, reach = share + more / 2, z * np.sqrt(share * (1 - share) / of + more / of / 4)
    low, high = (middle - reach) / (1 + more), (middle + reach) / (1 + more)
    return np.where(events == 0, 0.0, low), np.where(events == of, 1.0, high)


Counts = tuple["Many", "Many", "Many", "Many"]


def _newcombe(e: Many, n: Many, f: Many, m: Many, level: float) -> tuple[Many, Many]:
    (low, high), (low0, high0) = wilson(e, n, level), wilson(f, m, level)
    one, two = e / n, f / m
    return one - two - np.hypot(one - low, high0 - two), one - two + np.hypot(high - one, two - low0)


def _katz(e: Many, n: Many, f: Many, m: Many, level: float) -> tuple[Many, Many]:
    ratio = (e / n) / (f / m)
    reach = np.exp(NormalDist().inv_cdf((1 + level) / 2) * np.sqrt(1 / e - 1 / n + 1 / f - 1 / m))
    return ratio / reach, ratio * reach


def _smd(e: Many, n: Many, f: Many, m: Many) -> Many:
    one, two = e / n, f / m
    return np.asarray((one - two) / np.sqrt((one * (1 - one) + two * (1 - two)) / 2))


_VALUES: tuple[Callable[[Many, Many, Many, Many], Many], ...] = (
    lambda e, n, f, m: e / n - f / m,
    lambda e, n, f, m: (e / n) / (f / m),
    lambda e, n, f, m: (1 - e / n) / (1 - f / m),
    lambda e, n, f, m: e * (m - f) / ((n - e) * f),
    _smd,
    lambda e, n, f, m: -_smd(e, n, f, m),
    lambda e, n, f, m: np.abs(_smd(e, n, f, m)),
)
_LIMITS: tuple[Callable[[Many, Many, Many, Many, float], tuple[Many, Many]], ...] = (
    _newcombe,
    _katz,
    lambda e, n, f, m, level: _katz(n - e, n, m - f, m, level),
)


def is_counted(share: Estimate, arm: Arm) -> bool:
    """Whether the limits of a share are those of its counts alone, few enough to be counted out."""
    interval = share.interval
    if interval is None or len(arm.of) > MANY:
        return False
    e, n = (np.array([one]) for one in arm.true)
    return _is_made(wilson(e, n, interval.level), interval)


def tell_limits(interval: Interval, arm: Arm, step: float) -> tuple[Interval | None, Arm]:
    """Choose the limits of a share, outwards; give them with the combinations that they leave."""
    found = wilson(arm.events, arm.of, interval.level)
    for low, high, kept in _list_limits(interval, found, step, NO_MARK):
        if arm.has_choice(kept):
            return Interval(level=interval.level, low=low, high=high), arm.only(kept)
    return None, arm


def _list_limits(
    interval: Interval, found: tuple[Many, Many], step: float, mark: float
) -> Iterator[tuple[float, float, NDArray[np.bool_]]]:
    """Give ever wider limits, with the counts of which the limits that are found would be told so."""
    limits = (interval.low or 0.0, interval.high or 0.0)
    sides: list[list[tuple[float, float, NDArray[np.bool_]]]] = [[], []]
    for side, now in itertools.product((0, 1), _STEPS):
        told = _put(limits[side], side, now, mark)
        if now >= step * (1 - NEAR) and (mark != 1.0 or told > 0):  # a ratio's limit is never nought
            sides[side].append((now, told, _falls(found[side], side, now, mark, told)))
    for low, high in sorted(itertools.product(*sides), key=lambda pair: (pair[0][0] + pair[1][0], pair[0][0])):
        yield low[1], high[1], low[2] & high[2]


def _put(limit: float, side: int, step: float, mark: float) -> float:
    """Round a limit outwards; one that would fall on no difference keeps its own side."""
    told = round((math.ceil(limit / step - NEAR) if side else math.floor(limit / step + NEAR)) * step, 2) + 0.0
    if limit == mark or (told - mark) * (limit - mark) > 0:
        return told
    return round(mark + math.copysign(HUNDREDTH, limit - mark), 2)


def _falls(found: Many, side: int, step: float, mark: float, told: float) -> NDArray[np.bool_]:
    """Whether limits would be told as one is."""
    placed = np.round((np.ceil(found / step - NEAR) if side else np.floor(found / step + NEAR)) * step, 2)
    turned = (found != mark) & ((placed - mark) * (found - mark) <= 0)
    placed = np.where(turned, mark + np.copysign(HUNDREDTH, found - mark), placed)
    return np.asarray(np.abs(placed - told) < NEAR)


class Told(NamedTuple):
    """How a comparison is told: its step, its limits where it has any, and the pairs that are left."""

    step: float
    interval: Interval | None
    both: Both


def tell_comparison(between: Estimate, both: Both, step: float) -> Told | None:
    """Choose step and limits of what compares two shares; None where it is not made of the counts alone."""
    if not both.is_few():
        return None
    with np.errstate(all="ignore"):
        e, n, f, m = (np.array([one]) for one in (*both.full.true, *both.skills.true))
        true = (e, n, f, m)
        value = next((one for one in _VALUES if abs(float(one(*true)[0]) - between.value) < NEAR), None)
        if value is None:
            return None
        found = value(*both.grid())
        for now in ladder(step, max(WIDEST, step)):
            kept = both.kept & (np.abs(np.round(found / now) * now - to_step(between.value, now)) < NEAR)
            left = both._replace(kept=kept)
            if left.has_choice():
                return Told(now, *_tell_limits_between(between, left, now, true))
    return Told(step, None, both)


def _tell_limits_between(between: Estimate, both: Both, step: float, true: Counts) -> tuple[Interval | None, Both]:
    interval = between.interval
    if interval is None or interval.low is None or interval.high is None:
        return interval, both
    level = interval.level
    limits = next((one for one in _LIMITS if _is_made(one(*true, level), interval)), None)
    if limits is None:
        return None, both
    mark = 1.0 if between.unit == "ratio" else 0.0
    for low, high, allowed in _list_limits(interval, limits(*both.grid(), level), step, mark):
        left = both._replace(kept=both.kept & allowed)
        if left.has_choice():
            return Interval(level=level, low=low, high=high), left
    return None, both


def _is_made(found: tuple[Many, Many], interval: Interval) -> bool:
    return all(
        limit is not None and abs(float(one[0]) - limit) < NEAR
        for one, limit in zip(found, (interval.low, interval.high), strict=True)
    )
