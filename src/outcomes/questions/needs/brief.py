"""For whom, on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Column, Paragraph, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.questions.needs import words
from outcomes.questions.needs.section import ONE_FOR_ALL, explain_effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row


def make_brief(context: Context) -> Iterator[Block]:
    """Give the blocks; a line where the plan declares nothing to look at."""
    q = context.quoter
    yield Paragraph(words.say_looks(q), "lead")
    if not context.plan.needs.moderators:
        yield meaning(ONE_FOR_ALL)
        return
    yield from map(Paragraph, words.list_said(q))
    yield from context.figure("moderators", words.lead(q).plain, explain_effects(context))
    if rows := tuple(_list_rows(context)):
        head = (*columns("Measure"), Column(Phrase("Level")), *columns("Difference", "Interval"))
        yield Table(Phrase("Difference at each level, on what stands out of zero."), head, rows)
    yield meaning(
        "An effect at a level is an average over people of that level, who differ in all else, and nothing corrects "
        "for how many were looked at: a question for another study, no finding, and no rule for one person."
    )


def _list_rows(context: Context) -> Iterator[Row]:
    """Give the levels of the characteristics by which the difference changes, as far as its interval tells."""
    q = context.quoter
    for measure, moderator in words.list_apart(q):
        for level in words.list_levels(q, measure, moderator):
            yield row(q.measure(measure), level.heading, q.result(level.raw), q.interval(level.raw))
