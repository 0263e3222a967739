"""Harms, on less than a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Paragraph, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.questions.harms import words
from outcomes.questions.harms.section import show, tabulate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block


def make_brief(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    q = context.quoter
    first = [words.say_harm(q, one) for one in words.list_told(q)[:1]]  # the table has the others
    yield Paragraph(Phrase(" ").join(said for said in (*first, words.say_untold(q)) if said), "lead")
    yield from show(context)
    yield from tabulate(context, with_rates=False)  # which stand under the events
    yield meaning(
        "None seen is not none possible. Nothing here is adjusted, and people who need more are more often in the "
        "programme that gives more."
    )
