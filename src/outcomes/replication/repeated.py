"""The repeated-measures model a second time: REML by expectation and maximisation over the people, one by one.

What is not seen, and the coefficients with a flat prior, are taken as missing; the covariance is then the mean of the
expected products of everybody's deviations (Dempster, Laird & Rubin 1977; Laird & Ware 1982). It climbs slowly and
surely, needs no derivative, and ends where the restricted likelihood has its maximum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.replication.columns import independent, known, standardised, varied
from outcomes.replication.comparison import Numbers
from outcomes.replication.dense import Person

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.replication.people import People

ITERATIONS = 5000
STILL = 1e-10
STRUCTURE = "unstructured"  # the only one that it knows
METHOD = "REML by expectation and maximisation over the people"


class _Pattern(NamedTuple):
    """The people seen at the same visits: which, their designs (n, s, k), their scores (n, s)."""

    seen: NDArray[np.intp]
    design: NDArray[np.float64]
    scores: NDArray[np.float64]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"_Pattern({len(self.scores)} people at {len(self.seen)} visits)"


class Repeated(NamedTuple):
    """A fit to all later visits: who is in it, at which visits, and where expectation and maximisation came to rest.

    Intercept and arm are the first two of the columns by visit; the others are centred, and so are the covariates.
    """

    used: NDArray[np.bool_]
    visits: tuple[str, ...]
    scores: NDArray[np.float64]
    by_visit: NDArray[np.float64]
    constant: NDArray[np.float64]
    sigma: NDArray[np.float64]
    beta: NDArray[np.float64]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Repeated({len(self.scores)} people at {len(self.visits)} visits)"

    def weights(self, visit: str, *, level: float, arm: float) -> NDArray[np.float64]:
        """Weights of so much of the intercept and of the arm at a visit."""
        found, place = np.zeros(len(self.beta)), self.visits.index(visit)
        found[place], found[len(self.visits) + place] = level, arm
        return found

    def make_people(self) -> list[Person]:
        """Give each person's own design and scores."""
        return part_people(self.scores, self.by_visit, self.constant)

    def make_rows(self) -> list[int]:
        """Give the row among those used of each of these people."""
        kinds, which = np.unique(~np.isnan(self.scores), axis=0, return_inverse=True)
        order = (np.flatnonzero(which.ravel() == number) for number, kind in enumerate(kinds) if kind.any())
        return [int(row) for rows in order for row in rows]


def part_people(
    scores: NDArray[np.float64], by_visit: NDArray[np.float64], constant: NDArray[np.float64]
) -> list[Person]:
    """Give each person's own design and scores, of columns as in `rest`."""
    return [
        Person(design, mine, pattern.seen)
        for pattern in _patterns(scores, by_visit, constant)
        for design, mine in zip(pattern.design, pattern.scores, strict=True)
    ]


def over_all_visits(people: People, measure: str, covariates: NDArray[np.float64]) -> Numbers | None:
    """Give the difference at the primary visit under an unstructured covariance; None where it did not come to rest."""
    fit = fit_repeated(people, measure, covariates)
    if fit is None:
        return None
    return Numbers(value=float(fit.weights(people.plan.primary, level=0, arm=1) @ fit.beta), method=METHOD)


def fit_repeated(people: People, measure: str, covariates: NDArray[np.float64]) -> Repeated | None:
    """Fit all later visits at which both arms were seen and scores differ; None where it did not come to rest."""
    grid, full = people.grids[measure], people.full
    seen = ~np.isnan(grid)
    used = seen[:, 0] & seen[:, 1:].any(axis=1) & known(grid[:, 0], covariates)
    visits = [
        v
        for v in range(1, grid.shape[1])
        if all(seen[used & arm, v].any() for arm in (full, ~full)) and np.ptp(grid[used & seen[:, v], v])
    ]
    start = varied(grid[used, :1])
    by_visit = np.column_stack([np.ones(used.sum()), full[used], start - start.mean(axis=0)])
    names = list(people.plan.visits)
    return fit_columns(used, tuple(names[v] for v in visits), grid[used][:, visits], by_visit, covariates[used])


