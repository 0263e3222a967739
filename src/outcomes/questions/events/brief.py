"""Events on a page: self-harm and crises, at what rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Column, Paragraph, Table, columns, row
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.events import words
from outcomes.questions.events.keys import key_of, ratio_of
from outcomes.questions.events.section import NO_KINDS, explain, picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row


def make_brief(context: Context) -> Iterator[Block]:
    """Give the blocks; a line where the plan names no kind of event."""
    q, kinds = context.quoter, tuple(context.plan.events)
    if not kinds:
        yield Paragraph(Phrase(NO_KINDS), "lead")
        return
    first, *others = (words.say_kind(q, kind) for kind in context.plan.primary_events or kinds)
    yield Paragraph(first, "lead")
    yield from map(Paragraph, others)
    yield from context.figure("events", picture(context), explain(context))
    caption = Phrase("Events a person-year, not adjusted, and the ratio, adjusted, with its {} interval.")
    head = (*columns("Event", numbers=map(q.arm, ARMS)), Column(Phrase("Ratio"), "after"))
    rows = tuple(_row(context, kind) for kind in kinds)
    yield Table(caption.format(q.percent("confidence.level")), head, rows)


def _row(context: Context, kind: str) -> Row:
    q = context.quoter
    rates = (q.result(key_of(kind, "rate", arm=arm)) for arm in ARMS)
    return row(words.name_kind(q, kind), *rates, context.with_interval(ratio_of(kind)))
