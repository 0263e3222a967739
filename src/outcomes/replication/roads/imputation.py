"""Those not seen, a second time: each at the expected score of each assumption, and the jackknife person by person."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication.columns import known
from outcomes.replication.comparison import REFITTED, NotFollowedError, Numbers
from outcomes.replication.described import pooled_sd
from outcomes.replication.least import own_columns, split
from outcomes.replication.refit import Refit, prepare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.replication.wide import Mask, Road, Wide
    from outcomes.results.outcome import Estimate

    Array = NDArray[np.float64]

WAYS = ("mar", "jump_to_reference", "copy_increments", "copy_reference")
ARM = 1


@dataclass(frozen=True, slots=True, repr=False)
class Unseen:
    """The people whose scores are completed, and the model by which they are.

    `place` says where each person of the model lies among them.
    """

    who: NDArray[np.intp]
    full: Mask
    z: Array
    c: Array
    grid: Array
    target: int
    ready: Refit
    place: NDArray[np.intp]
    beta: Array
    sigma: Array
    reference: str
    seen: Mask

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Unseen({len(self.who)} people)"

    @property
    def last(self) -> NDArray[np.intp]:
        """Last visit at which each was seen, counted from one; zero where never."""
        return np.where(self.seen.any(axis=1), self.seen.shape[1] - np.argmax(self.seen[:, ::-1], axis=1), 0)

    @property
    def gone(self) -> Mask:
        """Who was lost before the visit."""
        return np.asarray(self.last <= self.target)

    def complete(self, beta: Array, sigma: Array, noise: Array | None = None) -> Array:
        """Scores at the visit under each assumption, shape (n, 4); expected ones, or with noise drawn ones."""
        size, nz = self.grid.shape[1], self.z.shape[1]
        by_visit = beta[: size * nz].reshape(size, nz)
        mean = self.z @ by_visit.T + (self.c @ beta[size * nz :])[:, None]
        to_reference = by_visit[:, ARM] * (-1 if self.reference == "skills" else 1)
        found = np.repeat(self.grid[:, [self.target]], len(WAYS), axis=1)
        away = self.full == (self.reference == "skills")
        unknown = np.isnan(self.grid[:, self.target])
        for kind in np.unique(self.seen[unknown], axis=0):
            rows, seen = np.flatnonzero(unknown & (self.seen == kind).all(axis=1)), np.flatnonzero(kind)
            onto = np.linalg.solve(sigma[np.ix_(seen, seen)], sigma[seen, self.target]) if len(seen) else np.zeros(0)
            score = mean[rows, self.target] + (self.grid[np.ix_(rows, seen)] - mean[np.ix_(rows, seen)]) @ onto
            if noise is not None:
                score = (
                    score + math.sqrt(sigma[self.target, self.target] - onto @ sigma[seen, self.target]) * noise[rows]
                )
            found[rows] = score[:, None]
            lost = int(seen[-1]) + 1 if len(seen) else 0
            if lost <= self.target:
                there = to_reference[self.target]
                before = to_reference[lost - 1] if lost else 0.0
                found[rows[away[rows]]] += (0.0, there, there - before, there - onto @ to_reference[seen])
        return found


def _read(wide: Wide, measure: str) -> Unseen | None:
    fitted = wide.fit(measure)
    if fitted is None:
        return None
    near, dense, _ = fitted
    people, visits = wide.people, [list(wide.people.plan.visits).index(one) for one in near.visits]
    grid = people.grids[measure]
    who = np.flatnonzero(known(grid[:, 0], wide.covariates))
    start = grid[who, 0]
    z = np.column_stack([np.ones(len(who)), people.full[who], start - start.mean()])
    z = z[:, : 2 + bool(np.ptp(start))]
    place = np.flatnonzero(near.used[who])
    others = wide.covariates[who] - wide.covariates[who].mean(axis=0)
    both = own_columns(np.column_stack([z, others])[place])
    c = _kept(np.column_stack([z, others]), both, place)[:, z.shape[1] :]
    ready = prepare(near, dense, (z[place], c[place]))
    if ready.is_small:
        raise NotFollowedError
    found = ready.fit(np.ones(len(place)))
    if found is None:
        return None
    target = near.visits.index(people.plan.primary)
    reference = people.plan.missing.reference
    mine = grid[np.ix_(who, np.array(visits))]
    return Unseen(who, people.full[who], z, c, mine, target, ready, place, *found, reference, ~np.isnan(mine))


def _kept(columns: Array, own: Array, rows: NDArray[np.intp]) -> Array:
    """Give the columns of everybody that are kept among some."""
    kept = [one for one in range(columns.shape[1]) if any(np.array_equal(columns[rows, one], mine) for mine in own.T)]
    return columns[:, kept]


def unseen(wide: Wide, measure: str) -> Unseen | None:
    """Read those whose scores are completed, once."""
    return wide.once(("unseen", measure), partial(_read, wide, measure))


def compare(design: Array, scores: Array, columns: int) -> Array:
    """Difference of complete data, of each column of scores; not where fewer columns tell something than of all."""
    own = own_columns(design)
    if own.shape[1] < columns:
        raise NotFollowedError
    return np.asarray(np.linalg.lstsq(own, scores, rcond=None)[0][ARM])


def design_of(wide: Wide, some: Unseen) -> Array:
    """Columns of the comparison of complete data."""
    others = wide.covariates[some.who]
    return np.column_stack([some.z, others - others.mean(axis=0)])


def _all(wide: Wide, measure: str, column: str) -> tuple[Array, Array, float] | None:
    """Give the six sums of everybody, their covariance by the jackknife, and its degrees of freedom."""
    some = unseen(wide, measure)
    if some is None:
        return None
    design = own_columns(design_of(wide, some))
    rank = design.shape[1]
    gone = some.gone
    fixed = np.column_stack([gone & some.full, gone & ~some.full]).astype(float)
    groups = wide.groups(column) if column else list(range(len(wide.people.full)))
    units = split([groups[row] for row in some.who.tolist()])

    def at(keep: Mask, beta: Array, sigma: Array) -> Array:
        scores = np.column_stack([some.complete(beta, sigma), fixed])
        return compare(design[keep], scores[keep], rank)

    rows = np.full(len(some.who), -1)
    rows[some.place] = np.arange(len(some.place))
    inside = [rows[unit][rows[unit] >= 0] for unit in units]  # who of each is in the model
    fewer = [place for place, mine in enumerate(inside) if len(mine)]
    again = some.ready.fit_without([inside[place] for place in fewer], start=some.sigma)
    if again is None:
        return None
    betas, sigmas = np.tile(some.beta, (len(units), 1)), np.tile(some.sigma, (len(units), 1, 1))
    betas[fewer], sigmas[fewer] = again
    everybody, values = np.ones(len(some.who), dtype=bool), []
    whole = at(everybody, some.beta, some.sigma)
    for unit, beta, sigma in zip(units, betas, sigmas, strict=True):
        keep = everybody.copy()
        keep[unit] = False
        values.append(at(keep, beta, sigma))
    away = np.array(values) - np.mean(values, axis=0)
    n = len(units)
    return whole, (n - 1) / n * away.T @ away, n - 1.0


def _expected(wide: Wide, first: Estimate) -> Numbers | None:
    """Give a way of completing with its jackknife, people left out one by one, or groups."""
    key, plan, what = first.key, wide.people.plan, first.key.what
    column = first.how.clusters if first.how is not None and what == "mar_clustered" else ""
    found = wide.once(("expected", key.measure, column), partial(_all, wide, key.measure, column))
    some = unseen(wide, key.measure)
    if found is None or some is None:
        return None
    whole, covariance, df = found
    start = wide.people.grids[key.measure][some.who, 0]
    worse = -wide.sign(key.measure) * pooled_sd(start, some.full)
    weights = np.zeros(len(whole))
    weights[WAYS.index(what) if what in WAYS else 0] = 1.0
    if what in {"worse_full", "worse_both"}:
        weights[4] = worse * plan.missing.worse.full
    if what in {"worse_skills", "worse_both"}:
        weights[5] = worse * plan.missing.worse.skills
    se = math.sqrt(float(weights @ covariance @ weights))
    return Numbers(value=float(weights @ whole), method="expected scores, the jackknife", se=se, df=df, within=REFITTED)


def _tipping(wide: Wide, first: Estimate) -> Numbers | None:
    """Give what must be added to those lost from the full programme: the difference at zero, or its limit."""
    from scipy import stats

    found = wide.once(("expected", first.key.measure, ""), partial(_all, wide, first.key.measure, ""))
    if found is None:
        return None
    whole, covariance, df = found
    theta, w = float(whole[0]), float(whole[4])
    if first.key.what == "tipping_lean":
        return Numbers(value=-theta / w, method="a line's root", within=REFITTED)
    t2 = float(stats.t.ppf((1 + wide.level()) / 2, df)) ** 2
    parabola = [
        w**2 - t2 * covariance[4, 4],
        2 * (theta * w - t2 * covariance[0, 4]),
        theta**2 - t2 * covariance[0, 0],
    ]
    roots = [float(one.real) for one in np.roots(parabola) if not one.imag and one.real * -theta / w > 0]
    return Numbers(value=min(roots, key=abs), method="a parabola's root", within=REFITTED) if roots else None


ROADS: Mapping[tuple[str, str], Road] = {
    **{
        ("imputation", what): _expected for what in (*WAYS, "mar_clustered", "worse_full", "worse_skills", "worse_both")
    },
    ("imputation", "tipping_lean"): _tipping,
    ("imputation", "tipping_point"): _tipping,
}
