"""Whether the stored primary estimates are those of the second computation: as stored, and computed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.audit.verdict import Check, judge
from outcomes.replication import ALLOWED, disagreement, look_again
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.results.registry import Registry

START = "independent."
SECOND_ENGINE = "primary estimates, by a second engine"


def check_agreement(registry: Registry) -> Check:
    """Compare every stored estimate with its stored second computation."""
    pairs = [
        (first, outcome.value)
        for name, outcome in registry.items()
        if name.startswith(START)
        and isinstance(outcome, Estimate)
        and isinstance(first := registry.get(name.removeprefix(START)), Estimate)
    ]
    return _judge("primary estimates, beside their second computation", pairs)


def check_independently(cohort: Cohort, registry: Registry) -> Iterator[Check]:
    """Compare every stored estimate with a second computation made now, from the study; name those that have none."""
    looks = list(look_again(cohort, registry))
    yield _judge(SECOND_ENGINE, [(look.first, look.value) for look in looks if look.value is not None])
    without = tuple(f"{look.first.id}: {look.reason}" for look in looks if look.value is None)
    if without:
        yield Check(name=SECOND_ENGINE, status="not checked", count=len(without), faults=without)


def _judge(name: str, pairs: list[tuple[Estimate, float]]) -> Check:
    faults = [
        f"{first.id}: a second engine finds {value:.6g} where {first.value:.6g} is stored"
        for first, value in pairs
        if disagreement(first, value) > ALLOWED
    ]
    return judge(name, len(pairs), faults)
