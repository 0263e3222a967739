"""How long people waited: medians by arm, the share within the plan's target, and both by quarter of intake.

clients.csv holds those who started. By quarter of the start every wait is over, so that none is cut off; who was
referred and has not started is in none of this.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.median import fit_median
from outcomes.models.contract import count_arm, estimate_share
from outcomes.models.quarters import NOT_KNOWN, label_of, read_quarters, word_of
from outcomes.plan.model import ARMS
from outcomes.questions.waiting.spans import SPANS, WHOLE, median_of, not_recorded_of, within_of
from outcomes.results.how import How
from outcomes.results.outcome import Interval, NotEstimableError, Outcome
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

DAYS_A_WEEK = 7
NO_DATES = "clients.csv holds no date on which such a wait begins, or none on which it ends."
FEW = "Too few people for limits of their median at this level."
METHOD = "median; limits by the sign test (two of the waits in order)"
WITHIN = "share of people whose wait was no longer than the plan's target, Wilson's interval"


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Describe every wait in both arms, and by quarter those from the door to the start or with a target."""
    quarters, targets = read_quarters(cohort), cohort.plan.waiting.targets
    for span in SPANS:
        weeks = find_weeks(cohort, span)
        for arm in ARMS:
            mine = cohort.in_arm(arm)
            yield _count_not_recorded(cohort, span, arm, weeks, mine)
            yield from _describe(cohort, span, arm, weeks, mine)
            if weeks is None or (span != WHOLE and span not in targets):
                continue
            for quarter in np.unique(quarters[mine & ~np.isnan(weeks) & (quarters != NOT_KNOWN)]).tolist():
                yield from _describe(cohort, span, arm, weeks, mine & (quarters == quarter), quarter)


def find_weeks(cohort: Cohort, span: str) -> Floats | None:
    """Give everybody's wait [weeks], nan where it is not recorded or the dates are out of order; None without dates."""
    begins, ends, _ = SPANS[span]
    if not {begins, ends} <= set(cohort.clients) or cohort.clients[[begins, ends]].isna().all().any():
        return None
    gap = (cohort.clients[ends] - cohort.clients[begins]).dt.days.to_numpy(dtype=float, na_value=np.nan)
    return np.where(gap < 0, np.nan, gap) / DAYS_A_WEEK


def _describe(
    cohort: Cohort, span: str, arm: str, weeks: Floats | None, mine: Mask, quarter: int | None = None
) -> Iterator[Outcome]:
    """Give the median of an arm, or of one of its quarters, and the share within the target where there is one."""
    word, level = "" if quarter is None else word_of(quarter), cohort.plan.confidence.level
    whose = cohort.plan.arm_names[arm] if quarter is None else f"{cohort.plan.arm_names[arm]}, {label_of(quarter)}"
    label, known = SPANS[span].label, mine if weeks is None else mine & ~np.isnan(weeks)
    waits = np.empty(0) if weeks is None else weeks[known]
    median = Planned(
        key=median_of(span, arm, word),
        label=f"{label}, median wait, {whose}",
        quantity=Quantity.QUANTILE,
        unit="weeks",
        counts=count_arm(arm, known),
        named="" if quarter is None else label_of(quarter),
    )
    yield _attempt(median, weeks, partial(_estimate_median, waits=waits, level=level))
    target = cohort.plan.waiting.targets.get(span)
    if target is not None:
        within = replace(
            median,
            key=within_of(span, arm, word),
            label=f"{label} within the target, {whose}",
            quantity=Quantity.SHARE,
            unit="share",
        )
        yield _attempt(within, weeks, partial(_estimate_within, waits=waits, target=target, level=level))


def _attempt(planned: Planned, weeks: Floats | None, compute: partial[Outcome]) -> Outcome:
    if weeks is None:
        return replace(planned, counts=None).refuse(NO_DATES, "not provided")
    return planned.attempt(compute)


def _estimate_median(planned: Planned, *, waits: Floats, level: float) -> Outcome:
    if not len(waits):
        raise NotEstimableError("No such wait is recorded in this arm.", "not provided")
    fit = fit_median(waits, level=level)
    interval = None if fit.low is None else Interval(level=level, low=fit.low, high=fit.high)
    how = How(estimator="median", inference="sign_test" if interval else "")
    return planned.estimate(fit.value, interval=interval, method=METHOD, how=how, notes=() if interval else (FEW,))


def _estimate_within(planned: Planned, *, waits: Floats, target: float, level: float) -> Outcome:
    if not len(waits):
        raise NotEstimableError("No such wait is recorded in this arm.", "not provided")
    events = int((waits <= target).sum())
    return estimate_share(planned, events=events, n=len(waits), level=level, method=WITHIN)


def _count_not_recorded(cohort: Cohort, span: str, arm: str, weeks: Floats | None, mine: Mask) -> Outcome:
    planned = Planned(
        key=not_recorded_of(span, arm),
        label=f"People whose wait is not recorded, {SPANS[span].label.lower()}, {cohort.plan.arm_names[arm]}",
        quantity=Quantity.COUNT,
        unit="people",
        counts=count_arm(arm, mine),
    )
    if weeks is None:
        return _attempt(planned, weeks, partial(_refuse))
    count = int((mine & np.isnan(weeks)).sum())
    return replace(planned, counts=count_arm(arm, mine & np.isnan(weeks))).estimate(
        float(count), cells=(count,), method="count", how=How(estimator="count")
    )


def _refuse(planned: Planned) -> Outcome:
    return planned.refuse("It is not recorded.", "not provided")
