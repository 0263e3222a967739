"""Whether people in the full programme improve more: every measure by visit, and by each way of comparing."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from outcomes.blocks.columns import name_column
from outcomes.blocks.lists import join_words
from outcomes.blocks.model import Cell, Column, Heading, Paragraph, Section, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.outcomes import words
from outcomes.questions.verdict.words import list_measures, say_in_short
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.ways import BY_GROUP, BY_PEOPLE, OF_A_MEASURE, main_key, main_way, verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row
    from outcomes.results.ways import Way

COMPARED = ("mmrm", "ancova", "between", "within")  # analyses of the table of ways that need no shared groups
SPREADS = {"group_sd": "groups", "therapist_sd": "therapists"}


def make_section(context: Context) -> Section:
    """Make the section."""
    q = context.quoter
    measures = context.plan.measures
    blocks = (
        Paragraph(words.lead_outcomes(q), "lead"),
        Paragraph(words.say_who_is_counted(q), "quiet"),
        *context.figure("trajectory", words.picture_trajectory(q), explain_trajectory(context, context.plan.scored)),
        *context.figure("forest", words.picture_forest(q), _explain_forest(context)),
        *chain.from_iterable(_list_blocks(context, measure) for measure in measures),
        meaning(
            "The main comparison uses every score after the start; the others are shown so that a reader sees whether "
            "the answer hangs on the method."
        ),
        *context.how(chain.from_iterable(_list_explained(context, measure) for measure in measures)),
    )
    return Section("outcomes", Phrase("Outcomes"), blocks)


def explain_trajectory(context: Context, measures: Iterable[str]) -> Phrase:
    """Give the legend of the means over time."""
    q = context.quoter
    said = Phrase(
        "Means of the main comparison with their {} intervals, adjusted for {adjusted}: both lines leave from the mean "
        "start of everybody compared (square), since the people are compared as if they had started alike. Where "
        "there is no main comparison the means are those of the people seen, not adjusted, and the axis says so."
    ).format(
        q.percent("confidence.level"),
        adjusted=join_words([Phrase("the score at the start"), *map(name_column, context.plan.adjust.covariates)]),
    )
    upright = Phrase(
        "Dashed upright: the worthwhile difference, from the mean of {} at the visit “{}” to where the other would "
        "have to lie."
    ).format(q.arm("skills"), q.visit(context.plan.primary))
    return said + context.name_worthwhile(measures, upright)


def _explain_forest(context: Context) -> Phrase:
    q = context.quoter
    said = Phrase(
        "Every way of comparing at the visit “{}”, in standard deviations with {} intervals; to the right favours {}."
    ).format(q.visit(context.plan.primary), q.percent("confidence.level"), q.arm("full"))
    return said + context.name_worthwhile(context.plan.scored)


def _list_blocks(context: Context, measure: str) -> Iterator[Block]:
    """Give the blocks about a measure."""
    q, described = context.quoter, context.plan.measures[measure]
    yield Heading(3, q.measure_in_full(measure))
    yield Paragraph(
        Phrase("{} measure; {} is better; possible scores {} to {}.").format(
            described.role.capitalize(),
            described.better,
            q.plan(f"measures.{measure}.range.0"),
            q.plan(f"measures.{measure}.range.1"),
        ),
        "quiet",
    )
    if measure in list_measures(context.plan):
        yield Paragraph(words.say_measure(q, measure))
    yield _tabulate_visits(context, measure)
    yield from _compare_ways(context, measure)
    yield from _count_scores(context, measure)
    yield from _say_spreads(context, measure)
    yield Paragraph(_say_correction(context, measure), "quiet")


def _tabulate_visits(context: Context, measure: str) -> Table:
    q = context.quoter
    caption = Phrase(
        "{} by visit. In each programme: mean (standard deviation) and number of those seen there. Difference, of "
        "those in the main comparison: {} compared with {}, adjusted, with its {} interval."
    ).format(q.measure(measure), q.arm("full"), q.arm("skills"), q.percent("confidence.level"))
    heads = (
        *columns("Visit", numbers=map(q.arm, ARMS)),
        Column(Phrase("Adjusted difference, all visits"), "after"),
        *columns(numbers=("p", "In standard deviations")),
        Column(Phrase("What it tells")),
    )
    return Table(caption, heads, tuple(_visit_row(context, measure, visit) for visit in context.plan.visits))


def _visit_row(context: Context, measure: str, visit: str) -> Row:
    q = context.quoter
    main = main_key(q.registry, measure, visit)
    head = row(q.visit(visit), *(_mean_and_people(context, main.but(arm=arm)) for arm in ARMS))
    if visit == context.plan.baseline:
        return (*head, Cell(Phrase("adjusted for"), columns=4, look="quiet after"))
    parts = (
        context.with_interval(main),
        q.part(main, "p_value"),
        q.result(main.but(what="g")),
        say_in_short(q, verdict_of(measure, visit)),
    )
    return (*head, *map(Cell, parts))


def _mean_and_people(context: Context, key: Key) -> Phrase:
    """Give mean and standard deviation of an arm at a visit where they are known, and how many were seen."""
    q, mean = context.quoter, key.but(analysis="describe", what="mean")
    people = q.result(key.but(analysis="flow", what="observed"))
    if not q.has(mean):
        return people
    return Phrase("{} ({}), {}").format(q.result(mean), q.result(mean.but(what="sd")), people)


def _compare_ways(context: Context, measure: str) -> Iterator[Block]:
    """Compare the ways at the primary visit, or say why there is none."""
    q, visit = context.quoter, context.plan.primary
    compared = (q.registry.where(analysis=analysis, measure=measure) for analysis in COMPARED)
    if any(isinstance(outcome, Estimate) for outcome in chain.from_iterable(compared)):
        yield Table(
            Phrase("{} at the visit “{}”, by each way of comparing; people: those whose scores it uses.").format(
                q.measure(measure), q.visit(visit)
            ),
            columns("Way", "Difference", "Interval", numbers=("p", "People")),
            (*_list_ways(context, measure), *(_change_row(context, measure, arm) for arm in ARMS)),
        )
    elif q.get(reason := Key("ancova", measure, visit, "difference")) is not None:
        said = Phrase("No way of comparing at the visit “{}”: {}").format(q.visit(visit), q.field(reason, "reason"))
        yield Paragraph(said)


def _list_ways(context: Context, measure: str) -> Iterator[Row]:
    """Give a row for each way in points, then for those that are told in standard deviations alone."""
    q, visit = context.quoter, context.plan.primary
    main = main_way(q.registry, measure, visit)
    listed = [
        (way, way.key(measure, visit), f"{way.title} (main)" if way is main else way.title) for way in OF_A_MEASURE
    ]
    listed += [
        (way, way.key(measure, visit).but(what=one.what), one.title)
        for way in OF_A_MEASURE
        for one in way.standardised
        if one.title
    ]
    for way, key, title in listed:
        if q.get(key) is not None or _is_hidden(context, way):
            people = Phrase("{} and {}").format(*(q.part(key, f"n_{arm}") for arm in ARMS))
            yield row(title, q.result(key), q.interval(key), q.part(key, "p_value"), people)


def _is_hidden(context: Context, way: Way) -> bool:
    """Whether a way that is not in this edition was hidden; some there may never have been.

    By clusters there may be no interval, and nothing missing at the start to fill in.
    """
    return context.is_shared and way is not BY_GROUP and way.role != "apart"


def _change_row(context: Context, measure: str, arm: str) -> Row:
    q, change = context.quoter, Key("within", measure, context.plan.primary, "change", arm)
    head = Phrase("Change within {}").format(q.arm(arm))
    return row(head, q.result(change), q.interval(change), q.part(change, "p_value"), q.part(change, "n"))


def _count_scores(context: Context, measure: str) -> Iterator[Block]:
    q, scores = context.quoter, Key("mmrm", measure, what="observations")
    if q.has(scores):
        said = Phrase(
            "The main comparison uses {} scores after the start, of {} and {} people with a score at the start, one "
            "later and all that it is adjusted for."
        ).format(q.result(scores), *(q.part(scores, f"n_{arm}") for arm in ARMS))
        yield Paragraph(said, "quiet")


def _say_spreads(context: Context, measure: str) -> Iterator[Block]:
    """Say how far groups and therapists differ in the mixed model."""
    q = context.quoter
    keys = {Key("mixed", measure, what=what): kind for what, kind in SPREADS.items()}
    found = [Phrase("between {} {} points").format(kind, q.result(key)) for key, kind in keys.items() if q.has(key)]
    if found:
        said = Phrase(
            "Standard deviation in the mixed model: {}. Zero is the least there can be: they then differ no more than "
            "chance makes them."
        )
        yield Paragraph(said.format(Phrase(", ").join(found)), "quiet")


def _say_correction(context: Context, measure: str) -> Phrase:
    plan = context.plan
    if measure not in plan.primary_scored or plan.confidence.multiplicity != "holm":
        return Phrase("P-values here are not corrected for the number of comparisons.")
    return Phrase(
        "P-value of the main comparison after Holm's correction over the primary measures: {}. Other p-values are not "
        "corrected."
    ).format(context.quoter.result(Key("mmrm", measure, plan.primary, "p_holm")))


def _list_explained(context: Context, measure: str) -> Iterator[Key]:
    for way in OF_A_MEASURE:
        key = way.key(measure, context.plan.primary)
        yield key
        yield from (key.but(what=one.what) for one in way.standardised if one.title or way is BY_PEOPLE)
