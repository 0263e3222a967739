"""For whom the difference is larger or smaller: effects at each level of each moderator, and people like a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Cell, Column, Heading, Paragraph, Section, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.needs import keys, words
from outcomes.results.key import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row

AN_AVERAGE = (
    "An effect at a level is an average over people of that level, who differ in all else. It is read by its own "
    "interval alone, which nothing corrects for how many were looked at: what stands out here is a question for "
    "another study, and no finding. The shrunken values are the "
    "better guess for most levels: the smaller and the further out a level, the more of its distance is chance."
)
ONE_FOR_ALL = "Without characteristics that are declared beforehand, the answer above is one for everybody on average."
NOT_READ = (
    "Not what one person should be offered: no rule for one person follows from averages. Not that an effect is the "
    "same for all where an interval spans both directions: a study of this size sees only large differences between "
    "levels. Not why levels differ: people of a level share more than the level. And not anything about "
    "characteristics that were not declared."
)


def make_section(context: Context) -> Section:
    """Make the section."""
    plan, said = context.plan, words.lead(context.quoter)
    has_moderators = bool(plan.needs.moderators)
    blocks = (
        Paragraph(said, "lead"),
        *(_list_moderators(context, said) if has_moderators else ()),
        *(_list_profiles(context) if plan.needs.profiles else ()),
        meaning(AN_AVERAGE if has_moderators else ONE_FOR_ALL),
        Paragraph(Phrase("What cannot be read from it.").strong() + " " + NOT_READ, "meaning"),
        *(context.how(_list_computed(context)) if has_moderators else ()),
    )
    return Section("needs", Phrase("For whom"), blocks, style="" if has_moderators else "short")


def _list_moderators(context: Context, said: Phrase) -> Iterator[Block]:
    q = context.quoter
    yield from context.figure("moderators", said.plain, explain_effects(context))
    for moderator in words.list_words(q):
        yield Heading(3, Phrase("By {}").format(words.name_moderator(q, moderator)))
        yield _tabulate(context, moderator)
        if quartiles := words.list_quartiles(q, moderator):
            taken = (Phrase("{} {}").format(q.field(one, "label"), q.result(one)) for one in quartiles)
            yield Paragraph(Phrase("Taken at: {}.").format(Phrase("; ").join(taken)), "quiet")


def explain_effects(context: Context) -> Phrase:
    """Give the legend of the figure."""
    said = Phrase(
        "Difference between the programmes at the visit “{}”, at each level. Filled: as estimated there, with its {} "
        "interval; open triangle: drawn towards what the levels have in common."
    ).format(context.quoter.visit(context.plan.primary), context.quoter.percent("confidence.level"))
    return said + context.name_worthwhile(context.plan.primary_scored)


def _tabulate(context: Context, moderator: str) -> Table:
    q = context.quoter
    caption = Phrase("{} compared with {}, at the visit “{}”, adjusted, with {} intervals.").format(
        q.arm("full"), q.arm("skills"), q.visit(context.plan.primary), q.percent("confidence.level")
    )
    heads = (
        *columns("Measure and level", numbers=(Phrase("People seen at this visit, {} first").format(q.arm("full")),)),
        Column(Phrase("Difference, or of a count ratio" if context.plan.of_kind("count") else "Difference"), "after"),
        *columns("Interval", "Drawn towards the others"),
    )
    rows: list[Row] = []
    for measure in context.plan.primary_measures:
        rows.append((Cell(q.measure(measure), is_header=True, columns=len(heads)),))
        rows += [_level_row(context, level) for level in words.list_levels(q, measure, moderator)]
        said = words.say_interaction(q, measure, moderator)
        rows.append((Cell(said, columns=len(heads), look="quiet level"),))
    return Table(caption, heads, tuple(rows))


def _level_row(context: Context, level: words.Level) -> Row:
    q = context.quoter
    if not q.has(level.raw):
        return (*row(level.heading, is_inset=True), Cell(q.field(level.raw, "reason"), columns=4, look="quiet after"))
    people = Phrase("{} and {}").format(q.part(level.raw, "n_full"), q.part(level.raw, "n_skills"))
    cells = (people, q.result(level.raw), q.interval(level.raw), q.result(level.shrunken))
    return row(level.heading, *cells, is_inset=True)


def _list_profiles(context: Context) -> Iterator[Block]:
    q = context.quoter
    yield Heading(3, Phrase("People like this"))
    caption = Phrase(
        "How many people resemble a profile of the plan, and how many of them were seen at the visit “{}” on a primary "
        "measure."
    ).format(q.visit(context.plan.primary))
    heads = columns("Profile", numbers=[Phrase("{}: started, seen").format(q.arm(arm)) for arm in ARMS])
    rows = tuple(
        row(label, *_count_alike(context, profile), words.say_profile(q, profile))
        for label, profile in words.list_profiles(q)
    )
    yield Table(caption, (*heads, Column(Phrase("Can the data speak for them?"), "after")), rows)


def _count_alike(context: Context, profile: str) -> Iterator[Phrase]:
    for arm in ARMS:
        people = Key("needs", what="people", arm=arm, subject=profile)
        q = context.quoter
        yield Phrase("{}, {}").format(q.result(people), q.result(people.but(what="seen")))


def _list_computed(context: Context) -> Iterator[Key]:
    """Give the interaction of each moderator and the effects at its first level, on the first primary measure."""
    measure = context.plan.primary_measures[0]
    for moderator in words.list_words(context.quoter):
        yield keys.interaction(context.plan, measure, moderator)
        for level in words.list_levels(context.quoter, measure, moderator)[:1]:
            yield from (level.raw, level.shrunken)
