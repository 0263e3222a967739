"""Missing scores: whether the answer holds if those not seen did worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analyses.pending import not_yet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort


@not_yet
def analyse(cohort: Cohort) -> Iterator[tuple[str, ...]]:
    """Name the results under other assumptions about who was not seen."""
    what = ("mar", "jump_to_reference", "copy_increments", "tipping_point")
    for measure in cohort.plan.primary_measures:
        yield from (("imputation", measure, cohort.plan.primary, one) for one in what)
