"""Weights a second time: propensities by statsmodels' Logit, every jackknife refit from the people themselves."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from outcomes.replication import weighting
from outcomes.replication.columns import known
from outcomes.replication.comparison import NotFollowedError, Numbers
from outcomes.replication.least import own_columns, split, told_apart
from outcomes.replication.people import scores_at
from outcomes.replication.refit import prepare
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from outcomes.replication.wide import Mask, Road, Wide

    Array = NDArray[np.float64]
    Difference = Callable[[Array], float]

PARTS = 400  # of people, left out one after the other where there are more
EXTREME = 1e-3  # of the product of a propensity and its complement, below which somebody may stand apart
APART = 1e-7  # of a plane's distance to the farthest
STEPS, SETTLED = 100, 1e-11
RANK = 1e-9
ALIKE = 0.1  # of standard deviations, below which arms are alike
LITTLE = 0.2  # of an arm's people, below which its weights leave too few


class Tilt(NamedTuple):
    """Propensities of everybody, and of everybody without each part; who is in which part."""

    whole: Array
    parts: list[list[int]]
    without: list[Array]
    grouped: bool

    def __repr__(self) -> str:
        """Nothing of the people."""
        return f"Tilt({len(self.parts)} parts)"


def propensity(basis: Array, full: Mask, rows: Mask) -> Array:
    """Chance of the full programme by Newton's steps; people set apart have zero or one, who is not in `rows` nan."""
    found, left = np.full(len(full), np.nan), rows.copy()
    while left[full].any() and left[~full].any():
        q, _ = np.linalg.qr(own_columns(basis[left]))
        share = _newton(q * math.sqrt(len(q)), full[left].astype(float))
        mine = np.flatnonzero(left)
        found[mine] = share
        if (share * (1 - share)).min() > EXTREME:
            break
        apart = separated(own_columns(basis[left]), full[left])
        if not apart.any():
            break
        found[mine[apart]] = np.round(share[apart])
        left[mine[apart]] = False
    else:  # who is left is of one arm, and so apart as well
        found[left] = full[left]
    return found


def separated(columns: Array, full: Mask) -> Mask:
    """Tell who lies strictly on the right side of a plane that nobody is on the wrong side of (Konis 2007)."""
    from scipy import optimize

    towards = columns * np.where(full, 1.0, -1.0)[:, None] / np.maximum(np.abs(columns).max(axis=0), 1e-300)
    n, k = towards.shape
    found = optimize.linprog(
        -towards.sum(axis=0),
        A_ub=np.vstack([-towards, towards]),
        b_ub=np.concatenate([np.zeros(n), np.ones(n)]),
        bounds=[(None, None)] * k,
    )
    return np.asarray(towards @ found.x > APART) if found.x is not None else np.zeros(n, dtype=bool)


def _newton(q: Array, y: Array) -> Array:
    beta, share = np.zeros(q.shape[1]), np.full(len(y), 0.5)
    for _ in range(STEPS):
        weight = share * (1 - share)
        step = np.linalg.lstsq((q * weight[:, None]).T @ q, q.T @ (y - share), rcond=None)[0]
        beta = beta + step
        share = 1 / (1 + np.exp(-np.clip(q @ beta, -40, 40)))
        if np.abs(step).max() < SETTLED:
            break
    return np.asarray(share)


def _tilt(wide: Wide, column: str) -> Tilt | None:
    """Fit the propensities to everybody, and without each group, or each person where nobody shares one."""
    full = wide.people.full
    basis, everybody = weighting.make_basis(wide.people), np.ones(len(full), dtype=bool)
    parts = split(wide.groups(column)) if column else [[row] for row in range(len(full))]
    if len(parts) > PARTS:
        return None
    without = []
    for part in parts:
        others = everybody.copy()
        others[part] = False
        without.append(propensity(basis, full, others))
    return Tilt(propensity(basis, full, everybody), parts, without, bool(column))


def tilt(wide: Wide, first: Estimate) -> Tilt | None:
    """Give the propensities for a result."""
    column = first.how.clusters if first.how is not None else ""
    return wide.once(("tilt", column), partial(_tilt, wide, column))


