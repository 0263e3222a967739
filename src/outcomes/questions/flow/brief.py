"""Who was compared, on a page: who was counted, and how alike they were at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import ItemList, Paragraph, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.balance.words import say_alike
from outcomes.questions.baseline.words import picture_differences
from outcomes.questions.flow import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block

LEGEND = (
    "How far apart the people were at the start, in standard deviations: circles for numbers, to the side of the "
    "programme where they are higher; squares for kinds, the size alone. Shaded: less than a tenth."
)
BY_CHANCE = "Chance decided who was in which programme, so that differences at the start are chance as well."
ROUNDED = (
    "To protect people, counts in this edition are rounded to ",
    " and shares as their tables say, one by one: numbers made from one another may miss by a step.",
)
TOLD_INSIDE = " Whether one person carries a result, or turns what it tells, is told inside the clinic only."
NOT_BY_CHANCE = (
    "Nobody was allocated at random. What is recorded at the start can be allowed for, and is; what is not recorded "
    "cannot be, and may be part of any difference below."
)


def make_brief(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    q = context.quoter
    alike = say_alike(q)
    pairs = (part for arm in ARMS for part in (q.result(words.started(arm)), q.arm(arm)))
    yield Paragraph(Phrase("{} people started in {} and {} in {}.").format(*pairs) + " " + alike, "lead")
    yield from context.figure("baseline", f"{alike.plain} {picture_differences(q)}", LEGEND)
    yield from _account(context)
    yield meaning(BY_CHANCE if context.plan.allocation == "random" else NOT_BY_CHANCE)


def _account(context: Context) -> Iterator[Block]:
    """Account for everybody who started."""
    q = context.quoter
    pairs = (part for arm in ARMS for part in (q.result(words.started(arm)), q.arm(arm)))
    head = Phrase("Everybody who started, {} in {} and {} in {} (in this order below):").format(*pairs)
    yield Paragraph(head, "quiet account-head")
    yield ItemList(tuple(words.list_accounts(q)), style="quiet account")
    if context.is_shared:
        step = q.plan("disclosure.round_to")
        yield Paragraph(Phrase("{}{}{}{}").format(ROUNDED[0], step, ROUNDED[1], TOLD_INSIDE), "quiet")
