"""Who was compared, on a page: how alike they were at the start; who was counted stands on the first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Paragraph, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.balance.words import say_alike
from outcomes.questions.baseline.section import tabulate
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
CAPTION = (
    "What is adjusted for, and the primary measures at the start: mean (standard deviation), or share, of those of "
    "whom it is recorded."
)
BY_CHANCE = "Chance decided who was in which programme, so that differences at the start are chance as well."
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
    yield tabulate(context, Phrase(CAPTION), context.plan.primary_measures)
    yield meaning(BY_CHANCE if context.plan.allocation == "random" else NOT_BY_CHANCE)
