"""The main estimates computed a second time: a part of the section on how far to trust the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Cell, Column, Fold, Heading, Paragraph, Table, columns, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.questions.independent import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row


def list_blocks(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    yield Heading(3, Phrase("Computed a second time"))
    yield Paragraph(words.say_second(context.quoter))
    yield meaning("Two programs that agree tell of faults in the software, and of none in the data or in the plan.")
    rows = tuple(_list_rows(context))
    if rows:
        table = Table(
            Phrase("Each main estimate, and what other code finds by another way of computing it."),
            (*columns("Estimate", "In this report", "A second time"), Column(Phrase("How, the second time"))),
            rows,
        )
        yield Fold(Phrase("How it was computed"), (table,), "how")


def _list_rows(context: Context) -> Iterator[Row]:
    q = context.quoter
    for first, second in words.list_second(q):
        how = q.field(second, "method") + q.field(second, "reason")
        head = Cell(q.field(first, "label"), is_header=True)
        yield (head, Cell(q.result(first)), Cell(q.result(second)), Cell(how, look="quiet"))
