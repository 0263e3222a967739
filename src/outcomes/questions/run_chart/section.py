"""How outcomes and completion run from quarter to quarter: a part of the section about outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Fold, Heading, Paragraph, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.run_chart import words
from outcomes.questions.run_chart.keys import centre_of, limits_of, list_charts, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block
    from outcomes.results.key import Key


def list_blocks(context: Context) -> Iterator[Block]:
    """Give the blocks; quarters hold few people, and are told inside the clinic only."""
    q = context.quoter
    yield Heading(3, Phrase("From quarter to quarter of intake"), "quarters")
    if context.is_shared:
        yield Paragraph(Phrase("How results run by quarter of intake is told inside the clinic only."), "quiet")
        return
    said = words.say_charts(q)
    charts = [
        chart for chart in list_charts(context.plan) if any(words.list_quarters(q.registry, chart, arm) for arm in ARMS)
    ]
    if not charts:
        yield Paragraph(said, "quiet")
        return
    yield Paragraph(said)
    yield from context.figure("run_chart", said.plain, _explain(context))
    for chart in charts:
        yield Fold(Phrase("{} by quarter").format(words.name_chart(q, chart)), (_tabulate(context, chart),))
    yield meaning(
        "A quarter within its limits may still differ: with few people the limits are wide. People of one group "
        "mostly start in one quarter, which the limits do not allow for; a quarter outside may be a group outside. Who "
        "starts when, and with what needs, may change too: this looks for changes of the service, and compares nothing."
    )
    yield from context.how(
        [value for chart in charts[:1] for value in (centre_of(chart, "full"), _first_limit(context, chart))]
    )


def _first_limit(context: Context, chart: Key) -> Key:
    quarters = words.list_quarters(context.quoter.registry, chart, "full")
    return quarters[0].low.key if quarters else centre_of(chart, "full")


def _explain(context: Context) -> Phrase:
    q = context.quoter
    return Phrase(
        "By quarter of the start, {} left and {} right: mean change from the start to “{}”, and the share who "
        "completed. Line: all quarters together. Shade: limits within which, if nothing but chance moved them, all "
        "quarters of a panel lie in at least {} of such panels. A point outside has a ring. Quarters in which nobody "
        "started are left out."
    ).format(*map(q.arm, ARMS), q.visit(context.plan.primary), q.percent("confidence.level"))


def _tabulate(context: Context, chart: Key) -> Table:
    q = context.quoter
    named = {one.value.key.category: one.value for arm in ARMS for one in words.list_quarters(q.registry, chart, arm)}
    heads = [head for arm in ARMS for head in (q.arm(arm), "Limits", "People")]
    rows = [row("All quarters", *(cell for arm in ARMS for cell in _centre(context, chart, arm)))]
    for quarter in sorted(named):
        cells = [cell for arm in ARMS for cell in _quarter(context, chart, arm, quarter)]
        rows.append(row(q.field(named[quarter].key, "label", named[quarter].named), *cells))
    return Table(words.name_chart(q, chart), columns("Quarter", numbers=heads), tuple(rows), "wide")


def _centre(context: Context, chart: Key, arm: str) -> tuple[Phrase, ...]:
    q, centre = context.quoter, centre_of(chart, arm)
    return (q.result(centre), Phrase("–"), q.part(centre, "n"))


def _quarter(context: Context, chart: Key, arm: str, quarter: str) -> tuple[Phrase, ...]:
    q, value = context.quoter, value_of(chart, arm, quarter)
    if not q.has(value):
        return (Phrase("–"),) * 3
    low, high = limits_of(chart, arm, quarter)
    return (q.result(value), Phrase("{} and {}").format(q.result(low), q.result(high)), q.part(value, "n"))
