"""What this study could have shown, and how many people it would take to settle the question."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outcomes.analyses.contract import People, attempt
from outcomes.analyses.covariates import read_covariates
from outcomes.analyses.outcomes.ancova import fit_arm, fit_people
from outcomes.analyses.outcomes.occasion import Occasion
from outcomes.core.estimates import Estimate, NotEstimableError, Outcome
from outcomes.methods import precision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.analyses.covariates import Covariates
    from outcomes.cohort import Cohort
    from outcomes.methods.least_squares import Contrast

POWER = 0.8
LABELS = {
    "detectable": "smallest difference that this study would have seen four times in five",
    "clients_needed": "people who would have to start, to see the worthwhile difference four times in five",
    "clients_needed_equivalence": "people who would have to start, to show that two equal programmes differ by less",
}
NO_WORTHWHILE = "The plan does not say which difference would be worthwhile on this measure."
AS_IT_IS = "As many more people in each arm and each group, and as many lost, as now."


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Plan from the precision of the adjusted comparison at the primary visit."""
    covariates = read_covariates(cohort)
    for measure in cohort.plan.primary_measures:
        yield from _plan(Occasion(cohort, measure, cohort.plan.primary), covariates)


def _plan(occasion: Occasion, covariates: Covariates) -> Iterator[Outcome]:
    people = People(occasion.paired & covariates.known, occasion.cohort.full)
    worthwhile = occasion.cohort.plan.measures[occasion.measure].worthwhile
    started = float(len(occasion.cohort.full))

    def make(what: str, value: float, unit: str, method: str) -> Outcome:
        return Estimate(
            id=occasion.id("precision", what),
            label=f"{occasion.label}: {LABELS[what]}",
            value=value,
            unit=unit,
            method=f"{method}; power 80%, from the larger standard error of the adjusted comparison (people, clusters)",
            notes=(AS_IT_IS,),
            **people.counts(),
        )

    def detectable() -> Outcome:
        contrast = _least_precise(occasion, covariates, people)
        value = precision.detectable_difference(se=contrast.se, df=contrast.df, level=occasion.level, power=POWER)
        return make("detectable", value, "points", "noncentral t on the degrees of freedom of the comparison")

    def needed() -> Outcome:
        value = precision.people_for_difference(
            people=started, se=_standard_error(), difference=_worthwhile(), level=occasion.level, power=POWER
        )
        return make("clients_needed", float(math.ceil(value)), "number", "normal reference (Julious 2004, eq. 3)")

    def needed_equivalence() -> Outcome:
        value = precision.people_for_equivalence(
            people=started, se=_standard_error(), margin=_worthwhile(), level=occasion.level, power=POWER
        )
        method = "two one-sided tests, normal reference (Julious 2004, eq. 12)"
        return make("clients_needed_equivalence", float(math.ceil(value)), "number", method)

    def _standard_error() -> float:
        return _least_precise(occasion, covariates, people).se

    def _worthwhile() -> float:
        if worthwhile is None:
            raise NotEstimableError(NO_WORTHWHILE)
        return worthwhile

    for what, compute in (
        ("detectable", detectable),
        ("clients_needed", needed),
        ("clients_needed_equivalence", needed_equivalence),
    ):
        label = f"{occasion.label}: {LABELS[what]}"
        yield attempt(occasion.id("precision", what), label, compute, people=people)


def _least_precise(occasion: Occasion, covariates: Covariates, people: People) -> Contrast:
    """Take the larger standard error: by chance few clusters can make the other look far too precise."""
    by_people = fit_people(occasion, covariates, people)
    by_clusters = fit_arm(occasion, covariates, people)[0]
    return max(by_people, by_clusters, key=lambda contrast: contrast.se)