def fit_columns(
    used: NDArray[np.bool_],
    visits: tuple[str, ...],
    scores: NDArray[np.float64],
    by_visit: NDArray[np.float64],
    covariates: NDArray[np.float64],
) -> Repeated | None:
    """Fit scores at visits to columns with an effect at each, and to others with one; None where it did not rest."""
    constant = independent(standardised(covariates))
    found = rest(scores, by_visit, constant, np.diag(np.nanvar(scores, axis=0)))
    return found and Repeated(used, visits, scores, by_visit, constant, *found)


def rest(
    scores: NDArray[np.float64],
    by_visit: NDArray[np.float64],
    constant: NDArray[np.float64],
    sigma: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Give covariance and coefficients where expectation and maximisation come to rest; None where they do not.

    Parameters
    ----------
    scores : ndarray, shape (n, visits)
        nan where somebody was not seen.
    by_visit, constant : ndarray, shape (n, columns)
        Columns with an effect at each visit, and with one.
    sigma : ndarray, shape (visits, visits)
        From where they begin.
    """
    return _iterate(_patterns(scores, by_visit, constant), sigma, len(scores))


def _patterns(
    scores: NDArray[np.float64], by_visit: NDArray[np.float64], constant: NDArray[np.float64]
) -> list[_Pattern]:
    size = scores.shape[1]
    kinds, which = np.unique(~np.isnan(scores), axis=0, return_inverse=True)
    found = []
    for number, kind in enumerate(kinds):
        mine, seen = which.ravel() == number, np.flatnonzero(kind)
        if not len(seen):
            continue
        blocks = [np.einsum("n,sv->nsv", column, np.eye(size)[seen]) for column in by_visit[mine].T]
        steady = np.repeat(constant[mine][:, None, :], len(seen), axis=1)
        found.append(_Pattern(seen, np.concatenate([*blocks, steady], axis=2), scores[mine][:, seen]))
    return found


def _iterate(
    patterns: list[_Pattern], sigma: NDArray[np.float64], people: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    for _ in range(ITERATIONS):
        beta, spread = _coefficients(patterns, sigma)
        new = (
            sum((_expected_products(pattern, sigma, beta, spread) for pattern in patterns), np.zeros_like(sigma))
            / people
        )
        still = np.abs(new - sigma).max() <= STILL * np.abs(new).max()
        sigma = new
        if still:
            return sigma, _coefficients(patterns, sigma)[0]
    return None


def _coefficients(
    patterns: list[_Pattern], sigma: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Generalised least squares: coefficients and their covariance."""
    k = patterns[0].design.shape[2]
    information, right = np.zeros((k, k)), np.zeros(k)
    for seen, design, scores in patterns:
        weighted = np.linalg.inv(sigma[np.ix_(seen, seen)]) @ design
        information += np.tensordot(design, weighted, axes=([0, 1], [0, 1]))
        right += np.tensordot(weighted, scores, axes=([0, 1], [0, 1]))
    spread = np.asarray(np.linalg.inv(information), dtype=np.float64)
    return spread @ right, spread


def _expected_products(
    pattern: _Pattern, sigma: NDArray[np.float64], beta: NDArray[np.float64], spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sum over the people of what the products of their deviations at all visits are expected to be."""
    seen, design, scores = pattern
    onto = sigma[:, seen] @ np.linalg.inv(sigma[np.ix_(seen, seen)])
    deviations = (scores - design @ beta) @ onto.T
    of_beta = np.tensordot(design @ spread, design, axes=([0, 2], [0, 2]))
    unseen = len(scores) * (sigma - onto @ sigma[seen])
    return np.asarray(deviations.T @ deviations + unseen + onto @ of_beta @ onto.T)
