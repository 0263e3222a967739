"""Counts and yes/no at visits: each by models of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.models.occasion import Occasion
from outcomes.questions.kinds import assumed, counts, yes_no
from outcomes.results.ways import OF_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Answer for every measure that is no score."""
    for measure in cohort.plan.of_kind("yes_no"):
        yield from yes_no.answer(cohort, measure)
    for measure in cohort.plan.of_kind("count"):
        yield from counts.answer(cohort, measure)
    for measure in cohort.plan.primary_measures:
        if cohort.plan.measures[measure].kind in OF_KINDS:
            yield from assumed.assume(Occasion(cohort, measure, cohort.plan.primary))
