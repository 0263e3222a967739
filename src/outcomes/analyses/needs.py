"""Needs: for whom the full programme does more, or less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analyses.pending import not_yet
from outcomes.core.ids import word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort


@not_yet
def analyse(cohort: Cohort) -> Iterator[tuple[str, ...]]:
    """Name the results for individual needs."""
    for measure in cohort.plan.primary_measures:
        for name in cohort.plan.adjust.covariates:
            yield ("needs", measure, cohort.plan.primary, word(name), "interaction")
