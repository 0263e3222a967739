"""Whether the stored primary estimates are those of the second computation: as stored, and computed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.audit.verdict import Check, judge, leave, note
from outcomes.replication import ALLOWED, count_kinds, distance
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outcomes.replication import Comparison
    from outcomes.results.registry import Registry

SECOND_ENGINE = "estimates, by a second engine"
BY_KIND = "kinds of results, by a second engine"


def check_agreement(registry: Registry) -> Check:
    """Compare every stored estimate with its stored second computation."""
    faults, count = [], 0
    for second in registry.values():
        if not isinstance(second, Estimate) or not second.key.of:
            continue
        first = registry.get(str(second.key.but(analysis=second.key.of, of="")))
        if isinstance(first, Estimate):
            count += 1
            if distance(first, first.value, second.value) > ALLOWED:
                faults.append(_tell(first, "value", first.value, second.value))
    return judge("primary estimates, beside their second computation", count, faults)


def judge_comparisons(comparisons: Sequence[Comparison]) -> Iterator[Check]:
    """Judge second computations made now, from the study: what differs, what broke down, and what has none.

    Standard errors, degrees of freedom and limits are compared as well, where the second computation has them.
    """
    faults = [_tell(one.first, *differing) for one in comparisons for differing in one.differing()]
    yield judge(SECOND_ENGINE, sum(one.second is not None for one in comparisons), faults)
    left = (one for one in comparisons if one.second is None)
    yield from leave(SECOND_ENGINE, [f"{one.first.id}: {one.reason}" for one in left])
    yield from note(BY_KIND, [kind.to_sentence() for kind in count_kinds(comparisons)])


def _tell(first: Estimate, name: str, one: float, other: float) -> str:
    which = "" if name == "value" else f" as {name}"
    return f"{first.id}: a second engine finds {other:.6g}{which} where {one:.6g} is stored"
