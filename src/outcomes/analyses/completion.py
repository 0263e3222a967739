"""Completion: whether people in the full programme are more likely to complete."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analyses.contract import People, attempt, count_arm, to_interval
from outcomes.analyses.covariates import read_covariates
from outcomes.analyses.flow import why_completion_unknown
from outcomes.analyses.share_model import ShareModel
from outcomes.core.estimates import Estimate, NotEstimable, NotEstimableError, Outcome
from outcomes.core.ids import result_id
from outcomes.methods import proportions
from outcomes.plan.model import ARMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

CRUDE = {"difference": "Completed, difference", "ratio": "Completed, ratio of shares"}
ADJUSTED = {
    "difference": "Completed, adjusted difference",
    "ratio": "Completed, adjusted ratio of shares",
    "odds_ratio": "Completed, adjusted odds ratio",
    "number_needed": "People in the full programme for one completer more or fewer",
}


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Compare completion: share by arm, crude, then adjusted by standardisation over the cohort."""
    if np.isnan(cohort.completed).all():
        yield from _unknown(cohort)
        return
    yield from _shares(cohort)
    yield from _crude(cohort)
    yield from _adjusted(cohort)


def _unknown(cohort: Cohort) -> Iterator[Outcome]:
    reason = why_completion_unknown(cohort)
    for arm in ARMS:
        label = f"Completed, {cohort.plan.arm_labels[arm]}"
        yield NotEstimable(id=result_id("completion", arm, "share"), label=label, reason=reason)
    for kind, labels in (("crude", CRUDE), ("adjusted", ADJUSTED)):
        for what, label in labels.items():
            yield NotEstimable(id=result_id("completion", kind, what), label=label, reason=reason)


def _shares(cohort: Cohort) -> Iterator[Outcome]:
    level = cohort.plan.confidence.level
    known = ~np.isnan(cohort.completed)
    for arm in ARMS:
        used = known & (cohort.full if arm == "full" else ~cohort.full)
        result, label = result_id("completion", arm, "share"), f"Completed, {cohort.plan.arm_labels[arm]}"

        def share(arm: str = arm, used: NDArray[np.bool_] = used, result: str = result, label: str = label) -> Outcome:
            fit = proportions.fit_share(events=int(cohort.completed[used].sum()), n=int(used.sum()), level=level)
            return Estimate(
                id=result,
                label=label,
                value=fit.value,
                unit="share",
                interval=to_interval(level, (fit.low, fit.high)),
                method="share with Wilson's interval, not adjusted",
                **count_arm(arm, used),
            )

        yield attempt(result, label, share, people=People(used, cohort.full))


def _crude(cohort: Cohort) -> Iterator[Outcome]:
    known = ~np.isnan(cohort.completed)
    people, level = People(known, cohort.full), cohort.plan.confidence.level
    one, zero = (cohort.completed[known & arm] for arm in (cohort.full, ~cohort.full))
    counts = {
        "events_full": int(one.sum()),
        "n_full": len(one),
        "events_skills": int(zero.sum()),
        "n_skills": len(zero),
    }
    ways = {
        "difference": (proportions.fit_share_difference, "share_difference", "Newcombe's hybrid score interval"),
        "ratio": (proportions.fit_share_ratio, "ratio", "interval of the logarithm"),
    }
    for what, (fit_what, unit, interval) in ways.items():
        result = result_id("completion", "crude", what)

        def compare(
            what: str = what,
            fit_what: Callable[..., proportions.ShareFit] = fit_what,
            unit: str = unit,
            interval: str = interval,
            result: str = result,
        ) -> Outcome:
            fit = fit_what(**counts, level=level)
            return Estimate(
                id=result,
                label=CRUDE[what],
                value=fit.value,
                unit=unit,
                interval=to_interval(level, (fit.low, fit.high)),
                method=f"full programme against skills group only, not adjusted; {interval}",
                **people.counts(),
            )

        yield attempt(result, CRUDE[what], compare, people=people)


def _adjusted(cohort: Cohort) -> Iterator[Outcome]:
    covariates = read_covariates(cohort)
    used = ~np.isnan(cohort.completed) & covariates.known
    people = People(used, cohort.full)
    try:
        model = ShareModel(cohort, cohort.completed, covariates, people)
    except NotEstimableError as reason:
        for what, label in ADJUSTED.items():
            result = result_id("completion", "adjusted", what)
            yield NotEstimable(id=result, label=label, reason=str(reason), **people.counts())
        return
    for what, compute in (
        ("difference", model.difference),
        ("ratio", model.ratio),
        ("odds_ratio", model.odds_ratio),
    ):
        result, label = result_id("completion", "adjusted", what), ADJUSTED[what]
        yield attempt(result, label, partial(compute, result, label), people=people)
    result = result_id("completion", "adjusted", "number_needed")
    yield attempt(result, ADJUSTED["number_needed"], lambda: model.number_needed(result, "completer"), people=people)
