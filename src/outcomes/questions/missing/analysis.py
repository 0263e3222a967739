"""Missing scores: who was not seen, and the comparison under several assumptions about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.questions.missing import patterns, reference_based, start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Count who was not seen when, then compare the arms under several assumptions about them."""
    yield from patterns.count_missing(cohort)
    for measure in cohort.plan.scored:
        yield from start.compare(cohort, measure)
    for measure in cohort.plan.primary_measures:
        yield from patterns.count_patterns(cohort, measure)
    for measure in cohort.plan.primary_scored:
        yield from patterns.describe_missed(cohort, measure)
        yield from reference_based.compare(cohort, measure)
