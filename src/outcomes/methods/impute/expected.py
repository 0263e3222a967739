"""Missing scores at their expected value, and what the comparison would be without each client: no draw, no chance.

For a comparison that is linear in the scores, the mean over infinitely many imputations is the comparison with every
missing score at its conditional mean; the jackknife refits model and comparison without each client.
Source: Wolbers, Noci, Delmar, Gower-Page, Yiu & Bartlett (2022).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.alone import find_untold
from outcomes.methods.impute.assumptions import is_lost, move_scores
from outcomes.methods.impute.people import weigh_patterns
from outcomes.methods.jackknife import Jackknifed
from outcomes.methods.least_squares import orthogonalise
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.methods.impute.assumptions import Assumption
    from outcomes.methods.impute.people import People
    from outcomes.methods.mmrm import LeaveOneOut
    from outcomes.methods.mmrm.pattern_moments import Floats

ARM = 1
_NOTHING = 1e-10  # of a direction, that is left of it without a unit
_PULL = 1e-8  # of a direction on the arm's effect


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Expected:
    """ANCOVA of the scores at one visit with the missing ones at their expected value, and without each unit.

    Everything has a leading axis g: without each unit, and last with everybody.

    Attributes
    ----------
    people : People
    visit : int
        From 0.
    toward : ndarray, shape (g, T)
        Effect of the arm at each visit.
    projection : ndarray, shape (g, p, T, T)
    base : ndarray, shape (g,)
        The comparison under missing at random.
    by_pattern : ndarray, shape (g, p, 2)
        What it gains for each point added to the clients of a pattern in (skills, full).
    """

    people: People
    visit: int
    toward: Floats
    projection: Floats
    base: Floats
    by_pattern: Floats

    def under(self, assumption: Assumption, *, reference: bool) -> Jackknifed:
        """Compare under an assumption about those lost from the other arm than the reference (True: full programme)."""
        toward = self.toward if reference else -self.toward
        moves = move_scores(
            assumption=assumption, toward=toward, projection=self.projection, observed=self.people.observed
        )
        gain = self.by_pattern[:, :, int(not reference)]
        return _split(self.base + (gain * moves[..., self.visit]).sum(axis=1))

    def slope(self, *, full: bool) -> Jackknifed:
        """Give what the comparison gains for each point added to those lost from an arm."""
        lost = is_lost(self.people.observed)[:, self.visit]
        return _split(self.by_pattern[:, lost, int(full)].sum(axis=1))


def fit_expected(
    *, people: People, without: LeaveOneOut, units: NDArray[np.generic], names: Sequence[str], visit: int
) -> Expected:
    """Compare the arms at a visit, with everybody and without each unit.

    Parameters
    ----------
    people : People
    without : LeaveOneOut
        Fits of the model to the same arrays without each unit that has a score after the start.
    units : ndarray, shape (n,)
        Label of each client's unit, as in `without.labels`; a unit that is not there tells the model nothing. Who has
        no score, and of whom nothing could be told without some unit, is left out with that one.
    names : sequence of str
        Names of the columns of the design, for refusals.
    visit : int
        From 0.

    Raises
    ------
    NotEstimableError
        When the model or the comparison cannot be fitted without some unit.
    """
    labels, member = np.unique(_join(people, units), return_inverse=True)
    beta, covariance = _parameters(without, labels)
    q, inverse = orthogonalise(design=people.design, names=names)
    effects = people.spread_out(beta)
    projection = covariance[:, None] @ weigh_patterns(people.observed, covariance)
    line = _without(q, inverse[ARM], member, len(labels))
    total, own = _expected_sums(
        people, q, np.asarray(np.linalg.solve(inverse, effects)), projection[:, :, visit], member, visit
    )
    per_client, per_pattern = _indicators(people, q)
    per_pattern = np.broadcast_to(per_pattern, (len(beta), *per_pattern.shape)).copy()
    np.subtract.at(per_pattern, member, per_client)
    return Expected(
        people=people,
        visit=visit,
        toward=effects[:, ARM],
        projection=projection,
        base=((total - own) * line).sum(axis=1),
        by_pattern=np.einsum("gpad,gd->gpa", per_pattern, line),
    )


def _split(values: Floats) -> Jackknifed:
    return Jackknifed(value=float(values[-1]), without=values[:-1])


def _parameters(without: LeaveOneOut, labels: NDArray[np.generic]) -> tuple[Floats, Floats]:
    """β and Σ without each unit, last those of everybody, which are also those without a unit that tells nothing."""
    if without.reasons:
        msg = f"The model cannot be fitted without some of the people: {without.reasons[0]}"
        raise NotEstimableError(msg)
    at = np.searchsorted(labels, without.labels)
    beta = np.repeat(without.fit.beta[None], len(labels) + 1, axis=0)
    covariance = np.repeat(without.fit.covariance[None], len(labels) + 1, axis=0)
    beta[at], covariance[at] = without.beta, without.covariance
    return beta, covariance


def _without(q: Floats, row: Floats, member: NDArray[np.intp], count: int) -> Floats:
    """Arm's row of (QᵀQ)⁻¹ without each unit and with everybody, in orthonormal columns, shape (g, d)."""
    inner = np.repeat(np.eye(q.shape[1])[None], count + 1, axis=0)
    np.subtract.at(inner, member, q[:, :, None] * q[:, None, :])
    values, vectors = np.linalg.eigh(inner)
    pull, gone = row @ vectors, values < _NOTHING
    # what a unit alone informs goes with it, unless the arm's effect is of it
    if (np.abs(pull[gone]) > _PULL * np.abs(row).max()).any():
        raise NotEstimableError("Without some of the people the arms cannot be compared.")
    return np.asarray((vectors @ (np.where(gone, 0.0, pull) / np.where(gone, 1.0, values))[..., None])[..., 0])


