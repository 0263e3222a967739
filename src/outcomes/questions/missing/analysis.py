"""Missing scores: who was not seen, and whether the answer holds if those not seen did worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.questions.missing import assumed, seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Count who was not seen when, then compare the arms under several assumptions about them."""
    yield from seen.count_missing(cohort)
    for measure in cohort.plan.primary_measures:
        yield from seen.count_patterns(cohort, measure)
        yield from seen.describe_leaving(cohort, measure)
        yield from assumed.compare(cohort, measure)
