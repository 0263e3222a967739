"""Everybody who started is accounted for, on the first page: in the main comparison, or left out and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import ItemList, Paragraph
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.flow import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block

ROUNDED = (
    "To protect people, counts in this edition are rounded to ",
    " and shares as their tables say, one by one: numbers made from one another may miss by a step.",
)
TOLD_INSIDE = " Whether one person carries a result, or turns what it tells, is told inside the clinic only."


def list_account(context: Context) -> Iterator[Block]:
    """Account for everybody who started; where counts are rounded, say how."""
    q = context.quoter
    pairs = (part for arm in ARMS for part in (q.result(words.started(arm)), q.arm(arm)))
    head = Phrase("Everybody who started, {} in {} and {} in {} (in this order below):").format(*pairs)
    yield Paragraph(head, "quiet account-head")
    yield ItemList(tuple(words.list_accounts(q)), style="quiet account")
    if context.is_shared:
        step = q.plan("disclosure.round_to")
        yield Paragraph(Phrase("{}{}{}{}").format(ROUNDED[0], step, ROUNDED[1], TOLD_INSIDE), "quiet")
