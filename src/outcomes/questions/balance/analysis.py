"""Balance: standardised differences before and after weighting, the overlap, and the weighted comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.models.covariates import read_covariates
from outcomes.questions.balance import standardised, weighting
from outcomes.questions.balance.propensity import read_propensity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Give standardised differences before and after weighting, judge the overlap, and compare the weighted arms."""
    propensity = read_propensity(cohort)
    yield from standardised.describe(cohort, propensity)
    yield from weighting.describe(cohort, propensity)
    covariates = read_covariates(cohort)
    for measure in cohort.plan.primary_scored:
        yield from weighting.compare(cohort, measure, propensity, covariates)
