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
    q = context.quoter
    first, *others = words.list_sentences(q)
    legend = Phrase(
        "People it takes, with a power of {}: filled, to see the worthwhile difference; open, to show that there is "
        "none as large. Dashed: those who started here."
    ).format(q.percent("precision.power"))
    yield Paragraph(first, "lead")
    yield from context.figure("needed", first.plain, legend, behind="precision")
    yield Paragraph(Phrase(" ").join(others))
    yield tabulate_plans(context)
    yield meaning(
        "Rough sizes. More people make chance smaller; they do not make those in the two programmes more alike."
    )
