"""Evidence: how the local result sits among what others found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analyses.pending import not_yet
from outcomes.core.ids import word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort


@not_yet
def analyse(cohort: Cohort) -> Iterator[tuple[str, ...]]:
    """Name the results of the published evidence."""
    domains = {cohort.plan.measures[measure].domain for measure in cohort.plan.primary_measures}
    for domain in sorted(domains):
        yield from (("evidence", word(domain), what) for what in ("pooled", "prediction", "tau2"))
