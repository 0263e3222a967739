"""From the data to a plan, a second time: closed forms, scipy's noncentral t, variances by scipy's minimiser."""

from __future__ import annotations

import math
from collections import Counter
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from outcomes.replication import shares
from outcomes.replication.columns import known
from outcomes.replication.comparison import REFITTED, NotFollowedError, Numbers
from outcomes.replication.people import scores_at
from outcomes.replication.roads import scores
from outcomes.replication.scores import read_adjusted, without_repeats
from outcomes.results.outcome import Estimate
from outcomes.results.ways import main_way

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from outcomes.replication.wide import Mask, Road, Wide

    Array = NDArray[np.float64]

FEWEST = 2  # of a kind of cluster, from which they can be told apart
WHOLE = 1e-7  # of a person
NOTHING = 1e-9  # of a person's own variance


class Seen(NamedTuple):
    """Who has both scores, and what of them stays within the arms."""

    used: Mask
    start: Array
    end: Array

    def __repr__(self) -> str:
        """Nothing of the people."""
        return f"Seen({int(self.used.sum())} people)"


def _seen(wide: Wide, measure: str) -> Seen:
    full = wide.people.full
    start, end = (scores_at(wide.people, measure, visit).copy() for visit in _visits(wide))
    used = known(start, end)
    for arm in (full, ~full):
        for scores_ in (start, end):
            scores_[arm & used] -= scores_[arm & used].mean()
    return Seen(used, start[used], end[used])


def _dropped_out(wide: Wide, first: Estimate) -> Numbers:
    who = wide.arm(first.key) if first.key.arm else np.ones(len(wide.people.full), dtype=bool)
    return shares.share((~_both(wide, first.key.measure).used[who]).astype(float), level=wide.level())


def _both(wide: Wide, measure: str) -> Seen:
    return wide.once(("seen", measure), partial(_seen, wide, measure))


def _correlation(wide: Wide, first: Estimate) -> Numbers:
    """Give Pearson's correlation within the arms, with Fisher's interval on one person fewer."""
    from scipy import stats

    seen = _both(wide, first.key.measure)
    value = float(stats.pearsonr(seen.start, seen.end).statistic)
    half = float(stats.norm.ppf((1 + wide.level()) / 2)) / math.sqrt(len(seen.start) - 4)
    low, high = (math.tanh(math.atanh(value) + side * half) for side in (-1, 1))
    return Numbers(value=value, method="scipy's pearsonr", interval=(low, high))


def _explained(wide: Wide, measure: str) -> float:
    """Tell how much of the arm the start and the covariates tell: R squared by statsmodels' OLS."""
    from statsmodels.regression.linear_model import OLS

    _, others, used = read_adjusted(wide.people, measure, wide.covariates)
    design = without_repeats(np.column_stack([np.ones(used.sum()), others]))
    return float(OLS(wide.people.full[used].astype(np.float64), design).fit().rsquared)


def _labels(wide: Wide, kind: str, used: Mask) -> list[object] | None:
    adjust = wide.people.plan.adjust
    column = wide.recorded(adjust.skills_group if kind == "group" else adjust.therapist)
    among = used if kind == "group" else used & wide.people.full
    labels = [column[row] if among[row] else None for row in np.flatnonzero(used)]
    return labels if len({one for one in labels if one is not None}) >= FEWEST else None


def _alike(wide: Wide, measure: str) -> dict[str, float]:
    """Give the shares of the variance of groups and therapists."""
    seen = _both(wide, measure)
    adjust = wide.people.plan.adjust
    kinds = {kind: labels for kind in ("group", "therapist") if (labels := _labels(wide, kind, seen.used)) is not None}
    stated = {"group": wide.people.plan.precision.icc_group, "therapist": wide.people.plan.precision.icc_therapist}
    found = dict.fromkeys(stated, 0.0)
    for kind, one in stated.items():
        column = wide.recorded(adjust.skills_group if kind == "group" else adjust.therapist)[seen.used]
        if one is None and kind not in kinds and any(label is not None for label in column):
            raise NotFollowedError  # what is assumed where the data do not tell
    if kinds:
        start, end = (scores_at(wide.people, measure, visit)[seen.used] for visit in _visits(wide))
        X = np.column_stack([np.ones(len(end)), wide.people.full[seen.used], start - start.mean()])
        ratios = _solve(X, end, list(kinds.values()))
        found |= {kind: float(one) / (1 + float(sum(ratios))) for kind, one in zip(kinds, ratios, strict=True)}
    return {kind: found[kind] if one is None else float(one) for kind, one in stated.items()}


