"""The mixed model of groups and therapists a second time, from full matrices of everybody's scores.

Steps by the average information (Gilmour, Thompson & Cullis 1995) from P = W - WX(X'WX)^-1 X'W itself, of which the
first knows nothing but sums over patterns; Satterthwaite's degrees of freedom by the observed information.
"""

from __future__ import annotations

import math
from functools import partial
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.replication import described
from outcomes.replication.comparison import NotFollowedError, Numbers
from outcomes.replication.people import scores_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from outcomes.replication.repeated import Repeated
    from outcomes.replication.wide import Mask, Road, Wide
    from outcomes.results.outcome import Estimate

    Array = NDArray[np.float64]

STRUCTURES = {"unstructured (in each arm)": True, "unstructured (the same in both arms)": False}
MOST = 3000  # scores: of more, matrices of scores by scores take minutes
STEPS = 100
SETTLED = 1e-9  # of a standard error of the variances
METHOD = "average information, full matrices of the scores"
SHARE = 0.05  # of the mean variance, where a variance between units begins


class Part(NamedTuple):
    """A parameter's own matrix: an element of a covariance, as pairs of scores, or units, as their indicators."""

    pairs: tuple[NDArray[np.intp], NDArray[np.intp]]
    units: Array | None
    arm: int
    place: tuple[int, int]

    def __repr__(self) -> str:
        """Nothing of the people."""
        return f"Part(arm {self.arm}, {self.place})"

    def times(self, vector: Array) -> Array:
        """Multiply by a vector."""
        if self.units is not None:
            return np.asarray(self.units @ (self.units.T @ vector))
        one, other = self.pairs
        found = np.zeros(len(vector))
        found[one] += vector[other]
        if self.place[0] != self.place[1]:
            found[other] += vector[one]
        return found

    def pieces(self) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Both orders of the pairs."""
        return [self.pairs] if self.place[0] == self.place[1] else [self.pairs, self.pairs[::-1]]

    def trace(self, p: Array) -> float:
        """Trace of P times it."""
        if self.units is not None:
            return float(np.sum((p @ self.units) * self.units))
        return float(sum(p[one, other].sum() for one, other in self.pieces()))


class Mixed(NamedTuple):
    """A fit: coefficients, their covariance, what moves it, and the standard deviations between units."""

    near: Repeated
    beta: Array
    phi: Array
    legs: Array
    parts: list[Part]
    spread: Array
    sds: dict[str, float]
    theta: Array

    def __repr__(self) -> str:
        """Nothing of the people."""
        return f"Mixed({len(self.beta)} coefficients)"


class _Model:
    """Scores, design and parts; P and what follows from it at given parameters."""

    def __init__(self, y: Array, X: Array, parts: list[Part]) -> None:
        self.y, self.X, self.parts = y, X, parts

    def look(self, theta: Array) -> tuple[Array, Array, Array] | None:
        """Give P, the covariance of the coefficients and V^-1 X; None where V is not positive-definite."""
        n = len(self.y)
        V = np.zeros((n, n))
        for value, part in zip(theta, self.parts, strict=True):
            if part.units is not None:
                V += value * part.units @ part.units.T
                continue
            for one, other in part.pieces():
                V[one, other] += value
        try:
            root = np.linalg.inv(np.linalg.cholesky(V))
        except np.linalg.LinAlgError:
            return None
        W = root.T @ root
        WX = W @ self.X
        phi: Array = np.asarray(np.linalg.inv(self.X.T @ WX), dtype=np.float64)
        return np.asarray(W - WX @ phi @ WX.T, dtype=np.float64), phi, WX

    def slopes(self, P: Array) -> tuple[Array, Array]:
        """Score of the restricted likelihood, and the average information."""
        Py = P @ self.y
        moved = np.array([part.times(Py) for part in self.parts])
        score = 0.5 * (moved @ Py - np.array([part.trace(P) for part in self.parts]))
        return score, 0.5 * moved @ P @ moved.T

    def observed(self, P: Array, kept: Sequence[int]) -> Array:
        """Observed information of the parameters kept."""
        some = [self.parts[one] for one in kept]
        Q = [None if part.units is None else P @ part.units for part in some]
        trace = np.zeros((len(some), len(some)))
        for i, j in combinations_with_replacement(range(len(some)), 2):
            trace[i, j] = trace[j, i] = _trace_of_two(P, (some[i], Q[i]), (some[j], Q[j]))
        return 2 * self.slopes(P)[1][np.ix_(kept, kept)] - 0.5 * trace


def _trace_of_two(P: Array, one: tuple[Part, Array | None], other: tuple[Part, Array | None]) -> float:
    """Trace of P D P D' for two parts."""
    (first, q), (second, r) = one, other
    if first.units is not None and r is not None:
        return float(((first.units.T @ r) ** 2).sum())
    if r is not None:
        return float(sum((r[rows] * r[columns]).sum() for rows, columns in first.pieces()))
    if q is not None:
        return float(sum((q[rows] * q[columns]).sum() for rows, columns in second.pieces()))
    return float(
        sum(
            (P[np.ix_(last, rows)] * P[np.ix_(columns, begin)].T).sum()
            for rows, columns in first.pieces()
            for begin, last in second.pieces()
        )
    )


