"""What runs through a mediator, and how soon people improve, a second time: both rest on people drawn again."""

from __future__ import annotations

import itertools
import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication import shares
from outcomes.replication.columns import known, varied
from outcomes.replication.comparison import Numbers
from outcomes.replication.people import scores_at
from outcomes.replication.resampled import judge, resample
from outcomes.replication.roads.landmark import landmark_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.replication.resampled import Samples
    from outcomes.replication.wide import Mask, Road, Wide
    from outcomes.results.outcome import Estimate

    Array = NDArray[np.float64]

PARTS = ("on_mediator", "direct", "indirect", "total")
SMALL = 1e-10  # of the largest eigenvalue of correlations, below which a sample tells nothing of a direction
ROUNDS, STILL = 4000, 1e-8  # of self-consistency; of a share, a round


def _read(wide: Wide, measure: str, mediator: str) -> tuple[Array, Array, Array, Mask]:
    """Give the score, the mediator, what was known at the start, and who has all of it."""
    people, plan = wide.people, wide.people.plan
    y, m = scores_at(people, measure, plan.primary), scores_at(people, mediator, landmark_of(wide))
    starts = [scores_at(people, one, plan.baseline) for one in (mediator, measure)]
    columns = np.column_stack([wide.covariates, *(one for one in starts if not np.isnan(one).all())])
    used = known(y, m, columns)
    return y, m, columns, used


def _effects(wide: Wide, measure: str, mediator: str, weights: Array) -> Array:
    """Natural effects of people weighted, shape (s, 4), by the equations of Valeri and VanderWeele (2013)."""
    y, m, columns, used = _read(wide, measure, mediator)
    a, m, w = wide.people.full[used].astype(float), m[used] - m[used].mean(), weights[:, used]
    c = varied(columns[used])
    c = c - c.mean(axis=0)
    one = np.ones(len(a))
    beta = _least(np.column_stack([one, a, c]), m, w)
    theta = _least(np.column_stack([one, a, m, a * m, c]), y[used], w)
    at = (w @ c) / w.sum(axis=1, keepdims=True)
    direct = theta[:, 1] + theta[:, 3] * (beta[:, 0] + (beta[:, 2:] * at).sum(axis=1))
    indirect = (theta[:, 2] + theta[:, 3]) * beta[:, 1]
    return np.column_stack([beta[:, 1], direct, indirect, direct + indirect])


def _least(design: Array, y: Array, weights: Array) -> Array:
    """Weighted least squares of each row of weights: of everybody by statsmodels, of samples by normal equations."""
    from statsmodels.regression.linear_model import OLS

    if len(weights) == 1 and (weights == 1).all():
        return np.asarray(OLS(y, design).fit().params)[None, :]
    found = []
    for row in weights:
        some = row > 0
        root = np.sqrt(row[some])
        found.append(np.linalg.lstsq(design[some] * root[:, None], y[some] * root, rcond=SMALL)[0])
    return np.array(found)


def _mediated(wide: Wide, first: Estimate) -> Numbers:
    key = first.key
    compute = partial(_effects, wide, key.measure, key.subject)
    value = compute(np.ones((1, len(wide.people.full))))[0]
    method = "statsmodels' OLS, the equations of Valeri and VanderWeele"
    if key.what == "proportion":
        return Numbers(value=float(value[2] / value[3]), method=method)
    at, draws = PARTS.index(key.what), first.how.draws if first.how is not None else 0

    def draw() -> list[list[Samples]]:
        cache: dict[bytes, Array] = {}

        def one_of(place: int, weights: Array) -> Array:
            name = weights.tobytes()
            if name not in cache:
                cache[name] = compute(weights)
            return cache[name][:, place]

        return [resample(wide, first, partial(one_of, place)) for place in range(len(PARTS))]

    samples = wide.once(("mediated", key.measure, key.subject), draw)[at]
    return judge(samples, wide.level(), float(value[at]), method, draws)


def _first_improved(wide: Wide, measure: str) -> tuple[Array, Array, Mask]:
    """Give the weeks between which each first improved reliably, infinite where that was not seen, and who was seen."""
    people, plan = wide.people, wide.people.plan
    start = scores_at(people, measure, plan.baseline)
    after, by, seen = np.zeros(len(start)), np.full(len(start), np.inf), np.zeros(len(start), dtype=bool)
    for visit, told in list(plan.visits.items())[1:]:
        gain = wide.sign(measure) * (scores_at(people, measure, visit) - start)
        there = ~np.isnan(gain)
        improved = there & shares.reaches(people, measure, np.nan_to_num(gain))
        still = np.isinf(by)
        by[still & improved] = told.week
        after[still & there & ~improved] = told.week
        seen |= there
    return after, by, seen


def _share_by(after: Array, by: Array, mine: Mask, week: float, weights: Array) -> Array:
    """Share that improved by a week, of each row of weights: expectation and maximisation over the gaps of visits."""
    ends = np.unique(np.concatenate([after[mine], by[mine], [week, math.inf]]))
    cells = np.array([(low, high) for low, high in itertools.pairwise(ends)])
    kinds, which = np.unique(np.column_stack([after[mine], by[mine]]), axis=0, return_inverse=True)
    covers = (kinds[:, :1] <= cells[:, 0]) & (cells[:, 1] <= kinds[:, 1:])
    kept = [
        place
        for place, one in enumerate(covers.T)
        if not any(
            (one <= other).all() and ((one < other).any() or later < place) for later, other in enumerate(covers.T)
        )
    ]
    cells, covers = cells[kept], covers[:, kept].astype(float)
    w = weights[:, mine]
    people = np.column_stack([w[:, which.ravel() == kind].sum(axis=1) for kind in range(len(kinds))])
    total = people.sum(axis=1, keepdims=True)
    mass = np.full((len(w), len(cells)), 1 / len(cells))
    for _ in range(ROUNDS):
        new = mass * ((people / np.maximum(mass @ covers.T, 1e-300)) @ covers) / total
        still = np.nanmax(np.abs(new - mass), initial=0.0) < (STILL if len(w) > 1 else STILL**2)
        mass = new
        if still:
            break
    return np.asarray(mass[:, cells[:, 1] <= week].sum(axis=1))


def _pace(wide: Wide, first: Estimate) -> Numbers:
    after, by, seen = _first_improved(wide, first.key.measure)
    full, week = wide.people.full, float(wide.people.plan.visits[wide.people.plan.primary].week)

    def gap(weights: Array) -> Array:
        one, zero = (_share_by(after, by, seen & arm, week, weights) for arm in (full, ~full))
        return one - zero

    samples = resample(wide, first, gap)
    method = "expectation and maximisation over the gaps between visits"
    return judge(samples, wide.level(), samples[0].value, method, first.how.draws if first.how is not None else 0)


ROADS: Mapping[tuple[str, str], Road] = {
    **{("mediation", what): _mediated for what in (*PARTS, "proportion")},
    ("pace", "difference"): _pace,
}
