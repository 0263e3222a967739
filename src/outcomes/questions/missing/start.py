"""The main comparison with what is missing at the start completed, for everybody who has a later score."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from outcomes.models.design import occasions_of
from outcomes.models.start import compare_completed, who_has_later, who_lacks_some
from outcomes.results.how import How
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.occasion import Occasion
    from outcomes.models.start import StartComparison
    from outcomes.results.outcome import Outcome
    from outcomes.results.planned import Planned

LABEL = "adjusted difference with what is missing at the start completed"
NOTHING = "nobody who has a later score lacks anything at the start, so that it is the main comparison itself"


def compare(cohort: Cohort, measure: str) -> Iterator[Outcome]:
    """Compare the arms at every later visit, where somebody lacks a score at the start or a covariate."""
    if not who_lacks_some(cohort, measure).any():
        return
    people = who_has_later(cohort, measure)
    for occasion in occasions_of(cohort, measure):
        key = occasion.key("imputation", "start")
        planned = occasion.declare(key, LABEL, Quantity.DIFFERENCE, counts=people.counts())
        yield planned.attempt(partial(_compare_visit, occasion))


def _compare_visit(occasion: Occasion, planned: Planned) -> Outcome:
    found = compare_completed(occasion.cohort, occasion.measure)
    covariates = occasion.cohort.plan.adjust.covariates
    how = How(
        estimator="multiple_imputation" if found.fit.draws else "mmrm",
        inference="rubin" if found.fit.draws else "satterthwaite" if found.clusters else "kenward_roger",
        covariance="cr2" if found.clusters else "model",
        structure=found.fit.structure,
        adjusted=("baseline", *covariates),
        clusters=found.clusters,
        groups_not_allowed_for=bool(found.notes),
        draws=found.fit.draws,
    )
    contrast = found.at(occasion.visit).contrast
    return occasion.estimate_points(planned, contrast, method=_tell(occasion, found), how=how, notes=found.notes)


def _tell(occasion: Occasion, found: StartComparison) -> str:
    adjusted = ", ".join(["the score at the start by visit", *occasion.cohort.plan.adjust.covariates])
    spread = f"CR2 by {found.clusters}, Satterthwaite df" if found.clusters else "Kenward–Roger"
    model = f"MMRM by REML, {found.fit.structure} covariance within each person, adjusted for {adjusted}; {spread}"
    if not found.fit.draws:
        return f"{model}; {NOTHING}"
    return (
        f"{found.fit.draws} draws of what is missing at the start from its joint normal distribution with the later "
        f"scores, given the arm and what is recorded of everybody; in each {model}; pooled by Rubin's rules with "
        "Barnard and Rubin's df"
    )
