"""Whether other code finds the same: every primary estimate beside its second computation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.models.contract import Counts
from outcomes.replication import ALLOWED, replicate
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable, Outcome
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.contract import Found
    from outcomes.replication import Comparison

KEY = Key("independent")
NOTHING = "No main estimate could be computed a second time."


def conclude(cohort: Cohort, found: Found) -> Iterator[Outcome]:
    """Give each second value, how many agree, and the largest disagreement."""
    comparisons = list(replicate(cohort, found))
    for one in comparisons:
        yield _tell(one)
    compared = [one for one in comparisons if one.second is not None]
    for what, label, count in (
        ("compared", "Main estimates computed a second time", len(compared)),
        ("agreeing", "Main estimates that agree", sum(one.disagreement <= ALLOWED for one in compared)),
    ):
        method = f"count; agreeing: within {ALLOWED:g} of a standard error, or of itself where an estimate has none"
        yield Estimate(
            key=KEY.but(what=what),
            quantity=Quantity.TALLY,
            label=label,
            value=float(count),
            unit="number",
            method=method,
        )
    yield _largest(compared)


def _tell(one: Comparison) -> Outcome:
    first = one.first
    key, label = one.key.but(analysis=KEY.analysis, of=one.key.analysis), f"{first.label}, computed a second time"
    counts = Counts()
    if first.n is not None and first.n_full is not None and first.n_skills is not None:
        counts = Counts(n=first.n, n_full=first.n_full, n_skills=first.n_skills)
    if one.second is None:
        return NotEstimable(key=key, quantity=first.quantity, label=label, reason=one.reason, **counts)
    return Estimate(
        key=key,
        quantity=first.quantity,
        label=label,
        value=one.second.value,
        unit=first.unit,
        method=one.second.method,
        tells=((first.key,),),
        **counts,
    )


def _largest(compared: list[Comparison]) -> Outcome:
    key, label = KEY.but(what="largest"), "Largest disagreement of the two computations"
    if not compared:
        return NotEstimable(key=key, quantity=Quantity.DISTANCE, label=label, reason=NOTHING)
    worst = max(compared, key=lambda one: one.disagreement)
    return Estimate(
        key=key,
        quantity=Quantity.DISTANCE,
        label=label,
        value=worst.disagreement,
        unit="standard_errors",
        method="distance over the standard error of the first, or over itself where it has none; the largest of all",
        notes=(f"Largest for: {worst.first.label}.",),
    )
