"""The repeated-measures model fitted again to other people or weights, from where a fit to all came to rest.

Sums of products by pattern of the visits seen; the score of the restricted likelihood is what expectation and
maximisation would move, and steps are by the information of the whole fit, or by differences of the score.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication.comparison import NotFollowedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.replication.dense import DenseFit
    from outcomes.replication.repeated import Repeated

    Array = NDArray[np.float64]

STEPS, NEWTON = 60, 30
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
        sums = [(seen, weight[rows].sum(), self._gather(seen, rows, weight[rows])) for seen, rows in self.patterns]
        sums = [one for one in sums if one[1] > 0]
        sigma, inverse, before = self.sigma if start is None else start, self.inverse, np.inf
        for step in range(STEPS):
            found = self._score(sums, sigma)
            if found is None:
                return None
            beta, score = found
            move = inverse @ score
            size = float(np.abs(move).max())
            if size < SETTLED * float(np.abs(sigma).max()):
                return beta, sigma
            if size > SLOW * before and step < NEWTON:
                made = self._inverse_information(sums, sigma)
                if made is not None:
                    inverse = made
                    move = inverse @ score
            new = sigma + _full(move, len(sigma))
            while np.linalg.eigvalsh(new)[0] <= 0:
                move = move / 2
                new = sigma + _full(move, len(sigma))
            before, sigma = size, new
        return None

    def _gather(self, seen: NDArray[np.intp], rows: NDArray[np.intp], weight: Array) -> Array:
        columns = np.column_stack([self.z[rows], self.c[rows], self.scores[np.ix_(rows, seen)]])
        return np.asarray((columns * weight[:, None]).T @ columns)

    def _score(self, sums: list[tuple[NDArray[np.intp], float, Array]], sigma: Array) -> tuple[Array, Array] | None:
        """Coefficients, and the slope of the restricted likelihood by the elements of the covariance."""
        size, nz, nc = len(sigma), self.z.shape[1], self.c.shape[1]
        k = nz * size + nc
        bread, right, ways = np.zeros((k, k)), np.zeros(k), []
        for seen, count, gram in sums:
            w = np.linalg.inv(sigma[np.ix_(seen, seen)])
            place = np.concatenate([np.arange(nz) + nz * visit for visit in seen])
            bread[np.ix_(place, place)] += np.kron(w, gram[:nz, :nz])
            side = np.kron(w.sum(axis=1)[:, None], gram[:nz, nz : nz + nc])
            bread[np.ix_(place, np.arange(nz * size, k))] += side
            bread[np.ix_(np.arange(nz * size, k), place)] += side.T
            bread[nz * size :, nz * size :] += w.sum() * gram[nz : nz + nc, nz : nz + nc]
            with_scores = gram[:, nz + nc :]
            right[place] += (with_scores[:nz] @ w).T.ravel()
            right[nz * size :] += with_scores[nz : nz + nc] @ w.sum(axis=0)
            ways.append((seen, count, gram, w))
        phi = _inverse(bread)
        beta = phi @ right
        slope = np.zeros((size, size))
        for seen, count, gram, w in ways:
            s = len(seen)
            to = np.zeros((nz + nc + s, s))
            blocks = [np.append(np.arange(nz) + nz * visit, np.arange(nz * size, k)) for visit in seen]
            for column, block in enumerate(blocks):
                to[: nz + nc, column] = -beta[block]
            to[nz + nc :] = np.eye(s)
            u = gram[: nz + nc, : nz + nc]
            spread = np.array([[float(np.sum(phi[np.ix_(a, b)] * u)) for b in blocks] for a in blocks])
            products = to.T @ gram @ to + spread
            slope[np.ix_(seen, seen)] += 0.5 * w @ (products - count * sigma[np.ix_(seen, seen)]) @ w
        return beta, np.array([slope[a, b] * (1 + (a != b)) for a, b in _pairs(size)])

    def _inverse_information(self, sums: list[tuple[NDArray[np.intp], float, Array]], sigma: Array) -> Array | None:
        here, size = self._score(sums, sigma), len(sigma)
        if here is None:
            return None
        nudge, rows = NUDGE * float(np.abs(sigma).max()), []
        for unit in np.eye(len(here[1])):
            there = self._score(sums, sigma + _full(nudge * unit, size))
            if there is None:
                return None
            rows.append((here[1] - there[1]) / nudge)
        information = np.array(rows)
        information = (information + information.T) / 2
        if np.linalg.eigvalsh(information)[0] <= 0:
            return None
        return np.asarray(np.linalg.inv(information), dtype=np.float64)


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


def _inverse(matrix: Array) -> Array:
    """Invert, unless a column says nothing among those who are left."""
    scale = np.sqrt(np.diag(matrix))
    scale = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    kept = values > TOLD * values[-1]
    if not kept.all():
        raise NotFollowedError
    return np.asarray((vectors[:, kept] / values[kept]) @ vectors[:, kept].T / np.outer(scale, scale))


def _pairs(size: int) -> list[tuple[int, int]]:
    return list(combinations_with_replacement(range(size), 2))


def _full(moved: Array, size: int) -> Array:
    found = np.zeros((size, size))
    for (a, b), by in zip(_pairs(size), moved, strict=True):
        found[a, b] = found[b, a] = by
    return found
