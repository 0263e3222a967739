"""Harms: each of them by arm, with what none seen is compatible with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Column, Paragraph, Section, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.harms import words
from outcomes.questions.harms.keys import key_of, list_kinds, list_subjects, subject_of
from outcomes.results.key import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Figure, Row

RATE = Key("events", what="rate")  # which the section on events tells


def make_section(context: Context) -> Section:
    """Make the section."""
    blocks = (
        Paragraph(words.say_harms(context.quoter), "lead"),
        *show(context),
        *tabulate(context, with_rates=True),
        meaning(
            "None seen is not none possible: the fewer people there are, the more would be compatible with having seen "
            "none. Nothing here is adjusted, and people who need more are more often in the programme that gives "
            "more. Harms that no table holds are in no number."
        ),
        *context.how(_list_explained(context)),
    )
    return Section("harms", Phrase("Harms"), blocks)


def show(context: Context) -> tuple[Figure, ...]:
    """Show the shares of both arms."""
    q = context.quoter
    legend = Phrase(
        "Shares with exact {} intervals, also where none was seen. Filled circles: {}; open diamonds: {}."
    ).format(q.percent("confidence.level"), q.arm("full"), q.arm("skills"))
    return context.figure("harms", words.say_harms(q).plain, legend)


def tabulate(context: Context, *, with_rates: bool) -> Iterator[Block]:
    """Tabulate the harms of which anything is known, of kinds of event with their rates."""
    q = context.quoter
    told = words.list_told(q)
    if not told:
        return
    caption = Phrase(
        "People with each harm, of those of whom it is known; where none was seen, the upper one of exact {} limits, "
        "rounded up. Differences of the shares as they are."
    ).format(q.percent("confidence.level"))
    head = (*columns("Harm"), *(Column(q.arm(arm)) for arm in ARMS), Column(Phrase("Difference"), "after"))
    yield Table(caption, head, tuple(_list_rows(context, told, with_rates=with_rates)))


def _list_rows(context: Context, told: list[str], *, with_rates: bool) -> Iterator[Row]:
    q = context.quoter
    kinds = list_kinds(context.plan) if with_rates else ()
    rates = {subject_of(kind): RATE.but(subject=kind) for kind in kinds}
    for subject in told:
        cells = (words.say_arm(q, subject, arm) for arm in ARMS)
        yield row(words.name_harm(q, subject), *cells, context.with_interval(key_of(subject, "difference")))
        if subject in rates and all(q.has(rates[subject].but(arm=arm)) for arm in ARMS):
            found = (context.with_interval(rates[subject].but(arm=arm)) for arm in ARMS)
            yield row("events a person-year", *found, Phrase(""), is_inset=True)


def _list_explained(context: Context) -> Iterator[Key]:
    for subject in list_subjects(context.plan):
        yield key_of(subject, "share", arm=ARMS[0])
    yield key_of(list_subjects(context.plan)[0], "difference")
