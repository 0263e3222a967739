"""What was not recorded, a second time: partial shares of variance from residuals on residuals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.replication import described
from outcomes.replication.columns import known
from outcomes.replication.comparison import Numbers
from outcomes.replication.least import judge, own_columns
from outcomes.replication.people import scores_at
from outcomes.replication.roads.names import word
from outcomes.replication.scores import ARM
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.replication.wide import Mask, Road, Wide

    Array = NDArray[np.float64]

AS_RATIO = 0.91  # of a standardised difference, the logarithm of the risk ratio that it stands for
START = "the_score_at_the_start"


def _columns(wide: Wide, measure: str) -> tuple[dict[str, Array], Array, Mask]:
    """Give each column of the adjustment by its name, the score at the primary visit, and whose they are."""
    people = wide.people
    start, end = (scores_at(people, measure, one) for one in (people.plan.baseline, people.plan.primary))
    used = known(start, end, wide.covariates)
    found = {START: start[used]}
    for name in people.plan.adjust.covariates:
        values = people.clients[name][used]
        if pd.api.types.is_numeric_dtype(values):
            found[word(name)] = values.to_numpy(dtype=float)
            continue
        levels = sorted(str(one) for one in values.unique())
        for level in levels[1:]:
            found[word(f"{name} {level}")] = np.array([float(str(one) == level) for one in values])
    return {name: column for name, column in found.items() if np.ptp(column)}, end[used], used


def _left(y: Array, columns: list[Array]) -> Array:
    """Give what of something its regression on columns and a constant leaves."""
    design = own_columns(np.column_stack([np.ones(len(y)), *columns]))
    return np.asarray(y - design @ np.linalg.lstsq(design, y, rcond=None)[0])


def _limit(wide: Wide, first: Estimate) -> tuple[float, float]:
    """Standardised difference, and its limit nearer to none: zero where the interval spans it."""
    measure, people = first.key.measure, wide.people
    difference = wide.found.get(str(first.key.but(analysis="ancova", what="difference", subject="")))
    columns, end, used = _columns(wide, measure)
    groups = wide.groups_of(difference, used) if isinstance(difference, Estimate) else None
    design = np.column_stack([np.ones(len(end)), people.full[used], *columns.values()])
    number = judge(design, end, ARM, groups)
    g = described.over_start(number, columns[START], people.full[used], wide.sign(measure), wide.level())
    low, high = g.interval or (-math.inf, math.inf)
    return g.value, low if low > 0 else high if high < 0 else 0.0


def _interval(wide: Wide, first: Estimate) -> Numbers:
    ratio = math.exp(AS_RATIO * abs(_limit(wide, first)[1]))
    return Numbers(value=float(np.roots([1.0, -2.0 * ratio, ratio]).real.max()), method="root of its equation")


def _fit(wide: Wide, measure: str) -> tuple[dict[str, Array], Array, Array, float, float]:
    """Columns, scores and arm, both without what the columns tell, the difference and its t by least squares."""
    columns, end, used = _columns(wide, measure)
    arm = wide.people.full[used].astype(float)
    rest_y, rest_arm = _left(end, list(columns.values())), _left(arm, list(columns.values()))
    b = float(rest_arm @ rest_y / (rest_arm @ rest_arm))
    return columns, end, arm, b, float((rest_y - b * rest_arm) @ (rest_y - b * rest_arm))


def _robustness(wide: Wide, first: Estimate) -> Numbers:
    """Share that a confounder must explain: from the partial share of variance of the arm."""
    columns, end, *_, rss = _fit(wide, first.key.measure)
    share = 1 - rss / float(np.sum(_left(end, list(columns.values())) ** 2))
    f2 = share / (1 - share)
    if first.key.what == "robustness_value_interval":
        g, near = _limit(wide, first)
        f2 *= (near / g) ** 2
    return Numbers(value=0.5 * (math.sqrt(f2**2 + 4 * f2) - f2), method="partial share of variance, by residuals")


def _bound(wide: Wide, first: Estimate) -> Numbers | None:
    """Give what the worst bias of a confounder as strong as a recorded column leaves (Cinelli & Hazlett 2020)."""
    columns, end, arm, b, rss = _fit(wide, first.key.measure)
    if first.key.subject not in columns:
        return None
    others = [column for name, column in columns.items() if name != first.key.subject]
    with_score = 1 - rss / float(np.sum(_left(end, [*others, arm]) ** 2))
    with_arm = 1 - float(np.sum(_left(arm, list(columns.values())) ** 2)) / float(np.sum(_left(arm, others) ** 2))
    of_arm = with_arm / (1 - with_arm)
    both = (with_arm / (1 - with_arm)) ** 2
    eta = (1 + math.sqrt(both)) / math.sqrt(1 - both)
    of_score = min(1.0, eta**2 * with_score / (1 - with_score))
    rest = float(np.sum(_left(arm, list(columns.values())) ** 2))
    bias = math.sqrt(rss / rest * of_score * of_arm / (1 - of_arm))
    return Numbers(value=b - math.copysign(bias, b), method="residuals on residuals")


ROADS: Mapping[tuple[str, str], Road] = {
    ("confounding", "e_value_interval"): _interval,
    ("confounding", "robustness_value"): _robustness,
    ("confounding", "robustness_value_interval"): _robustness,
    ("confounding", "bound"): _bound,
}
