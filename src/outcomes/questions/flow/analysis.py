"""Who started, who completed, who was seen when, who is in the main comparison and why others are not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.models.contract import count_arm
from outcomes.models.covariates import read_covariates
from outcomes.plan.model import ARMS
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimableError, Outcome
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

# Reasons for being left out, in the order in which they are asked: who has several is counted under the first.
LEFT_OUT = {
    "no_window": "left out: a score dated outside every visit window, and none at the start or none later",
    "no_start": "left out: no score at the start",
    "no_covariate": "left out: something that is adjusted for is not recorded",
    "no_later": "left out: no score after the start",
}
# A count or a yes/no is compared at each visit by itself.
AT_THE_VISIT = {
    **{word: text for word, text in LEFT_OUT.items() if word != "no_later"},
    "no_visit": "left out: not seen at the visit",
}


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Count people by arm: started, completed, observed at each visit, in the main comparison or left out, and why."""
    for arm in ARMS:
        key, mine = Key("flow", arm=arm), cohort.in_arm(arm)
        yield _count(cohort, key.but(what="started"), "started", mine)
        yield _completed(cohort, key.but(what="completed"))
        what = "of whom it is not recorded whether they completed"
        yield _count(cohort, key.but(what="completion_not_recorded"), what, mine & np.isnan(cohort.completed))
        for measure, described in cohort.plan.measures.items():
            for visit, planned in cohort.plan.visits.items():
                what = f"observed on {described.label}, {planned.label}"
                seen = mine & ~np.isnan(cohort.scores(measure, visit))
                yield _count(cohort, key.but(measure=measure, visit=visit, what="observed"), what, seen)
            yield from _account(cohort, key.but(measure=measure))


def _account(cohort: Cohort, key: Key) -> Iterator[Outcome]:
    """Account for everybody of an arm: in the main comparison of a measure, or left out for the first reason."""
    mine, label = cohort.in_arm(key.arm), cohort.plan.measures[key.measure].label
    texts = LEFT_OUT if cohort.plan.measures[key.measure].kind == "score" else AT_THE_VISIT
    reasons = _judge_reasons(cohort, key.measure)
    compared = mine & ~np.any([reasons[word] for word in texts], axis=0)
    seen = compared & ~np.isnan(cohort.scores(key.measure, cohort.plan.primary))
    left_out = [key.but(what="left_out", category=word) for word in texts]
    at = f"in the main comparison of {label}"
    yield _count(cohort, key.but(what="compared"), at, compared)
    at = f"{at} and seen at {cohort.plan.visits[cohort.plan.primary].label}"
    yield _count(cohort, key.but(what="compared_and_seen"), at, seen)
    for one in left_out:
        others = tuple(other for other in left_out if other != one)
        what = f"{texts[one.category]}, {label}"
        yield _count(cohort, one, what, mine & reasons[one.category], tells=(others,))


def _judge_reasons(cohort: Cohort, measure: str) -> dict[str, NDArray[np.bool_]]:
    """Who is not in the main comparison, by the first reason that holds; together they are all who are not."""
    grid, nobody = cohort.grids[measure], np.zeros(len(cohort.full), dtype=bool)
    start, later = ~np.isnan(grid[:, 0]), ~np.isnan(grid[:, 1:]).all(axis=1)
    if (is_kind := cohort.plan.measures[measure].kind != "score") and not start.any():
        start = ~start  # what nobody has is not adjusted for
    if is_kind:
        later = ~np.isnan(cohort.scores(measure, cohort.plan.primary))
    holds = {
        "no_window": ~(start & later) & cohort.outside.get(measure, nobody),
        "no_start": ~start,
        "no_covariate": ~read_covariates(cohort).known,
        "no_visit" if is_kind else "no_later": ~later,
    }
    found, told = {}, nobody
    for word, who in holds.items():
        found[word] = who & ~told
        told = told | who
    return found


def _completed(cohort: Cohort, key: Key) -> Outcome:
    known = cohort.in_arm(key.arm) & ~np.isnan(cohort.completed)
    share = Key("completion", what="share", arm=key.arm)
    planned = _declare(cohort, key, "completed", known & (cohort.completed == 1), tells=((share,),))
    if not known.any():
        refusal = refuse_completion(cohort, key.arm)
        label = f"People who completed, {cohort.plan.arm_names[key.arm]}"
        return replace(planned, label=label, counts=None).refuse(str(refusal), refusal.cause)
    return _estimate(planned)


def refuse_completion(cohort: Cohort, arm: str = "") -> NotEstimableError:
    """Say why completion is not known for anybody, or for nobody of an arm alone."""
    rule = cohort.plan.completion
    if rule is None:
        return NotEstimableError("The plan does not say how completion is judged.", "not planned")
    if rule.rule is not None and "attendance" not in cohort.tables:
        return NotEstimableError("attendance.csv was not provided.", "not provided")
    where = " in this arm" if arm and not np.isnan(cohort.completed).all() else ""
    return NotEstimableError(f"Completion is not recorded for anybody{where}.", "not provided")


def _count(
    cohort: Cohort, key: Key, what: str, who: NDArray[np.bool_], *, tells: tuple[tuple[Key, ...], ...] = ()
) -> Estimate:
    return _estimate(_declare(cohort, key, what, who, tells=tells))


def _declare(
    cohort: Cohort, key: Key, what: str, who: NDArray[np.bool_], *, tells: tuple[tuple[Key, ...], ...]
) -> Planned:
    return Planned(
        key=key,
        label=f"People {what}, {cohort.plan.arm_names[key.arm]}",
        quantity=Quantity.COUNT,
        unit="people",
        counts=count_arm(key.arm, who),
        tells=tells,
    )


def _estimate(planned: Planned) -> Estimate:
    count = planned.counts["n"]
    return planned.estimate(float(count), cells=(count,), method="count", how=How(estimator="count"))
