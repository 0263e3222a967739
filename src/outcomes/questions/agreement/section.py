"""How much the answer depends on the method: a part of the section about trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Cell, Heading, Paragraph, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.questions.agreement import words
from outcomes.results.ways import OF_KINDS, WAYS_OF_KINDS, name_way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row
    from outcomes.results.key import Key
    from outcomes.results.ways import Way

LEGEND = Phrase(
    "Every way of estimating the difference, in points. Shaded: the interval of the main result. Open marks below the "
    "line ask another question."
)
APART = "Another question: about other people, or with another assumption about those not seen. Not counted above."


def list_blocks(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    q, measures = context.quoter, context.plan.primary_scored
    yield Heading(3, Phrase("How much the answer depends on the method"), "agreement")
    every = context.plan.primary_measures
    yield from (Paragraph(words.say_agreement(q, measure)) for measure in every)
    yield from context.figure("agreement", words.picture_agreement(q), explain_ways(context))
    if measures:
        yield _tabulate(context)
    yield from (_tabulate_kind(context, measure) for measure in every if measure not in measures)
    yield meaning(
        "Ways that agree share most of their data, and can be wrong together: none of them knows what was not "
        "recorded. Ways that disagree tell that an assumption matters; the main result is the one that was planned."
    )
    first = [keys[0] for _, keys in words.list_ways(q)]
    yield from context.how([*first, *(words.key_of(q, measure, "agree") for measure in every)])


def explain_ways(context: Context) -> Phrase:
    """Give the legend of the figure."""
    return LEGEND + context.name_worthwhile(context.plan.primary_scored)


def _tabulate_kind(context: Context, measure: str) -> Table:
    """Tabulate the ways of a count or a yes/no."""
    q, visit, kind = context.quoter, context.plan.primary, context.plan.measures[measure].kind
    ways = {f"{OF_KINDS[kind].text} (main)": OF_KINDS[kind], **{_name(way): way for way in WAYS_OF_KINDS[kind]}}
    return Table(
        Phrase("{} at the visit “{}”, {} compared with {}, {} intervals.").format(
            q.measure(measure), q.visit(visit), q.arm("full"), q.arm("skills"), q.percent("confidence.level")
        ),
        columns("Way", q.measure(measure)),
        tuple(row(name.capitalize(), _quote(context, way.key(measure, visit))) for name, way in ways.items()),
    )


def _name(way: Way) -> str:
    return way.text if way.role == "counted" else f"{way.text} (another question, not counted)"


def _tabulate(context: Context) -> Table:
    q, measures = context.quoter, context.plan.primary_scored
    return Table(
        Phrase("Difference at the visit “{}”, {} compared with {}, {} intervals.").format(
            q.visit(context.plan.primary), q.arm("full"), q.arm("skills"), q.percent("confidence.level")
        ),
        columns("Way", *map(q.measure, measures)),
        tuple(_list_rows(context)),
    )


def _list_rows(context: Context) -> Iterator[Row]:
    """Give a row for each way, and one above those that ask another question."""
    is_apart = False
    for way, keys in words.list_ways(context.quoter):
        if way.role == "apart" and not is_apart:
            is_apart = True
            yield (Cell(Phrase(APART), is_header=True, columns=len(keys) + 1, look="quiet"),)
        name = name_way(way, context.quoter.registry, context.plan.primary_scored, context.plan.primary)
        yield row(name, *(_quote(context, key) for key in keys))


def _quote(context: Context, key: Key) -> Phrase:
    """Quote an estimate with its interval, or why there is none."""
    q = context.quoter
    if q.has(key) or q.get(key) is None:
        return context.with_interval(key, "quiet")
    return Phrase("{} {}").format(q.result(key), q.field(key, "reason").toned("worth"))
