"""Mean change on each primary measure, and completion, by quarter of intake, with limits that hold for few people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.run_chart import RunChart, chart_means, chart_shares
from outcomes.models.contract import count_arm
from outcomes.models.quarters import NOT_DATED, NOT_KNOWN, label_of, read_quarters, word_of
from outcomes.plan.model import ARMS
from outcomes.questions.flow.analysis import refuse_completion
from outcomes.questions.run_chart.keys import centre_of, limits_of, list_charts, value_of
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome

MEANS = "analysis of means: t limits of a quarter's mean against that of all, over all quarters together (Bonferroni)"
SHARES = (
    "exact limits of a quarter's share: hypergeometric, given how many of all completed, over all quarters together "
    "(Bonferroni)"
)


@dataclass(frozen=True, slots=True, repr=False)
class _Series:
    """What is charted in one arm: values of the people of whom they are known, and what they are."""

    key: Key
    arm: str
    label: str
    values: NDArray[np.float64]
    is_share: bool

    @property
    def method(self) -> str:
        return SHARES if self.is_share else MEANS

    def plan(self, key: Key, label: str, counts: NDArray[np.bool_], named: str = "") -> Planned:
        """Declare a number of the chart."""
        return Planned(
            key=key,
            label=label,
            quantity=Quantity.SHARE if self.is_share else Quantity.CHANGE,
            unit="share" if self.is_share else "points",
            counts=count_arm(self.arm, counts),
            named=named,
        )


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Chart every primary measure and completion in both arms."""
    for key in list_charts(cohort.plan):
        for arm in ARMS:
            yield from _chart(cohort, _read_series(cohort, key, arm))


def _read_series(cohort: Cohort, key: Key, arm: str) -> _Series:
    plan, mine = cohort.plan, cohort.in_arm(arm)
    whose = plan.arm_names[arm]
    if key.measure:
        label = f"{plan.measures[key.measure].label}, mean change by {plan.visits[key.visit].label}, {whose}"
        values = cohort.scores(key.measure, key.visit) - cohort.scores(key.measure, plan.baseline)
    else:
        label, values = f"Completed, {whose}", cohort.completed
    return _Series(key, arm, label, np.where(mine, values, np.nan), not key.measure)


def _chart(cohort: Cohort, series: _Series) -> Iterator[Outcome]:
    quarters, level = read_quarters(cohort), cohort.plan.confidence.level
    used = ~np.isnan(series.values) & (quarters != NOT_KNOWN)
    centre = series.plan(centre_of(series.key, series.arm), f"{series.label}, all quarters", used)
    try:
        chart = _fit(cohort, series, used, quarters, level)
    except NotEstimableError as why:
        yield replace(centre, counts=None).refuse(str(why), why.cause)
        return
    how = How(estimator="run_chart", inference="hypergeometric" if series.is_share else "t")
    yield centre.estimate(chart.centre, method="of all quarters", how=how)
    for quarter, point in zip(np.unique(quarters[used]).tolist(), chart.points, strict=True):
        mine, word = used & (quarters == quarter), word_of(quarter)
        label = f"{series.label}, {label_of(quarter)}"
        planned = series.plan(value_of(series.key, series.arm, word), label, mine, label_of(quarter))
        yield planned.estimate(point.value, method="of the people who started in the quarter", how=how)
        limits = zip(limits_of(series.key, series.arm, word), ("lower", "upper"), (point.low, point.high), strict=True)
        for key, side, limit in limits:
            yield series.plan(key, f"{label}, {side} limit", mine, label_of(quarter)).estimate(
                limit, method=series.method, how=how
            )


def _fit(
    cohort: Cohort, series: _Series, used: NDArray[np.bool_], quarters: NDArray[np.intp], level: float
) -> RunChart:
    if (quarters == NOT_KNOWN).all():
        raise NotEstimableError(NOT_DATED, "not provided")
    if not used.any():
        raise (
            refuse_completion(cohort, series.arm)
            if series.is_share
            else NotEstimableError("Nobody has a score at the start and at the visit.", "not seen")
        )
    values, groups = series.values[used], quarters[used]
    return (
        chart_shares(values == 1, groups, level=level) if series.is_share else chart_means(values, groups, level=level)
    )
