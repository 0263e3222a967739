"""One side of paper for a board: the answer, the first table, one picture, harms, cost, what is open and what next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Box, ItemList, Paragraph, Section
from outcomes.blocks.phrase import Phrase
from outcomes.questions.costs.words import NOT_COUNTED, lead_costs
from outcomes.questions.harms.words import list_in_short
from outcomes.questions.outcomes.primaries import IN_A_ROW
from outcomes.questions.outcomes.words import picture_trajectory
from outcomes.questions.verdict.words import say_answer
from outcomes.reporting.documents import ANNEX, HTML, REPORT
from outcomes.reporting.first_page import list_not_shown, make_card, say_allocation, warn
from outcomes.reporting.first_table import explain_plots, tabulate
from outcomes.reporting.heading import head
from outcomes.reporting.settling import say_what_settles
from outcomes.reporting.small_plots import draw_small_plots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block


def make_header(context: Context) -> tuple[Block, ...]:
    """Say what is compared."""
    return head(context)


def list_sections(context: Context) -> tuple[Section, ...]:
    """Give the sections, which stand on one page."""
    return (
        Section("answer", Phrase("The answer"), tuple(_answer(context))),
        Section("safety", Phrase("Is it safe, and what does it cost?"), (_weigh(context),)),
        Section("open", Phrase("What is not known, and what next"), (_look_ahead(context), _lead_on())),
    )


def _answer(context: Context) -> Iterator[Block]:
    q = context.quoter
    plots = draw_small_plots(q.registry, context.plan)
    yield from warn(context)
    yield Paragraph(say_answer(q), "lead")
    yield tabulate(context, plots, has_rest=False)
    yield from explain_plots(context, plots)
    if len(context.plan.primary_measures) <= IN_A_ROW:  # of more, the plots of the table are picture enough
        yield from context.figure("primaries", picture_trajectory(q), _explain_figure(context), behind="trajectory")
    yield say_allocation(context)


def _explain_figure(context: Context) -> Phrase:
    q = context.quoter
    return Phrase(
        "Means of the main comparison over the visits, with their {} intervals. Filled circles, solid line: {}; open "
        "diamonds, dashed line: {}."
    ).format(q.percent("confidence.level"), q.arm("full"), q.arm("skills"))


def _weigh(context: Context) -> Box:
    q = context.quoter
    harms = make_card("Harms", "harms-title", ItemList(tuple(list_in_short(q))))
    cost = make_card("Cost", "cost-title", Paragraph(lead_costs(q)), Paragraph(Phrase(NOT_COUNTED)))
    return Box("cards", (harms, cost))


def _look_ahead(context: Context) -> Box:
    unknown = make_card("What this does not show", "not-title", list_not_shown(context.plan))
    ahead = make_card("What would settle it", "settle-title", *map(Paragraph, say_what_settles(context)))
    return Box("cards", (unknown, ahead))


def _lead_on() -> Paragraph:
    """Lead to the other documents."""
    report, annex = (Phrase(kind.title).leading_to(kind.file(HTML)) for kind in (REPORT, ANNEX))
    said = "A page on each question stands in the {}, how each number was computed in the {}."
    return Paragraph(Phrase(said).format(report, annex), "quiet")
