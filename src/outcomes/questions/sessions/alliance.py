"""The working relationship: by arm, compared, and how change after the landmark goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id
from outcomes.methods import means
from outcomes.models.clusterings import fit_mean, fit_slope
from outcomes.models.contract import People, attempt, count_arm, to_interval, to_mean, to_points
from outcomes.models.covariates import read_covariates
from outcomes.plan.model import ARMS
from outcomes.questions.sessions.landmark import NO_VISIT, Landmark, landmark_of
from outcomes.results.outcome import NotEstimable, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates
    from outcomes.plan.model import Plan


def alliance_measures(plan: Plan) -> tuple[str, ...]:
    """Words of the measures of alliance, in the order of the plan."""
    return tuple(word for word, measure in plan.measures.items() if measure.domain == "alliance")


def _at(plan: Plan, measure: str) -> tuple[str, ...]:
    """Begin an id: the first measure of alliance is the alliance, a further one carries its word."""
    return ("alliance",) if measure == alliance_measures(plan)[0] else ("alliance", measure)


def describe(cohort: Cohort) -> Iterator[Outcome]:
    """Give the mean at each later visit by arm, and the adjusted difference."""
    covariates = read_covariates(cohort)
    for measure in alliance_measures(cohort.plan):
        for visit in cohort.plan.later:
            for arm in ARMS:
                yield _mean(cohort, measure, visit, arm)
            yield _difference(cohort, measure, visit, covariates)


def _mean(cohort: Cohort, measure: str, visit: str, arm: str) -> Outcome:
    plan, scores = cohort.plan, cohort.scores(measure, visit)
    used = ~np.isnan(scores) & cohort.in_arm(arm)
    result = result_id(*_at(plan, measure), visit, arm, "mean")
    label = f"{plan.measures[measure].label}, {plan.visits[visit].label}: mean, {plan.arm_labels[arm]}"

    def compute() -> Outcome:
        if not used.any():
            raise NotEstimableError("Nobody in this programme has a score at this visit.")
        fit, spread = fit_mean(cohort, used, scores)
        return to_mean(
            result,
            label,
            fit,
            unit="points",
            interval=to_interval(plan.confidence.level, fit.interval(plan.confidence.level)),
            counts=count_arm(arm, used),
            method=f"mean of those seen; {spread}",
        )

    return attempt(result, label, compute, people=People(used, cohort.full))


def _difference(cohort: Cohort, measure: str, visit: str, covariates: Covariates) -> Outcome:
    plan, scores = cohort.plan, cohort.scores(measure, visit)
    start = cohort.scores(measure, plan.baseline)
    has_start = not np.isnan(start).all()
    columns = covariates.beside(start, "the score at the start") if has_start else covariates
    people = People(~np.isnan(scores) & columns.known, cohort.full)
    result = result_id(*_at(plan, measure), visit, "difference")
    label = f"{plan.measures[measure].label}, {plan.visits[visit].label}: adjusted difference"

    def compute() -> Outcome:
        means.split_arms(scores[people.used], cohort.full[people.used])
        varying = columns.varying(people.used)
        design = np.column_stack([np.ones(len(scores)), cohort.full, varying.columns])
        names = ("the intercept", "the arm", *varying.names)
        contrast, spread = fit_slope(cohort, people.used, scores=scores, design=design, names=names)
        adjusted = ", ".join(columns.sources) or "nothing"
        return to_points(
            result,
            label,
            contrast,
            level=plan.confidence.level,
            counts=people.counts(),
            method=f"least squares of those seen, adjusted for {adjusted}; {spread}",
            notes=() if has_start else ("There is no score at the start to adjust for.",),
        )

    return attempt(result, label, compute, people=people)


def relate(cohort: Cohort, covariates: Covariates) -> Iterator[Outcome]:
    """Relate alliance at the landmark to the change after it, for each primary measure."""
    for alliance in alliance_measures(cohort.plan):
        for measure in cohort.plan.primary_measures:
            if measure != alliance:
                yield _association(cohort, covariates, alliance, measure)


def _association(cohort: Cohort, covariates: Covariates, alliance: str, measure: str) -> Outcome:
    plan, visit = cohort.plan, landmark_of(cohort.plan)
    result = result_id(*_at(plan, alliance), measure, plan.primary, "per_sd")
    label = f"{plan.measures[measure].label}: later change for a standard deviation more of alliance"
    if visit is None:
        return NotEstimable(id=result, label=label, reason=NO_VISIT)
    around, scores = Landmark.read(cohort, measure, covariates), cohort.scores(alliance, visit)
    people = People(around.seen & ~np.isnan(scores), cohort.full)

    def compute() -> Outcome:
        used: NDArray[np.bool_] = people.used
        if used.sum() < 2 or np.ptp(scores[used]) == 0:  # noqa: PLR2004  # a standard deviation needs two
            raise NotEstimableError("Too few people who differ in alliance were seen at both visits.")
        varying = around.covariates.varying(used)
        arm = [cohort.full.astype(float)] if np.ptp(cohort.full[used].astype(int)) else []
        scaled = scores / scores[used].std(ddof=1)
        design = np.column_stack([np.ones(len(scores)), scaled, *arm, varying.columns])
        words = ("the intercept", "alliance", *(["the arm"] if arm else []), *varying.names)
        change = around.end - around.mid
        contrast, spread = fit_slope(cohort, used, scores=change, design=design, names=words)
        adjusted = ", ".join(("the programme", *around.covariates.sources))
        return to_points(
            result,
            label,
            contrast,
            level=plan.confidence.level,
            counts=people.counts(),
            method=f"least squares of the change after “{plan.visits[visit].label}” on alliance at it, among those "
            f"seen at both visits, adjusted for {adjusted}; {spread}",
            notes=("An association: who gets on well with a therapist may differ in other ways too.",),
        )

    return attempt(result, label, compute, people=people)
