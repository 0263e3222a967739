"""Balance: whether the answer holds when the arms are made alike by weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analyses.pending import not_yet
from outcomes.core.ids import word
from outcomes.plan.model import ARMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort


@not_yet
def analyse(cohort: Cohort) -> Iterator[tuple[str, ...]]:
    """Name the results of weighting."""
    for name in cohort.plan.adjust.covariates:
        yield from (("balance", word(name), when) for when in ("before", "after"))
    yield from (("weighting", arm, "effective_n") for arm in ARMS)
    for measure in cohort.plan.primary_measures:
        yield from (
            ("weighting", measure, cohort.plan.primary, what) for what in ("overlap", "att", "ate", "doubly_robust")
        )
