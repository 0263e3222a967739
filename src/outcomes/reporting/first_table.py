"""The first table: what was found on each measure, on completion and on events, with how it looks as a small plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.lists import join_words
from outcomes.blocks.model import SENTENCES, Cell, Column, Paragraph, Table
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import is_apart
from outcomes.plan.model import ARMS
from outcomes.questions.costs.words import say_row_of_costs, say_row_of_hours
from outcomes.questions.events.keys import key_of as key_of_event
from outcomes.questions.events.keys import ratio_of
from outcomes.questions.events.words import list_heaviest_in_short, name_kind
from outcomes.questions.flow.words import ADJUSTED, COMPLETED, say_share_completed
from outcomes.questions.harms.words import say_row as say_row_of_harms
from outcomes.questions.influence import keys as influence
from outcomes.questions.influence.words import list_in_short
from outcomes.questions.outcomes.words import main_result
from outcomes.questions.verdict.words import key_of, list_measures, name_elsewhere, name_measure, say_in_short
from outcomes.results.ways import OF_KINDS, VERDICT_ON_COMPLETION, verdict_on_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row
    from outcomes.results.key import Key


def tabulate(context: Context, plots: Mapping[str, Phrase], *, has_rest: bool = True) -> Table:
    """Make the table.

    Parameters
    ----------
    context : Context
    plots : mapping of str to Phrase
        Small plots by the word of the measure; none where they are not drawn.
    has_rest : bool
        Whether harms, cost and hours stand in it as well.
    """
    q = context.quoter
    what = "Difference between similar people in the two programmes"
    if is_apart(q):
        what = "Difference by a model, not between people who are alike"
    caption = Phrase("{}, {} interval in brackets.").format(what, q.percent("confidence.level"))
    caption += context.say_rounding(COMPLETED.but(arm=arm) for arm in ARMS)
    full, skills = map(q.arm, ARMS)
    columns = [Column(Phrase("Measure")), Column(Phrase("{} compared with {}").format(full, skills))]
    if plots:
        ends = Phrase("← better in {}").format(skills), Phrase("better in {} →").format(full)
        columns.append(Column(ends[0].toned("end") + " " + ends[1].toned("end line"), "strip-head"))
    rows = [_measure_row(context, measure, plots) for measure in list_measures(context.plan)]
    width = len(columns)
    rows += [
        _completion_row(context, width),
        *(_events_row(context, one, width) for one in context.plan.primary_events),
    ]
    if has_rest:
        rows += [*_harms_row(context, width), *_cost_rows(context, width)]
    return Table(caption, tuple(columns), tuple(rows), SENTENCES)


def _measure_row(context: Context, measure: str, plots: Mapping[str, Phrase]) -> Row:
    q = context.quoter
    verdict = key_of(q, measure)
    carried = list_in_short(q, influence.of_measure(measure, context.plan.primary), verdict)
    found = _quote(context, main_result(q, measure), verdict, carried)
    if elsewhere := name_elsewhere(q, measure):
        found += " " + elsewhere.toned("reading line elsewhere")
    plot = (Cell(plots.get(measure, Phrase("")), look=""),) if plots else ()
    return (Cell(name_measure(q, measure), is_header=True), Cell(found, look="value"), *plot)


def _completion_row(context: Context, width: int) -> Row:
    q = context.quoter
    carried = list_in_short(q, influence.COMPLETION, VERDICT_ON_COMPLETION)
    found = _quote(context, ADJUSTED, VERDICT_ON_COMPLETION, carried)
    if q.has(COMPLETED.but(arm="full")):
        among = "by a model" if is_apart(q) else "among similar people"
        shares = (say_share_completed(q, arm) for arm in ARMS)
        found = Phrase(f"{{}} and {{}}; {among} {{}}").format(*shares, found)
    return (Cell(Phrase("Completed"), is_header=True), Cell(found, columns=width - 1, look="value"))


def _events_row(context: Context, kind: str, width: int) -> Row:
    q = context.quoter
    found = _quote(context, ratio_of(kind), verdict_on_events(kind), list_heaviest_in_short(q, kind))
    if q.has(ratio_of(kind)):
        rates = (q.result(key_of_event(kind, "rate", arm=arm)) for arm in ARMS)
        found = Phrase("{} and {} a person-year; ratio").format(*rates) + " " + found
    return (Cell(name_kind(q, kind), is_header=True), Cell(found, columns=width - 1, look="value"))


def _harms_row(context: Context, width: int) -> Iterator[Row]:
    """Give a row of the harms, people as they are; nothing where none is known of."""
    if said := say_row_of_harms(context.quoter):
        yield (Cell(Phrase("Harms"), is_header=True), Cell(said, columns=width - 1, look="value"))


def _cost_rows(context: Context, width: int) -> Iterator[Row]:
    """Give a row of the cost and one of the hours that clients gave; nothing where there is no number."""
    q = context.quoter
    for head, said in (("Cost", say_row_of_costs(q)), ("Clients' own time", say_row_of_hours(q))):
        if said:
            yield (Cell(Phrase(head), is_header=True), Cell(said, columns=width - 1, look="value"))


def _quote(context: Context, result: Key, verdict: Key, carried: Iterable[Phrase]) -> Phrase:
    """Quote a difference with its interval; on lines below what it tells, and whether one person carries that."""
    lines = (say_in_short(context.quoter, verdict), *carried) if context.quoter.has(result) else ()
    return Phrase(" ").join([context.with_interval(result, "interval"), *(one.toned("reading line") for one in lines)])


def explain_plots(context: Context, plots: Mapping[str, Phrase]) -> Iterator[Block]:
    """Give the legend of the small plots; nothing where there are none."""
    plan = context.plan
    if not plots:
        return
    said = "The dot is the estimate, the line its interval, in points of each scale."
    if any(one.kind in OF_KINDS for one in map(plan.measures.__getitem__, list_measures(plan))):
        said = (
            "The dot is the estimate, the line its interval: of a score in points, of a yes/no in people of a hundred, "
            "of a count as a ratio of rates, of which one is no difference."
        )
    legend = Phrase(said)
    stated = [measure for measure in plan.primary_measures if plan.measures[measure].worthwhile]
    if stated:
        legend += Phrase(
            " The dashed mark is the difference that the clinic called worthwhile{}; the scales are drawn so that it "
            "stands at the same place on all of them."
        ).format(_say_worthwhile(context, stated))
    yield Paragraph(legend, "quiet legend")


def _say_worthwhile(context: Context, measures: list[str]) -> Phrase:
    """Give the worthwhile differences in the order of the rows; nothing where they are not all in points."""
    if any(context.plan.measures[measure].kind in OF_KINDS for measure in measures):
        return Phrase("")
    quoted = [context.quoter.plan(f"measures.{measure}.worthwhile") for measure in measures]
    return Phrase(" ({} points)").format(join_words(quoted))
