"""Questions that this version does not answer: each planned number stands in the report with that reason."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from outcomes.core.estimates import NotEstimable
from outcomes.core.ids import result_id, word
from outcomes.plan.model import ARMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from outcomes.analyses.contract import Analyse
    from outcomes.cohort import Cohort
    from outcomes.core.estimates import Outcome

    Names = Callable[[Cohort], Iterable[tuple[str, ...]]]

REASON = "This is not part of this version of outcomes."


def not_yet(names: Names) -> Analyse:
    """Turn a list of names into an analysis that says that it does not have them."""

    @wraps(names)
    def refuse(cohort: Cohort) -> Iterator[Outcome]:
        for words in names(cohort):
            label = " ".join(words).replace("_", " ").capitalize()
            yield NotEstimable(id=result_id(*words), label=label, reason=REASON)

    return refuse


@not_yet
def retention(_: Cohort) -> Iterator[tuple[str, ...]]:
    """Name the results of time to drop-out."""
    yield from (("retention", "curve", arm) for arm in ARMS)
    yield from (("retention", "hazard_ratio"), ("retention", "rmst", "difference"), ("retention", "logrank"))


@not_yet
def balance(cohort: Cohort) -> Iterator[tuple[str, ...]]:
    """Name the results of weighting."""
    for name in cohort.plan.adjust.covariates:
        yield from (("balance", word(name), when) for when in ("before", "after"))
    yield from (("weighting", arm, "effective_n") for arm in ARMS)
    for measure in cohort.plan.primary_measures:
        yield from (
            ("weighting", measure, cohort.plan.primary, what) for what in ("overlap", "att", "ate", "doubly_robust")
        )


@not_yet
def missing(cohort: Cohort) -> Iterator[tuple[str, ...]]:
    """Name the results under other assumptions about who was not seen."""
    what = ("mar", "jump_to_reference", "copy_increments", "tipping_point")
    for measure in cohort.plan.primary_measures:
        yield from (("imputation", measure, cohort.plan.primary, one) for one in what)


@not_yet
def needs(cohort: Cohort) -> Iterator[tuple[str, ...]]:
    """Name the results for individual needs."""
    for measure in cohort.plan.primary_measures:
        for name in cohort.plan.adjust.covariates:
            yield ("needs", measure, cohort.plan.primary, word(name), "interaction")


@not_yet
def sessions(cohort: Cohort) -> Iterator[tuple[str, ...]]:
    """Name the results about 121 sessions, dose and alliance."""
    components = ("agenda_set", "chain_analysis", "skills_generalised", "homework_set", "homework_reviewed")
    yield from (("sessions", component, "share") for component in components)
    yield from (("dose", measure, cohort.plan.primary, "per_session") for measure in cohort.plan.primary_measures)
    if any(measure.domain == "alliance" for measure in cohort.plan.measures.values()):
        yield from (("alliance", visit, arm, "mean") for visit in cohort.plan.later for arm in ARMS)


@not_yet
def costs(_: Cohort) -> Iterator[tuple[str, ...]]:
    """Name the results about money and time."""
    yield from (("costs", arm, "mean") for arm in ARMS)
    yield from (("costs", "difference"), ("costs", "client_hours", "difference"), ("costs", "per_improvement"))


@not_yet
def evidence(cohort: Cohort) -> Iterator[tuple[str, ...]]:
    """Name the results of the published evidence."""
    domains = {cohort.plan.measures[measure].domain for measure in cohort.plan.primary_measures}
    for domain in sorted(domains):
        yield from (("evidence", word(domain), what) for what in ("pooled", "prediction", "tau2"))
