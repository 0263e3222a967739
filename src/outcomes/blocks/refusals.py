"""What is said where a question has no answer: hidden, not estimable, or beyond the people who are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks import reading
from outcomes.blocks.phrase import Phrase

if TYPE_CHECKING:
    from outcomes.blocks.quote import Name, Quoter


def is_apart(quoter: Quoter) -> bool:
    """Whether the two programmes hold people too different to be compared."""
    return reading.is_apart(quoter.get(reading.COMPARABLE))


def say_absent(quoter: Quoter, result: Name, label: Phrase) -> Phrase:
    """Say why there is no estimate."""
    if quoter.get(result) is None:
        return Phrase("{}: not shown in this edition; see what was hidden and why.").format(label)
    return Phrase("{}: this data cannot answer. {}").format(label, quoter.field(result, "reason"))


def say_beyond(quoter: Quoter, result: Name, label: Phrase, why: Phrase) -> Phrase:
    """Say what a model gives where the people, or the groups, cannot be compared, and that it is no answer."""
    beyond = ""
    if is_apart(quoter):
        beyond = ", but it reaches beyond the people who are there: it compares them with nobody like them"
    return Phrase("{}: this data cannot answer: {}. A model gives {} in {} ({} interval {}){}.").format(
        label,
        why,
        quoter.result(result),
        quoter.arm("full"),
        quoter.percent("confidence.level"),
        quoter.interval(result),
        beyond,
    )
