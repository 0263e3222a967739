"""Numbers that stand together are rounded one by one: where a difference then misses that of its parts, it is said.

Neither is changed: each number is right as it is printed, and a part that was moved to fit would be wrong by itself.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

from outcomes.blocks.format import DIRECTED, print_value
from outcomes.blocks.model import Box, Definitions, Fold, ItemList, Paragraph, Table
from outcomes.blocks.phrase import Number, Phrase
from outcomes.results.outcome import Estimate
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from outcomes.blocks.model import Block, Section
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

ONE_BY_ONE = (
    "Numbers are rounded one by one, so that a difference can miss that of the two beside it by one in the last digit."
)
SLACK = 1e-9  # of the largest of three numbers, or of a step: the rest of a subtraction
PARTS = 2
DIFFERENCES = frozenset({*DIRECTED, Quantity.MONEY_DIFFERENCE, Quantity.RATE_DIFFERENCE})


def say_rounded(section: Section, registry: Registry, plan: Plan) -> Section:
    """Say in each paragraph, list and table of a section where printed numbers do not subtract to the printed one."""
    return replace(section, blocks=tuple(_tell(block, registry, plan) for block in section.blocks))


def _tell(block: Block, registry: Registry, plan: Plan) -> Block:
    if isinstance(block, (Box, Fold)):
        return replace(block, blocks=tuple(_tell(one, registry, plan) for one in block.blocks))
    if isinstance(block, ItemList):
        items = (
            _add(item, [item], registry, plan)
            if isinstance(item, Phrase)
            else tuple(_tell(one, registry, plan) for one in item)
            for item in block.items
        )
        return replace(block, items=tuple(items))
    if isinstance(block, Definitions):
        entries = (replace(one, said=_add(one.said, [one.said], registry, plan)) for one in block.entries)
        return replace(block, entries=tuple(entries))
    if isinstance(block, Paragraph):
        return replace(block, phrase=_add(block.phrase, [block.phrase], registry, plan))
    if isinstance(block, Table):
        cells = [block.caption, *(cell.phrase for row in block.rows for cell in row)]
        return replace(block, caption=_add(block.caption, cells, registry, plan))
    return block


def _add(phrase: Phrase, among: Iterable[Phrase], registry: Registry, plan: Plan) -> Phrase:
    shown = {run.origin.result for one in among for run in one.runs if isinstance(run.origin, Number)}
    return phrase + " " + ONE_BY_ONE if any(_list_missed(shown, registry, plan)) else phrase


def _list_missed(shown: set[str], registry: Registry, plan: Plan) -> Iterator[bool]:
    """Whether each difference that stands beside its parts misses theirs."""
    found = {name: registry.get(name) for name in shown}
    for outcome in found.values():
        if not isinstance(outcome, Estimate) or outcome.quantity not in DIFFERENCES:
            continue
        for relation in outcome.tells:
            parts = [found.get(str(key)) for key in relation]
            both = [part for part in parts if isinstance(part, Estimate)]
            if len(parts) == len(both) == PARTS:
                yield any(_misses(outcome, one, other, plan) for one, other in permutations(both))


def _misses(outcome: Estimate, one: Estimate, other: Estimate, plan: Plan) -> bool:
    """Whether an outcome is one number less another, and as printed it is not."""
    three = (outcome, one, other)
    slack = SLACK * max(abs(part.value) for part in three) + sum(part.step or 0.0 for part in three) / 2
    if abs(one.value - other.value - outcome.value) > slack:
        return False
    whole, first, second = (print_value(part, plan) for part in three)
    return abs(first - second - whole) > SLACK * max(abs(first), abs(second), 1.0)
