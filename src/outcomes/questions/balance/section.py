"""Balance and weighting: a part of the section on how far to trust the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Heading, Paragraph, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.reading import COMPARABLE
from outcomes.blocks.refusals import is_apart
from outcomes.questions.balance import words
from outcomes.results.key import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block

DOUBLY_ROBUST = "The same, doubly robust"
LOVE = "How far apart the people were on each characteristic, in standard deviations: before weighting and after."


def list_blocks(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    q = context.quoter
    yield Heading(3, Phrase("How alike the people were, and what weights change"), "balance")
    yield Paragraph(words.say_balance(q))
    yield Paragraph(_explain_weights(context), "quiet")
    yield from context.figure("love", words.picture_love(q), LOVE)
    yield from context.figure("overlap", words.picture_overlap(q), _explain_overlap(context))
    yield _tabulate_start(context)
    yield _tabulate_differences(context)
    yield Paragraph(_say_information(context), "quiet")
    yield meaning(
        "Weights make the programmes alike in what was recorded, and in nothing else. Where the weighted differences "
        "tell the same as the main result, another way of allowing for what was recorded would not change the answer."
    )
    plan = context.plan
    ways = (
        Key("weighting", measure, plan.primary, what)
        for measure in plan.primary_scored
        for what in ("overlap", "doubly_robust", "mmrm")
    )
    yield from context.how((COMPARABLE, words.OVERLAP, *ways))


def _explain_weights(context: Context) -> Phrase:
    said = Phrase("Alike: less than a tenth of a standard deviation apart.")
    if is_apart(context.quoter):
        return said
    return said + (
        " Weights count most those people for whom both programmes were likely, by a model of who was in which "
        "programme given what is recorded at the start."
    )


def _explain_overlap(context: Context) -> Phrase:
    if context.is_shared:
        rest = "Bars for few people are left out of this edition."
    else:
        rest = "Where only one programme has people, nobody stands beside them for comparison."
    said = Phrase("Chance of being in {}, given what is recorded at the start. {}")
    return said.format(context.quoter.arm("full"), rest)


def _tabulate_start(context: Context) -> Table:
    q = context.quoter
    return Table(
        Phrase("Difference at the start in standard deviations, of those recorded, before and after weighting."),
        columns("Characteristic", numbers=("Before", "After", "People")),
        tuple(
            row(one.heading, q.result(one.before), q.result(one.after), q.part(one.before, "n"))
            for one in words.list_characteristics(q)
        ),
    )


def _tabulate_differences(context: Context) -> Table:
    """Tabulate the weighted differences: for whom, on each primary measure."""
    q, plan = context.quoter, context.plan
    ways: dict[str, Phrase | str] = {
        "overlap": "Those for whom both programmes were likely",
        "mmrm": "The same, all visits and adjusted",
        "doubly_robust_overlap": DOUBLY_ROBUST,
        "ate": "Everybody who started",
        "doubly_robust": DOUBLY_ROBUST,
        "att": Phrase("People like those in {}").format(q.arm("full")),
        "doubly_robust_att": DOUBLY_ROBUST,
        "atc": Phrase("People like those in {}").format(q.arm("skills")),
    }
    measures = plan.primary_scored
    keys = {what: [Key("weighting", measure, plan.primary, what) for measure in measures] for what in ways}
    return Table(
        Phrase(
            "Difference at the visit “{}” between the weighted programmes, of those seen there, {} intervals."
        ).format(q.visit(plan.primary), q.percent("confidence.level")),
        columns("For whom", *map(q.measure, measures)),
        tuple(row(whom, *(context.with_interval(key, "quiet") for key in keys[what])) for what, whom in ways.items()),
    )


def _say_information(context: Context) -> Phrase:
    q = context.quoter
    said = Phrase(
        "Effective number of people after weighting: {} in {} and {} in {}. Share of people whose chance lies within "
        "the range of the other programme's: {}."
    ).format(
        q.result(words.EFFECTIVE.but(arm="full")),
        q.arm("full"),
        q.result(words.EFFECTIVE.but(arm="skills")),
        q.arm("skills"),
        q.result(words.OVERLAP),
    )
    notes = q.field(words.OVERLAP, "notes")
    return said + " " + notes if notes else said
