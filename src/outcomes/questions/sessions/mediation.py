"""Whether the programme acts through the working relationship, or through the use of skills."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id
from outcomes.methods import means
from outcomes.methods.mediation import MediationFit, fit_mediation
from outcomes.models.contract import People
from outcomes.models.resampling import widest
from outcomes.questions.sessions.alliance import alliance_measures
from outcomes.questions.sessions.landmark import NO_VISIT, landmark_of
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.methods.bootstrap import Resampled
    from outcomes.models.covariates import Covariates
    from outcomes.models.resampling import CohortSamples

WHATS = {
    "on_mediator": "effect of the full programme on {mediator}",
    "indirect": "difference that runs through {mediator}",
    "direct": "difference that does not run through {mediator}",
    "total": "both together",
    "proportion": "part of the difference that runs through {mediator}",
}
ASSUMES = (
    "An answer only if nothing unrecorded sets the programme and the score, the programme and the mediator, or the "
    "mediator and the score, if nothing that the programme itself changes sets both mediator and score, and if the "
    "models are straight lines."
)
OPPOSED = "The two parts point in different directions, so that one is no part of the other."
UNCLEAR = "The interval of the whole difference spans both directions, so that a part of it says nothing."


def mediate(cohort: Cohort, covariates: Covariates, draws: CohortSamples) -> Iterator[Outcome]:
    """Split the difference at the primary visit, for each primary measure and each mediator of the plan."""
    mediators = cohort.plan.sessions.mediators
    for mediator in alliance_measures(cohort.plan) if mediators is None else mediators:
        for measure in cohort.plan.primary_measures:
            if mediator != measure:
                yield from _split(cohort, covariates, draws, measure, mediator)


def _split(
    cohort: Cohort, covariates: Covariates, draws: CohortSamples, measure: str, mediator: str
) -> Iterator[Outcome]:
    plan = cohort.plan
    at = ("mediation", measure, plan.primary, mediator)
    name = plan.measures[mediator].label
    labels = {what: f"{plan.measures[measure].label}: {text.format(mediator=name)}" for what, text in WHATS.items()}
    visit = landmark_of(plan)
    columns = _columns(cohort, covariates, measure, mediator)
    outcome = cohort.scores(measure, plan.primary)
    middle = np.full(len(outcome), np.nan) if visit is None else cohort.scores(mediator, visit)
    people = People(~np.isnan(outcome) & ~np.isnan(middle) & columns.known, cohort.full)
    try:
        _require_landmark(visit)
        draws.require_limits()
        means.split_arms(outcome[people.used], cohort.full[people.used])
        varying = columns.varying(people.used)
        fits = [
            fit_mediation(
                outcome=outcome,
                mediator=middle,
                full=cohort.full,
                covariates=varying.columns,
                used=people.used,
                names=varying.names,
                resampler=resampler,
            )
            for resampler in draws.resamplers
        ]
    except NotEstimableError as reason:
        for what, label in labels.items():
            yield NotEstimable(id=result_id(*at, what), label=label, reason=str(reason), **people.counts())
        return
    adjusted = ", ".join(columns.sources)
    method = f"linear models with arm by mediator, natural effects at the mean of {adjusted}; {draws.how}"
    for what in ("on_mediator", "indirect", "direct", "total"):
        parts = [getattr(fit, what) for fit in fits]
        yield _effect(cohort, draws, (*at, what), labels[what], parts, people, method)
    yield _proportion(cohort, (*at, "proportion"), labels["proportion"], fits, people, method)


def _require_landmark(visit: str | None) -> None:
    if visit is None:
        raise NotEstimableError(NO_VISIT)


def _columns(cohort: Cohort, covariates: Covariates, measure: str, mediator: str) -> Covariates:
    """Give what was known at the start: the plan's covariates and both scores, where anybody has them."""
    for word, text in ((mediator, "the mediator at the start"), (measure, "the score at the start")):
        start = cohort.scores(word, cohort.plan.baseline)
        if not np.isnan(start).all():
            covariates = covariates.beside(start, text)
    return covariates


def _effect(
    cohort: Cohort,
    draws: CohortSamples,
    words: tuple[str, ...],
    label: str,
    found: list[Resampled],
    people: People,
    method: str,
) -> Outcome:
    level = cohort.plan.confidence.level
    try:
        interval = draws.interval(found, level)
    except NotEstimableError as reason:
        return NotEstimable(id=result_id(*words), label=label, reason=str(reason), **people.counts())
    return Estimate(
        id=result_id(*words),
        label=label,
        value=found[0].value,
        unit="points",
        se=draws.se(found),
        interval=interval,
        method=method,
        notes=(ASSUMES,),
        **people.counts(),
    )


def _proportion(
    cohort: Cohort, words: tuple[str, ...], label: str, fits: list[MediationFit], people: People, method: str
) -> Outcome:
    try:
        low, high = widest([fit.total for fit in fits], cohort.plan.confidence.level)
    except NotEstimableError as refused:
        return NotEstimable(id=result_id(*words), label=label, reason=str(refused), **people.counts())
    fit = fits[0]
    reason = OPPOSED if fit.direct.value * fit.indirect.value <= 0 else UNCLEAR if low <= 0 <= high else None
    if reason is not None:
        return NotEstimable(id=result_id(*words), label=label, reason=reason, **people.counts())
    return Estimate(
        id=result_id(*words),
        label=label,
        value=fit.indirect.value / fit.total.value,
        unit="ratio",
        method=method,
        notes=(ASSUMES,),
        **people.counts(),
    )
