"""Who was compared: who started, was seen and completed, what they were like, and who was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.columns import name_column
from outcomes.blocks.model import (
    Box,
    Definition,
    Definitions,
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
from outcomes.plan.model import ARMS
from outcomes.questions.flow import words
from outcomes.results.key import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block
    from outcomes.plan.model import Plan

SUMMARIES = {
    "score": "difference in means",
    "count": "ratio of rates",
    "yes_no": "difference between shares",
}
ABOUT_WHOM = (
    "An answer is about those who are in it. Who was left out of a comparison, and why, tells whom it is not about."
)
ONE_REASON = (
    "Who is left out for several reasons stands under one of them alone, so that more people can lack a score at the "
    "start than stand under that."
)


def make_section(context: Context) -> Section:
    """Make the section."""
    blocks = (
        Paragraph(_say_started(context), "lead"),
        Box("flow", tuple(_count_arm(context, arm) for arm in ARMS)),
        Paragraph(_explain_seen(context), "quiet"),
        _define_estimand(context),
        *_list_structure(context),
        Heading(3, Phrase("Who and what was left out"), "left-out"),
        *_tabulate_left_out(context),
        _list_left_out(context),
        meaning(ABOUT_WHOM),
        *context.how((words.started("full"),)),
    )
    return Section("compared", Phrase("Who was compared"), blocks)


def _say_started(context: Context) -> Phrase:
    q = context.quoter
    full, skills = ((q.result(words.started(arm)), q.arm(arm)) for arm in ARMS)
    return Phrase("{} people started in {} and {} in {}.").format(*full, *skills)


def _count_arm(context: Context, arm: str) -> Box:
    """Count the people of an arm from the start to the last visit."""
    q = context.quoter
    seen = (
        (Phrase("Seen at “{}”").format(q.visit(visit)), _count_seen(context, visit, arm))
        for visit in context.plan.visits
    )
    steps = [(Phrase("Started"), q.result(words.started(arm)).strong()), *seen]
    share = words.COMPLETED.but(arm=arm)
    of = Phrase(", of {} recorded").format(q.part(share, "n")) if q.has(share) else Phrase("")
    steps.append((Phrase("Completed{}").format(of), q.result(Key("flow", what="completed", arm=arm)).strong()))
    if unknown := words.count_not_recorded(q, arm):
        steps.append((Phrase("Completion not recorded"), unknown.strong()))
    items = (step.toned("step") + " " + count for step, count in steps)
    return Box(f"arm {arm}", (Heading(3, q.arm_in_full(arm)), ItemList(tuple(items), ordered=True, style="steps")))


def _count_seen(context: Context, visit: str, arm: str) -> Phrase:
    """Count who was seen at a visit; of several measures each with its name."""
    q, measures = context.quoter, context.plan.primary_measures
    counts = [q.result(Key("flow", measure, visit, "observed", arm)) for measure in measures]
    if len(measures) == 1:
        return counts[0].strong()
    named = zip(map(q.measure, measures), counts, strict=True)
    return Phrase(", ").join([Phrase("{} {}").format(name, count.strong()) for name, count in named])


def _explain_seen(context: Context) -> Phrase:
    listed = Phrase(", ").join(map(context.quoter.measure, context.plan.primary_measures))
    return Phrase("Seen: people with a score on {}.").format(listed)


def _summarise(plan: Plan) -> Phrase:
    """Say what is compared of each kind of measure among the primary ones."""
    kinds = dict.fromkeys(plan.measures[word].kind for word in plan.primary_measures)
    return Phrase("; ").join([Phrase(SUMMARIES[kind]) for kind in kinds])


def _define_estimand(context: Context) -> Box:
    """Say what exactly is compared: people, programmes, score, those who leave early, and summary."""
    q, plan = context.quoter, context.plan
    measures = Phrase(", ").join(map(q.measure, plan.primary_measures))
    adjusted = Phrase(", ").join(["the score at the start", *map(name_column, plan.adjust.covariates)])
    leaving = (
        "counted with their programme (treatment policy); scores not seen are taken to be missing at random, given "
        "what was seen"
    )
    said = {
        "People": Phrase("everyone who started, by the programme they started"),
        "Programmes": Phrase("{} against {}").format(*map(q.arm, ARMS)),
        "Score": Phrase("{} at the visit “{}”").format(measures, q.visit(plan.primary)),
        "Leaving early": Phrase(leaving),
        "Summary": Phrase("{}, adjusted for {}").format(_summarise(plan), adjusted),
    }
    entries = tuple(Definition(Phrase(term), phrase) for term, phrase in said.items())
    return Box("estimand", (Heading(3, Phrase("What exactly is compared"), "estimand-title"), Definitions(entries)))


def _list_structure(context: Context) -> Iterator[Block]:
    """Say which groups, therapists and sites people share."""
    count = len(context.manifest["structure"])
    if count:
        yield Heading(3, Phrase("Groups, therapists, sites"))
        yield ItemList(tuple(context.quoter.manifest(f"structure.{place}") for place in range(count)))


def _tabulate_left_out(context: Context) -> Iterator[Block]:
    """Count who is in the main comparison of each measure, and who is not, for each reason."""
    q = context.quoter
    measures, reasons = words.list_compared(q), words.list_reasons(q)
    if not measures:
        return
    nobody = "" if context.is_shared else "; nobody is left out"
    caption = Phrase("People of {} and of {} in the main comparison of each measure{}.").format(
        *map(q.arm, ARMS), ", and left out of it, by reason" if reasons else nobody
    )
    heads = ("In the main comparison", *reasons.values())
    rows = (
        row(
            q.measure(measure),
            words.say_compared(q, measure),
            *(words.count_left_out(q, measure, reason) for reason in reasons),
        )
        for measure in measures
    )
    yield Table(caption, columns("Measure", numbers=heads), tuple(rows))
    if reasons:
        yield Paragraph(Phrase(ONE_REASON), "quiet")


def _list_left_out(context: Context) -> Block:
    """List the scores that were left out."""
    count = len(context.manifest["left_out"])
    if count:
        return ItemList(tuple(_say_left_out(context, place) for place in range(count)))
    if context.is_shared:
        hidden = "What stands for few people, and single scores that were left out, are not shown in this edition."
        return Paragraph(Phrase(hidden))
    return Paragraph(Phrase("No score that was made was left out, and every questionnaire that was begun makes one."))


def _say_left_out(context: Context, place: int) -> Phrase:
    q, at = context.quoter, f"left_out.{place}"
    if context.manifest["left_out"][place]["n_others"]:
        return Phrase("{}: {}, {}.").format(*(q.manifest(f"{at}.{part}") for part in ("what", "n_others", "reason")))
    what, full, skills, reason = (q.manifest(f"{at}.{part}") for part in ("what", "n_full", "n_skills", "reason"))
    return Phrase("{}: {} in {}, {} in {}; {}.").format(what, full, q.arm("full"), skills, q.arm("skills"), reason)
