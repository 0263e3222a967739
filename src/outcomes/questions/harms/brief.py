"""Harms, on less than a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Paragraph, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.questions.harms import words
from outcomes.questions.harms.section import tabulate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block


def make_brief(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    first, *others = words.list_in_short(context.quoter)
    yield Paragraph(first, "lead")
    if others:
        yield Paragraph(Phrase(" ").join(others))
    yield from tabulate(context)
    yield meaning(
        "None seen is not none possible. Nothing here is adjusted, and people who need more are more often in the "
        "programme that gives more. Harms that no table holds are in no number."
    )
