"""Kaplan–Meier, the share who left and the restricted mean stay of each arm; the difference of the mean stays."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import survival
from outcomes.models.contract import People, count_arm, to_interval
from outcomes.models.grouping import Grouping, read_grouping
from outcomes.questions.retention.data import StayData, plan_comparison, plan_of_arm
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.results.outcome import Outcome
    from outcomes.results.planned import Planned

NO_SPREAD = "Nobody left, or all at once, so that no interval follows."
EVERY = 4.0  # weeks between places at which the people at risk are told: a month, as tables beneath such curves have it


def describe(data: StayData, arm: str) -> Iterator[Outcome]:
    """Give the curve of an arm, the share who left, and the mean stay."""
    mine = data.of(arm)
    refused = People(mine, data.cohort.full).counts()
    for what, compute in (("curve", _curve), ("left", _left), ("rmst", _mean)):
        planned = replace(plan_of_arm(data.cohort, arm, what), counts=count_arm(arm, mine))
        yield planned.attempt(partial(compute, data, arm), refused=refused)


def _curve(data: StayData, arm: str, planned: Planned) -> Outcome:
    """Kaplan–Meier where people leave and every fourth week, so that the people at risk can be told on the way."""
    fit, weeks = data.fit(arm), data.stay.weeks[data.of(arm)]
    at = np.union1d(fit.at, np.append(np.arange(0.0, fit.last, EVERY), fit.last))
    at = at[(at > 0) | np.isin(at, fit.at)]
    place = np.searchsorted(fit.at, at, side="right")
    share, low, high = (np.concatenate([[1.0], series])[place] for series in (fit.share, *fit.limits(data.level)))
    return planned.curve(
        axis="weeks since the start",
        at=(0.0, *map(float, at)),
        value=(1.0, *map(float, share)),
        low=(1.0, *map(float, low)),
        high=(1.0, *map(float, high)),
        level=data.level,
        people=(fit.n, *(int((weeks >= week).sum()) for week in at)),
        how=How(estimator="kaplan_meier", inference="log_log"),
        method=f"Kaplan–Meier with log-log intervals, people at risk just before each week; {data.rule}",
        notes=data.notes(),
    )


def _left(data: StayData, arm: str, planned: Planned) -> Outcome:
    fit, horizon = data.fit(arm), data.horizon()
    place = fit.position(horizon)
    low, high = ((limits[place] if place >= 0 else 1.0) for limits in fit.limits(data.level))
    stays = float(fit.share[place]) if place >= 0 else 1.0
    unbounded = stays in {0.0, 1.0}
    return planned.estimate(
        1 - stays,
        interval=None if unbounded else to_interval(data.level, (1 - float(high), 1 - float(low))),
        cells=data.cells(data.of(arm)),
        how=How(estimator="kaplan_meier", inference="log_log"),
        method=f"one minus Kaplan–Meier at {horizon:.4g} weeks, log-log interval, not adjusted; {data.rule}",
        notes=(*data.notes(), *(("Nobody left, or all did, so that no interval follows.",) if unbounded else ())),
    )


def _mean(data: StayData, arm: str, planned: Planned) -> Outcome:
    mean, horizon = _restricted(data, arm), data.horizon()
    unbounded = mean.se <= 0
    return planned.estimate(
        mean.value,
        se=None if unbounded else mean.se,
        interval=None if unbounded else to_interval(data.level, mean.interval(data.level)),
        cells=data.cells(data.of(arm)),
        how=How(estimator="restricted_mean", inference="greenwood"),
        method=f"area under Kaplan–Meier up to {horizon:.4g} weeks, Greenwood-type standard error, normal reference",
        notes=(*data.notes(), *((NO_SPREAD,) if unbounded else ())),
    )


def _restricted(data: StayData, arm: str) -> survival.RestrictedMean:
    return survival.fit_restricted_mean(fit=data.fit(arm), horizon=data.horizon())


def compare_means(data: StayData) -> Iterator[Outcome]:
    """Give the horizon and the difference of the mean stays."""
    for what, compute in (("horizon", _horizon), ("difference", _difference)):
        planned = replace(plan_comparison(what, subject="rmst"), counts=data.people().counts())
        yield planned.attempt(partial(compute, data))


def _horizon(data: StayData, planned: Planned) -> Outcome:
    return planned.estimate(
        data.horizon(),
        how=How(estimator="horizon"),
        method="the planned length, or where it is shorter the longest time up to which both arms were followed",
    )


def _difference(data: StayData, planned: Planned) -> Outcome:
    grouping = read_grouping(data.cohort, data.known)
    found, spread, how = _mean_difference(data, grouping)
    if found.se <= 0:
        raise NotEstimableError("Nobody left, so that there is nothing to compare.", "too few")
    return planned.estimate(
        found.value,
        se=found.se,
        df=found.df if math.isfinite(found.df) else None,
        p_value=found.p_value,
        interval=to_interval(data.level, found.interval(data.level)),
        cells=data.cells(data.known),
        how=how,
        method=(
            f"difference of the areas under Kaplan–Meier up to {data.horizon():.4g} weeks, {spread}, not adjusted "
            "(Royston & Parmar 2013)"
        ),
        notes=(*data.notes(), *grouping.notes),
    )


def _mean_difference(data: StayData, grouping: Grouping) -> tuple[survival.RestrictedMean, str, How]:
    """Difference of the mean stays, and how its standard error was made, as a phrase and as fields."""
    used = data.known
    if grouping.labels is None:
        found = _restricted(data, "full").minus(_restricted(data, "skills"))
        how = grouping.mark(How(estimator="restricted_mean", inference="greenwood"))
        return found, "Greenwood-type standard errors, normal reference", how
    found = survival.fit_mean_difference(
        times=data.stay.weeks[used],
        left=data.stay.left[used],
        full=data.cohort.full[used],
        clusters=grouping.labels,
        horizon=data.horizon(),
    )
    how = grouping.mark(How(estimator="restricted_mean", inference="influence", covariance="sandwich"))
    return found, f"standard error from influences summed by {grouping.column}, t on clusters minus one", how
