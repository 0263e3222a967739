"""Natural direct and indirect effects: how much of the difference runs through alliance or another mediator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import means
from outcomes.methods.mediation import MediationFit, fit_mediation
from outcomes.models.contract import People
from outcomes.models.resampling import widest
from outcomes.questions.sessions.landmark import NO_VISIT, landmark_of
from outcomes.questions.sessions.plan import alliance_measures
from outcomes.results.key import Key
from outcomes.results.outcome import NotEstimableError, Outcome
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.bootstrap import Resampled
    from outcomes.models.covariates import Covariates
    from outcomes.models.resampling import CohortSamples
    from outcomes.results.how import How

WHATS = {
    "on_mediator": "effect of {{full}} on {mediator}",
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
        for measure in cohort.plan.primary_scored:
            if mediator != measure:
                yield from _split(cohort, covariates, draws, measure, mediator)


def _split(
    cohort: Cohort, covariates: Covariates, draws: CohortSamples, measure: str, mediator: str
) -> Iterator[Outcome]:
    columns = _columns(cohort, covariates, measure, mediator)
    people = _find_people(cohort, columns, measure, mediator)
    results = _declare(cohort, measure, mediator, people)
    try:
        fits = _fit(cohort, columns, draws, people, measure, mediator)
    except NotEstimableError as why:
        yield from (planned.refuse(str(why), why.cause) for planned in results.values())
        return
    adjusted = ", ".join(columns.sources)
    method = f"linear models with arm by mediator, natural effects at the mean of {adjusted}; {draws.phrase}"
    how, level = draws.how("natural_effects", columns.sources), cohort.plan.confidence.level
    for what in ("on_mediator", "indirect", "direct", "total"):
        found = [getattr(fit, what) for fit in fits]

        def effect(planned: Planned, found: list[Resampled] = found) -> Outcome:
            return planned.estimate(
                found[0].value,
                se=draws.se(found),
                interval=draws.interval(found, level),
                method=method,
                how=how,
                notes=(ASSUMES, *draws.notes),
            )

        yield results[what].attempt(effect)
    yield results["proportion"].attempt(lambda planned: _proportion(planned, fits, level, method, how))


def _declare(cohort: Cohort, measure: str, mediator: str, people: People) -> dict[str, Planned]:
    plan = cohort.plan
    whole = Key("mediation", measure, plan.primary, "total", subject=mediator)
    direct, indirect = whole.but(what="direct"), whole.but(what="indirect")
    tells = {"total": ((direct, indirect),), "proportion": ((indirect, whole),)}
    label, name = plan.measures[measure].label, plan.measures[mediator].label
    return {
        what: Planned(
            key=whole.but(what=what),
            label=f"{label}: {text.format(mediator=name)}",
            quantity=Quantity.RATIO if what == "proportion" else Quantity.DIFFERENCE,
            unit="ratio" if what == "proportion" else "points",
            tells=tells.get(what, ()),
            counts=people.counts(),
        )
        for what, text in WHATS.items()
    }


def _find_people(cohort: Cohort, columns: Covariates, measure: str, mediator: str) -> People:
    """Give who was seen at the primary visit, and at the landmark on the mediator, with all that was known before."""
    outcome = cohort.scores(measure, cohort.plan.primary)
    return People(~np.isnan(outcome) & ~np.isnan(_at_landmark(cohort, mediator)) & columns.known, cohort.full)


def _at_landmark(cohort: Cohort, mediator: str) -> NDArray[np.float64]:
    visit = landmark_of(cohort.plan)
    return np.full(len(cohort.full), np.nan) if visit is None else cohort.scores(mediator, visit)


def _fit(
    cohort: Cohort, columns: Covariates, draws: CohortSamples, people: People, measure: str, mediator: str
) -> list[MediationFit]:
    """Fit both models in every kind of samples."""
    if landmark_of(cohort.plan) is None:
        raise NotEstimableError(NO_VISIT, "not planned")
    draws.require_limits()
    outcome = cohort.scores(measure, cohort.plan.primary)
    means.split_arms(outcome[people.used], cohort.full[people.used])
    varying = columns.varying(people.used)
    return [
        fit_mediation(
            outcome=outcome,
            mediator=_at_landmark(cohort, mediator),
            full=cohort.full,
            covariates=varying.columns,
            used=people.used,
            names=varying.names,
            resampler=resampler,
        )
        for resampler in draws.resamplers
    ]


def _columns(cohort: Cohort, covariates: Covariates, measure: str, mediator: str) -> Covariates:
    """Give what was known at the start: the plan's covariates and both scores, where anybody has them."""
    for word, text in ((mediator, "the mediator at the start"), (measure, "the score at the start")):
        start = cohort.scores(word, cohort.plan.baseline)
        if not np.isnan(start).all():
            covariates = covariates.beside(start, text)
    return covariates


def _proportion(planned: Planned, fits: list[MediationFit], level: float, method: str, how: How) -> Outcome:
    low, high = widest([fit.total for fit in fits], level)
    fit = fits[0]
    if fit.direct.value * fit.indirect.value <= 0:
        raise NotEstimableError(OPPOSED)
    if low <= 0 <= high:
        raise NotEstimableError(UNCLEAR)
    return planned.estimate(fit.indirect.value / fit.total.value, method=method, how=how, notes=(ASSUMES,))
