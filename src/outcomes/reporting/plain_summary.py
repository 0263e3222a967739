"""One page in plain language for the people who were treated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Definition, Definitions, Heading, Paragraph, Section
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import is_apart
from outcomes.plan.model import ARMS
from outcomes.questions.flow.words import started
from outcomes.reporting.documents import HTML, REPORT
from outcomes.reporting.plainly import name_topic, say_completion_plainly, say_plainly

if TYPE_CHECKING:
    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block
    from outcomes.blocks.quote import Quoter

BY_CHANCE = "Chance decided who was in which group. So the people in the two groups were much alike at the start."
NOT_BY_CHANCE = (
    "No one was put in a group by chance. So the people in the two groups may not have been alike from the start."
)
ALLOWED_FOR = "We took what we know about them into account."
NOT_KNOWN = "There may be things that we do not know. So a gap does not show that the group made it."
NOT_SEEN = "Some people did not fill in the forms at the end. We do not know how they are."
NOT_TOLD = (
    "It does not tell you what is best for you. It is about many people, and each person is different. What you need "
    "and want comes first. Talk it over with someone in your team. If what you read here worries you, tell them that "
    "too."
)


def make_header(context: Context) -> tuple[Block, ...]:
    """Say for whom the page is and what it is made from."""
    return (
        Paragraph(context.quoter.plan("title"), "kicker"),
        Heading(1, Phrase("How people did in two kinds of therapy")),
        Paragraph(
            Phrase(
                "This page is for people who use the service. It is made from the forms that people filled in. Thank "
                "you to all who did."
            )
        ),
    )


def list_sections(context: Context) -> tuple[Section, ...]:
    """Give the sections."""
    quoter = context.quoter
    full, skills = map(quoter.arm, ARMS)
    why = Phrase(
        "There are two ways to do this therapy here. One is “{}”. The other is “{}”. We asked if people do better in "
        "one of them."
    ).format(full, skills)
    counts = (quoter.result(started(arm), link=False) for arm in ARMS)
    who = Phrase(
        "{} people were in “{}”. {} people were in “{}”. These numbers are rounded, so that no one can be picked out."
    ).format(next(counts), full, next(counts), skills)
    more = Phrase("The {} is kept with this page. You can ask the service for it.").format(
        Phrase("full report").leading_to(REPORT.file(HTML))
    )
    return (
        _section("why", "Why we looked", why),
        _section("who", "Who took part", who),
        Section("results", Phrase("What we found"), (_list_findings(quoter),)),
        _section("finished", "Who finished", say_completion_plainly(quoter)),
        _section("sure", "How sure are we?", Phrase(_say_how_sure(quoter))),
        _section("not-told", "What this does not tell you", Phrase(NOT_TOLD)),
        _section("more", "Want to know more?", more),
    )


def _section(name: str, title: str, said: Phrase) -> Section:
    return Section(name, Phrase(title), (Paragraph(said),))


def _list_findings(quoter: Quoter) -> Definitions:
    measures = quoter.plan_model.primary_measures
    return Definitions(
        tuple(Definition(name_topic(quoter, one).strong(), say_plainly(quoter, one)) for one in measures)
    )


def _say_how_sure(quoter: Quoter) -> str:
    if quoter.plan_model.allocation == "random":
        return f"{BY_CHANCE} {NOT_SEEN}"
    allowed = () if is_apart(quoter) else (ALLOWED_FOR,)
    return " ".join((NOT_BY_CHANCE, *allowed, NOT_KNOWN, NOT_SEEN))
