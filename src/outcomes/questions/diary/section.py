"""Daily life: what the diary card says, with how much of it is filled in beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Column, Paragraph, Section, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.quote import wording
from outcomes.plan.model import ARMS
from outcomes.questions.diary import words
from outcomes.questions.diary.keys import FILLED, SUBJECTS, key_of

if TYPE_CHECKING:
    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block

HOW = (
    *(key_of(FILLED, what, arm="full") for what in ("mean", "curve")),
    *(key_of("urge_self_harm", what, arm="full") for what in ("mean", "curve")),
    key_of("skills_days", "mean", arm="full"),
    key_of("urge_self_harm", "difference"),
)


def make_section(context: Context) -> Section:
    """Make the section."""
    q = context.quoter
    legend = Phrase(
        "Week by week: of those in the programme, the share with a card; then the means of the cards{}. Filled "
        "circles, solid line: {}; open diamonds, dashed line: {}."
    ).format(_say_shades(context), q.arm("full"), q.arm("skills"))
    blocks: tuple[Block, ...] = (
        Paragraph(words.say_filled(q), "lead"),
        Paragraph(words.say_cards(q)),
        *context.figure("diary", words.picture_cards(q), legend),
        _tabulate(context),
        meaning(
            "What a person writes down each day is nearest to their life, and it is what they chose to write down. "
            "People who leave fill in no more cards, so late weeks are of those who stayed. A fall from the first "
            "weeks on is no effect of a programme: people start when things are at their worst."
        ),
        *context.how(HOW),
    )
    return Section("diary", Phrase("Daily life"), blocks)


def _say_shades(context: Context) -> Phrase:
    """Say what the shades are; shares have none in an edition to share."""
    said = ", of these with {} intervals as shades" if context.is_shared else ", with {} intervals as shades"
    return Phrase(said).format(context.quoter.percent("confidence.level"))


def _tabulate(context: Context) -> Table:
    q = context.quoter
    caption = Phrase(
        "The diary card over the programme: each person's mean over the weeks with a card, averaged over people, with "
        "{} intervals; and the difference, not adjusted. First the share of weeks with a card."
    ).format(q.percent("confidence.level"))
    head = (*columns("On the card"), *(Column(q.arm(arm)) for arm in ARMS), Column(Phrase("Difference"), "after"))
    told = [one for one in SUBJECTS if q.get(key_of(one, "mean", arm="full")) is not None]
    rows = []
    for subject in (FILLED, *told):
        name = words.NAMES.get(subject, "Weeks with a card")
        cells = (context.with_interval(key_of(subject, "mean", arm=arm)) for arm in ARMS)
        rows.append(row(wording(name), *cells, context.with_interval(key_of(subject, "difference"))))
    return Table(caption, head, tuple(rows))
