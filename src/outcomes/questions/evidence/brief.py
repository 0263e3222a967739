"""The published evidence, on a page, with the local result beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import ItemList, Paragraph, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.questions.evidence import words
from outcomes.questions.evidence.section import explain_forest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block


def make_brief(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    q = context.quoter
    lead, topics = words.lead_evidence(q), words.say_topics(q, of_this_study=True)
    picture = Phrase("{} {}").format(lead, Phrase(" ").join(topics))
    yield Paragraph(Phrase("{} {}").format(lead, words.say_claims(q)), "lead")
    yield from context.figure("evidence", picture.plain, explain_forest(context))
    if topics:
        yield ItemList(tuple(topics))
    yield meaning(
        "Others worked with other people, in other services. What they found tells how surprising a local result is; "
        "it does not replace it."
    )
