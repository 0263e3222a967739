"""The sections of the report that answer questions: which there are, in what order, and who writes them.

The catalogue of questions is the only list; a section is written by the question that opens it, and the others that
stand in it follow.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from outcomes.questions.catalogue import CATALOGUE
from outcomes.reporting.shortening import shorten

if TYPE_CHECKING:
    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Section

CHAPTERS = tuple(dict.fromkeys(question.chapter for question in CATALOGUE.values() if question.chapter))
TITLES = {question.chapter: question.title for question in CATALOGUE.values() if question.title}


def make_chapter(context: Context, chapter: str) -> Section:
    """Make a section: what the question that opens it says, then the others."""
    opening = next(question for question in CATALOGUE.values() if question.chapter == chapter and question.title)
    section: Section = opening.load("section").make_section(context)
    own = shorten(context, opening, section.blocks)
    return replace(section, blocks=(*own, *list_parts(context, chapter)))


def list_parts(context: Context, chapter: str) -> tuple[Block, ...]:
    """Give the blocks of the questions that stand in a section and do not open it."""
    parts = (question for question in CATALOGUE.values() if question.chapter == chapter and not question.title)
    blocks = ((question, question.load("section").list_blocks(context)) for question in parts)
    return tuple(chain.from_iterable(shorten(context, question, said) for question, said in blocks))
