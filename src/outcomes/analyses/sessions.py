"""Sessions: what happens in 121 sessions, how much of it people got, and the working relationship."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analyses.pending import not_yet
from outcomes.plan.model import ARMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort


@not_yet
def analyse(cohort: Cohort) -> Iterator[tuple[str, ...]]:
    """Name the results about 121 sessions, dose and alliance."""
    components = ("agenda_set", "chain_analysis", "skills_generalised", "homework_set", "homework_reviewed")
    yield from (("sessions", component, "share") for component in components)
    yield from (("dose", measure, cohort.plan.primary, "per_session") for measure in cohort.plan.primary_measures)
    if any(measure.domain == "alliance" for measure in cohort.plan.measures.values()):
        yield from (("alliance", visit, arm, "mean") for visit in cohort.plan.later for arm in ARMS)
