"""Who was not seen: a part of the section on how far to trust the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Cell, Column, Fold, Heading, Paragraph, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase, sign
from outcomes.plan.model import ARMS
from outcomes.questions.missing import words
from outcomes.results.key import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row

ASSUMPTIONS = {
    "mar": "As similar people of their own programme",
    "jump_to_reference": "Once lost, like the reference",
    "copy_increments": "Once lost, changing like the reference",
    "copy_reference": "Like the reference all along",
}
START = "The main comparison, what is missing at the start completed"
KINDS = {"monotone": "Lost: not seen at a visit nor later", "intermittent": "Not seen at a visit, seen at a later one"}
HOW = (
    "start",
    "mar",
    "mar_rubin",
    "jump_to_reference",
    "jump_to_reference_rubin",
    "monte_carlo_error",
    "tipping_point",
)


def list_blocks(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    q, plan = context.quoter, context.plan
    yield Heading(3, Phrase("Who was not seen"), "missing")
    yield from (Paragraph(words.say_missing(q, measure)) for measure in plan.primary_measures)
    shares = "Share of those who started that has no score at each visit, with {} intervals."
    yield from context.figure("missing", words.picture_missing(q), Phrase(shares).format(q.percent("confidence.level")))
    if plan.primary_scored:
        yield _tabulate_assumptions(context)
    yield from context.figure("tipping", words.picture_tipping(q), _explain_tipping(context))
    patterns = tuple(_tabulate_patterns(context, measure) for measure in plan.primary_measures)
    yield Fold(Phrase("Who was seen when, by pattern"), patterns)
    yield meaning(
        "Nothing in the data says how those not seen were doing. The first line of the table assumes that they went on "
        "like similar people who were seen; the others assume that they did worse or otherwise. Where all lines point "
        "the same way, the answer does not hang on that assumption."
    )
    yield from context.how(
        Key("imputation", measure, plan.primary, what) for measure in plan.primary_scored for what in HOW
    )


def _explain_tipping(context: Context) -> Phrase:
    q = context.quoter
    return Phrase(
        "The difference, with its {} interval, by how far those lost from {} are from what was assumed of them (dashed "
        "line: as assumed). Filled point: the interval reaches zero. Open point: the difference is zero."
    ).format(q.percent("confidence.level"), q.arm("full"))


def _tabulate_assumptions(context: Context) -> Table:
    q, plan = context.quoter, context.plan
    return Table(
        Phrase(
            "Difference at the visit “{}” under assumptions about those not seen, {} intervals, of all with a score at "
            "the start and what is adjusted for recorded. “Reference” is {}; only those lost from the "
            "other programme, not seen at a visit nor at a later one, are moved to it."
        ).format(q.visit(plan.primary), q.percent("confidence.level"), q.arm(plan.missing.reference)),
        columns("Assumed", "Difference", "Interval, as it would vary from study to study", "By Rubin's rules"),
        tuple(one for measure in plan.primary_scored for one in _list_assumptions(context, measure)),
    )


def _list_assumptions(context: Context, measure: str) -> Iterator[Row]:
    q = context.quoter
    key = Key("imputation", measure, context.plan.primary)

    def make(what: str, head: Phrase | str, rubin: Phrase | str = "") -> Row:
        result = key.but(what=what)
        return row(head, q.result(result), q.interval(result), rubin, is_inset=True)

    yield (Cell(q.measure(measure), is_header=True, columns=4),)
    if q.get(key.but(what="start")) is not None:
        completed = key.but(what="start")
        yield row(START, q.result(completed), "", context.with_interval(completed), is_inset=True)
    for what, text in ASSUMPTIONS.items():
        yield make(what, text, context.with_interval(key.but(what=f"{what}_rubin")))
    if q.get(key.but(what="mar_clustered")) is not None:
        yield make("mar_clustered", "The first, allowing for people who share a group")
    for arm in ARMS:
        worse = Phrase("{} SD worse, those lost from {}").format(q.plan(f"missing.worse.{arm}"), q.arm(arm))
        yield make(f"worse_{arm}", worse)
    yield make("worse_both", "Both of these")


def _tabulate_patterns(context: Context, measure: str) -> Table:
    q, plan = context.quoter, context.plan
    key, span = Key("missing", measure), len(plan.visits)
    rows = [
        (
            *(Cell(sign("●", "seen") if seen else sign("○", "not seen")) for seen in pattern.seen),
            *(Cell(q.result(count)) for count in pattern.counts),
        )
        for pattern in words.list_patterns(q, measure)
    ]
    described = {text: key.but(what="kind", category=kind) for kind, text in KINDS.items()}
    if plan.measures[measure].kind == "score":
        described["Last score of those not seen next: worse by, in SD"] = key.but(what="last_score")
    for text, one in described.items():
        head = Cell(Phrase(text), is_header=True, columns=span)
        rows.append((head, *(Cell(q.result(one.but(arm=arm))) for arm in ARMS)))
    return Table(
        Phrase("{}: people by the visits at which they were seen (● seen, ○ not seen).").format(q.measure(measure)),
        (*columns(*map(q.visit, plan.visits)), *(Column(q.arm(arm), "num") for arm in ARMS)),
        tuple(rows),
    )
