"""The first page: what was found and on whom, harms, cost, how sure it is, what it does not show, seven questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Box, Definition, Definitions, Heading, ItemList, Paragraph, Section
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import is_apart
from outcomes.questions.balance.words import say_apart
from outcomes.questions.flow.account import list_account
from outcomes.reporting.certainty import judge
from outcomes.reporting.first_table import explain_plots, tabulate
from outcomes.reporting.questions import list_questions
from outcomes.reporting.settling import say_what_settles
from outcomes.reporting.small_plots import draw_small_plots

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block
    from outcomes.plan.model import Plan
    from outcomes.reporting.questions import Question

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


def make_section(context: Context) -> Section:
    """Make the section."""
    q = context.quoter
    plots, questions = draw_small_plots(q.registry, context.plan), list_questions(q)
    blocks = (
        *warn(context),
        tabulate(context, plots),
        *explain_plots(context, plots),
        say_allocation(context),
        *list_account(context),
        Box("cards", tuple(_make_cards(context, questions))),
        _list_questions(questions),
    )
    title = Phrase("What was found at the visit “{}”").format(q.visit(context.plan.primary))
    return Section("found", title, blocks, "found", "found-title")


def warn(context: Context) -> Iterator[Block]:
    """Say first where the people of the two programmes cannot be compared."""
    if is_apart(context.quoter):
        yield Paragraph(say_apart(context.quoter).strong() + BEYOND, "apart")


def say_allocation(context: Context) -> Paragraph:
    """Say what decided who was in which programme, which no number can make good."""
    strong, rest = BY_CHANCE if context.plan.allocation == "random" else NOT_BY_CHANCE
    return Paragraph(Phrase(strong).strong() + rest)


def _make_cards(context: Context, questions: Sequence[Question]) -> Iterator[Box]:
    """Make the cards: how sure, what it does not show, what would settle it."""
    certain = next(question.status for question in questions if question.section == "trust")
    lines = (Definition(line.head, line.brief, grade=line.grade) for line in judge(context.quoter))
    yield make_card(
        "How sure",
        "sure-title",
        Paragraph(Phrase(f"{certain.capitalize()}."), "sum"),
        Definitions(tuple(lines), "sure"),
        Paragraph(Phrase("What stands behind this").leading_to("trust"), "more"),
    )
    yield make_card("What this does not show", "not-title", list_not_shown(context.plan))
    yield make_card("What would settle it", "settle-title", *map(Paragraph, say_what_settles(context)))


def list_not_shown(plan: Plan) -> ItemList:
    """List what no such comparison shows."""
    return ItemList(tuple(map(Phrase, (*((WHY_IN_WHICH,) if plan.allocation == "routine" else ()), *NOT_SHOWN))))


def make_card(title: str, name: str, *blocks: Block) -> Box:
    """Make a card: a few blocks under a heading, which names it for those who hear the page."""
    return Box("card", (Heading(3, Phrase(title), name), *blocks))


def _list_questions(questions: Sequence[Question]) -> Box:
    items = []
    for question in questions:
        link = Phrase(question.text).leading_to(question.section)
        said = Phrase("{} {}").format(link, Phrase(question.status).emphasis())
        # of the others, what else there is to say stands in the table above
        has_row = question.section not in {"needs", "sessions", "evidence"}
        items.append(said if has_row or not question.why else said + ": " + question.why)
    title = Heading(3, Phrase("The seven questions"), "questions-title")
    return Box("questions", (title, ItemList(tuple(items), ordered=True)))
