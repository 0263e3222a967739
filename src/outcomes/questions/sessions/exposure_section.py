"""How much of the sessions people got, how soon they improved, and whether it ran through the working relationship."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Heading, Paragraph, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.sessions import listed, words
from outcomes.questions.sessions.plan import STREAMS, alliance_key, alliance_measures, association_key
from outcomes.results.key import Key
from outcomes.results.outcome import NotEstimable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row
    from outcomes.blocks.quote import Name


def list_blocks(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    yield from _list_dose(context)
    yield from _list_pace(context)
    yield from _list_alliance(context)
    yield from _list_mediation(context)


def _list_dose(context: Context) -> Iterator[Block]:
    q, measures = context.quoter, context.plan.primary_scored
    yield Heading(3, Phrase("How much of it, and what went with more"))
    yield from (Paragraph(words.say_dose(q, measure)) for measure in measures)
    if any(listed.has_numbers(q.registry, analysis="dose", measure=one) for one in (*measures[:1], *measures[-1:])):
        yield _tabulate_dose(context)
    attended = {
        (arm, kind): Key("dose", what="attended", arm=arm, subject=kind)
        for arm, kinds in STREAMS.items()
        for kind in kinds
    }
    if q.has(attended["full", "group"]):
        said = Phrase(
            "On average people in {} attended {} group and {} individual sessions, people in {} {} group sessions."
        )
        full = (q.arm("full"), q.result(attended["full", "group"]), q.result(attended["full", "individual"]))
        yield Paragraph(said.format(*full, q.arm("skills"), q.result(attended["skills", "group"])))
    yield meaning(
        "Sessions over the whole programme are not set against the outcome: who gets worse leaves, and who leaves has "
        "fewer sessions, so that such a figure would be large whatever sessions do. Up to the visit in the middle all "
        "of these people were there to attend."
    )
    streams = (("", ""), ("full", "individual"))
    yield from context.how(_slope(context, measure, *stream) for measure in measures for stream in streams)


def _slope(context: Context, measure: str, arm: str, kind: str) -> Key:
    return Key("dose", measure, context.plan.primary, "per_session", arm, subject=kind)


def _tabulate_dose(context: Context) -> Table:
    q, measures = context.quoter, context.plan.primary_scored
    streams = [(arm, kind) for arm, kinds in STREAMS.items() for kind in kinds]
    names = {("", ""): Phrase("of either kind, both programmes")}
    kinds = {"group": Phrase("group"), "individual": q.individual()}
    names |= {(arm, kind): Phrase("{}, {}").format(kinds[kind], q.arm(arm)) for arm, kind in streams}
    rows = tuple(
        row(name.capitalised(), *(context.with_interval(_slope(context, one, *stream), "interval") for one in measures))
        for stream, name in names.items()
    )
    caption = (
        "Change after the visit in the middle, in points, for each session more that was attended up to it; among "
        "those seen at both visits, adjusted for where they stood by then."
    )
    return Table(Phrase(caption), columns("Sessions", numbers=map(q.measure, measures)), rows)


def _list_pace(context: Context) -> Iterator[Block]:
    q, measures = context.quoter, context.plan.primary_scored
    yield Heading(3, Phrase("How soon people improve"))
    yield from (Paragraph(words.say_pace(q, measure)) for measure in measures)
    yield from context.figure(
        "pace",
        words.picture_pace(q),
        "Share who had improved reliably at least once by each visit. Between two visits it is not known when: the "
        "thin line only leads the eye.",
    )
    yield meaning(
        "Sooner is not more: people are counted from the first visit at which they had improved, and who fell back "
        "later stays counted. Nothing here is adjusted for how people were at the start."
    )
    yield from context.how(
        key
        for measure in measures
        for key in (Key("pace", measure, what="curve", arm="full"), Key("pace", measure, what="difference"))
    )


def _list_alliance(context: Context) -> Iterator[Block]:
    q, plan = context.quoter, context.plan
    measure = next(iter(alliance_measures(plan)), "")
    told = (q.registry.where(analysis="alliance", measure=measure, what=what) for what in ("mean", "difference"))
    if not any(told):
        return
    yield Heading(3, Phrase("The working relationship"))
    yield Table(
        Phrase("Alliance: means of those seen, and the difference adjusted for the plan's covariates."),
        columns("Visit", numbers=(*map(q.arm, ARMS), "Difference", "Interval")),
        tuple(_alliance_row(context, measure, visit) for visit in plan.later),
    )
    yield _tabulate_associations(context, measure)
    yield meaning(
        "A tie between the relationship and later change is no more than a tie: who gets on well with a therapist may "
        "differ in other ways too, and who is already doing better may rate the work higher."
    )
    first = plan.later[0]
    yield from context.how(
        (
            alliance_key(plan, measure, first, "mean", "full"),
            alliance_key(plan, measure, first, "difference"),
            *(association_key(plan, measure, one) for one in plan.primary_scored),
        )
    )


def _alliance_row(context: Context, measure: str, visit: str) -> Row:
    q, plan = context.quoter, context.plan
    means = (q.result(alliance_key(plan, measure, visit, "mean", arm)) for arm in ARMS)
    difference = alliance_key(plan, measure, visit, "difference")
    return row(q.visit(visit), *means, q.result(difference), q.interval(difference))


def _tabulate_associations(context: Context, alliance: str) -> Table:
    q = context.quoter
    results = {one: association_key(context.plan, alliance, one) for one in context.plan.primary_scored}
    rows = tuple(
        row(q.measure(measure), q.result(result), q.interval(result), q.part(result, "n"))
        for measure, result in results.items()
        if q.get(result) is not None
    )
    caption = "Change after the visit in the middle for a standard deviation more of alliance at it, in points."
    return Table(Phrase(caption), columns("Measure", numbers=("Points", "Interval", "People")), rows)


def _list_mediation(context: Context) -> Iterator[Block]:
    q, primary = context.quoter, context.plan.primary
    results = [
        Key("mediation", measure, primary, "indirect", subject=mediator)
        for measure, mediator in listed.list_mediated(q)
    ]
    if not results:
        return
    yield Heading(3, Phrase("Does the programme act through it?"))
    caption = Phrase(
        "The adjusted difference at the visit “{}” in two parts: what runs through the named measure, and what does "
        "not."
    ).format(q.visit(primary))
    heads = columns("Measure", "Through", numbers=("Part that runs through it", "Part that does not", "Both"))
    yield Table(caption, heads, tuple(_mediation_row(context, one) for one in results))
    first = results[0]
    if isinstance(q.get(first), NotEstimable):
        yield Paragraph(Phrase("This data cannot answer. {}").format(q.field(first, "reason")))
    else:
        yield meaning(q.field(first, "notes") or "Not shown in this edition.")
    yield from context.how((first, first.but(what="proportion")))


def _mediation_row(context: Context, indirect: Key) -> Row:
    q = context.quoter
    parts: tuple[Name, ...] = (indirect, indirect.but(what="direct"), indirect.but(what="total"))
    told = (context.with_interval(part, "interval") for part in parts)
    return row(q.measure(indirect.measure), q.measure(indirect.subject), *told)
