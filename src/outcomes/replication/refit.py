"""The repeated-measures model fitted again to other people or weights, from where a fit to all came to rest.

Sums of products by pattern of the visits seen; the score of the restricted likelihood is what expectation and
maximisation would move, and steps are by the information of the whole fit, or by differences of the score.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from outcomes.replication.comparison import NotFollowedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.replication.dense import DenseFit
    from outcomes.replication.repeated import Repeated

    Array = NDArray[np.float64]
    Products: TypeAlias = list[tuple[NDArray[np.intp], Array, Array]]  # visits seen, weight and products of each fit

STEPS, NEWTON = 60, 30
TOGETHER, WEIGHTS = 500, 5_000_000  # fits side by side, and weights in them: a few dozen megabytes
FEW = 2  # people for each coefficient
SETTLED = 1e-13  # of the largest variance, a step
TOLD = 1e-10  # of the largest eigenvalue, below which nothing is told of a direction
NUDGE = 1e-6  # of the largest variance, for differences of the score
SLOW = 0.5  # of the step before: if steps do not fall by so much, the information is made again


@dataclass(frozen=True, slots=True, repr=False)
class Refit:
    """People of a fit, ready to be fitted again with other weights."""

    z: Array
    c: Array
    scores: Array
    patterns: tuple[tuple[NDArray[np.intp], NDArray[np.intp]], ...]
    sigma: Array
    inverse: Array

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Refit({len(self.scores)} people)"

    @property
    def is_small(self) -> bool:
        """Whether so few people are left that the likelihood may have several tops, and both roads go to their own."""
        return bool(len(self.scores) < FEW * (self.z.shape[1] * self.scores.shape[1] + self.c.shape[1]))

    def fit(self, weight: Array, *, start: Array | None = None) -> tuple[Array, Array] | None:
        """Give coefficients and covariance with people weighted; None where it does not come to rest."""
        found = self._fit_some(weight[None], start)
        return None if found is None else (found[0][0], found[1][0])

    def fit_without(
        self, units: Sequence[NDArray[np.intp]], *, start: Array | None = None
    ) -> tuple[Array, Array] | None:
        """Fit without each unit in turn, many side by side; None where one of them does not come to rest.

        Parameters
        ----------
        units : sequence of ndarray
            Rows of the people that are left out together.
        start : ndarray, shape (visits, visits), optional
            Covariance from where all begin; by default that of the whole fit.

        Returns
        -------
        tuple of ndarray, or None
            Coefficients, shape (units, k), and covariances, shape (units, visits, visits).
        """
        size, n = self.scores.shape[1], len(self.scores)
        together = max(1, min(TOGETHER, WEIGHTS // n))
        betas, sigmas = [np.empty((0, self._count))], [np.empty((0, size, size))]
        for place in range(0, len(units), together):
            some = units[place : place + together]
            weights = np.ones((len(some), n))
            for row, unit in enumerate(some):
                weights[row, unit] = 0.0
            found = self._fit_some(weights, start)
            if found is None:
                return None
            betas.append(found[0])
            sigmas.append(found[1])
        return np.concatenate(betas), np.concatenate(sigmas)

    def _fit_some(self, weights: Array, start: Array | None) -> tuple[Array, Array] | None:
        sums = [(seen, weights[:, rows].sum(axis=1), self._gather(seen, rows, weights)) for seen, rows in self.patterns]
        sigma = np.tile(self.sigma if start is None else start, (len(weights), 1, 1))
        inverse, before = np.tile(self.inverse, (len(weights), 1, 1)), np.full(len(weights), np.inf)
        betas, on = np.empty((len(weights), self._count)), np.arange(len(weights))
        for step in range(STEPS):
            mine = _take(sums, on)
            beta, score = self._score(mine, sigma[on])
            size = np.abs(inverse[on] @ score[:, :, None]).max(axis=(1, 2))
            moving = size >= SETTLED * np.abs(sigma[on]).max(axis=(1, 2))
            betas[on[~moving]] = beta[~moving]
            mine, score, size, on = _take(mine, moving), score[moving], size[moving], on[moving]
            if not len(on):
                return betas, sigma
            slow = size > SLOW * before[on] if step < NEWTON else np.zeros(len(on), dtype=bool)
            if slow.any():
                inverse[on[slow]] = self._inverse_information(_take(mine, slow), sigma[on[slow]], inverse[on[slow]])
            sigma[on] = _moved(sigma[on], (inverse[on] @ score[:, :, None])[:, :, 0])
            before[on] = size
        return None

    @property
    def _count(self) -> int:
        return int(self.z.shape[1] * self.scores.shape[1] + self.c.shape[1])

    def _gather(self, seen: NDArray[np.intp], rows: NDArray[np.intp], weights: Array) -> Array:
        columns = np.column_stack([self.z[rows], self.c[rows], self.scores[np.ix_(rows, seen)]])
        products = columns[:, :, None] * columns[:, None, :]
        return np.asarray(np.tensordot(weights[:, rows], products, axes=1))

    def _score(self, sums: Products, sigma: Array) -> tuple[Array, Array]:
        """Coefficients of each fit, and the slope of its restricted likelihood by the elements of its covariance."""
        nz, nc, k = self.z.shape[1], self.c.shape[1], self._count
        fits, size = sigma.shape[:2]
        bread, right, ways = np.zeros((fits, k, k)), np.zeros((fits, k)), []
        for seen, count, gram in sums:
            w = np.linalg.inv(sigma[:, seen[:, None], seen])
            blocks = np.hstack([np.arange(nz) + nz * seen[:, None], np.tile(np.arange(nz * size, k), (len(seen), 1))])
            both = np.einsum("bst,bij->bsitj", w, gram[:, : nz + nc, : nz + nc])
            scored = w @ gram[:, : nz + nc, nz + nc :].swapaxes(1, 2)
            for place, mine in enumerate(blocks):
                right[:, mine] += scored[:, place]
                for beside, other in enumerate(blocks):
                    bread[:, mine[:, None], other] += both[:, place, :, beside]
            ways.append((seen, count, gram, w, blocks))
        phi = _inverse(bread)
        beta = (phi @ right[:, :, None])[:, :, 0]
        slope = np.zeros((fits, size, size))
        for seen, count, gram, w, blocks in ways:
            to = np.concatenate([-beta[:, blocks].swapaxes(1, 2), np.tile(np.eye(len(seen)), (fits, 1, 1))], axis=1)
            u = gram[:, : nz + nc, : nz + nc]
            spread = np.einsum("bsitj,bij->bst", phi[:, blocks[:, :, None, None], blocks], u)
            here = sigma[:, seen[:, None], seen]
            products = to.swapaxes(1, 2) @ gram @ to + spread - count[:, None, None] * here
            slope[:, seen[:, None], seen] += 0.5 * w @ products @ w
        return beta, np.array([slope[:, a, b] * (1 + (a != b)) for a, b in _pairs(size)]).T

    def _inverse_information(self, sums: Products, sigma: Array, old: Array) -> Array:
        """Make the information again, by differences of the score; the old one stays where that is none."""
        here, size = self._score(sums, sigma)[1], sigma.shape[1]
        nudge, rows = NUDGE * np.abs(sigma).max(axis=(1, 2))[:, None], []
        for unit in np.eye(here.shape[1]):
            there = self._score(sums, sigma + _full(nudge * unit, size))[1]
            rows.append((here - there) / nudge)
        information = np.array(rows).swapaxes(0, 1)
        information = (information + information.swapaxes(1, 2)) / 2
        told = np.linalg.eigvalsh(information)[:, 0] > 0
        found = old.copy()
        found[told] = np.linalg.inv(information[told])
        return found


def _take(sums: Products, which: NDArray[Any]) -> Products:
    """Take some of the fits."""
    return [(seen, count[which], gram[which]) for seen, count, gram in sums]


def _moved(sigma: Array, move: Array) -> Array:
    """Move each covariance, by half as often as it needs to remain one."""
    new = sigma + _full(move, sigma.shape[1])
    while (over := np.linalg.eigvalsh(new)[:, 0] <= 0).any():
        move = np.where(over[:, None], move / 2, move)
        new = sigma + _full(move, sigma.shape[1])
    return new


def prepare(near: Repeated, dense: DenseFit, columns: tuple[Array, Array] | None = None) -> Refit:
    """Ready the people of a fit, with columns of one's own that tell the same."""
    z, c = columns or (near.by_visit, near.constant)
    kinds, which = np.unique(~np.isnan(near.scores), axis=0, return_inverse=True)
    patterns = [
        (np.flatnonzero(kind), np.flatnonzero(which.ravel() == number))
        for number, kind in enumerate(kinds)
        if kind.any()
    ]
    inverse = np.asarray(np.linalg.inv(dense.information), dtype=np.float64)
    return Refit(z, c, near.scores, tuple(patterns), np.asarray(dense.sigma), inverse)


def _inverse(matrices: Array) -> Array:
    """Invert each, unless a column says nothing among those who are left."""
    scale = np.sqrt(np.diagonal(matrices, axis1=1, axis2=2))
    scale = np.where(scale > 0, scale, 1.0)
    both = scale[:, :, None] * scale[:, None, :]
    values, vectors = np.linalg.eigh(matrices / both)
    if not (values > TOLD * values[:, -1:]).all():
        raise NotFollowedError
    return np.asarray((vectors / values[:, None, :]) @ vectors.swapaxes(1, 2) / both)


def _pairs(size: int) -> list[tuple[int, int]]:
    return list(combinations_with_replacement(range(size), 2))


def _full(moved: Array, size: int) -> Array:
    found = np.zeros((len(moved), size, size))
    for (a, b), by in zip(_pairs(size), moved.T, strict=True):
        found[:, a, b] = found[:, b, a] = by
    return found
