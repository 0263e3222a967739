"""Means, changes and differences of scores: not adjusted, at one visit by ANCOVA, and over all visits by models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.models.covariates import read_covariates
from outcomes.models.occasion import Occasion
from outcomes.plan.model import ARMS
from outcomes.questions.outcomes import ancova, mixed, raw, repeated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Answer for every measure, at every visit."""
    covariates = read_covariates(cohort)
    for measure in cohort.plan.scored:
        for visit in cohort.plan.visits:
            yield from raw.describe(Occasion(cohort, measure, visit))
        for visit in cohort.plan.later:
            occasion = Occasion(cohort, measure, visit)
            for arm in ARMS:
                yield from raw.change_within(occasion, arm)
            yield from raw.compare_between(occasion)
            yield from ancova.compare(occasion, covariates)
    yield from repeated.compare(cohort, covariates)
    yield from mixed.compare(cohort, covariates)
