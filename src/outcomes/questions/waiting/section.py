"""How long people waited on their way in: a part of the section about who was compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Fold, Heading, Paragraph, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.waiting import words
from outcomes.questions.waiting.spans import SPANS, WHOLE, median_of, not_recorded_of, within_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block
    from outcomes.results.outcome import Outcome


def list_blocks(context: Context) -> Iterator[Block]:
    """Give the blocks: a line where no date of the way in is recorded."""
    q = context.quoter
    known, said = words.list_known(q), words.say_waits(q)
    yield Heading(3, Phrase("How long people waited"), "waiting")
    if not known:
        yield Paragraph(said, "quiet")
        return
    yield Paragraph(said)
    yield from context.figure("waiting", said.plain, _explain_figure(context))
    yield _tabulate(context, known)
    yield from _list_quarters(context, known)
    yield meaning(
        "Everybody here has started, so that every wait is over: who was referred and is still waiting, or never "
        "started, is not in these tables. Who waits longer may differ in other ways too."
    )
    yield from context.how((median_of(known[0], "full"), within_of(WHOLE, "full")))


def _explain_figure(context: Context) -> Phrase:
    q = context.quoter
    return Phrase(
        "Median weeks from referral to start by quarter of the start, with {} intervals where there are enough people "
        "for one. Filled circles: {}; open diamonds: {}; dashed: the plan's target, where it has one."
    ).format(q.percent("confidence.level"), q.arm("full"), q.arm("skills"))


def _tabulate(context: Context, known: list[str]) -> Table:
    q, targets = context.quoter, context.plan.waiting.targets
    heads = [head for arm in ARMS for head in (q.arm(arm), "Within target", "Not recorded")]
    rows = []
    for span in known:
        cells = []
        for arm in ARMS:
            within = context.with_interval(within_of(span, arm), "interval") if span in targets else Phrase("–")
            cells += [
                context.with_interval(median_of(span, arm), "interval"),
                within,
                q.result(not_recorded_of(span, arm)),
            ]
        target = (
            Phrase(" (target {} weeks)").format(q.plan(f"waiting.{span}")).toned("quiet") if span in targets else ""
        )
        rows.append(row(Phrase(SPANS[span].label) + target, *cells))
    caption = Phrase("Median wait in weeks, with {} intervals.").format(q.percent("confidence.level"))
    return Table(caption, columns("From, to", numbers=heads), tuple(rows), "wide")


def _list_quarters(context: Context, known: list[str]) -> Iterator[Block]:
    """Tabulate what is told by quarter; in the edition to share, that it stays inside."""
    q, targets = context.quoter, context.plan.waiting.targets
    for span in known:
        found = list_quarters(context, span)
        if not found:
            continue
        heads = [
            head for arm in ARMS for head in (q.arm(arm), "People", *(("Within target",) if span in targets else ()))
        ]
        rows = []
        for quarter, outcome in found.items():
            cells = []
            for arm in ARMS:
                median = median_of(span, arm, quarter)
                within = (context.with_interval(within_of(span, arm, quarter), "interval"),) if span in targets else ()
                absent = q.get(median) is None
                told = (context.with_interval(median, "interval"), q.part(median, "n"), *within)
                cells += [Phrase("–") for _ in told] if absent else [*told]
            rows.append(row(q.field(outcome.key, "label", outcome.named), *cells))
        caption = Phrase("{}: median weeks by quarter of the start.").format(SPANS[span].label)
        title = Phrase("By quarter of intake: {}").format(SPANS[span].label.lower())
        yield Fold(title, (Table(caption, columns("Quarter", numbers=heads), tuple(rows), "wide"),))
    if context.is_shared:
        yield Paragraph(
            Phrase("By quarter of intake it is told inside the clinic only: few people start in a quarter."), "quiet"
        )


def list_quarters(context: Context, span: str) -> dict[str, Outcome]:
    """List the quarters of a wait in their order, each with a result that names it."""
    found = context.quoter.registry.where(analysis="waiting", subject=span, what="median")
    return {one.key.category: one for one in sorted(found, key=lambda one: one.key.category) if one.key.category}
