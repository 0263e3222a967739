"""Means of money and hours by arm, their differences, and the cost of a place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.models.contract import People, count_arm
from outcomes.plan.model import ARMS
from outcomes.questions.costs import keys
from outcomes.questions.costs.ledger import client_hours
from outcomes.results.outcome import NotEstimableError, Outcome
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.bootstrap import Resampled, Resampler
    from outcomes.models.resampling import CohortSamples
    from outcomes.questions.costs.ledger import Ledger
    from outcomes.results.key import Key

    Floats = NDArray[np.float64]

PLACES = {"per_attended_place": "an attended place", "per_booked_place": "a booked place"}
ALIKE = "It is the same for everybody, so that no interval follows."
UNADJUSTED = "The difference of what was spent, not adjusted."


def declare_money(cohort: Cohort) -> Iterator[Planned]:
    """Declare every number of money that sets nothing against it."""
    yield from _declare_service(cohort)
    yield _declare_with_time()
    yield from (_declare_place(cohort, arm, kind) for arm in ARMS for kind in PLACES)


def _declare_service(cohort: Cohort) -> Iterator[Planned]:
    quantities = (Quantity.MONEY, Quantity.MONEY_DIFFERENCE)
    return _declare_means(cohort, keys.mean_of, keys.DIFFERENCE, "Service cost a client", "currency", quantities)


def _declare_hours(cohort: Cohort) -> Iterator[Planned]:
    quantities = (Quantity.HOURS, Quantity.TIME_DIFFERENCE)
    return _declare_means(cohort, keys.hours_of, keys.HOURS, "Hours of the client's own time", "hours", quantities)


def _declare_means(
    cohort: Cohort,
    mean_of: Callable[[str], Key],
    difference: Key,
    what: str,
    unit: str,
    quantities: tuple[Quantity, Quantity],
) -> Iterator[Planned]:
    means = {arm: mean_of(arm) for arm in ARMS}
    for arm, key in means.items():
        label = f"{what}, mean, {cohort.plan.arm_names[arm]}"
        yield Planned(key=key, label=label, quantity=quantities[0], unit=unit)
    yield Planned(
        key=difference,
        label=f"{what}, difference",
        quantity=quantities[1],
        unit=unit,
        tells=(tuple(means.values()),),
    )


def _declare_with_time() -> Planned:
    return Planned(
        key=keys.WITH_TIME,
        label="Service cost and the client's time at its own price, difference",
        quantity=Quantity.MONEY_DIFFERENCE,
        unit="currency",
        tells=((keys.DIFFERENCE, keys.HOURS),),
    )


def _declare_place(cohort: Cohort, arm: str, kind: str) -> Planned:
    label = f"Service cost of {PLACES[kind]}, {cohort.plan.arm_names[arm]}"
    return Planned(key=keys.place_of(arm, kind), label=label, quantity=Quantity.MONEY, unit="currency")


def count_hours(cohort: Cohort, draws: CohortSamples) -> Iterator[Outcome]:
    """Give hours of the client's time by arm, and their difference."""
    planned = _declare_hours(cohort)
    try:
        hours, notes = client_hours(cohort)
    except NotEstimableError as why:
        yield from (one.refuse(str(why), why.cause) for one in planned)
        return
    for one in planned:
        yield _estimate_mean(cohort, draws, one, hours, notes)


def count_money(cohort: Cohort, ledger: Ledger, draws: CohortSamples) -> Iterator[Outcome]:
    """Give service cost by arm, its difference, and the cost of a place."""
    notes = (ledger.prices, *ledger.notes)
    for planned in _declare_service(cohort):
        yield _estimate_mean(cohort, draws, replace(planned, named=ledger.currency), ledger.service, notes)
    yield _with_time(cohort, ledger, draws)
    yield from (_per_place(cohort, ledger, draws, arm, kind) for arm in ARMS for kind in PLACES)


def _estimate_mean(
    cohort: Cohort, draws: CohortSamples, planned: Planned, values: Floats, notes: tuple[str, ...]
) -> Outcome:
    """Estimate the mean of an arm, or without one the difference of both."""
    arm = planned.key.arm
    mine = cohort.in_arm(arm) if arm else np.ones(len(values), dtype=bool)
    people = People(mine, cohort.full).counts()

    def estimate(planned: Planned) -> Outcome:
        found = draws.take(lambda resampler: _arm_mean(cohort, resampler, values, arm))
        interval = draws.interval(found, cohort.plan.confidence.level)
        alike = interval is not None and interval.low == interval.high
        return planned.estimate(
            found[0].value,
            se=None if alike else draws.se(found),
            interval=None if alike else interval,
            method=f"mean of everybody who started; {draws.phrase}",
            how=draws.how("mean" if arm else "difference_of_means"),
            notes=(*notes, *(() if arm else (UNADJUSTED,)), *draws.notes, *((ALIKE,) if alike else ())),
        )

    counts = count_arm(arm, mine) if arm else people
    return replace(planned, counts=counts).attempt(estimate, refused=people)


def _arm_mean(cohort: Cohort, resampler: Resampler, values: Floats, arm: str) -> Resampled:
    """Mean of an arm, or without one full less skills."""
    full = cohort.full.astype(float)
    sums = resampler.sums(np.column_stack([full, full * values, 1 - full, (1 - full) * values]))
    with np.errstate(divide="ignore", invalid="ignore"):  # a sample without one arm has no mean, and no limits
        means = {"full": sums[:, 1] / sums[:, 0], "skills": sums[:, 3] / sums[:, 2]}
    return resampler.wrap(means[arm] if arm else means["full"] - means["skills"])


def _with_time(cohort: Cohort, ledger: Ledger, draws: CohortSamples) -> Outcome:
    def compute(planned: Planned) -> Outcome:
        if ledger.client_hour is None:
            raise NotEstimableError("costs.csv gives no unit cost for client_hour.", "not provided")
        hours, notes = client_hours(cohort)
        both = ledger.service + ledger.client_hour * hours
        return _estimate_mean(cohort, draws, planned, both, (ledger.prices, *notes))

    people = People(np.ones(len(cohort.full), dtype=bool), cohort.full)
    return replace(_declare_with_time(), counts=people.counts()).attempt(compute)


def _per_place(cohort: Cohort, ledger: Ledger, draws: CohortSamples, arm: str, kind: str) -> Outcome:
    mine = cohort.in_arm(arm)
    places = ledger.attended if kind == "per_attended_place" else ledger.booked

    def compute(planned: Planned) -> Outcome:
        if not places[mine].any():
            msg = f"Nobody in {cohort.plan.arm_names[arm]} has {PLACES[kind]}."
            raise NotEstimableError(msg)
        price = draws.take(lambda resampler: _ratio(resampler, mine * ledger.service, mine * places))
        return planned.estimate(
            price[0].value,
            se=draws.se(price),
            interval=draws.interval(price, cohort.plan.confidence.level),
            method=f"all service cost of the arm over its places; {draws.phrase}",
            how=draws.how("ratio_of_sums"),
            notes=(ledger.prices, *ledger.notes, *draws.notes),
        )

    planned = replace(_declare_place(cohort, arm, kind), counts=count_arm(arm, mine))
    return planned.attempt(compute, refused=People(mine, cohort.full).counts())


def _ratio(resampler: Resampler, above: Floats, below: Floats) -> Resampled:
    sums = resampler.sums(np.column_stack([above, below]))
    with np.errstate(divide="ignore", invalid="ignore"):  # a sample without places has no price, and no limits
        return resampler.wrap(sums[:, 0] / sums[:, 1])
