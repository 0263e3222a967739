"""Whether the stored primary estimates are those of the second computation: as stored, and computed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.audit.verdict import Check, judge
from outcomes.results.outcome import Estimate
from outcomes.second import ALLOWED, disagreement, look_again

if TYPE_CHECKING:
    from outcomes.cohort import Cohort
    from outcomes.results.registry import Registry

START = "independent."


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


def check_independently(cohort: Cohort, registry: Registry) -> Check:
    """Compare every stored estimate with a second computation made now, from the study."""
    looks = [(look.first, look.value) for look in look_again(cohort, registry) if look.value is not None]
    return _judge("primary estimates, by a second engine", looks)


def _judge(name: str, pairs: list[tuple[Estimate, float]]) -> Check:
    faults = [
        f"{first.id}: a second engine finds {value:.6g} where {first.value:.6g} is stored"
        for first, value in pairs
        if disagreement(first, value) > ALLOWED
    ]
    return judge(name, len(pairs), faults)
