"""A pool a second time: people made up so that they have the sums of the clinics, taken one by one.

Restricted likelihood and Kenward and Roger's inference depend on people through sums of products alone. So for each
group of people in a contribution as many are made up whose sums are those of the file, and the model is fitted to
them by the definitions, as it is for a study: no moments are added.
Two stages are by scipy's search for the maximum of the restricted likelihood.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import special

from outcomes.replication.columns import independent
from outcomes.replication.comparison import REFITTED, Comparison, Numbers
from outcomes.replication.dense import DenseFit
from outcomes.replication.engine import NO_ROAD
from outcomes.replication.random_effects import find_i2, find_tau2, weigh
from outcomes.replication.repeated import part_people, rest
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from outcomes.plan.model import Plan
    from outcomes.replication.dense import Judged
    from outcomes.results.registry import Registry

    Array = NDArray[np.float64]

ONE, ARM, START = range(3)  # columns of the sums, before the covariates and the scores
FEWEST = 3  # clinics that are pooled
REPEATED = (
    1e-9  # of a column's length: what is left of a covariate beside the clinics, if it says only which clinic it is
)
NO_SPREAD = 1e-12  # of the largest: an eigenvalue of a sum of squares that is rounding
MMRM = "REML to people made up with the clinics' sums, person by person"
TWO_STAGES = "random effects, REML by a search of scipy; Hartung and Knapp"


class _Made(NamedTuple):
    """People made up: clinics, columns (n, 3 + covariates), scores at all later visits (nan where not seen)."""

    clinic: NDArray[np.intp]
    columns: Array
    scores: Array

    def __repr__(self) -> str:
        """Shapes only, as everywhere."""
        return f"_Made({len(self.scores)} rows)"


def replicate_pool(contents: Sequence[Mapping[str, Any]], plan: Plan, registry: Registry) -> Iterator[Comparison]:
    """Compute a pool's estimates a second time, and hold each against the first.

    Parameters
    ----------
    contents : sequence of mapping
        The clinics' contributions, as their files hold them.
    plan : Plan
        What the clinics agreed on.
    registry : Registry
        Results of the pool.
    """
    found = dict(_of_told(registry, plan.confidence.level))
    for measure in plan.measures:
        found |= dict(_of_measure(contents, plan, measure))
    if plan.confidence.multiplicity != "none":
        found |= dict(_by_holm(found, plan))
    for first in registry.values():
        if isinstance(first, Estimate):
            key = first.key
            second = found.get((key.measure, key.visit, key.what, key.subject))
            yield Comparison(
                key=key, first=first, second=second, reason="" if second else NO_ROAD, has_road=bool(second)
            )


def _of_measure(contents: Sequence[Mapping[str, Any]], plan: Plan, measure: str) -> Iterator[tuple[Any, Numbers]]:
    level, primary = plan.confidence.level, plan.primary
    clinics = {str(one["clinic"]): _make_up([one], plan, measure) for one in contents}
    together = _differences(_make_up(contents, plan, measure), plan)
    for visit, judged in together.items():
        yield (measure, visit, "one_stage", ""), _tell(judged)
    own = {clinic: _differences(made, plan) for clinic, made in clinics.items()}
    widths = []
    for clinic, of_visits in own.items():
        rest_of = [one for one in contents if one["clinic"] != clinic]
        if primary in of_visits:
            yield (measure, primary, "alone", clinic), _tell(of_visits[primary])
            low, high = _tell(of_visits[primary]).limits(level, log=False) or (math.nan, math.nan)
            widths.append(high - low)
        without = _differences(_make_up(rest_of, plan, measure), plan)
        if primary in without:
            yield (measure, primary, "without", clinic), _tell(without[primary])
    if primary in together and widths:
        low, high = _tell(together[primary]).limits(level, log=False) or (math.nan, math.nan)
        narrower = Numbers(value=min(widths) / (high - low), method="widths of intervals")
        yield (measure, primary, "narrower", ""), narrower
    for visit in plan.later:
        apart = [of_visits[visit] for of_visits in own.values() if visit in of_visits]
        if len(apart) >= FEWEST:
            told = np.array([[one.value, one.se**2] for one in apart])
            for what, numbers in _two_stages(told[:, 0], told[:, 1], level).items():
                yield (measure, visit, what, ""), numbers


def _of_told(registry: Registry, level: float) -> Iterator[tuple[Any, Numbers]]:
    """Pool what editions to share told: standard errors are from the width of intervals; ratios on their logarithm."""
    told: dict[str, list[Estimate]] = {}
    for one in registry.values():
        if isinstance(one, Estimate) and one.key.what == "told" and one.limits:
            told.setdefault(one.key.subject, []).append(one)
    for subject, mine in told.items():
        ratio = mine[0].unit == "ratio"
        numbers = np.array([(one.value, *(one.limits or ())) for one in mine])
        scaled = np.log(numbers) if ratio else numbers
        if not np.isfinite(scaled).all():
            continue
        reach = np.array([special.ndtri((1 + one.interval.level) / 2) for one in mine if one.interval])
        found = _two_stages(scaled[:, 0], ((scaled[:, 2] - scaled[:, 1]) / 2 / reach) ** 2, level)
        for what in ("two_stage", "prediction"):
            yield ("", "", what, subject), _back(found[what], level) if ratio else found[what]
        yield ("", "", "i2", subject), found["i2"]


def _back(numbers: Numbers, level: float) -> Numbers:
    """Give a ratio back from its logarithm."""
    low, high = numbers.limits(level, log=False) or (math.nan, math.nan)
    p_value = None if numbers.se is None or numbers.df is None else _p_value(numbers.value / numbers.se, numbers.df)
    interval, value = (math.exp(low), math.exp(high)), math.exp(numbers.value)
    return replace(numbers, value=value, se=None, interval=interval, p_value=p_value)


def _p_value(t: float, df: float) -> float:
    return 2 * float(special.stdtr(df, -abs(t)))


def _by_holm(found: Mapping[Any, Numbers], plan: Plan) -> Iterator[tuple[Any, Numbers]]:
    """Correct the p-values of one stage at the primary visit, over all primary measures."""
    from statsmodels.stats.multitest import multipletests

    there = {name: one for name in plan.measures if (one := found.get((name, plan.primary, "one_stage", "")))}
    raw = [_p_value(one.value / (one.se or math.nan), one.df or math.inf) for one in there.values()]
    missing = [1.0] * (len(plan.measures) - len(raw))  # counted in the family, and last in it
    for name, p_value in zip(there, multipletests([*raw, *missing], method="holm")[1], strict=False):
        numbers = Numbers(value=float(p_value), method="statsmodels' multipletests", within=REFITTED)
        yield (name, plan.primary, "p_holm", ""), numbers


def _tell(judged: Judged) -> Numbers:
    return Numbers(value=judged.value, se=judged.se, df=judged.df, method=MMRM)


def _make_up(contents: Sequence[Mapping[str, Any]], plan: Plan, measure: str) -> _Made:
    """Make up people for every group of people in the files."""
    later, clinic, columns, scores = list(plan.later), [], [], []
    for place, content in enumerate(contents):
        for block in content["measures"][measure]["blocks"]:
            rows = share_sums(np.array(block["products"], dtype=float), int(block["people"]))
            width = rows.shape[1] - len(block["visits"])
            seen = np.full((len(rows), len(later)), np.nan)
            seen[:, [later.index(visit) for visit in block["visits"]]] = rows[:, width:]
            clinic.append(np.full(len(rows), place))
            columns.append(rows[:, :width])
            scores.append(seen)
    if not clinic:
        return _Made(np.zeros(0, dtype=np.intp), np.zeros((0, START + 1)), np.zeros((0, len(later))))
    return _Made(np.concatenate(clinic), np.vstack(columns), np.vstack(scores))


def share_sums(products: Array, people: int) -> Array:
    """Make as many rows as people with these sums of products: the means in one, the spread about them in others."""
    mean = products[ONE] / math.sqrt(products[ONE, ONE])
    spread = products - np.outer(mean, mean)
    scale = np.sqrt(np.maximum(np.diag(spread), 0.0))
    scale[scale <= NO_SPREAD * np.sqrt(np.diag(products))] = 0.0
    unit = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(np.where(np.outer(scale, scale) > 0, spread / np.outer(unit, unit), 0.0))
    kept = np.flatnonzero(values > NO_SPREAD * values.max(initial=0.0))[-(people - 1) :]
    rows = np.zeros((people, len(products)))
    rows[0], rows[1 : 1 + len(kept)] = mean, (vectors[:, kept] * np.sqrt(values[kept])).T * scale
    return rows


def _differences(made: _Made, plan: Plan) -> dict[str, Judged]:
    """Difference at each later visit at which a clinic compares both programmes; nothing where there is no rest."""
    kept = [place for place in range(len(plan.later)) if _compares(made, place)]
    used = ~np.isnan(made.scores[:, kept]).all(axis=1)
    if not kept or not used.any():
        return {}
    names, clinic = np.unique(made.clinic[used], return_inverse=True)
    columns, scores = made.columns[used], made.scores[used][:, kept]
    ones = np.where(clinic[:, None] == np.arange(len(names)), columns[:, [ONE]], 0.0)
    if any(not np.abs(ones[~np.isnan(scores[:, at])]).sum(axis=0).all() for at in range(len(kept))):
        return {}  # a clinic of which nobody was seen at a visit has an intercept there that nothing tells
    start = columns[:, START] - columns[:, ONE] * columns[:, START].sum() / columns[:, ONE].sum()
    by_visit = np.column_stack([ones, columns[:, ARM], start])
    constant = _beside(columns[:, START + 1 :], ones)
    found = rest(scores, by_visit, constant, np.diag(_variances(scores, columns[:, ONE])))
    if found is None:
        return {}
    fit, arm = DenseFit(part_people(scores, by_visit, constant), found[0]), len(names) * len(kept)
    unit: Callable[[int], Array] = partial(_unit, by_visit.shape[1] * len(kept) + constant.shape[1])
    return {plan.later[place]: fit.by_model(unit(arm + at)) for at, place in enumerate(kept)}


def _compares(made: _Made, visit: int) -> bool:
    """Whether people of both programmes were seen in one clinic."""
    there = ~np.isnan(made.scores[:, visit])
    for clinic in np.unique(made.clinic):
        mine = made.columns[there & (made.clinic == clinic)]
        people, full = float((mine[:, ONE] ** 2).sum()), float(mine[:, ONE] @ mine[:, ARM])
        if REPEATED < full < people - REPEATED:
            return True
    return False


def _beside(covariates: Array, ones: Array) -> Array:
    """Give what covariates say beside which clinic somebody is of, as columns that repeat nothing."""
    length = np.sqrt((covariates**2).sum(axis=0))
    within = covariates - ones @ np.linalg.lstsq(ones, covariates, rcond=None)[0]
    left = np.sqrt((within**2).sum(axis=0))
    kept = left > REPEATED * length
    return independent(within[:, kept] / left[kept])


def _variances(scores: Array, ones: Array) -> Array:
    """Variance of the scores at each visit, from their sums."""
    seen = ~np.isnan(scores)
    values, count = np.where(seen, scores, 0.0), (ones[:, None] ** 2 * seen).sum(axis=0)
    return np.asarray((values**2).sum(axis=0) / count - ((ones[:, None] * values).sum(axis=0) / count) ** 2)


def _unit(size: int, place: int) -> Array:
    found = np.zeros(size)
    found[place] = 1.0
    return found


def _two_stages(y: Array, v: Array, level: float) -> dict[str, Numbers]:
    from scipy import stats

    tau2, df = find_tau2(y, v), len(y) - 1.0
    value, about = weigh(y, v + tau2)
    se = math.sqrt(max(about / df, 1.0) / float((1 / (v + tau2)).sum()))
    reach = float(stats.t.ppf((1 + level) / 2, df))
    ahead = reach * math.hypot(se, math.sqrt(tau2))
    q = weigh(y, v)[1]
    return {
        "two_stage": Numbers(value=value, se=se, df=df, method=TWO_STAGES, within=REFITTED),
        "prediction": Numbers(
            value=value, df=df, interval=(value - ahead, value + ahead), method=TWO_STAGES, within=REFITTED
        ),
        "tau2": Numbers(value=tau2, method=TWO_STAGES, within=REFITTED),
        "i2": Numbers(value=find_i2(tau2, v), method=TWO_STAGES, within=REFITTED),
        "q": Numbers(value=q, df=df, p_value=float(stats.chi2.sf(q, df)), method=TWO_STAGES),
    }
