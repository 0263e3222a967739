"""Outcomes over time, on a page: the answer in a sentence, means and differences, and what stands beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Column, ItemList, Paragraph, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.outcomes import words
from outcomes.questions.outcomes.section import explain_trajectory
from outcomes.questions.verdict.words import list_measures, name_measure, say_answer
from outcomes.results.key import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row


def make_brief(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    q = context.quoter
    yield Paragraph(say_answer(q), "lead")
    yield from _show_means(context)
    yield _tabulate(context)
    if beside := tuple(filter(None, (words.say_beside(q, measure) for measure in list_measures(context.plan)))):
        yield ItemList(beside)
    yield meaning(
        "The main comparison uses every score after the start, and compares people as if they had started alike. "
        "Whether the answer hangs on the method stands under “How far to trust it”."
    )


def _show_means(context: Context) -> Iterator[Block]:
    """Show the primary measures, three in a row; all measures stand in the annex."""
    alt, plan = words.picture_trajectory(context.quoter), context.plan
    primary = explain_trajectory(context, plan.primary_scored)
    in_a_row = tuple(context.figure("primaries", alt, primary, behind="trajectory"))
    yield from in_a_row or context.figure("trajectory", alt, explain_trajectory(context, plan.scored))


def _tabulate(context: Context) -> Table:
    q, plan = context.quoter, context.plan
    caption = Phrase("Change from the start to the visit “{}” within each programme, and the difference, adjusted.")
    changes = (Phrase("Change in {}").format(q.arm(arm)) for arm in ARMS)
    head = (
        *columns("Measure", numbers=changes),
        Column(Phrase("Difference ({} interval)").format(q.percent("confidence.level")), "after"),
        *columns(numbers=("Worthwhile", "People compared")),
    )
    return Table(caption.format(q.visit(plan.primary)), head, tuple(_list_rows(context)))


def _list_rows(context: Context) -> Iterator[Row]:
    q, plan = context.quoter, context.plan
    for measure in list_measures(plan):
        main, change = words.main_result(q, measure), Key("within", measure, plan.primary, "change")
        is_scored = plan.measures[measure].kind == "score"
        changes = (q.result(change.but(arm=arm)) if is_scored else Phrase("–") for arm in ARMS)
        has_mark = plan.measures[measure].worthwhile is not None
        mark = q.plan(f"measures.{measure}.worthwhile") if has_mark else Phrase("–")
        people = Phrase("{} and {}").format(*(q.part(main, f"n_{arm}") for arm in ARMS))
        yield row(_name_with_sense(context, measure), *changes, context.with_interval(main), mark, people)


def _name_with_sense(context: Context, measure: str) -> Phrase:
    """Name a measure, and say which way is better on its scale."""
    better = Phrase(f"{context.plan.measures[measure].better} is better").toned("quiet line")
    return name_measure(context.quoter, measure) + " " + better
