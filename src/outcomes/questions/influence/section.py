"""Whether one person carries a result: a part of the section about trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Heading, Paragraph, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.questions.influence import keys, words
from outcomes.results.ways import VERDICT_ON_COMPLETION, verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block


def list_blocks(context: Context) -> Iterator[Block]:
    """Give the blocks; none in an edition for others, since it would be about one person."""
    q, visit = context.quoter, context.plan.primary
    asked = {
        keys.of_measure(measure, visit): (verdict_of(measure, visit), q.measure(measure))
        for measure in context.plan.primary_measures
        if context.plan.measures[measure].kind != "yes_no"
    }
    asked[keys.COMPLETION] = (VERDICT_ON_COMPLETION, Phrase("Completed"))
    known = {about: told for about, told in asked.items() if words.is_known(q, about)}
    if not known:
        return
    yield Heading(3, Phrase("Whether one person carries a result"))
    yield from (Paragraph(words.say_whether(q, about, *told)) for about, told in known.items())
    yield meaning(
        "Each person was left out in turn. A result that hangs on one person is no less true of those who are there, "
        "and less likely to be found again among others. It is never said who, and none of this is in the edition to "
        "share."
    )
    yield from context.how(key for about in known for key in (keys.moved(about), keys.turned(about)))
