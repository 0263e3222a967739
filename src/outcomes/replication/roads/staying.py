"""Staying a second time: statsmodels' curves, and each person's influence on them written out, summed by groups."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.replication import staying
from outcomes.replication.columns import known
from outcomes.replication.comparison import Numbers
from outcomes.replication.least import own_columns, split
from outcomes.replication.stay import read_stays

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.replication.stay import Stay
    from outcomes.replication.wide import Mask, Road, Wide
    from outcomes.results.outcome import Estimate

    Array = NDArray[np.float64]


class Leaving(NamedTuple):
    """One leaving among those at risk, ties as Efron has them: when, who is at risk with which weight, who left."""

    when: float
    weights: Array
    gone: NDArray[np.intp]
    mean: Array
    spread: Array

    def __repr__(self) -> str:
        """Nothing of the people."""
        return "Leaving()"


def _stays(wide: Wide) -> Stay:
    return wide.once("stays", partial(read_stays, wide.people))


def _horizon(wide: Wide) -> float:
    """Planned length, or the longest time up to which both arms were followed."""
    stay, full = _stays(wide), wide.people.full
    times = [stay.weeks[arm & known(stay.weeks)] for arm in (full, ~full)]
    return min([wide.people.plan.programme_weeks, *(float(one.max()) for one in times if len(one))])


def _by_groups(influence: Array, groups: list[object]) -> tuple[float, float]:
    """Sandwich of the groups' sums, and its degrees of freedom."""
    sums = [math.fsum(influence[rows]) for rows in split(groups)]
    n = len(sums)
    return math.sqrt(math.fsum(one**2 for one in sums) * n / (n - 1)), n - 1.0


def _mean(wide: Wide, first: Estimate) -> Numbers:
    stay, horizon = _stays(wide), _horizon(wide)
    used = known(stay.weeks)
    if first.key.what == "horizon":
        return Numbers(value=horizon, method="the shorter follow-up")
    if first.key.what == "rmst":
        mine = used & wide.arm(first.key)
        return staying.mean_stay(stay.weeks[mine], stay.left[mine], horizon)
    full = wide.people.full
    number = staying.mean_difference(stay.weeks[used], stay.left[used], full[used], horizon)
    groups = wide.groups_of(first, used)
    if groups is None:
        return number
    influence = np.zeros(len(full))
    for arm, sign in ((used & full, 1.0), (used & ~full, -1.0)):
        influence[arm] = sign * _influences(stay.weeks[arm], stay.left[arm], horizon)
    se, df = _by_groups(influence[used], groups)
    return Numbers(value=number.value, method=number.method, se=se, df=df)


def _influences(weeks: Array, left: Mask, horizon: float) -> Array:
    """Give the derivative of the area under the curve by each person's weight, from that of the product."""
    times = np.unique(weeks[left & (weeks <= horizon)])
    risk = np.array([(weeks >= one).sum() for one in times], dtype=float)
    gone = np.array([(left & (weeks == one)).sum() for one in times], dtype=float)
    curve = np.cumprod(1 - gone / risk)
    steps = np.diff(np.append(times, horizon))
    found = np.zeros(len(weeks))
    for row, (week, went) in enumerate(zip(weeks.tolist(), left.tolist(), strict=True)):
        at = times <= week
        # d log(1 − d/n) by a weight: −(dd·n − d·dn)/(n (n − d))
        moved = np.where(at, gone, 0.0) - np.where(went & (times == week), risk, 0.0)
        rest = risk - gone
        slope = np.cumsum(np.where(rest > 0, moved / np.where(rest > 0, risk * rest, 1.0), 0.0))
        found[row] = float((steps * curve * slope).sum())
    return found


def _left(wide: Wide, first: Estimate) -> Numbers:
    """One less the curve at the horizon, with the limits of log(−log)."""
    from scipy import special
    from statsmodels.duration.survfunc import SurvfuncRight

    stay = _stays(wide)
    mine = known(stay.weeks) & wide.arm(first.key)
    curve = SurvfuncRight(stay.weeks[mine], stay.left[mine].astype(float))
    before = np.flatnonzero(curve.surv_times <= _horizon(wide))
    if not len(before):
        return Numbers(value=0.0, method="statsmodels' SurvfuncRight")
    share, se = float(curve.surv_prob[before[-1]]), float(curve.surv_prob_se[before[-1]])
    if share in {0.0, 1.0}:
        return Numbers(value=1 - share, method="statsmodels' SurvfuncRight")
    reach = float(special.ndtri((1 + wide.level()) / 2)) * se / (share * abs(math.log(share)))
    low, high = sorted(share ** math.exp(one) for one in (-reach, reach))
    return Numbers(value=1 - share, method="statsmodels' SurvfuncRight", interval=(1 - high, 1 - low))


