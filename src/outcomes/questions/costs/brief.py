"""What the programmes cost, on a page: in money, and in the client's own time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Paragraph, Table, columns, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.costs import words
from outcomes.questions.costs.keys import DIFFERENCE, HOURS, hours_of, list_effects, mean_of
from outcomes.questions.costs.section import explain_figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block

TABULATED = (*map(mean_of, ARMS), DIFFERENCE, *map(hours_of, ARMS), HOURS)


def make_brief(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    q = context.quoter
    said, prices = words.lead_costs(q), words.say_all_prices(q, list_effects(context.plan))
    yield Paragraph(said, "lead")
    yield Paragraph(prices)
    yield from context.figure("costs", f"{said.plain} {prices.plain}", explain_figure(context))
    if any(map(q.has, TABULATED)):
        rows = tuple(context.result_row(result, is_tested=False) for result in TABULATED)
        caption = Phrase("{} {} intervals by bootstrap.").format(words.say_prices(q), q.percent("confidence.level"))
        yield Table(caption, columns("What", numbers=("Value", "Interval", "People")), rows)
    yield meaning(words.NOT_COUNTED)
