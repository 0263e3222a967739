"""Counts that add up are told so that their sum tells no more than each by itself.

Rounded each to the nearest multiple, parts may be off from their whole by one multiple or more. That would leave each
of them hardly a choice: with 115 beside 90 and 20, the whole is 113 or 114. So a part goes to the multiple on its other
side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from outcomes.release.ladder import to_multiple
from outcomes.release.rules import stands_for_people
from outcomes.results.outcome import Estimate
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.plan.model import Disclosure
    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Registry

_ROUNDS = 9  # of making sums agree that share a part


def make_sums_agree(registry: Registry, rules: Disclosure, told: Mapping[str, float]) -> dict[str, float]:
    """Give what is told of counts that cannot go to the nearest multiple, by id.

    Parameters
    ----------
    registry : Registry
        What is released, with exact numbers.
    rules : Disclosure
        The plan's minimum count, and the multiple of which counts are made.
    told : mapping
        Counts for which is chosen already what is told of them.
    """
    multiple = rules.round_to
    sums = [*_list_sums(registry)]
    now = {
        one.id: told.get(one.id, float(to_multiple(one.value, multiple)))
        for whole, parts in sums
        for one in (*([whole] if isinstance(whole, Estimate) else []), *parts)
    }
    before = dict(now)
    for _ in range(_ROUNDS if multiple > 1 else 0):
        if not any([_agree(whole, parts, now, rules) for whole, parts in sums]):  # noqa: C419  # each of them
            break
    return {name: value for name, value in now.items() if value != before[name]}


def _agree(whole: Estimate | float, parts: list[Estimate], now: dict[str, float], rules: Disclosure) -> bool:
    """Move parts until their sum leaves choice; tell whether any moved."""
    multiple, moved = rules.round_to, False
    total = now[whole.id] if isinstance(whole, Estimate) else float(to_multiple(whole, multiple))
    slack = (multiple // 2) * len(parts)  # past which a count keeps fewer values than three
    while True:
        rest = total - sum(now[one.id] for one in parts)
        by = multiple if rest > 0 else -multiple
        free = [
            one for one in parts if now[one.id] + by >= rules.minimum_count and abs(now[one.id] - one.value) < multiple
        ]
        if abs(rest) <= slack or not free:
            return moved
        goes = max(free, key=lambda one: ((one.value - now[one.id]) * by, one.id))
        now[goes.id] += by
        moved = True


def _list_sums(registry: Registry) -> Iterator[tuple[Estimate | float, list[Estimate]]]:
    """List counts of people that add up to another one, or together to a whole that is no result."""
    seen = set()
    for outcome in registry.values():
        for relation in outcome.tells:
            found = [registry.get(str(key)) for key in {*relation, outcome.key}]
            counts = sorted((one for one in found if _is_count(one)), key=lambda one: one.id)
            members = frozenset(one.id for one in counts)
            if len(counts) < len(found) or len(counts) < 3 or members in seen:  # noqa: PLR2004  # two parts and a whole
                continue
            seen.add(members)
            total = sum(one.value for one in counts)
            whole = next((one for one in counts if 2 * one.value == total), None)
            yield total if whole is None else whole, [one for one in counts if one is not whole]


def _is_count(outcome: Outcome | None) -> TypeGuard[Estimate]:
    return isinstance(outcome, Estimate) and outcome.quantity is Quantity.COUNT and stands_for_people(outcome)
