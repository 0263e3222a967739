"""Change of single persons, on a page: how many improved beyond the error of measurement, on measures and own goals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Column, Paragraph, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.change import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row


def make_brief(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    q = context.quoter
    legend = Phrase("Per cent of those seen at the start and at the visit “{}”; each person in one word. Not adjusted.")
    lead = Phrase("Improved reliably, by more than the error of measurement, in {} and in {}: {}.")
    told = (Phrase("{} and {} on {}").format(*_list_shares(context, one), q.measure(one)) for one in _measures(context))
    yield Paragraph(lead.format(*map(q.arm, ARMS), Phrase("; ").join(told)), "lead")
    yield from context.figure("change", words.say_shares(q).plain, legend.format(q.visit(context.plan.primary)))
    yield _tabulate(context)
    yield meaning(
        "A person can change for many reasons. A share of people improved throws information away: read the points "
        "under “Outcomes” first."
    )


def _measures(context: Context) -> tuple[str, ...]:
    return tuple(context.plan.judged_measures)


def _list_shares(context: Context, measure: str, category: str = "improved") -> Iterator[Phrase]:
    share = words.share_of(context.quoter, measure, category)
    yield from (context.quoter.result(share.but(arm=arm)) for arm in ARMS)


def _tabulate(context: Context) -> Table:
    q = context.quoter
    caption = Phrase("Improved and worse, of those seen at both visits: {} and {}; {} interval of the difference.")
    shares = [words.share_of(q, measure, "improved").but(arm=arm) for measure in _measures(context) for arm in ARMS]
    return Table(
        caption.format(*map(q.arm, ARMS), q.percent("confidence.level")) + context.say_rounding(shares),
        (*columns("Measure", numbers=("Improved", "Worse")), Column(Phrase("Improved, adjusted difference"), "after")),
        tuple(_row(context, measure) for measure in _measures(context)),
    )


def _row(context: Context, measure: str) -> Row:
    q = context.quoter
    both = (Phrase("{} and {}").format(*_list_shares(context, measure, what)) for what in ("improved", "deteriorated"))
    difference = words.share_of(q, measure, "improved").but(what="difference")
    return row(q.measure(measure), *both, context.with_interval(difference))
