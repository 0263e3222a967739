"""The sections that answer questions, in the annex and in the report: which there are, in what order, who writes them.

The catalogue of questions is the only list. In the annex a section is written by the question that opens it, and the
others that stand in it follow; in the report by the question that has a brief.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from outcomes.blocks.model import Heading, Paragraph, Section
from outcomes.blocks.phrase import Phrase
from outcomes.questions.catalogue import CATALOGUE
from outcomes.reporting.documents import ANNEX, HTML
from outcomes.reporting.shortening import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block
    from outcomes.plan.model import Plan
    from outcomes.questions.catalogue import Question

CHAPTERS = tuple(dict.fromkeys(question.chapter for question in CATALOGUE.values() if question.chapter))
TITLES = {question.chapter: question.title for question in CATALOGUE.values() if question.title}


def make_chapter(context: Context, chapter: str) -> Section:
    """Make a section: what the question that opens it says, then the others."""
    opening = next(question for question in CATALOGUE.values() if question.chapter == chapter and question.title)
    section = Section(chapter, Phrase(opening.title), ())
    if _is_asked(context, opening):
        section = opening.load("section").make_section(context)
    own = shorten(context, opening, _with_not_asked(context, opening, section.blocks))
    return replace(section, blocks=(*own, *list_parts(context, chapter)))


def list_briefs(context: Context) -> Iterator[Section]:
    """Make the sections of the report: at most a page each, a line where there is nothing to tell."""
    for question in CATALOGUE.values():
        if question.brief:
            more = lead_to_annex(question.chapter, TITLES[question.chapter])
            yield Section(question.chapter, Phrase(question.brief), (*_list_brief(context, question), more))


def _list_brief(context: Context, question: Question) -> tuple[Block, ...]:
    if not _is_asked(context, question):
        return tuple(_say_not_asked(context, question))
    said = tuple(question.load("brief").make_brief(context))
    return shorten(context, question, _with_not_asked(context, question, said))


def lead_to_annex(chapter: str, title: str) -> Paragraph:
    """Lead to the section of the annex that has it in full."""
    there = Phrase(title).leading_to(f"{ANNEX.file(HTML)}#{chapter}")
    return Paragraph(Phrase("In full, with how it was computed: annex, “{}”.").format(there), "quiet more")


def list_parts(context: Context, chapter: str) -> tuple[Block, ...]:
    """Give the blocks of the questions that stand in a section and do not open it."""
    parts = (question for question in CATALOGUE.values() if question.chapter == chapter and not question.title)
    return tuple(chain.from_iterable(shorten(context, one, _list_blocks(context, one)) for one in parts))


def _list_blocks(context: Context, question: Question) -> tuple[Block, ...]:
    if _is_asked(context, question):
        return _with_not_asked(context, question, tuple(question.load("section").list_blocks(context)))
    return _with_not_asked(context, question, (Heading(3, Phrase(question.asks)),))


def _with_not_asked(context: Context, question: Question, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Say behind the first block, a heading or the lead, of which measures the question is not asked."""
    return (*blocks[:1], *_say_not_asked(context, question), *blocks[1:]) if blocks else ()


def _is_asked(context: Context, question: Question) -> bool:
    """Whether any primary measure is one that the question is asked of."""
    return not question.not_of_kinds or len(_list_others(context.plan, question)) < len(context.plan.primary_measures)


def _list_others(plan: Plan, question: Question) -> list[str]:
    """List the primary measures that a question of scores is not asked of."""
    kinds = {"score", *question.also_of}
    return [word for word in plan.primary_measures if plan.measures[word].kind not in kinds]


def _say_not_asked(context: Context, question: Question) -> Iterable[Block]:
    """Say of which primary measures a question is not asked, and why."""
    others = _list_others(context.plan, question)
    if question.not_of_kinds and others:
        named = Phrase(", ").join(map(context.quoter.measure, others))
        yield Paragraph(Phrase("Not asked of {}: {}.").format(named, Phrase(question.not_of_kinds)), "quiet")
