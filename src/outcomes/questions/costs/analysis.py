"""What the programmes cost, in money and in the client's time, against what they bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.models.covariates import read_covariates
from outcomes.models.resampling import resample_cohort
from outcomes.questions.costs import declared, effect, means
from outcomes.questions.costs.ledger import read_ledger
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Count money and time by arm, compare them, and set them against improvement and completion."""
    draws = resample_cohort(cohort, "costs")
    yield from means.count_hours(cohort, draws)
    try:
        ledger = read_ledger(cohort)
    except NotEstimableError as why:
        planned = (*means.declare_money(cohort), *declared.declare(cohort))
        yield from (one.refuse(str(why), why.cause) for one in planned)
        return
    yield from means.count_money(cohort, ledger, draws)
    yield from effect.compare(cohort, ledger, read_covariates(cohort), draws)
