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
    from outcomes.blocks.model import Block, Row

RATE = Key("events", what="rate")  # which the section on events tells


def make_section(context: Context) -> Section:
    """Make the section."""
    blocks = (
        Paragraph(words.say_harms(context.quoter), "lead"),
        *tabulate(context),
        meaning(
            "None seen is not none possible: the fewer people there are, the more would be compatible with having seen "
            "none. Nothing here is adjusted, and people who need more are more often in the programme that gives "
            "more. Harms that no table holds are in no number."
        ),
        *context.how(_list_explained(context)),
    )
    return Section("harms", Phrase("Harms"), blocks)


def tabulate(context: Context) -> Iterator[Block]:
    """Tabulate the harms of which anything is known."""
    q = context.quoter
    told = [one for one in list_subjects(context.plan) if not words.is_unknown(q, one)]
    if not told:
        return
    caption = Phrase(
        "People with each harm, of those of whom it is known; where none was seen, the most that would be compatible "
        "with that, by the upper one of exact {} limits, rounded up. The difference is of the shares as they are, with "
        "its interval."
    ).format(q.percent("confidence.level"))
    head = (*columns("Harm"), *(Column(q.arm(arm)) for arm in ARMS), Column(Phrase("Difference"), "after"))
    yield Table(caption, head, tuple(_list_rows(context, told)))


def _list_rows(context: Context, told: list[str]) -> Iterator[Row]:
    q = context.quoter
    rates = {subject_of(kind): RATE.but(subject=kind) for kind in list_kinds(context.plan)}
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
