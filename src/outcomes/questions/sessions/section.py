"""What happens in individual sessions: content, order of targets, and what went with more of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Cell, Fold, Heading, Paragraph, Section, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.questions.sessions import exposure_section, listed, words
from outcomes.questions.sessions.components import COMPONENTS
from outcomes.questions.sessions.listed import (
    FOLLOWED_UP,
    LEFT_OUT,
    LIFE_FIRST,
    TASK_FOLLOWED_UP,
    course_of,
    list_recorded,
    minutes,
    share_of,
)
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block
    from outcomes.blocks.quote import Quoter
    from outcomes.results.outcome import Outcome


def make_section(context: Context) -> Section:
    """Make the section."""
    has_any = listed.has_numbers(context.quoter.registry, analysis="sessions")
    said = words.lead_sessions(context.quoter)
    blocks = (
        Paragraph(said, "lead"),
        *(_list_content(context, said) if has_any else ()),
        *(_list_order(context) if has_any else ()),
        *exposure_section.list_blocks(context),
    )
    return Section("sessions", Phrase("What happens in individual sessions"), blocks)


def _list_content(context: Context, said: Phrase) -> Iterator[Block]:
    q = context.quoter
    yield from context.figure(
        "sessions",
        said.plain,
        caption_content(context),
    )
    yield _tabulate(context)
    yield from map(Paragraph, words.say_expected(q))
    yield from _say_rest(context)
    yield from context.figure(
        "course",
        words.picture_course(q),
        "Per cent of sessions with each part, over the number of the session, with the interval as a band. Later on "
        "fewer people are left: who stays is not who began.",
    )
    therapists = listed.list_therapists(q.registry)
    if therapists and not context.is_shared:
        yield Fold(Phrase("By therapist, for inside the clinic only"), (_tabulate_therapists(context, therapists),))
    yield meaning(
        "These are the therapists' own records: they tell that a part was done, not how well, and a part that is "
        "seldom recorded may be done without a note."
    )
    first = next(iter(list_recorded(q.registry)), "agenda_set")
    yield from context.how((share_of(first), course_of(first), FOLLOWED_UP, minutes("mean"), listed.ADHERENCE))


def caption_content(context: Context) -> str:
    """Give the legend of the shares of sessions."""
    said = "Share of sessions in which each part was done, with its interval; below the line, only what had been set."
    return f"{said} The upright mark is what the plan expects." if context.plan.sessions.expected else said


def _tabulate(context: Context) -> Table:
    q = context.quoter
    caption = Phrase(
        "{} sessions of people in {}; {} intervals that allow for sessions of the same client and therapist."
    ).format(q.individual().capitalised(), q.arm("full"), q.percent("confidence.level"))
    recorded, expected = list_recorded(q.registry), context.plan.sessions.expected
    results = {share_of(part): part for part in recorded} | {FOLLOWED_UP: "", TASK_FOLLOWED_UP: ""}
    rows = []
    for one, part in results.items():
        told = context.result_row(one, is_tested=False)
        beside = words.say_share_expected(q, part) if part in expected else Phrase("–")
        rows.append((*told, Cell(beside)) if expected else told)
    heads = ("Share of sessions", "Interval", "People", *(("Expected",) if expected else ()))
    return Table(caption, columns("In the session", numbers=heads), tuple(rows))


def _say_rest(context: Context) -> Iterator[Paragraph]:
    """Say what is not recorded, what was left out, how long a session took, and how it was held."""
    q = context.quoter
    absent = [label.lower() for part, label in COMPONENTS.items() if part not in list_recorded(q.registry)]
    if absent:
        yield Paragraph(Phrase(f"Nothing is recorded of: {', '.join(absent)}."), "quiet")
    left_out = q.get(LEFT_OUT)
    if isinstance(left_out, Estimate) and left_out.value > 0:
        said = Phrase("{} more sessions stand on record for people who started {}; they are left out here.")
        yield Paragraph(said.format(q.result(LEFT_OUT), q.arm("skills")))
    if q.has(minutes("mean")):
        told = (q.result(minutes(what)) for what in ("mean", "lower_quartile", "upper_quartile", "median"))
        said = Phrase(
            "A session took {} minutes on average; half of them lay between {} and {} minutes, with a median of {}."
        )
        yield Paragraph(said.format(*told))
    if manner := words.say_manner(q):
        yield Paragraph(manner)


def _tabulate_therapists(context: Context, therapists: list[Outcome]) -> Table:
    q = context.quoter
    caption = Phrase(
        "Share of sessions. Therapists with fewer than {} people are not listed. Differences between therapists are "
        "also differences between their clients."
    ).format(q.plan("disclosure.minimum_count"))
    named = [(q.field(one.key, "label", one.named), one.key) for one in therapists]
    shares = (
        row(
            q.field(share_of(part), "label"),
            *(q.result(count.but(what="therapist_share", subject=part)) for _, count in named),
        )
        for part in list_recorded(q.registry)
    )
    people = row("People", *(q.result(count) for _, count in named))
    return Table(caption, columns("Part", numbers=[name for name, _ in named]), (people, *shares), "wide")


def _say_who_orders(quoter: Quoter) -> Phrase:
    """Say whose order of targets it is: DBT's own, or that of this list."""
    if quoter.plan_model.programme.is_dbt:
        return Phrase("{} takes").format(quoter.programme())
    return Phrase("The order of the targets is")


def _list_order(context: Context) -> Iterator[Block]:
    q = context.quoter
    said = words.say_order(q)
    yield Heading(3, Phrase("In what order targets were taken"))
    yield Paragraph(said)
    if within := words.say_within(q):
        yield Paragraph(within)
    yield from context.figure(
        "targets",
        said.plain,
        Phrase(
            "What sessions were about, by thirds of the programme. {} life-threatening behaviour first, then what gets "
            "in the way of therapy, then quality of life, then skills."
        ).format(_say_who_orders(q)),
    )
    if q.has(LIFE_FIRST):
        told = Phrase(
            "Of {} people with any session on life-threatening behaviour, it was the target of the very first session "
            "in {} ({})."
        )
        yield Paragraph(told.format(q.part(LIFE_FIRST, "n"), q.result(LIFE_FIRST), q.interval(LIFE_FIRST)))
    yield meaning(
        "The records tell what a session was about, not what else was there to be taken, and nothing about how well it "
        "was done. A session with several targets stands in the figure by the one that was taken first."
    )
    yield from context.how(
        (listed.target_of("life_threatening", "first"), listed.CONCORDANCE, LIFE_FIRST, listed.IN_ORDER)
    )
