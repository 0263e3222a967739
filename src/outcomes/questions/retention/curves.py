"""How long people stay in each arm, and the difference of the mean stays."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id
from outcomes.methods import survival
from outcomes.models.contract import People, attempt, count_arm, to_interval
from outcomes.questions.retention.asked import LABELS, Asked, label_of
from outcomes.results.how import How
from outcomes.results.outcome import Curve, Estimate, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EVERY = 4.0  # weeks


def describe(asked: Asked, arm: str) -> Iterator[Outcome]:
    """Give the curve of an arm, the share who left, and the mean stay."""
    cohort, mine = asked.cohort, asked.of(arm)
    ways: tuple[tuple[tuple[str, ...], str, Callable[[str, str], Outcome]], ...] = (
        (("curve", arm), "Still in the programme", partial(_curve, asked, arm)),
        ((arm, "left"), "Left early", partial(_left, asked, arm)),
        ((arm, "rmst"), "Mean stay", partial(_mean, asked, arm)),
    )
    for words, what, compute in ways:
        result, label = result_id("retention", *words), label_of(cohort, arm, what)
        yield attempt(result, label, partial(compute, result, label), people=People(mine, cohort.full))


def _curve(asked: Asked, arm: str, result: str, label: str) -> Outcome:
    """Kaplan–Meier where people leave and every fourth week, so that the people at risk can be told on the way."""
    fit, weeks = asked.fit(arm), asked.stay.weeks[asked.of(arm)]
    at = np.union1d(fit.at, np.append(np.arange(0.0, fit.last, EVERY), fit.last))
    at = at[(at > 0) | np.isin(at, fit.at)]
    place = np.searchsorted(fit.at, at, side="right")
    share, low, high = (np.concatenate([[1.0], series])[place] for series in (fit.share, *fit.limits(asked.level)))
    return Curve(
        id=result,
        label=label,
        unit="share",
        axis="weeks since the start",
        at=(0.0, *map(float, at)),
        value=(1.0, *map(float, share)),
        low=(1.0, *map(float, low)),
        high=(1.0, *map(float, high)),
        level=asked.level,
        people=(fit.n, *(int((weeks >= week).sum()) for week in at)),
        method=f"Kaplan–Meier with log-log intervals, people at risk just before each week; {asked.rule}",
        notes=asked.notes(),
        **count_arm(arm, asked.of(arm)),
    )


def _left(asked: Asked, arm: str, result: str, label: str) -> Outcome:
    fit, horizon = asked.fit(arm), asked.horizon()
    place = fit.position(horizon)
    low, high = ((limits[place] if place >= 0 else 1.0) for limits in fit.limits(asked.level))
    stays = float(fit.share[place]) if place >= 0 else 1.0
    unbounded = stays in {0.0, 1.0}
    return Estimate(
        id=result,
        label=label,
        value=1 - stays,
        unit="share",
        interval=None if unbounded else to_interval(asked.level, (1 - float(high), 1 - float(low))),
        method=f"one minus Kaplan–Meier at {horizon:.4g} weeks, log-log interval, not adjusted; {asked.rule}",
        notes=(*asked.notes(), *(("Nobody left, or all did, so that no interval follows.",) if unbounded else ())),
        **count_arm(arm, asked.of(arm)),
    )


def _mean(asked: Asked, arm: str, result: str, label: str) -> Outcome:
    mean, horizon = _restricted(asked, arm), asked.horizon()
    return Estimate(
        id=result,
        label=label,
        value=mean.value,
        unit="weeks",
        se=mean.se,
        interval=to_interval(asked.level, mean.interval(asked.level)),
        method=f"area under Kaplan–Meier up to {horizon:.4g} weeks, Greenwood-type standard error, normal reference",
        notes=asked.notes(),
        **count_arm(arm, asked.of(arm)),
    )


def _restricted(asked: Asked, arm: str) -> survival.RestrictedMean:
    return survival.fit_restricted_mean(fit=asked.fit(arm), horizon=asked.horizon())


def compare_means(asked: Asked) -> Iterator[Outcome]:
    """Give the horizon and the difference of the mean stays."""
    people = asked.people()

    def horizon() -> Outcome:
        return Estimate(
            id="retention.rmst.horizon",
            label=LABELS["rmst.horizon"],
            value=asked.horizon(),
            unit="weeks",
            method="the planned length, or where it is shorter the longest time up to which both arms were followed",
            **people.counts(),
        )

    def difference() -> Outcome:
        found, spread = _mean_difference(asked)
        column = "" if asked.cohort.clustering is None else asked.cohort.clustering.column
        if found.se <= 0:
            raise NotEstimableError("Nobody left, so that there is nothing to compare.")
        return Estimate(
            id="retention.rmst.difference",
            label=LABELS["rmst.difference"],
            value=found.value,
            unit="weeks",
            se=found.se,
            df=found.df if math.isfinite(found.df) else None,
            p_value=found.p_value,
            interval=to_interval(asked.level, found.interval(asked.level)),
            how=How(estimator="kaplan_meier", covariance="sandwich" if column else "greenwood", clusters=column),
            method=(
                f"difference of the areas under Kaplan–Meier up to {asked.horizon():.4g} weeks, {spread}, not adjusted "
                "(Royston & Parmar 2013)"
            ),
            notes=asked.notes(),
            **people.counts(),
        )

    for what, compute in (("rmst.horizon", horizon), ("rmst.difference", difference)):
        yield attempt(f"retention.{what}", LABELS[what], compute, people=people)


def _mean_difference(asked: Asked) -> tuple[survival.RestrictedMean, str]:
    """Difference of the mean stays, and how its standard error was made."""
    labels, clustering, used = asked.cohort.cluster_labels(), asked.cohort.clustering, asked.known
    if labels is None or clustering is None:
        found = _restricted(asked, "full").minus(_restricted(asked, "skills"))
        return found, "Greenwood-type standard errors, normal reference"
    found = survival.fit_mean_difference(
        times=asked.stay.weeks[used],
        left=asked.stay.left[used],
        full=asked.cohort.full[used],
        clusters=labels[used],
        horizon=asked.horizon(),
    )
    return found, f"standard error from influences summed by {clustering.column}, t on clusters minus one"
