"""The working relationship: by arm, compared, and how change after the landmark goes with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import means
from outcomes.models.clusterings import fit_mean, fit_slope
from outcomes.models.contract import People, count_arm, estimate_mean, estimate_points, to_interval
from outcomes.models.covariates import read_covariates
from outcomes.plan.model import ARMS
from outcomes.questions.sessions.landmark import NO_VISIT, Landmark, landmark_of
from outcomes.questions.sessions.plan import alliance_key, alliance_measures, association_key
from outcomes.results.outcome import NotEstimableError, Outcome
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates


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
    planned = Planned(
        key=alliance_key(plan, measure, visit, "mean", arm),
        label=f"{plan.measures[measure].label}, {plan.visits[visit].label}: mean, {plan.arm_names[arm]}",
        quantity=Quantity.MEAN,
        unit="points",
        counts=count_arm(arm, used),
    )

    def compute(planned: Planned) -> Outcome:
        if not used.any():
            raise NotEstimableError("Nobody in this programme has a score at this visit.", "not seen")
        fit, precision = fit_mean(cohort, used, scores)
        return estimate_mean(
            planned,
            fit,
            interval=to_interval(plan.confidence.level, fit.interval(plan.confidence.level)),
            method=f"mean of those seen; {precision.phrase}",
            how=precision.how("mean"),
            notes=precision.notes,
        )

    return planned.attempt(compute, refused=People(used, cohort.full).counts())


def _difference(cohort: Cohort, measure: str, visit: str, covariates: Covariates) -> Outcome:
    plan, scores = cohort.plan, cohort.scores(measure, visit)
    start = cohort.scores(measure, plan.baseline)
    has_start = not np.isnan(start).all()
    columns = covariates.beside(start, "the score at the start") if has_start else covariates
    people = People(~np.isnan(scores) & columns.known, cohort.full)
    planned = Planned(
        key=alliance_key(plan, measure, visit, "difference"),
        label=f"{plan.measures[measure].label}, {plan.visits[visit].label}: adjusted difference",
        quantity=Quantity.DIFFERENCE,
        unit="points",
        counts=people.counts(),
        tells=(tuple(alliance_key(plan, measure, visit, "mean", arm) for arm in ARMS),),
    )

    def compute(planned: Planned) -> Outcome:
        means.split_arms(scores[people.used], cohort.full[people.used])
        varying = columns.varying(people.used)
        design = np.column_stack([np.ones(len(scores)), cohort.full, varying.columns])
        names = ("the intercept", "the arm", *varying.names)
        contrast, precision = fit_slope(cohort, people.used, scores=scores, design=design, names=names)
        adjusted = ", ".join(columns.sources) or "nothing"
        return estimate_points(
            planned,
            contrast,
            level=plan.confidence.level,
            method=f"least squares of those seen, adjusted for {adjusted}; {precision.phrase}",
            how=precision.how("least_squares", (*(("baseline",) if has_start else ()), *covariates.sources)),
            notes=(*precision.notes, *(() if has_start else ("There is no score at the start to adjust for.",))),
        )

    return planned.attempt(compute)


def relate(cohort: Cohort, covariates: Covariates) -> Iterator[Outcome]:
    """Relate alliance at the landmark to the change after it, for each primary measure."""
    for alliance in alliance_measures(cohort.plan):
        for measure in cohort.plan.primary_scored:
            if measure != alliance:
                yield _association(cohort, covariates, alliance, measure)


def _association(cohort: Cohort, covariates: Covariates, alliance: str, measure: str) -> Outcome:
    plan, visit = cohort.plan, landmark_of(cohort.plan)
    planned = Planned(
        key=association_key(plan, alliance, measure),
        label=f"{plan.measures[measure].label}: later change for a standard deviation more of alliance",
        quantity=Quantity.SLOPE,
        unit="points",
    )
    if visit is None:
        return planned.refuse(NO_VISIT, "not planned")
    around, scores = Landmark.read(cohort, measure, covariates), cohort.scores(alliance, visit)
    people = People(around.observed & ~np.isnan(scores), cohort.full)

    def compute(planned: Planned) -> Outcome:
        used: NDArray[np.bool_] = people.used
        if used.sum() < 2 or np.ptp(scores[used]) == 0:  # noqa: PLR2004  # a standard deviation needs two
            raise NotEstimableError("Too few people who differ in alliance were seen at both visits.", "too few")
        varying = around.covariates.varying(used)
        arm = [cohort.full.astype(float)] if np.ptp(cohort.full[used].astype(int)) else []
        scaled = scores / scores[used].std(ddof=1)
        design = np.column_stack([np.ones(len(scores)), scaled, *arm, varying.columns])
        words = ("the intercept", "alliance", *(["the arm"] if arm else []), *varying.names)
        change = around.end - around.mid
        contrast, precision = fit_slope(cohort, used, scores=change, design=design, names=words)
        adjusted = ", ".join(("the programme", *around.covariates.sources))
        return estimate_points(
            planned,
            contrast,
            level=plan.confidence.level,
            method=f"least squares of the change after “{plan.visits[visit].label}” on alliance at it, among those "
            f"seen at both visits, adjusted for {adjusted}; {precision.phrase}",
            how=precision.how("least_squares", around.adjusted),
            notes=(*precision.notes, "An association: who gets on well with a therapist may differ in other ways too."),
        )

    return replace(planned, counts=people.counts()).attempt(compute)
