"""Who was compared, on a page: who was counted, and how alike they were at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Paragraph, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.balance.words import say_alike
from outcomes.questions.baseline.words import picture_differences
from outcomes.questions.flow import words
from outcomes.results.key import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row

LEGEND = (
    "How far apart the people were at the start, in standard deviations: circles for numbers, to the side of the "
    "programme where they are higher; squares for kinds, the size alone. Shaded: less than a tenth."
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
    yield _tabulate(context)
    yield meaning(BY_CHANCE if context.plan.allocation == "random" else NOT_BY_CHANCE)


def _tabulate(context: Context) -> Table:
    """Tabulate how many there are of whom each answer is made."""
    q, plan = context.quoter, context.plan
    caption = Phrase("People of {} and of {} of whom each answer is made.").format(*map(q.arm, ARMS))
    heads = ("In the main comparison", Phrase("Seen at “{}”").format(q.visit(plan.primary)))
    return Table(caption, columns("Measure", numbers=heads), tuple(_list_rows(context)))


def _list_rows(context: Context) -> Iterator[Row]:
    q, visit = context.quoter, context.plan.primary
    for measure in context.plan.primary_measures:
        seen = (q.result(Key("flow", measure, visit, "observed", arm)) for arm in ARMS)
        yield row(q.measure(measure), words.count_compared(q, measure), Phrase("{} and {}").format(*seen))
