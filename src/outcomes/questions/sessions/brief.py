"""What happens in individual sessions, on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Paragraph, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.questions.sessions import listed, words
from outcomes.questions.sessions.listed import list_recorded, share_of
from outcomes.questions.sessions.section import caption_content

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row

HEADS = ("Share of sessions", "Interval", "Expected")


def make_brief(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    q = context.quoter
    said = words.lead_sessions(q)
    yield Paragraph(said, "lead")
    if not listed.has_numbers(q.registry, analysis="sessions"):
        return
    yield from context.figure("sessions", said.plain, caption_content(context))
    expected = tuple(_list_expected(context))
    if expected:
        caption = Phrase("{} sessions: parts of which the plan says in what share they are expected.")
        yield Table(caption.format(q.individual().capitalised()), columns("In the session", numbers=HEADS), expected)
    for told in (words.say_within(q), words.say_order(q), words.say_manner(q)):
        if told:
            yield Paragraph(told)
    yield meaning(
        "These are the therapists' own records: they tell that a part was done, not how well. What went with more "
        "sessions stands in the annex, and why that is no effect of them."
    )


def _list_expected(context: Context) -> Iterator[Row]:
    q = context.quoter
    for part in list_recorded(q.registry):
        if part in context.plan.sessions.expected:
            found = share_of(part)
            yield row(q.field(found, "label"), q.result(found), q.interval(found), words.say_share_expected(q, part))