_CLOSE: Any = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 500}


def _visits(wide: Wide) -> tuple[str, str]:
    return wide.people.plan.baseline, wide.people.plan.primary


def _solve(X: Array, y: Array, kinds: list[list[object]]) -> Array:
    """Give the variance of each kind of cluster over the residual one, where the restricted likelihood is largest."""
    from scipy import optimize

    names = [[one for one in dict.fromkeys(mine) if one is not None] for mine in kinds]
    columns = [[one == name for one in mine] for mine, held in zip(kinds, names, strict=True) for name in held]
    kind_of = np.repeat(np.arange(len(kinds)), [len(held) for held in names])
    across = np.linalg.svd(X, full_matrices=True)[0][:, X.shape[1] :].T  # what the design leaves, orthonormal
    A, left = across @ np.array(columns, dtype=float).T, across @ y
    if any(float((A[:, kind_of == one] ** 2).sum()) < NOTHING * len(y) for one in range(len(kinds))):
        raise NotFollowedError  # clusters that the design tells already
    least = partial(_minus_likelihood, A.T @ A, A.T @ left, (float(left @ left), len(left)), kind_of)
    bounds = [(0.0, None)] * len(kinds)
    close = partial(optimize.minimize, least, jac=True, method="L-BFGS-B", bounds=bounds, options=_CLOSE)
    ends = [close(np.full(len(kinds), one)) for one in (0.05, 0.5)]
    return np.asarray(min(ends, key=lambda one: float(one.fun)).x)


def _minus_likelihood(
    K: Array, b: Array, size: tuple[float, int], kind_of: NDArray[np.intp], ratios: Array
) -> tuple[float, Array]:
    """Minus twice the likelihood of what is left, by the ratios of variances to the residual one, and its slope.

    `K` are the products of the clusters' columns, `b` those with the scores; `size` the scores' own and their number.
    """
    root, (own, n) = np.sqrt(ratios[kind_of]), size
    inner = root[:, None] * np.linalg.inv(np.eye(len(b)) + root[:, None] * K * root) * root
    rest = own - float(b @ inner @ b)
    value = n * math.log(rest) + float(np.linalg.slogdet(np.eye(len(b)) + root[:, None] * K * root)[1])
    by_column = np.diag(K - K @ inner @ K) - n * (b - K @ inner @ b) ** 2 / rest
    return value, np.bincount(kind_of, weights=by_column).astype(np.float64)


def _of_clusters(wide: Wide, first: Estimate) -> Numbers | None:
    kind = first.key.what.removeprefix("icc_")
    value = wide.once(("alike", first.key.measure), partial(_alike, wide, first.key.measure))[kind]
    return Numbers(value=value, method="restricted likelihood by scipy's minimiser", within=REFITTED)


class Plan(NamedTuple):
    """Standard error with the people who started, and degrees of freedom with so many times as many."""

    se: float
    df: Callable[[float], float]


def _plan(wide: Wide, measure: str) -> Plan:
    seen, full = _both(wide, measure), wide.people.full
    kappa = wide.once(("alike", measure), partial(_alike, wide, measure))
    mine = {arm: seen.used & (full if arm else ~full) for arm in (True, False)}
    n = {arm: int(who.sum()) for arm, who in mine.items()}
    adjust = wide.people.plan.adjust
    groups, therapists = wide.recorded(adjust.skills_group), wide.recorded(adjust.therapist)

    def sizes(labels: Any, arm: bool) -> Counter[object]:
        return Counter(one for one in labels[mine[arm]] if one is not None)

    def crowd(labels: Any, arm: bool) -> float:
        held = sizes(labels, arm)
        return sum(one**2 for one in held.values()) / held.total() - 1 if held else 0.0

    more = {arm: 1 + kappa["group"] * crowd(groups, arm) for arm in mine}
    more[True] += kappa["therapist"] * crowd(therapists, True)
    both = sum(sizes(groups, True)[one] * count for one, count in sizes(groups, False).items())
    rho = float(seen.start @ seen.end / math.sqrt(float(seen.start @ seen.start) * float(seen.end @ seen.end)))
    variance = float(seen.end @ seen.end) / (sum(n.values()) - 2) * (1 - rho**2) / (1 - _explained(wide, measure))
    parts = {arm: more[arm] / n[arm] for arm in mine}
    se = math.sqrt(variance * (sum(parts.values()) - 2 * kappa["group"] * both / (n[True] * n[False])))
    own = {arm: [len(sizes(groups, arm))] if kappa["group"] > 0 and not both else [] for arm in mine}
    own[True] += [len(sizes(therapists, True))] if kappa["therapist"] > 0 else []
    own = {arm: [one for one in counts if one] for arm, counts in own.items()}

    def df(times: float) -> float:
        if not any(own.values()):
            return sum(n.values()) * times - 3
        told = {arm: (min(own[arm]) if own[arm] else n[arm]) * times - 1 for arm in mine}
        return sum(parts.values()) ** 2 / sum(parts[arm] ** 2 / told[arm] for arm in mine)

    return Plan(se, df)