def _log_rank(wide: Wide, _: Estimate) -> Numbers:
    from scipy import stats

    stay = _stays(wide)
    used = known(stay.weeks)
    found = staying.log_rank(stay.weeks[used], stay.left[used], wide.people.full[used])
    return Numbers(value=found.value, method=found.method, df=1.0, p_value=float(stats.chi2.sf(found.value, 1)))


def _design(wide: Wide, *, crude: bool) -> tuple[Array, Mask]:
    stay, columns = _stays(wide), wide.covariates[:, :0] if crude else wide.covariates
    used = known(stay.weeks, columns)
    others = columns[used] - columns[used].mean(axis=0)
    others = others / np.maximum(others.std(axis=0), 1e-300)
    return own_columns(np.column_stack([wide.people.full[used], others])), used


def _hazard(wide: Wide, first: Estimate) -> Numbers | None:
    """Hazard ratio by statsmodels' PHReg; its error by groups from score residuals written out."""
    stay, (design, used) = _stays(wide), _design(wide, crude=first.key.category == "unadjusted")
    weeks, left, full = stay.weeks[used], stay.left[used], wide.people.full[used]
    number = staying.hazard_ratio(weeks, left, full, design[:, 1:])
    groups = wide.groups_of(first, used)
    if number is None or groups is None:
        return number
    design = np.column_stack([full.astype(float), design[:, 1:]])
    beta = _coefficients(weeks, left, design)
    scores, information = np.zeros(design.shape), np.zeros((design.shape[1],) * 2)
    for one in _leavings(weeks, left, design, beta):
        scores -= one.weights[:, None] * (design - one.mean)
        scores[one.gone] += (design[one.gone] - one.mean) / len(one.gone)
        information += one.spread
    se, df = _by_groups(scores @ np.linalg.inv(information)[0], groups)
    return Numbers(value=number.value, method=number.method, se=se, df=df)


def _coefficients(weeks: Array, left: Mask, design: Array) -> Array:
    from statsmodels.duration.hazard_regression import PHReg

    fit = PHReg(weeks, design, status=left.astype(float), ties="efron").fit(
        method="newton", tol=staying.SETTLED, ridge_factor=0, maxiter=100
    )
    return np.asarray(fit.params)


def _leavings(weeks: Array, left: Mask, design: Array, beta: Array) -> list[Leaving]:
    """List every leaving, one by one: of those who tie the first is judged with all of them, the last with one."""
    hazard, found = np.exp(design @ beta), []
    for when in np.unique(weeks[left]):
        gone = np.flatnonzero(left & (weeks == when))
        for before in range(len(gone)):
            weights = hazard * (weeks >= when)
            weights[gone] *= 1 - before / len(gone)
            total = weights.sum()
            mean = weights @ design / total
            spread = (design - mean).T @ ((design - mean) * (weights / total)[:, None])
            found.append(Leaving(float(when), weights / total, gone, mean, spread))
    return found


def _proportional(wide: Wide, _: Estimate) -> Numbers:
    """Score test of an effect of the arm that moves with the share who left before (Grambsch & Therneau 1994)."""
    from scipy import stats

    stay, (design, used) = _stays(wide), _design(wide, crude=False)
    weeks, left = stay.weeks[used], stay.left[used]
    beta = _coefficients(weeks, left, design)
    k, u = design.shape[1], 0.0
    of_beta, across, own = np.zeros((k, k)), np.zeros(k), 0.0
    for one in _leavings(weeks, left, design, beta):
        moves = 1 - _still_there(weeks, left, one.when)
        u += moves * float((design[one.gone, 0] - one.mean[0]).sum()) / len(one.gone)
        of_beta += one.spread
        across += moves * one.spread[:, 0]
        own += moves**2 * float(one.spread[0, 0])
    value = u**2 / (own - float(across @ np.linalg.solve(of_beta, across)))
    return Numbers(value=value, method="score test written out", df=1.0, p_value=float(stats.chi2.sf(value, 1)))


def _still_there(weeks: Array, left: Mask, when: float) -> float:
    """Share who were still there just before a week."""
    share = 1.0
    for one in np.unique(weeks[left & (weeks < when)]):
        share *= 1 - (left & (weeks == one)).sum() / (weeks >= one).sum()
    return float(share)


ROADS: Mapping[tuple[str, str], Road] = {
    ("retention", "rmst"): _mean,
    ("retention", "difference"): _mean,
    ("retention", "horizon"): _mean,
    ("retention", "left"): _left,
    ("retention", "logrank"): _log_rank,
    ("retention", "hazard_ratio"): _hazard,
    ("retention", "proportional_hazards"): _proportional,
}
