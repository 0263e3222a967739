"""Means of money and hours by arm, their differences, and the cost of a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id
from outcomes.models.contract import People, attempt, count_arm
from outcomes.plan.model import ARMS
from outcomes.questions.costs.ledger import client_hours
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.bootstrap import Resampled, Resampler
    from outcomes.models.resampling import CohortSamples
    from outcomes.questions.costs.ledger import Ledger

    Floats = NDArray[np.float64]

PLACES = {"per_attended_place": "attended place", "per_booked_place": "booked place"}
WITH_TIME = "Service cost and the client's time at its own price, difference"
UNADJUSTED = "The difference of what was spent, not adjusted."


def _labels(cohort: Cohort, what: str) -> dict[str, str]:
    names = {"mean": "Service cost a client", "client_hours": "Hours of the client's own time"}
    found = {arm: f"{names[what]}, mean, {cohort.plan.arm_labels[arm]}" for arm in ARMS}
    return found | {"difference": f"{names[what]}, difference"}


def refuse(cohort: Cohort, reason: str) -> Iterator[Outcome]:
    """Give the reason in place of every number of money."""
    labels = _labels(cohort, "mean")
    for arm in ARMS:
        yield NotEstimable(id=result_id("costs", arm, "mean"), label=labels[arm], reason=reason)
        for what, place in PLACES.items():
            label = f"Service cost of an {place}" if what == "per_attended_place" else f"Service cost of a {place}"
            yield NotEstimable(
                id=result_id("costs", arm, what), label=f"{label}, {cohort.plan.arm_labels[arm]}", reason=reason
            )
    yield NotEstimable(id=result_id("costs", "difference"), label=labels["difference"], reason=reason)
    yield NotEstimable(id=result_id("costs", "with_client_time", "difference"), label=WITH_TIME, reason=reason)


def count_hours(cohort: Cohort, draws: CohortSamples) -> Iterator[Outcome]:
    """Give hours of the client's time by arm, and their difference."""
    labels = _labels(cohort, "client_hours")
    ids = {arm: result_id("costs", "client_hours", arm, "mean") for arm in ARMS}
    ids["difference"] = result_id("costs", "client_hours", "difference")
    try:
        hours, notes = client_hours(cohort)
    except NotEstimableError as reason:
        for what, label in labels.items():
            yield NotEstimable(id=ids[what], label=label, reason=str(reason))
        return
    yield from _means(cohort, draws, hours, ids, labels, unit="hours", notes=notes)


def count_money(cohort: Cohort, ledger: Ledger, draws: CohortSamples) -> Iterator[Outcome]:
    """Give service cost by arm, its difference, and the cost of a place."""
    labels = _labels(cohort, "mean")
    ids = {arm: result_id("costs", arm, "mean") for arm in ARMS} | {"difference": result_id("costs", "difference")}
    notes = (ledger.prices, *ledger.notes)
    yield from _means(cohort, draws, ledger.service, ids, labels, unit="currency", notes=notes)
    yield _with_time(cohort, ledger, draws)
    for arm in ARMS:
        for what, place in PLACES.items():
            yield _per_place(cohort, ledger, draws, arm, what, place)


def _means(
    cohort: Cohort,
    draws: CohortSamples,
    values: Floats,
    ids: dict[str, str],
    labels: dict[str, str],
    *,
    unit: str,
    notes: tuple[str, ...],
) -> Iterator[Outcome]:
    everybody = np.ones(len(values), dtype=bool)
    for what, result in ids.items():
        mine = everybody if what == "difference" else cohort.full if what == "full" else ~cohort.full
        counts = People(everybody, cohort.full).counts() if what == "difference" else count_arm(what, mine)

        def estimate(what: str = what, result: str = result, counts: object = counts) -> Outcome:
            found = draws.take(lambda resampler: _arm_mean(cohort, resampler, values, what))
            return Estimate(
                id=result,
                label=labels[what],
                value=found[0].value,
                unit=unit,
                se=draws.se(found),
                interval=draws.interval(found, cohort.plan.confidence.level),
                method=f"mean of everybody who started; {draws.phrase}",
                notes=(*notes, *((UNADJUSTED,) if what == "difference" else ()), *draws.notes),
                **counts,  # type: ignore[arg-type]  # counts of the outcome
            )

        yield attempt(result, labels[what], estimate, people=People(mine, cohort.full))


def _arm_mean(cohort: Cohort, resampler: Resampler, values: Floats, what: str) -> Resampled:
    """Mean of an arm, or the difference of both."""
    full = cohort.full.astype(float)
    sums = resampler.sums(np.column_stack([full, full * values, 1 - full, (1 - full) * values]))
    with np.errstate(divide="ignore", invalid="ignore"):  # a sample without one arm has no mean, and no limits
        means = {"full": sums[:, 1] / sums[:, 0], "skills": sums[:, 3] / sums[:, 2]}
        means["difference"] = means["full"] - means["skills"]
    return resampler.wrap(means[what])


def _with_time(cohort: Cohort, ledger: Ledger, draws: CohortSamples) -> Outcome:
    result = result_id("costs", "with_client_time", "difference")
    people = People(np.ones(len(cohort.full), dtype=bool), cohort.full)

    def compute() -> Outcome:
        if ledger.client_hour is None:
            raise NotEstimableError("costs.csv gives no unit cost for client_hour.")
        hours, notes = client_hours(cohort)
        both = ledger.service + ledger.client_hour * hours
        gap = draws.take(lambda resampler: _arm_mean(cohort, resampler, both, "difference"))
        return Estimate(
            id=result,
            label=WITH_TIME,
            value=gap[0].value,
            unit="currency",
            se=draws.se(gap),
            interval=draws.interval(gap, cohort.plan.confidence.level),
            method=f"mean of everybody who started; {draws.phrase}",
            notes=(ledger.prices, *notes, UNADJUSTED, *draws.notes),
            **people.counts(),
        )

    return attempt(result, WITH_TIME, compute, people=people)


def _per_place(cohort: Cohort, ledger: Ledger, draws: CohortSamples, arm: str, what: str, place: str) -> Outcome:
    result = result_id("costs", arm, what)
    article = "an" if what == "per_attended_place" else "a"
    label = f"Service cost of {article} {place}, {cohort.plan.arm_labels[arm]}"
    mine = cohort.in_arm(arm)
    places = ledger.attended if what == "per_attended_place" else ledger.booked

    def compute() -> Outcome:
        if not places[mine].any():
            msg = f"Nobody in {cohort.plan.arm_labels[arm]} has {article} {place}."
            raise NotEstimableError(msg)
        price = draws.take(lambda resampler: _ratio(resampler, mine * ledger.service, mine * places))
        return Estimate(
            id=result,
            label=label,
            value=price[0].value,
            unit="currency",
            se=draws.se(price),
            interval=draws.interval(price, cohort.plan.confidence.level),
            method=f"all service cost of the arm over its places; {draws.phrase}",
            notes=(ledger.prices, *ledger.notes, *draws.notes),
            **count_arm(arm, mine),
        )

    return attempt(result, label, compute, people=People(mine, cohort.full))


def _ratio(resampler: Resampler, above: Floats, below: Floats) -> Resampled:
    sums = resampler.sums(np.column_stack([above, below]))
    with np.errstate(divide="ignore", invalid="ignore"):  # a sample without places has no price, and no limits
        return resampler.wrap(sums[:, 0] / sums[:, 1])