def _units(wide: Wide, columns: Sequence[str], rows: NDArray[np.intp]) -> dict[str, Array]:
    """Give indicators of the groups, and of the therapists of the full programme, of each score."""
    found, full, adjust = {}, wide.people.full, wide.people.plan.adjust
    for name, column in (("group", adjust.skills_group), ("therapist", adjust.therapist)):
        if not column or column not in columns:
            continue
        labels = wide.recorded(column)[rows]
        counted = np.array([one is not None for one in labels]) & (full[rows] | (name == "group"))
        words = list(dict.fromkeys(labels[counted]))
        made = np.column_stack([np.array([a == b for a in labels]) & counted for b in words]).astype(float)
        found[name] = made
    return found


def _elements(visit: NDArray[np.intp], person: NDArray[np.intp], arms: list[Mask], size: int) -> list[Part]:
    parts = []
    place = {(int(one), int(v)): row for row, (one, v) in enumerate(zip(person, visit, strict=True))}
    for number, arm in enumerate(arms):
        for a, b in combinations_with_replacement(range(size), 2):
            pairs = [
                (place[one, a], place[one, b]) for one in np.unique(person[arm]) if {(one, a), (one, b)} <= place.keys()
            ]
            rows = np.array(pairs, dtype=np.intp).reshape(-1, 2)
            parts.append(Part((rows[:, 0], rows[:, 1]), None, number, (a, b)))
    return parts


def _fit(
    wide: Wide,
    measure: str,
    structure: str,
    columns: tuple[str, ...],
    leave_out: int | None = None,
    begin: Array | None = None,
) -> Mixed | None:
    """Fit to everybody of the main comparison, or to all of them but one from where the whole fit rests."""
    fitted = wide.fit(measure)
    if fitted is None:
        return None
    near, dense, every = fitted
    kept = [place for place, row in enumerate(near.make_rows()) if row != leave_out]
    people, rows = [near.make_people()[one] for one in kept], [every[one] for one in kept]
    y, X = np.concatenate([one.y for one in people]), np.vstack([one.X for one in people])
    if len(y) > MOST:
        raise NotFollowedError
    person = np.repeat(np.arange(len(people)), [len(one.y) for one in people])
    visit = np.concatenate([one.seen for one in people])
    who = np.array(rows)[person]
    full, size = wide.people.full[who], len(near.visits)
    arms = [full, ~full] if STRUCTURES[structure] else [np.ones(len(y), dtype=bool)]
    parts = _elements(visit, person, arms, size)
    units = _units(wide, columns, who)
    parts += [Part((who[:0], who[:0]), made, -1, (0, 0)) for made in units.values()]
    start = [
        float(dense.sigma[part.place]) if part.units is None else SHARE * float(np.diag(dense.sigma).mean())
        for part in parts
    ]
    model = _Model(y, X, parts)
    found = _climb(model, np.array(start) if begin is None else begin)
    if found is None:
        return None
    theta, free = found
    seen = model.look(theta)
    if seen is None:
        return None
    P, phi, WX = seen
    spread: Array = np.asarray(np.linalg.inv(model.observed(P, free)), dtype=np.float64)
    sds = {name: math.sqrt(max(theta[len(parts) - len(units) + place], 0.0)) for place, name in enumerate(units)}
    return Mixed(near, phi @ (WX.T @ y), phi, WX, [parts[one] for one in free], spread, sds, theta)


