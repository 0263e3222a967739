"""Everybody whose scores are completed, by pattern of observed visits, and what a model says of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.mmrm.pattern_moments import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class People:
    """The arrays of a repeated-measures model, with those who have no score after the start.

    Attributes
    ----------
    scores : ndarray, shape (n, T)
        nan where not observed [points].
    by_visit : ndarray, shape (n, q)
        Intercept, arm (1 in the full programme), then others with an effect at each visit, as the score at the start.
    constant : ndarray, shape (n, r)
        Covariates with one effect.
    observed : ndarray of bool, shape (p, T)
        The patterns of observed visits, in the order of the moments of the model; nobody seen comes first.
    pattern : ndarray of int, shape (n,)
        Pattern of each client.
    rank : ndarray of int, shape (n,)
        Which of two clients with the same data comes first.
    """

    scores: Floats
    by_visit: Floats
    constant: Floats
    observed: NDArray[np.bool_]
    pattern: NDArray[np.intp]
    rank: NDArray[np.intp]

    @property
    def design(self) -> Floats:
        """All covariates, shape (n, q + r)."""
        return np.column_stack([self.by_visit, self.constant])

    @property
    def full(self) -> NDArray[np.bool_]:
        """Whether each client is in the full programme, shape (n,)."""
        return np.asarray(self.by_visit[:, 1] > 0)

    def take(self, which: NDArray[np.intp]) -> People:
        """Give some of them, or all in another order."""
        return to_people(
            scores=self.scores[which],
            by_visit=self.by_visit[which],
            constant=self.constant[which],
            rank=self.rank[which],
        )

    def order(self) -> NDArray[np.intp]:
        """Order by pattern, then by the data, then by rank: the order of rows does not matter, nor a name."""
        return np.lexsort((self.rank, *self.design.T, *np.nan_to_num(self.scores).T, self.pattern))

    def spread_out(self, beta: Floats) -> Floats:
        """Effect of each column of the design at each visit, shape (…, q + r, T), from β of shape (…, k)."""
        size, q, r = self.scores.shape[1], self.by_visit.shape[1], self.constant.shape[1]
        by_visit = beta[..., : q * size].reshape((*beta.shape[:-1], q, size))
        constant = np.broadcast_to(beta[..., q * size :, None], (*beta.shape[:-1], r, size))
        return np.concatenate([by_visit, constant], axis=-2)

    def residuals(self, means: Floats) -> Floats:
        """Scores less their means, zero where not observed, shape (m, n, T)."""
        return np.where(np.isnan(self.scores), 0.0, self.scores - means)

    def fill(self, residuals: Floats, sigma: Floats, weight: Floats, rng: np.random.Generator) -> Floats:
        """Draw the missing residuals given the seen ones, shape (m, n, T).

        A whole vector is drawn for each client, and what the seen residuals differ from it is told on to the missing
        ones: e* + ΣW (e − e*) has their distribution given e. The clients must be sorted by pattern.

        Parameters
        ----------
        residuals : ndarray, shape (m, n, T)
            Zero where not observed.
        sigma : ndarray, shape (m, T, T)
        weight : ndarray, shape (m, p, T, T)
        rng : Generator
        """
        draws, people, size = residuals.shape
        noise = rng.standard_normal((people, draws, size)).swapaxes(0, 1)
        filled = noise @ np.linalg.cholesky(sigma).swapaxes(-1, -2)
        ends = np.cumsum(np.bincount(self.pattern, minlength=len(self.observed)))
        for pattern, (start, end) in enumerate(zip(np.append(0, ends[:-1]), ends, strict=True)):
            if self.observed[pattern].any():
                differ = (residuals[:, start:end] - filled[:, start:end]) @ weight[:, pattern]
                filled[:, start:end] += differ @ sigma
        return np.where(np.isnan(self.scores), filled, residuals)


def weigh_patterns(observed: NDArray[np.bool_], sigma: Floats) -> Floats:
    """Inverse covariance of the visits that each pattern has, and zero elsewhere, shape (m, p, T, T).

    Each missing visit is swept out of the inverse of the whole matrix, for all draws and patterns without it at once.

    Parameters
    ----------
    observed : ndarray of bool, shape (p, T)
    sigma : ndarray, shape (m, T, T)
        Positive-definite.
    """
    whole = np.linalg.inv(sigma)
    weight = np.repeat(((whole + whole.swapaxes(-1, -2)) / 2)[None], len(observed), axis=0)
    for visit in range(observed.shape[1]):
        gone = np.flatnonzero(~observed[:, visit])
        if gone.size:
            some = weight[gone]
            row = some[..., visit, :].copy()
            some -= (row / row[..., visit, None])[..., :, None] * row[..., None, :]
            some[..., visit, :] = some[..., :, visit] = 0.0
            weight[gone] = some
    return np.ascontiguousarray(weight.swapaxes(0, 1))


def to_people(*, scores: Floats, by_visit: Floats, constant: Floats, rank: NDArray[np.intp] | None = None) -> People:
    """Find the pattern of everybody.

    Parameters
    ----------
    scores, by_visit, constant, rank
        As the attributes of `People`; without a rank as they stand.
    """
    bits = np.int64(1) << np.arange(scores.shape[1], dtype=np.int64)
    masks, pattern = np.unique(~np.isnan(scores) @ bits, return_inverse=True)
    return People(
        scores=scores,
        by_visit=by_visit,
        constant=constant,
        observed=(masks[:, None] & bits) > 0,
        pattern=pattern,
        rank=np.arange(len(scores), dtype=np.intp) if rank is None else rank,
    )
