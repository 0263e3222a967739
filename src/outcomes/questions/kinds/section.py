"""Counts and yes/no at visits: a part of the section on outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.lists import join_words
from outcomes.blocks.model import Cell, Column, Heading, Paragraph, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.kinds import words
from outcomes.questions.verdict.words import say_in_short
from outcomes.results.key import Key
from outcomes.results.ways import AT_A_VISIT, OF_KINDS, verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row

LEGEND = (
    "What was found at each visit with its interval, of those seen, not adjusted: of a yes/no the share with a yes, of "
    "a count the mean number. Filled circles, solid line: {}; open diamonds, dashed line: {}."
)
SEEN = "What those seen had, as it is: who was not seen, and how unlike the people were, is not allowed for here."
YES_NO = (
    "Shares are compared as shares: nothing here is in points, and no change of one person is called reliable. The "
    "adjusted difference asks what share would have had a yes had everybody been in one programme or the other."
)
WAYS = {
    "yes_no": (
        ("difference", ""),
        ("difference", "linear"),
        ("difference", "crude"),
        ("ratio", ""),
        ("odds_ratio", ""),
        *(("difference", way) for way in AT_A_VISIT),
    ),
    "count": (
        ("rate_ratio", ""),
        ("rate_difference", ""),
        ("rate_ratio_robust", ""),
        ("rate_ratio", "crude"),
        ("difference", "any"),
        ("superiority", ""),
        *(("rate_ratio", way) for way in AT_A_VISIT),
    ),
}
COUNT = (
    "A ratio of mean numbers tells how many times as many there were; nothing here is in points, and no change of one "
    "person is called reliable. Counts of a few people can decide a mean: ways that weigh them less stand beside the "
    "main one, and where one person carries the answer it is said."
)


def list_blocks(context: Context) -> Iterator[Block]:
    """Give the blocks, or nothing where every measure is a score."""
    q, plan = context.quoter, context.plan
    if not any(measure.kind in OF_KINDS for measure in plan.measures.values()):
        return
    legend = Phrase(LEGEND).format(*map(q.arm, ARMS))
    listed = [word for word, measure in plan.measures.items() if measure.kind in OF_KINDS]
    yield Heading(3, Phrase("Counts and yes/no"))
    yield Paragraph(
        Phrase("Not in points, since they are no scores: {}.").format(join_words(list(map(q.measure, listed))))
    )
    yield from context.figure("kinds", words.picture_shares(q), legend)
    yield meaning(SEEN)
    yield from context.how(words.seen_of(plan, word) for word in listed)
    for measure in plan.of_kind("yes_no"):
        yield from _list_yes_no(context, measure)
    for measure in plan.of_kind("count"):
        yield from _list_count(context, measure)


def _list_count(context: Context, measure: str) -> Iterator[Block]:
    q, plan = context.quoter, context.plan
    described, main = plan.measures[measure], words.main_of(q, measure)
    better = "more is better" if described.better == "higher" else "fewer is better"
    yield Heading(3, q.measure_in_full(measure))
    yield Paragraph(Phrase("{} measure, a count; {}.").format(described.role.capitalize(), better), "quiet")
    yield Table(
        Phrase(
            "{} by visit. Mean number in the weeks that it is of, and share with any, of those seen; ratio adjusted, "
            "with its {} interval."
        ).format(q.measure(measure), q.percent("confidence.level")),
        (
            *columns("Visit", "Weeks", numbers=(Phrase("{}: mean; any").format(q.arm(arm)) for arm in ARMS)),
            Column(Phrase("Adjusted ratio"), "after"),
            *columns(numbers=("p",)),
            Column(Phrase("What it tells")),
        ),
        tuple(_count_row(context, measure, visit) for visit in plan.visits),
    )
    others = [main.but(what=what, category=category) for what, category in WAYS["count"]]
    others.append(Key("counts", measure, what="common_rate_ratio"))
    exact = [key for key in (main.but(what="rate_ratio_exact"),) if q.get(key) is not None]
    size = [main.but(what=what) for what in ("detectable", "people_needed")]
    yield Table(
        Phrase("{} at the visit “{}”, by each way of comparing; {} intervals.").format(
            q.measure(measure), q.visit(plan.primary), q.percent("confidence.level")
        ),
        columns("What", "Value", "Interval", numbers=("p", "People")),
        tuple(context.result_row(key) for key in (*others, *exact, *size)),
    )
    yield Paragraph(_say_correction(context, measure), "quiet")
    yield meaning(COUNT)
    yield from context.how((*others, *exact, *size))


def _count_row(context: Context, measure: str, visit: str) -> Row:
    q = context.quoter
    main = OF_KINDS["count"].key(measure, visit)
    cells = (_mean_and_any(context, main.but(arm=arm)) for arm in ARMS)
    head = row(q.visit(visit), words.weeks_of(q, measure, visit), *cells)
    if visit == context.plan.baseline:
        return (*head, Cell(Phrase("adjusted for"), columns=3, look="quiet after"))
    parts = (context.with_interval(main), q.part(main, "p_value"), say_in_short(q, verdict_of(measure, visit)))
    return (*head, *map(Cell, parts))


def _mean_and_any(context: Context, key: Key) -> Phrase:
    q, mean = context.quoter, key.but(what="rate")
    return Phrase("{}; {} of {}").format(
        q.result(mean), q.result(key.but(what="any")), q.part(key.but(what="any"), "n")
    )


def _list_yes_no(context: Context, measure: str) -> Iterator[Block]:
    q, plan = context.quoter, context.plan
    described, main = plan.measures[measure], words.main_of(q, measure)
    better = "a yes is better" if described.better == "higher" else "a no is better"
    yield Heading(3, q.measure_in_full(measure))
    yield Paragraph(Phrase("{} measure, a yes/no; {}.").format(described.role.capitalize(), better), "quiet")
    yield Table(
        Phrase("{} by visit. Share with a yes, of those seen; difference adjusted, with its {} interval.").format(
            q.measure(measure), q.percent("confidence.level")
        )
        + context.say_rounding(main.but(what="share", arm=arm) for arm in ARMS),
        (
            *columns("Visit", numbers=(Phrase("{}: yes, of people").format(q.arm(arm)) for arm in ARMS)),
            Column(Phrase("Adjusted difference"), "after"),
            *columns(numbers=("p",)),
            Column(Phrase("What it tells")),
        ),
        tuple(_visit_row(context, measure, visit) for visit in plan.visits),
    )
    others = [main.but(what=what, category=category) for what, category in WAYS["yes_no"]]
    others.append(Key("yes_no", measure, what="common_odds_ratio"))
    bounds = [main.but(what=what, arm=arm) for arm in ARMS for what in ("least", "most")]
    bounds += [main.but(what="difference", category=what) for what in ("least", "most")]
    size = [main.but(what=what) for what in ("detectable", "people_needed")]
    yield Table(
        Phrase("{} at the visit “{}”, by each way of comparing; {} intervals.").format(
            q.measure(measure), q.visit(plan.primary), q.percent("confidence.level")
        ),
        columns("What", "Value", "Interval", numbers=("p", "People")),
        tuple(context.result_row(key) for key in (*others, *filter(q.has, bounds), *size)),
    )
    yield Paragraph(_say_correction(context, measure), "quiet")
    yield meaning(YES_NO)
    yield from context.how((*others, *filter(q.has, bounds[-1:]), *size))


def _visit_row(context: Context, measure: str, visit: str) -> Row:
    q = context.quoter
    main = OF_KINDS[context.plan.measures[measure].kind].key(measure, visit)
    head = row(q.visit(visit), *(_share(context, main.but(what="share", arm=arm)) for arm in ARMS))
    if visit == context.plan.baseline:
        return (*head, Cell(Phrase("adjusted for"), columns=3, look="quiet after"))
    parts = (context.with_interval(main), q.part(main, "p_value"), say_in_short(q, verdict_of(measure, visit)))
    return (*head, *map(Cell, parts))


def _share(context: Context, key: Key) -> Phrase:
    q = context.quoter
    return Phrase("{} of {}").format(q.result(key), q.part(key, "n")) if q.has(key) else q.result(key)


def _say_correction(context: Context, measure: str) -> Phrase:
    plan, p_value = context.plan, words.main_of(context.quoter, measure).but(what="p_holm")
    if measure not in plan.primary_measures or plan.confidence.multiplicity != "holm":
        return Phrase("P-values here are not corrected for the number of comparisons.")
    return Phrase(
        "P-value of the main comparison after Holm's correction over the primary measures: {}. Other p-values are not "
        "corrected."
    ).format(context.quoter.result(p_value))