def weigh(e: Array, full: Mask, target: str) -> Array:
    """Weights for a target; nothing for people set apart, or not there."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            "overlap": np.where(full, 1 - e, e),
            "ate": np.where(full, 1 / e, 1 / (1 - e)),
            "att": np.where(full, 1.0, e / (1 - e)),
            "atc": np.where(full, (1 - e) / e, 1.0),
        }[target]
    return np.where((e > 0) & (e < 1), found, 0.0)


def effective(weights: Array) -> float:
    """Effective number of people."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def _means(wide: Wide, measure: str, target: str) -> Difference:
    full, score = wide.people.full, scores_at(wide.people, measure, wide.people.plan.primary)

    def find(e: Array) -> float:
        weights, seen = weigh(e, full, target), known(score, e)
        one, zero = (np.average(score[seen & arm], weights=weights[seen & arm]) for arm in (full, ~full))
        return float(one - zero)

    return find


def _augmented(wide: Wide, measure: str, target: str) -> Difference:
    """Regressions in each arm, predicted for everybody whom the target is about, and what they leave.

    Columns that repeat others among everybody seen in an arm are left out; where others repeat without a part, the
    shortest solution in columns of length one is taken (docs/methods/weights.md).
    """
    people, full = wide.people, wide.people.full
    score = scores_at(people, measure, people.plan.primary)
    start = scores_at(people, measure, people.plan.baseline)
    columns = weighting.fill_gaps(np.column_stack([wide.covariates, start]))
    design = np.column_stack([np.ones(len(full)), columns])
    designs = {arm: design[:, told_apart(design[known(score) & mine])] for arm, mine in ((1, full), (0, ~full))}

    def find(e: Array) -> float:
        weights, seen, inside = weigh(e, full, target), known(score, e), (e > 0) & (e < 1)
        about = {"ate": np.ones(len(e)), "att": full.astype(float), "overlap": e * (1 - e)}[target]
        told, rest = [], []
        for arm, both in ((1, full), (0, ~full)):
            mine = seen & both
            unit = designs[arm] / np.sqrt((designs[arm] ** 2).sum(axis=0))
            # the pseudo-inverse of the products leaves out what is below the square of what it does of the columns
            predicted = unit @ np.linalg.lstsq(unit[mine], score[mine], rcond=math.sqrt(RANK))[0]
            told.append(predicted)
            rest.append(float(np.average((score - predicted)[mine], weights=weights[mine])))
        return float(np.average((told[0] - told[1])[inside], weights=about[inside])) + rest[0] - rest[1]

    return find


def _repeated(wide: Wide, measure: str) -> Difference | None:
    """Fit the main model with people weighted; a weight is a frequency, with a mean of one among those who have any."""
    fitted = wide.fit(measure)
    if fitted is None:
        return None
    near, dense, _ = fitted
    ready = prepare(near, dense)
    if ready.is_small:
        raise NotFollowedError
    place = near.visits.index(wide.people.plan.primary) * near.by_visit.shape[1] + 1
    last = [ready.sigma]

    def find(e: Array) -> float:
        weights = np.nan_to_num(weigh(e, wide.people.full, "overlap")[near.used])
        found = ready.fit(weights / weights[weights > 0].mean(), start=last[0])
        if found is None:
            raise NotFollowedError
        last[0] = found[1]
        return float(found[0][place])

    return find


DIFFERENCES: Mapping[str, tuple[Callable[[Wide, str, str], Difference], str]] = {
    **{target: (_means, target) for target in ("overlap", "ate", "att", "atc")},
    "doubly_robust": (_augmented, "ate"),
    "doubly_robust_att": (_augmented, "att"),
    "doubly_robust_overlap": (_augmented, "overlap"),
}


def _weighted(wide: Wide, first: Estimate) -> Numbers | None:
    """Give a weighted difference with the jackknife's error, judged within strata of groups."""
    measure, what, tilted = first.key.measure, first.key.what, tilt(wide, first)
    if tilted is None or (first.how is not None and first.how.inference == "influence"):
        raise NotFollowedError
    if what == "mmrm":
        find, target = _repeated(wide, measure), "overlap"
    else:
        make, target = DIFFERENCES[what]
        find = make(wide, measure, target)
    if find is None:
        return None
    full, values = wide.people.full, [find(e) for e in tilted.without]
    value = find(tilted.whole)
    strata = [tuple(sorted({bool(full[row]) for row in part})) if tilted.grouped else () for part in tilted.parts]
    spreads, dfs = [], []
    for stratum in split(strata):
        mine = np.array([values[row] for row in stratum])
        n = len(mine)
        spreads.append((n - 1) / n * float(((mine - mine.mean()) ** 2).sum()))
        dfs.append(n - 1.0)
    variance = sum(spreads)
    if min(dfs) == 0:  # one group by itself tells no spread
        return Numbers(value=value, method="weighted means")
    if tilted.grouped:
        df = variance**2 / sum(one**2 / other for one, other in zip(spreads, dfs, strict=True))
    else:
        weights = weigh(tilted.whole, full, target)
        seen = known(scores_at(wide.people, measure, wide.people.plan.primary))
        fitted = wide.fit(measure) if what == "mmrm" else None
        who = fitted[0].used if fitted is not None else seen
        df = sum(effective(weights[who & arm]) for arm in (full, ~full)) - 2
    return Numbers(value=value, method="the jackknife, part by part", se=math.sqrt(variance), df=df)


