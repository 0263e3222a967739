"""The first page: what was found, with harms and cost, how sure it is, what it does not show, the seven questions."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from outcomes.blocks.model import (
    SENTENCES,
    Box,
    Cell,
    Column,
    Definition,
    Definitions,
    Heading,
    ItemList,
    Paragraph,
    Section,
    Table,
)
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import is_apart
from outcomes.plan.model import ARMS
from outcomes.questions.balance.words import say_apart
from outcomes.questions.costs.words import say_row_of_costs, say_row_of_hours
from outcomes.questions.events.keys import key_of as key_of_event
from outcomes.questions.events.keys import ratio_of
from outcomes.questions.events.words import name_kind
from outcomes.questions.flow.words import ADJUSTED, COMPLETED, say_share_completed, started
from outcomes.questions.harms.words import say_row as say_row_of_harms
from outcomes.questions.outcomes.words import main_result
from outcomes.questions.precision.words import say_needed_in_short
from outcomes.questions.verdict.words import (
    key_of,
    list_measures,
    name_elsewhere,
    name_measure,
    read,
    say_in_short,
)
from outcomes.reporting.certainty import judge
from outcomes.reporting.questions import list_questions
from outcomes.reporting.small_plots import draw_small_plots
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.verdict import Bar, Cap
from outcomes.results.ways import OF_KINDS, VERDICT_ON_COMPLETION, verdict_on_events

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row
    from outcomes.blocks.quote import Quoter
    from outcomes.reporting.questions import Question
    from outcomes.results.verdict import Verdict

BEYOND = " What the models give below reaches beyond the people who are there."
BY_CHANCE = (
    "The plan says that chance decided who was in which programme",
    ", so differences between the people at the start are chance as well; who left and who was not seen are not.",
)
NOT_BY_CHANCE = (
    "Nothing here was allocated at random as far as this report knows",
    ", so part of any difference may come from differences between the people that were not recorded.",
)
NOT_SHOWN = (
    "What is right for one person. These are averages of groups; needs and wishes come first.",
    "Which part of the programme made a difference.",
)
WHY_IN_WHICH = "Why people were in one programme or the other, and what else differed between them."
OF_THE_SAME_KIND = "People of the same kind in both programmes. More of those who are there now would not help."
MORE_GROUPS_EACH = (
    "Several groups in each programme, or groups that hold people of both. With one group each nobody can tell "
    "the programme from the group, and more people in the same groups would not help."
)
MORE_GROUPS = "More groups, or groups that hold people of both programmes: with so few they cannot be allowed for."
WHO_SHARED = "Recording who shared a group; or, in the plan, that people of both programmes share them."
ABOUT_GROUPS = {
    Cap.FEW_GROUPS: MORE_GROUPS,
    Cap.ONE_GROUP: MORE_GROUPS,
    Cap.GROUPS_UNKNOWN: WHO_SHARED,
    Cap.GROUPS_PARTLY_RECORDED: WHO_SHARED,
    Cap.GROUPS_APART: "Recording who shared a group.",
}
UNEVEN = 1.1  # times as many in one programme: below, the smaller is not worth naming
NOT_MORE_ALIKE = (
    "More people do not make those in the two programmes alike. Letting chance decide would; writing down why each "
    "person is in a programme helps."
)


def make_section(context: Context) -> Section:
    """Make the section."""
    q = context.quoter
    plots, questions = draw_small_plots(q.registry, context.plan), list_questions(q)
    blocks = (
        *_warn(context),
        _tabulate(context, plots),
        *_explain_plots(context, plots),
        _say_allocation(context),
        Box("cards", tuple(_make_cards(context, questions))),
        _list_questions(questions),
    )
    title = Phrase("What was found at the visit “{}”").format(q.visit(context.plan.primary))
    return Section("found", title, blocks, "found", "found-title")


def _warn(context: Context) -> Iterator[Block]:
    """Say first where the people of the two programmes cannot be compared."""
    if is_apart(context.quoter):
        yield Paragraph(say_apart(context.quoter).strong() + BEYOND, "apart")


def _tabulate(context: Context, plots: Mapping[str, Phrase]) -> Table:
    q = context.quoter
    what = "Difference between similar people in the two programmes"
    if is_apart(q):
        what = "Difference by a model, not between people who are alike"
    caption = Phrase("{}, {} interval in brackets.").format(what, q.percent("confidence.level"))
    full, skills = map(q.arm, ARMS)
    columns = [Column(Phrase("Measure")), Column(Phrase("{} compared with {}").format(full, skills))]
    if plots:
        ends = Phrase("← better in {}").format(skills), Phrase("better in {} →").format(full)
        columns.append(Column(ends[0].toned("end") + " " + ends[1].toned("end line"), "strip-head"))
    rows = [_measure_row(context, measure, plots) for measure in list_measures(context.plan)]
    events = [_events_row(context, kind, len(columns)) for kind in context.plan.primary_events]
    last = (*events, *_harms_row(context, len(columns)), *_cost_rows(context, len(columns)))
    return Table(caption, tuple(columns), (*rows, _completion_row(context, len(columns)), *last), SENTENCES)


def _measure_row(context: Context, measure: str, plots: Mapping[str, Phrase]) -> Row:
    q = context.quoter
    found = _quote(context, main_result(q, measure), key_of(q, measure))
    if elsewhere := name_elsewhere(q, measure):
        found += " " + elsewhere.toned("reading line elsewhere")
    plot = (Cell(plots.get(measure, Phrase("")), look=""),) if plots else ()
    return (Cell(name_measure(q, measure), is_header=True), Cell(found, look="value"), *plot)


def _completion_row(context: Context, width: int) -> Row:
    q = context.quoter
    found = _quote(context, ADJUSTED, VERDICT_ON_COMPLETION)
    if q.has(COMPLETED.but(arm="full")):
        among = "by a model" if is_apart(q) else "among similar people"
        shares = (say_share_completed(q, arm) for arm in ARMS)
        found = Phrase(f"{{}} and {{}}; {among} {{}}").format(*shares, found)
    return (Cell(Phrase("Completed"), is_header=True), Cell(found, columns=width - 1, look="value"))


def _events_row(context: Context, kind: str, width: int) -> Row:
    q = context.quoter
    found = _quote(context, ratio_of(kind), verdict_on_events(kind))
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


def _quote(context: Context, result: Key, verdict: Key) -> Phrase:
    """Quote a difference with its interval, and on a line below in a few words what it tells."""
    said = say_in_short(context.quoter, verdict) if context.quoter.has(result) else Phrase("")
    return context.with_interval(result, "interval") + " " + said.toned("reading line")


def _explain_plots(context: Context, plots: Mapping[str, Phrase]) -> Iterator[Block]:
    plan = context.plan
    if not plots:
        return
    said = "The dot is the estimate, the line its interval, in points of each scale."
    if any(one.kind in OF_KINDS for one in map(plan.measures.__getitem__, list_measures(plan))):
        said = (
            "The dot is the estimate, the line its interval: of a score in points, of a yes/no in people of a hundred, "
            "of a count as a ratio of rates, of which one is no difference."
        )
    if any(plan.measures[measure].worthwhile for measure in plan.primary_measures):
        said += (
            " The dashed mark is the difference that the clinic called worthwhile; the scales are drawn so that it "
            "stands at the same place on all of them."
        )
    yield Paragraph(Phrase(said), "quiet legend")


def _say_allocation(context: Context) -> Paragraph:
    """Say what decided who was in which programme, which no number can make good."""
    strong, rest = BY_CHANCE if context.plan.allocation == "random" else NOT_BY_CHANCE
    return Paragraph(Phrase(strong).strong() + rest)


def _make_cards(context: Context, questions: Sequence[Question]) -> Iterator[Box]:
    """Make the cards: how sure, what it does not show, what would settle it."""
    q, plan = context.quoter, context.plan
    certain = next(question.status for question in questions if question.section == "trust")
    lines = (Definition(line.head, line.brief, grade=line.grade) for line in judge(q))
    yield _card(
        "How sure",
        "sure-title",
        Paragraph(Phrase(f"{certain.capitalize()}."), "sum"),
        Definitions(tuple(lines), "sure"),
        Paragraph(Phrase("What stands behind this").leading_to("trust"), "more"),
    )
    open_ones = (*((WHY_IN_WHICH,) if plan.allocation == "routine" else ()), *NOT_SHOWN)
    yield _card("What this does not show", "not-title", ItemList(tuple(map(Phrase, open_ones))))
    yield _card("What would settle it", "settle-title", *map(Paragraph, _say_what_settles(context)))


def _card(title: str, name: str, *blocks: Block) -> Box:
    return Box("card", (Heading(3, Phrase(title), name), *blocks))


def _say_what_settles(context: Context) -> Iterator[Phrase]:
    q, plan = context.quoter, context.plan
    if is_apart(q):
        yield Phrase(OF_THE_SAME_KIND)
        return
    yield from map(Phrase, _list_about_groups(q))
    if any(Bar.ONE_GROUP_EACH in verdict.bars for verdict in _read_all(q)):
        return
    yield Phrase(" ").join(said for said in (say_needed_in_short(q), _say_what_narrows(q)) if said)
    if plan.allocation == "routine":
        yield Phrase(NOT_MORE_ALIKE)


def _say_what_narrows(quoter: Quoter) -> Phrase:
    """Say what would narrow the intervals most, of what there is to mend."""
    visit = quoter.plan_model.primary
    began = [_count(quoter, started(arm)) for arm in ARMS]
    seen = [
        _count(quoter, Key("flow", measure, visit, "observed", arm))
        for measure in quoter.plan_model.primary_measures
        for arm in ARMS
    ]
    ways = [Phrase("more people in the smaller programme")] if max(began) > UNEVEN * min(began) else []
    if any(count < everybody for count, everybody in zip(seen, itertools.cycle(began), strict=False)):
        ways.append(Phrase("fewer who are not seen at the visit “{}”").format(quoter.visit(visit)))
    if not ways:
        return Phrase("")
    return Phrase("The intervals would be narrowed most by {}.").format(Phrase(", and by ").join(ways))


def _count(quoter: Quoter, key: Key) -> float:
    outcome = quoter.get(key)
    return outcome.value if isinstance(outcome, Estimate) else 0.0


def _read_all(quoter: Quoter) -> list[Verdict]:
    verdicts = (read(quoter, key_of(quoter, measure)) for measure in quoter.plan_model.primary_measures)
    return [verdict for verdict in verdicts if verdict is not None]


def _list_about_groups(quoter: Quoter) -> list[str]:
    """Say what would settle how groups lay, where that stands in the way."""
    caps = {cap for verdict in _read_all(quoter) for cap in verdict.caps}
    if any(Bar.ONE_GROUP_EACH in verdict.bars for verdict in _read_all(quoter)):
        return [MORE_GROUPS_EACH]
    return [said for cap, said in ABOUT_GROUPS.items() if cap in caps]


def _list_questions(questions: Sequence[Question]) -> Box:
    items = []
    for question in questions:
        link = Phrase(question.text).leading_to(question.section)
        said = Phrase("{} {}").format(link, Phrase(question.status).emphasis())
        has_row = question.section not in {"needs", "sessions"}  # what else there is to say stands in the table above
        items.append(said if has_row or not question.why else said + ": " + question.why)
    title = Heading(3, Phrase("The seven questions"), "questions-title")
    return Box("questions", (title, ItemList(tuple(items), ordered=True)))