def _climb(model: _Model, theta: Array) -> tuple[Array, list[int]] | None:
    """Go to the top; a variance between units that would fall below zero stays there while the likelihood falls."""
    held: set[int] = set()
    between = {place for place, part in enumerate(model.parts) if part.units is not None}
    for _ in range(STEPS):
        seen = model.look(theta)
        if seen is None:
            return None
        score, information = model.slopes(seen[0])
        # a step that was halved may have left one on its way
        held = {one for one in held if score[one] <= 0 and theta[one] == 0}
        kept = [one for one in range(len(theta)) if one not in held]
        step = np.zeros(len(theta))
        step[kept] = np.linalg.solve(information[np.ix_(kept, kept)], score[kept])
        if float(step @ score) < SETTLED**2:
            return theta, kept
        for one in between - held:
            if theta[one] + step[one] < 0:
                held.add(one)
                step[one] = -theta[one]
        while model.look(theta + step) is None:
            step = step / 2
        theta = theta + step
    return None


def _columns(wide: Wide, first: Estimate) -> tuple[str, ...]:
    """Give the columns of groups and therapists that are in a fit: what all that is told of a measure is of."""
    adjust = wide.people.plan.adjust
    every = tuple(one for one in (adjust.skills_group, adjust.therapist) if one)
    return tuple(one for one in every if first.how is not None and one in first.how.clusters.split(", "))


def _contrast(found: Mixed, visit: str) -> Numbers:
    """Give the difference at a visit with Satterthwaite's degrees of freedom."""
    weights = found.near.weights(visit, level=0, arm=1)
    variance = float(weights @ found.phi @ weights)
    leg = found.legs @ (found.phi @ weights)
    slope = np.array([leg @ part.times(leg) for part in found.parts])
    df = 2 * variance**2 / float(slope @ found.spread @ slope)
    return Numbers(value=float(weights @ found.beta), method=METHOD, se=math.sqrt(variance), df=df)


def without(wide: Wide, first: Estimate, person: int) -> Numbers | None:
    """Give a difference without one of the people of the main comparison."""
    structure = first.how.structure if first.how is not None else ""
    at = (wide, first.key.measure, structure, _columns(wide, first))
    whole = wide.once(("mixed", first.key.measure), partial(_fit, *at))
    found = None if whole is None else _fit(*at, person, whole.theta)
    return None if found is None else _contrast(found, first.key.visit)


def _mixed(wide: Wide, first: Estimate) -> Numbers | None:
    key, how = first.key, first.how
    if how is None:
        return None
    found = wide.once(("mixed", key.measure), partial(_fit, wide, key.measure, how.structure, _columns(wide, first)))
    if found is None:
        return None
    if key.what in {"group_sd", "therapist_sd"}:
        return Numbers(value=found.sds[key.what.partition("_")[0]], method=METHOD)
    number = _contrast(found, key.visit)
    if key.what == "difference":
        return number
    start, used = scores_at(wide.people, key.measure, wide.people.plan.baseline), found.near.used
    return described.over_start(number, start[used], wide.people.full[used], wide.sign(key.measure), wide.level())


ROADS: Mapping[tuple[str, str], Road] = {
    ("mixed", what): _mixed for what in ("difference", "g", "group_sd", "therapist_sd")
}