def _of_everybody(wide: Wide) -> Array:
    full = wide.people.full
    return propensity(weighting.make_basis(wide.people), full, np.ones(len(full), dtype=bool))


def _balance(wide: Wide, first: Estimate) -> Numbers:
    """Tell what the weights make of the arms: standardised differences after, and how many are alike."""
    full, what = wide.people.full, first.key.what
    weights = weigh(wide.once("propensity", partial(_of_everybody, wide)), full, "overlap")
    if what == "after":
        return _number(_difference(wide, first.key.subject, weights))
    even = np.ones(len(full))
    names = [
        one.key.subject
        for one in wide.found.values()
        if isinstance(one, Estimate) and (one.key.analysis, one.key.what) == ("balance", "before")
    ]
    gaps = [_difference(wide, name, weights if what == "alike_weighted" else even) for name in names]
    return _number(float(len(gaps) if what == "compared" else sum(abs(gap) < ALIKE for gap in gaps)))


def _sizes(wide: Wide, first: Estimate) -> Numbers:
    """Tell how many people the weights leave, and whether the arms can be compared."""
    full, key = wide.people.full, first.key
    e = wide.once("propensity", partial(_of_everybody, wide))
    weights, inside = weigh(e, full, "overlap"), (e > 0) & (e < 1)
    if key.what == "left_out":
        return _number(float((~inside).sum()))
    if key.what == "comparable" and not inside.any():  # all together tell who was in which programme
        return _number(0.0)
    sizes = [effective(weights[arm]) for arm in (full, ~full)]
    if key.what == "effective_n":
        return _number({"full": sizes[0], "skills": sizes[1]}.get(key.arm, sum(sizes)))
    if key.what == "comparable":
        few = min(size / arm.sum() for size, arm in zip(sizes, (full, ~full), strict=True)) < LITTLE
        return _number(float(not few))
    other = [(e[arm & inside].min(), e[arm & inside].max()) for arm in (~full, full)]
    low, high = (np.where(full, other[0][end], other[1][end]) for end in (0, 1))
    return _number(float(((e >= low) & (e <= high)).mean()))


def _difference(wide: Wide, subject: str, weights: Array) -> float:
    """Standardised difference; weights move the means, never the standard deviations."""
    full = wide.people.full
    values = wide.column_of(subject)
    if values is not None and not pd.api.types.is_numeric_dtype(values):
        told = ~values.isna().to_numpy()
        words = sorted(set(values[told]))[1:]
        columns = np.column_stack([(values == word).to_numpy(dtype=float) for word in words] or [np.zeros(len(full))])
    else:
        columns = wide.values_of(subject)[:, None]
        told = known(columns)
    gap = np.zeros(columns.shape[1])
    spread = np.zeros((columns.shape[1],) * 2)
    for arm, sign in ((full, 1.0), (~full, -1.0)):
        mine = columns[told & arm]
        if not len(mine):
            return math.nan
        gap += sign * np.average(mine, axis=0, weights=weights[told & arm])
        spread += np.cov(mine.T, bias=values is not None and not pd.api.types.is_numeric_dtype(values)) / 2
    if len(gap) == 1:
        return float(gap[0] / math.sqrt(spread[0, 0])) if spread[0, 0] else 0.0
    return math.sqrt(float(gap @ np.linalg.pinv(spread) @ gap))


def _number(value: float) -> Numbers:
    return Numbers(value=value, method="statsmodels' columns, Newton's steps")


ROADS: Mapping[tuple[str, str], Road] = {
    **{("weighting", what): _weighted for what in (*DIFFERENCES, "mmrm")},
    ("weighting", "effective_n"): _sizes,
    ("weighting", "left_out"): _sizes,
    ("balance", "overlap"): _sizes,
    ("balance", "comparable"): _sizes,
    **{("balance", what): _balance for what in ("after", "compared", "alike", "alike_weighted")},
}