def _join(people: People, units: NDArray[np.generic]) -> NDArray[np.generic]:
    """Join who has no score to the unit without which nothing could be told of them."""
    told = ~np.isnan(people.scores).all(axis=1)
    if told.all():
        return units
    labels, member = np.unique(units, return_inverse=True)
    q = np.zeros_like(people.design)
    q[told] = np.linalg.qr(people.design[told])[0]
    inner = np.repeat(np.eye(q.shape[1])[None], len(labels), axis=0)
    np.subtract.at(inner, member, q[:, :, None] * q[:, None, :])
    joined = units.copy()
    for unit in np.flatnonzero(np.linalg.eigvalsh(inner)[:, 0] < _NOTHING):
        others = member != unit
        joined[others & find_untold(people.design, told & others)] = labels[unit]
    return joined


def _expected_sums(
    people: People, q: Floats, effects: Floats, projection: Floats, member: NDArray[np.intp], visit: int
) -> tuple[Floats, Floats]:
    """Qᵀ of the expected scores at a visit: of everybody, and of the unit that is left out, shapes (g, d)."""
    scores = np.where(np.isnan(people.scores), 0.0, people.scores)
    count = len(people.observed)
    squares, crossed = np.zeros((count, q.shape[1], q.shape[1])), np.zeros((count, q.shape[1], scores.shape[1]))
    for pattern in range(count):
        mine = people.pattern == pattern
        squares[pattern], crossed[pattern] = q[mine].T @ q[mine], q[mine].T @ scores[mine]
    pulled = np.einsum("gpt,get->gpe", projection, effects)
    total = (
        effects[..., visit] + np.einsum("pdt,gpt->gd", crossed, projection) - np.einsum("pde,gpe->gd", squares, pulled)
    )
    means = np.einsum("nd,ndt->nt", q, effects[member])
    expected = means[:, visit] + (projection[member, people.pattern] * (scores - means)).sum(axis=1)
    own = np.zeros_like(total)
    np.add.at(own, member, q * expected[:, None])
    return total, own


def _indicators(people: People, q: Floats) -> tuple[Floats, Floats]:
    """Qᵀ of an indicator of each pattern and arm: of each client, and of everybody, shapes (…, p, 2, d)."""
    each = np.zeros((len(q), len(people.observed), 2, q.shape[1]))
    each[np.arange(len(q)), people.pattern, people.full.astype(int)] = q
    return each, each.sum(axis=0)
