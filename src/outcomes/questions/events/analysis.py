"""Events of each kind that the plan names: rates by arm and period, how the arms compare, and over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.questions.events.arms import describe_arm
from outcomes.questions.events.assumed import assume
from outcomes.questions.events.compared import compare_arms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Give all that is told of each kind of event, in the order of the plan."""
    for kind in cohort.plan.events:
        for arm in ("full", "skills"):
            yield from describe_arm(cohort, kind, arm)
        yield from compare_arms(cohort, kind)
        if kind in cohort.plan.primary_events:
            yield from assume(cohort, kind)
