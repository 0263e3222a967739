"""Whole units drawn again, by draws of its own, and BCa limits by their definition (Efron 1987).

Limits are compared within four Monte-Carlo errors of both sets of draws; values do not rest on draws at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication.comparison import Numbers
from outcomes.replication.least import split

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from outcomes.replication.wide import Wide
    from outcomes.results.outcome import Estimate

    Array = NDArray[np.float64]
    Compute = Callable[[Array], Array]  # weights of people, shape (s, n): a number of each row

DRAWS = 1500  # the first draws 2,000: the error of the difference is a sixth larger than that of the first alone
SEED = 19870301  # its own: nothing of the plan's is shared with the first
ERRORS = 4.0
MIDDLE = math.sqrt(math.pi / 2)  # error of the correction for bias, times the root of the draws: 0.5 over φ(0)
SAME = 1e-12  # of the largest sample


@dataclass(frozen=True, slots=True, repr=False)
class Samples:
    """A number of everybody, of samples, and without each unit, with the stratum of each unit."""

    value: float
    drawn: Array
    without: Array
    strata: NDArray[np.intp]

    def spread(self) -> tuple[float, float]:
        """Give the standard deviation of the samples, and its Monte-Carlo error for one draw."""
        told = self.drawn[np.isfinite(self.drawn)]
        sd = float(np.std(told, ddof=1))
        heavy = float(np.mean((told - told.mean()) ** 4)) / sd**4 if sd > 0 else 1.0
        return sd, sd * math.sqrt(max(heavy - 1, 0.0)) / 2

    def limits(self, level: float, draws: int) -> list[tuple[float, float]]:
        """Give both BCa limits, each with four Monte-Carlo errors of the difference of two such limits."""
        from scipy import stats

        g = len(self.strata)
        half = math.sqrt(g / (g - 1)) * float(stats.t.ppf((1 + level) / 2, g - 1))
        same = np.abs(self.drawn - self.value) <= SAME * np.abs(self.drawn).max()
        below = float(np.mean(np.where(same, 0.5, self.drawn < self.value)))
        bias = float(stats.norm.ppf(min(max(below, 0.5 / len(self.drawn)), 1 - 0.5 / len(self.drawn))))
        found, a = [], self._acceleration()
        for z in (-half, half):
            turned = 1 - a * (bias + z)
            at = bias + (bias + z) / turned if turned > 0 else math.copysign(math.inf, bias + z)
            share = float(stats.norm.cdf(at))
            density = max(float(stats.norm.pdf(at)), 0.5 / len(self.drawn))
            both = math.sqrt(1 / len(self.drawn) + 1 / draws)
            reach = ERRORS * both * math.hypot(math.sqrt(share * (1 - share)) / density, 2 * MIDDLE)
            ends = [float(np.quantile(self.drawn, stats.norm.cdf(at + way * reach))) for way in (-1, 1)]
            limit = float(np.quantile(self.drawn, share))
            found.append((limit, max(ends[1] - limit, limit - ends[0])))
        return sorted(found)

    def _acceleration(self) -> float:
        if not np.isfinite(self.without).all():
            return 0.0
        top = bottom = 0.0
        for stratum in set(self.strata.tolist()):
            mine = self.without[self.strata == stratum]
            pull = (mine.mean() - mine) * (len(mine) - 1) / len(mine)
            top, bottom = top + float((pull**3).sum()), bottom + float((pull**2).sum())
        return top / (6 * bottom**1.5) if bottom > 0 else 0.0


def resample(wide: Wide, first: Estimate, compute: Compute) -> list[Samples]:
    """Draw whole groups where the first does, and people within the arms."""
    full = wide.people.full
    ways = [split(wide.groups(first.how.clusters))] if first.how is not None and first.how.clusters else []
    return [_draw(units, full, compute) for units in (*ways, [[row] for row in range(len(full))])]


def _draw(units: list[list[int]], full: NDArray[np.bool_], compute: Compute) -> Samples:
    arms = [{bool(full[row]) for row in unit} for unit in units]
    nested = all(len(one) == 1 for one in arms)
    strata = np.array([next(iter(one)) if nested else 0 for one in arms], dtype=np.intp)
    unit_of = np.empty(len(full), dtype=np.intp)
    for place, unit in enumerate(units):
        unit_of[unit] = place
    rng, counts = np.random.default_rng(SEED), np.zeros((DRAWS, len(units)))
    for stratum in set(strata.tolist()):
        mine = np.flatnonzero(strata == stratum)
        counts[:, mine] = rng.multinomial(len(mine), np.full(len(mine), 1 / len(mine)), size=DRAWS)
    everybody = np.ones((1, len(full)))
    without = 1.0 - (np.arange(len(units))[:, None] == unit_of)
    return Samples(float(compute(everybody)[0]), compute(counts[:, unit_of]), compute(without), strata)


def judge(found: list[Samples], level: float, value: float, method: str, draws: int) -> Numbers:
    """Give a value with the largest standard error and the widest interval of the kinds of samples."""
    spreads = [one.spread() for one in found]
    se, error = max(spreads)
    both = ERRORS * math.sqrt(1 / DRAWS + 1 / draws)
    chance = {"se": both * error}
    ends = [one.limits(level, draws) for one in found]
    ends.sort(key=lambda pair: pair[1][0] - pair[0][0], reverse=True)
    (low, by_low), (high, by_high) = ends[0]
    for other in ends[1:]:  # as wide as the widest, but for chance: the first may have taken that one
        if (high - low) - (other[1][0] - other[0][0]) <= by_low + by_high:
            by_low, by_high = by_low + abs(low - other[0][0]), by_high + abs(high - other[1][0])
    chance |= {"low": by_low, "high": by_high}
    return Numbers(value=value, method=method, se=se, interval=(low, high), chance=chance)
