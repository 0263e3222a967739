"""What happens in 121 sessions, how much of it people got, how fast they change, and the working relationship."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.models.covariates import read_covariates
from outcomes.models.resampling import resample_cohort
from outcomes.questions.sessions import (
    alliance,
    content,
    dose,
    manner,
    mediation,
    order,
    pace,
    recorded,
    therapists,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Describe the sessions; then dose, pace, alliance and mediation at the landmark visit."""
    found = recorded.read_sessions(cohort)
    yield from recorded.count(cohort, found)
    yield from content.describe(cohort, found)
    yield from manner.describe(cohort, found)
    yield from order.describe(cohort, found)
    yield from within.describe(cohort, found)
    yield from therapists.describe(cohort, found)
    covariates = read_covariates(cohort)
    draws = resample_cohort(cohort, "sessions")
    yield from dose.describe(cohort)
    yield from dose.relate(cohort, covariates)
    yield from pace.compare(cohort, draws)
    yield from alliance.describe(cohort)
    yield from alliance.relate(cohort, covariates)
    yield from mediation.mediate(cohort, covariates, draws)
