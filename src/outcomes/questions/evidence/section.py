"""The published evidence, and how the local result sits beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import (
    Cell,
    Column,
    Fold,
    Heading,
    ItemList,
    Paragraph,
    Section,
    Table,
    columns,
    meaning,
    row,
)
from outcomes.blocks.phrase import Phrase
from outcomes.questions.evidence import published, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row
    from outcomes.questions.evidence.published import Topic
    from outcomes.results.key import Key

POOLED = ("pooled", "prediction", "tau2", "i2", "h2", "q", "pooled_with_local")
KNOWN = Column(Phrase("What is known of it"), "after")


def make_section(context: Context) -> Section:
    """Make the section."""
    q = context.quoter
    lead, topics = words.lead_evidence(q), words.say_topics(q)
    picture = Phrase("{} {}").format(lead, Phrase(" ").join(topics))
    blocks = (
        Paragraph(Phrase("{} {}").format(lead, words.say_claims(q)), "lead"),
        *context.figure("evidence", picture.plain, explain_forest(context)),
        *map(Paragraph, topics),
        *tabulate_direct(context),
        *_list_claims(context),
        *_fold_others(context),
        *(
            _tabulate_pooled(context, topic)
            for topic in published.list_topics(q.registry)
            if q.has(topic.key("pooled"))
        ),
        meaning(
            "Others worked with other people, in other services, and mostly did not compare these two programmes. What "
            "they found tells how surprising a local result is; it does not replace it."
        ),
        *context.how(published.list_how(q.registry)),
    )
    return Section("evidence", Phrase("The published evidence"), blocks)


def explain_forest(context: Context) -> Phrase:
    """Give the legend of the forest."""
    pooled_elsewhere = " in this picture" if context.plan.evidence.pool_local else ""
    said = Phrase(
        "Published comparisons of the two programmes (squares), with the label of their verification, and, below them, "
        "the main comparison of this study (circle), never pooled with them{}. To the right favours {}."
    ).format(pooled_elsewhere, context.quoter.arm("full"))
    topics = published.list_topics(context.quoter.registry)
    if any(context.quoter.has(topic.key("pooled")) for topic in topics):
        said += " Diamond: their pooled effect; the thin line behind it is what to expect in a new setting."
    return said


def tabulate_direct(context: Context) -> Iterator[Block]:
    """Tabulate the published comparisons of the two programmes."""
    q = context.quoter
    if direct := published.list_direct(q.registry):
        caption = Phrase(
            "Published comparisons of the two programmes of {}, each as it is. Ratios are of the shares of people "
            "with the outcome, standardised differences are positive where they favour {}. Only those seen in their "
            "source, or derived from it, count."
        ).format(q.programme(), q.arm("full"))
        heads = columns("Study", "Outcome", numbers=("Result", "Interval", "People"))
        yield Table(caption, (*heads, KNOWN), tuple(_row(context, key, with_people=True) for key in direct))


def _row(context: Context, key: Key, *, with_people: bool = False) -> Row:
    """Give a row about a published result; one without numbers says so across their columns."""
    q = context.quoter
    named = row(words.name_study(q, key), words.name_outcome(q, key))
    if not q.has(key):
        none = Phrase("no numbers" if with_people else "no single number")
        absent = Cell(none, columns=3 if with_people else 2, look="num absent")
        return (*named, absent, Cell(q.field(key, "reason")))
    people = Phrase("{} and {}").format(q.part(key, "n_full"), q.part(key, "n_skills"))
    numbers = (q.result(key), q.interval(key), *((people,) if with_people else ()))
    return (*named, *map(Cell, numbers), Cell(q.field(key, "notes")))


def _list_claims(context: Context) -> Iterator[Block]:
    q = context.quoter
    if claims := published.list_kind(q.registry, "unsourced"):
        yield Heading(3, Phrase("Claims without a source"))
        yield ItemList(tuple(q.field(key, "label") for key in claims))


def _fold_others(context: Context) -> Iterator[Block]:
    registry = context.quoter.registry
    others = [key for kind in ("indirect", "benchmark") for key in published.list_kind(registry, kind)]
    if others:
        caption = Phrase("One programme against something else, or without a comparison: a background, never pooled.")
        heads = columns("Study", "Outcome", numbers=("Result", "Interval"))
        table = Table(caption, (*heads, KNOWN), tuple(_row(context, key) for key in others))
        yield Fold(Phrase("Results that do not compare the two programmes"), (table,))


def _tabulate_pooled(context: Context, topic: Topic) -> Table:
    q = context.quoter
    keys = [key for what in POOLED if q.has(key := topic.key(what))]
    rows = [row(q.field(key, "label"), q.result(key), q.interval(key), q.part(key, "p_value")) for key in keys]
    caption = Phrase("{}: the published comparisons together.").format(q.field(topic.key("rows"), "label", topic.label))
    return Table(caption, columns("What", numbers=("Value", "Interval", "p")), tuple(rows))
