"""Completing and staying, on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Paragraph, Table, columns, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.completion import words
from outcomes.questions.completion.section import SHARES
from outcomes.questions.retention.section import explain_curves
from outcomes.questions.retention.words import DIFFERENCE as STAY
from outcomes.questions.retention.words import say_retention

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block


def make_brief(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    q = context.quoter
    stayed = say_retention(q)
    yield Paragraph(words.say_completion(q), "lead")
    yield Paragraph(stayed)
    yield from context.figure("retention", stayed.plain, explain_curves(context))
    stay = (context.result_row(STAY, "weeks"),) if q.has(STAY) else ()
    yield Table(
        Phrase("Completing and staying: {} and {}, {} intervals.").format(
            *map(q.arm, ARMS), q.percent("confidence.level")
        )
        + context.say_rounding(SHARES),
        columns("What", "Value", "Interval", numbers=("p", "People")),
        (*map(context.result_row, (*SHARES, words.DIFFERENCE)), *stay),
    )
    yield meaning(
        "Completing is a result of the programme and of the person, and a person may stop for good reasons. Who is "
        "not seen later on, and what that does to the answer, stands under “How far to trust it”."
    )
