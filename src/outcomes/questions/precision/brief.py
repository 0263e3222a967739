"""How many more people it would take, on less than a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Paragraph, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.questions.precision import words
from outcomes.questions.precision.section import tabulate_plans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block


def make_brief(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    first, *others = words.list_sentences(context.quoter)
    yield Paragraph(first, "lead")
    yield Paragraph(Phrase(" ").join(others))
    yield tabulate_plans(context)
    yield meaning(
        "These are rough sizes, if all else stays as now. More people make chance smaller; they do not make those in "
        "the two programmes more alike."
    )
