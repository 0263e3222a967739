"""Events of the time in which nobody looked any longer, drawn under assumptions about those who were lost."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.cohort.events import DAYS_A_WEEK, DAYS_A_YEAR, read_events
from outcomes.models.assumed import ASSUMED, estimate_assumed_ratio
from outcomes.models.completed import Lost, pool_rate_ratio
from outcomes.models.rates import covariates_of, require_events
from outcomes.plan.model import ARMS
from outcomes.questions.events.keys import key_of
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity
from outcomes.results.ways import OF_EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome

EVENTS = (
    "events of the time not followed up to {:g} weeks, the last visit of the plan, from the negative binomial given "
    "those seen (Keene et al. 2014)"
)


def assume(cohort: Cohort, kind: str) -> Iterator[Outcome]:
    """Give the adjusted rate ratio under each assumption about those who were not followed to the end."""
    for way in OF_EVENTS:
        planned = Planned(
            key=key_of(kind, "rate_ratio", category=way),
            label=f"{cohort.plan.event_names[kind]}: adjusted rate ratio {ASSUMED[way]}",
            quantity=Quantity.RATE_RATIO,
            unit="ratio",
            tells=(tuple(key_of(kind, "rate", arm=arm) for arm in ARMS),),
        )
        yield planned.attempt(partial(_assume, cohort, kind, way))


def _assume(cohort: Cohort, kind: str, way: str, planned: Planned) -> Outcome:
    require_events(cohort)
    events, covariates = read_events(cohort, kind, "since"), covariates_of(cohort, kind, adjusted=True)
    weeks = last_week(cohort)
    years = np.nan_to_num(events.years)
    lost = Lost(
        cohort=cohort,
        name=key_of(kind, "drawn"),
        covariates=covariates,
        used=events.exposed & covariates.known,
        fitted=events.exposed,
        adjusted=covariates.sources,
        sign=-1.0,
    )
    pooled = pool_rate_ratio(
        lost,
        counts=np.nan_to_num(events.number),
        exposure=years,
        remaining=find_remaining(weeks, years),
        way=way,
    )
    return estimate_assumed_ratio(lost, planned, pooled, way, seen=events.number, of=EVENTS.format(weeks))


def last_week(cohort: Cohort) -> float:
    """Give the week of the last visit of the plan: until then people should have been followed."""
    return max(visit.week for visit in cohort.plan.visits.values())


def find_remaining(weeks: float, years: np.ndarray) -> np.ndarray:
    """Find the time up to a week that was not followed [years]; less than a day is none."""
    left = weeks * DAYS_A_WEEK - np.round(years * DAYS_A_YEAR)
    return np.where(left > 0, left, 0.0) / DAYS_A_YEAR