def _power(ratio: float, df: float, level: float) -> float:
    """Give the chance that an interval lies on the right side of no difference, by scipy's noncentral t."""
    from scipy import stats

    return float(stats.nct.sf(stats.t.ppf((1 + level) / 2, df), df, ratio))


def _power_of_equivalence(ratio: float, df: float, level: float) -> float:
    """Give the chance that two one-sided tests of equal programmes agree, over the spread that is found."""
    from scipy import integrate, stats

    t = float(stats.t.ppf(level, df))

    def dense(s: float) -> float:
        both = 2 * float(stats.norm.cdf(ratio - t * s)) - 1
        return max(both, 0.0) * 2 * df * s * float(stats.chi2.pdf(df * s * s, df))

    middle, top = math.sqrt(max(df - 2, 0.1) / df), ratio / t
    cuts = sorted({min(top, one) for one in (0.0, middle, middle + 8 / math.sqrt(df), top)})
    parts = (integrate.quad(dense, a, b, epsabs=1e-12, epsrel=1e-10, limit=200) for a, b in pairwise(cuts))
    return float(sum(one for one, _ in parts))


def _planned(wide: Wide, first: Estimate) -> Numbers:
    """Give the difference that would be seen, or the people who would be needed."""
    from scipy import optimize

    measure, plan = first.key.measure, _plan(wide, first.key.measure)
    power, level = wide.people.plan.precision.power, wide.level()
    if first.key.what == "detectable":
        df = plan.df(1.0)
        ratio = float(optimize.brentq(lambda one: _power(one, df, level) - power, 0.01, 60.0, xtol=1e-12))
        return Numbers(value=ratio * plan.se, method="scipy's noncentral t", se=plan.se, df=df, within=REFITTED)
    goal = wide.people.plan.measures[measure].worthwhile
    if goal is None:
        raise NotFollowedError
    chance = _power if first.key.what == "clients_needed" else _power_of_equivalence

    def gap(log_times: float) -> float:
        times = math.exp(log_times)
        return chance(goal / (plan.se / math.sqrt(times)), max(plan.df(times), 1.0001), level) - power

    times = math.exp(float(optimize.brentq(gap, math.log(0.02), math.log(500.0), xtol=1e-10)))
    arms = (int(wide.people.full.sum()), int((~wide.people.full).sum()))
    return Numbers(value=float(sum(math.ceil(arm * times - WHOLE) for arm in arms)), method="scipy's noncentral t")


def _equivalent(wide: Wide, first: Estimate) -> Numbers | None:
    """Give two one-sided tests of the main comparison, with its second standard error."""
    from scipy import stats

    measure, visit = first.key.measure, first.key.visit
    main = wide.found.get(str(main_way(wide.found, measure, visit).key(measure, visit)))
    near = wide.people.plan.measures[measure].worthwhile
    second = scores.ROADS["mmrm", "difference"](wide, main) if isinstance(main, Estimate) else None
    if second is None or second.se is None or second.df is None or near is None:
        raise NotFollowedError
    half = second.se * float(stats.t.ppf(wide.level(), second.df))
    tails = [stats.t.sf((near + side * second.value) / second.se, second.df) for side in (-1, 1)]
    return Numbers(
        value=second.value,
        method="two one-sided t tests by scipy",
        se=second.se,
        df=second.df,
        interval=(second.value - half, second.value + half),
        p_value=float(max(tails)),
    )


def _told(wide: Wide, first: Estimate) -> Numbers:
    return Numbers(value=_explained(wide, first.key.measure), method="R squared by statsmodels' OLS")


ROADS: Mapping[tuple[str, str], Road] = {
    ("precision", "dropout"): _dropped_out,
    ("precision", "baseline_correlation"): _correlation,
    ("precision", "arm_explained"): _told,
    ("precision", "icc_group"): _of_clusters,
    ("precision", "icc_therapist"): _of_clusters,
    **{("precision", what): _planned for what in ("detectable", "clients_needed", "clients_needed_equivalence")},
    ("precision", "equivalence"): _equivalent,
}
