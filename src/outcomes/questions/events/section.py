"""Self-harm, crises, admissions: what happened, at what rate, to how many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Heading, Paragraph, Section, Table, columns, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.events import words
from outcomes.questions.events.keys import (
    ANY,
    CRUDE,
    MIRROR,
    PERIODS,
    STRATIFIED,
    WITHOUT_ONE,
    any_of,
    key_of,
    ratio_of,
)
from outcomes.results.ways import OF_EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row
    from outcomes.results.key import Key

TITLE = "Events: self-harm and crises"
NO_KINDS = "The plan names no kind of event ([events] in plan.toml), so that nothing is told of any."
A_YEAR = "a person-year"

LEAD = (
    "Each kind of event by itself: how often it happened, how the programmes compare, and what else the same counts "
    "tell."
)


def make_section(context: Context) -> Section:
    """Make the section."""
    kinds = tuple(context.plan.events)
    if not kinds:
        return Section("events", Phrase(TITLE), (Paragraph(Phrase(NO_KINDS)),))
    blocks = (
        Paragraph(Phrase(LEAD), "lead"),
        *(block for place, kind in enumerate(kinds) for block in _tell(context, kind, is_first=place == 0)),
        *context.figure("events", picture(context), explain(context)),
        *context.figure("events_curve", picture(context), _explain_curve(context)),
        meaning(
            "A rate counts every event and allows for how long each person was followed. A few people often have most "
            "of the events, so that intervals are wide and one person can carry a result: the report shows several "
            "ways of reading the same counts, and says where one person does. Events that nobody was told of are not "
            "here."
        ),
        *context.how([key for kind in kinds for key in words.list_how(kind)]),
    )
    return Section("events", Phrase(TITLE), blocks)


def _tell(context: Context, kind: str, *, is_first: bool) -> Iterator[Block]:
    q = context.quoter
    yield Heading(3, words.name_kind(q, kind))
    yield Paragraph(words.say_kind(q, kind), "lead" if is_first else "")
    for said in (words.say_any(q, kind), words.say_lost(q, kind), words.say_mirror(q, kind)):
        if said:
            yield Paragraph(said)
    yield from _tabulate(context, kind)


def _tabulate(context: Context, kind: str) -> Iterator[Block]:
    """Tabulate each arm, then what compares them; nothing where nothing is known."""
    q = context.quoter
    if not any(q.has(key_of(kind, "rate", arm=arm)) for arm in ARMS):
        return
    heads = columns("What", "Value", "Interval", numbers=("p", "People"))
    level = q.percent("confidence.level")
    by_arm = Phrase("{} in each programme, {} intervals; not adjusted.").format(words.name_kind(q, kind), level)
    yield Table(by_arm, heads, tuple(_list_arms(context, kind)))
    between = Phrase("{}: {} compared with {}, {} intervals. The first row is the one that counts.")
    caption = between.format(words.name_kind(q, kind), q.arm("full"), q.arm("skills"), level)
    yield Table(caption, heads, tuple(_list_compared(context, kind)))


def _list_arms(context: Context, kind: str) -> Iterator[Row]:
    for arm in ARMS:
        listed: list[tuple[Key, str]] = [(key_of(kind, "number", arm=arm), ""), (key_of(kind, "years", arm=arm), "")]
        listed.append((key_of(kind, "rate", arm=arm), A_YEAR))
        listed += [(key_of(kind, "rate", arm=arm, category=period), A_YEAR) for period in PERIODS]
        listed += [(key_of(kind, "any", arm=arm), ""), (key_of(kind, "rate_ratio", arm=arm, category=MIRROR), "")]
        listed += [(key_of(kind, "days", arm=arm), ""), (key_of(kind, "days_mean", arm=arm), "days")]
        for key, unit in listed:
            if context.quoter.get(key) is not None:
                yield context.result_row(key, unit)


def _list_compared(context: Context, kind: str) -> Iterator[Row]:
    ratios = [key_of(kind, "rate_ratio", category=category) for category in (WITHOUT_ONE, CRUDE)]
    assumed = [key_of(kind, "rate_ratio", category=way) for way in OF_EVENTS]
    listed = (
        *(ratio_of(kind), key_of(kind, "rate_ratio_robust"), *ratios, key_of(kind, "rate_ratio_exact")),
        *(key_of(kind, "rate_difference"), any_of(kind), key_of(kind, "fewer")),
        *(key_of(kind, "fewer", category=STRATIFIED), key_of(kind, "spread")),
        *(key_of(kind, "coverage", category=what) for what in ("rate_ratio", "rate_difference", ANY)),
        *assumed,
    )
    for key in listed:
        if context.quoter.get(key) is not None:
            yield context.result_row(key)


def picture(context: Context) -> str:
    """Say what the pictures show."""
    return " ".join(words.say_kind(context.quoter, kind).plain for kind in context.plan.events)


def explain(context: Context) -> Phrase:
    """Give the legend of the rates."""
    q = context.quoter
    return Phrase(
        "Events a person-year before the start, during the programme and after it, with {} intervals; not adjusted. "
        "Filled circles: {}; open diamonds: {}."
    ).format(q.percent("confidence.level"), q.arm("full"), q.arm("skills"))


def _explain_curve(context: Context) -> Phrase:
    q = context.quoter
    return Phrase(
        "Mean number of events a person so far, with {} intervals as shades, and people followed so long beneath. "
        "Solid line: {}; dashed line: {}. Not adjusted."
    ).format(q.percent("confidence.level"), q.arm("full"), q.arm("skills"))
