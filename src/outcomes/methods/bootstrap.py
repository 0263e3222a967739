"""Bootstrap of whatever follows from sums over people: every sample is one row of one matrix product.

Whole units (clients, or everybody of a skills group) are drawn with replacement within strata. A quantity is a function
of sums with a leading axis; it is evaluated once for the people themselves, for all samples, and for the people
without each unit in turn, which gives the acceleration of the BCa interval.

Limits are BCa limits, read at a wider place where there are few units: √(g/(g − 1)) t in place of z (Hesterberg 2015),
since samples of few groups vary less than groups do.

Sources: Efron (1987); DiCiccio & Efron (1996), sec. 2, with the stratified acceleration of Davison & Hinkley (1997),
sec. 5.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.methods.reference import t_critical
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST_UNITS = 4
_SAME = 1e-12  # of the largest sample: as near as this to the value, and the order of a sum may have made the rest
_OF_ONE = 0.1  # of the sum of squares: of 2,000 samples of a normal quantity the largest makes about 0.006
_BLOCK = 64  # samples whose counts are held as floats at once
_FLAT = 1e-10  # determinant of correlations below which a sample's design is taken as singular


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Resampled:
    """A quantity of the people, of samples of them, and of the people without each unit.

    Attributes
    ----------
    value : float
    samples : ndarray, shape (b,)
    without : ndarray, shape (g,)
    strata : ndarray of int, shape (g,)
    """

    value: float
    samples: Floats
    without: Floats
    strata: NDArray[np.intp]

    @property
    def se(self) -> float:
        """Standard deviation over the samples that have the quantity."""
        return float(np.std(self.samples[np.isfinite(self.samples)], ddof=1))

    @property
    def rests_on_one(self) -> bool:
        """Whether a single sample makes so much of the spread that other draws would give quite another one."""
        there = self.samples[np.isfinite(self.samples)]
        far = np.square(there - there.mean())
        return bool(far.max(initial=0.0) > _OF_ONE * far.sum())

    def limits(self, level: float) -> tuple[float, float]:
        """BCa limits; without acceleration where leaving a unit out makes no number. An infinite limit is open.

        Raises
        ------
        NotEstimableError
            With fewer than four units, or when the value, or a sample, is not a number.
        """
        if len(self.strata) < FEWEST_UNITS:
            msg = f"There are {len(self.strata)} clusters; samples of them say something from {FEWEST_UNITS} on."
            raise NotEstimableError(msg)
        if not math.isfinite(self.value) or np.isnan(self.samples).any():
            raise NotEstimableError("Some of the samples drawn hold nobody of whom it could be computed.")
        return self._read(self.half_width(level))

    def half_width(self, level: float) -> float:
        """Give √(g/(g − 1)) t on g − 1: how many standard errors out the limits stand."""
        count = len(self.strata)
        return math.sqrt(count / (count - 1)) * t_critical(df=count - 1, level=level)

    def _read(self, half_width: float) -> tuple[float, float]:
        """Give the BCa limits so many standard errors out."""
        same = np.abs(self.samples - self.value) <= _SAME * np.abs(self.samples).max()
        below = float(((self.samples < self.value) & ~same).mean() + same.mean() / 2)
        edge = 0.5 / len(self.samples)
        bias, acceleration = float(special.ndtri(min(max(below, edge), 1 - edge))), self._acceleration()
        shares = []
        for z in (-half_width, half_width):
            moved = bias + z
            turned = 1 - acceleration * moved  # a sharp skew leaves the formula's range: the end of the samples then
            shares.append(float(special.ndtr(bias + moved / turned)) if turned > 0 else float(moved > 0))
        ordered = np.sort(self.samples)
        low, high = (_quantile(ordered, share) for share in sorted(shares))
        return low, high

    def _acceleration(self) -> float:
        """Skewness of the influence of the units, a sixth of it; each stratum about its own mean."""
        top, bottom = 0.0, 0.0
        if not np.isfinite(self.without).all():
            return 0.0
        for stratum in np.unique(self.strata):
            mine = self.without[self.strata == stratum]
            influence = (mine.mean() - mine) * (len(mine) - 1) / len(mine)
            top += float((influence**3).sum())
            bottom += float((influence**2).sum())
        return top / (6 * bottom**1.5) if bottom > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Resampler:
    """Samples of people, as how often each unit stands in them.

    Attributes
    ----------
    units : ndarray of int, shape (n,)
        Unit of each person.
    strata : ndarray of int, shape (g,)
        Stratum of each unit.
    copies : ndarray of int, shape (b, g)
        How often each unit stands in each sample [count].
    """

    units: NDArray[np.intp]
    strata: NDArray[np.intp]
    copies: NDArray[np.uint16] = field(repr=False)

    def sums(self, features: Floats) -> Floats:
        """Give the sums over people of each feature, shape (1 + b + g, p); features has shape (n, p).

        First of the people themselves, then of the samples, then of the people without each unit.
        """
        by_unit = np.zeros((len(self.strata), features.shape[1]))
        np.add.at(by_unit, self.units, features)
        total = by_unit.sum(axis=0, keepdims=True)
        blocks = [self.copies[start : start + _BLOCK] @ by_unit for start in range(0, len(self.copies), _BLOCK)]
        return np.concatenate([total, *blocks, total - by_unit])

    def wrap(self, values: Floats) -> Resampled:
        """Make a quantity of its values along the leading axis."""
        end = 1 + len(self.copies)
        return Resampled(value=float(values[0]), samples=values[1:end], without=values[end:], strata=self.strata)

    def coefficients(self, design: Floats, outcome: Floats) -> Floats:
        """Give least-squares coefficients of every sample, shape (1 + b + g, k), from sums of cross-products.

        Rows of zeros take no part. A column that is constant or repeats others in a sample gets the smallest
        coefficients that fit.

        Parameters
        ----------
        design : ndarray, shape (n, k)
        outcome : ndarray, shape (n,)
        """
        k = design.shape[1]
        upper = np.triu_indices(k)
        products = np.column_stack([design[:, upper[0]] * design[:, upper[1]], design * outcome[:, None]])
        sums = self.sums(products)
        gram = np.empty((len(sums), k, k))
        gram[:, upper[0], upper[1]] = gram[:, upper[1], upper[0]] = sums[:, : len(upper[0])]
        return solve_each(gram, sums[:, len(upper[0]) :])


def solve_each(gram: Floats, right: Floats) -> Floats:
    """Solve many small symmetric systems; singular ones by the generalised inverse."""
    scale = np.sqrt(np.einsum("bkk->bk", gram))
    scale = np.where(scale > 0, scale, 1.0)
    alike = gram / (scale[:, :, None] * scale[:, None, :])
    target = (right / scale)[..., None]
    flat = np.linalg.det(alike) < _FLAT
    solved = np.empty_like(target)
    if not flat.all():
        solved[~flat] = np.linalg.solve(alike[~flat], target[~flat])
    if flat.any():
        solved[flat] = np.linalg.pinv(alike[flat], rcond=_FLAT, hermitian=True) @ target[flat]
    return np.asarray(solved[..., 0] / scale)


def draw(*, units: NDArray[np.intp], strata: NDArray[np.intp], replicates: int, rng: np.random.Generator) -> Resampler:
    """Draw samples of units within strata.

    Parameters
    ----------
    units : ndarray of int, shape (n,)
        Unit of each person, from 0 to g − 1.
    strata : ndarray of int, shape (g,)
        Stratum of each unit.
    replicates : int
        Samples [count].
    rng : Generator
    """
    count = len(strata)
    copies = np.zeros((replicates, count), dtype=np.uint16)
    for stratum in np.unique(strata):
        mine = np.flatnonzero(strata == stratum)
        places = rng.integers(len(mine), size=(replicates, len(mine))) + len(mine) * np.arange(replicates)[:, None]
        counted = np.bincount(places.ravel(), minlength=replicates * len(mine))
        copies[:, mine] = counted.reshape(replicates, len(mine))
    return Resampler(units=units, strata=strata, copies=copies)


def _quantile(ordered: Floats, share: float) -> float:
    """Quantile of sorted values, linear between neighbours; neighbours may be infinite."""
    place = share * (len(ordered) - 1)
    below, above = math.floor(place), math.ceil(place)
    low, high = float(ordered[below]), float(ordered[above])
    return low if low == high or below == place else low + (high - low) * (place - below)
