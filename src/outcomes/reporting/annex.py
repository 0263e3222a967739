"""The annex: all that a statistician or an auditor asks for, in the order of the questions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from outcomes.reporting import appendix, trust
from outcomes.reporting.chapters import CHAPTERS, TITLES, make_chapter
from outcomes.reporting.checklists import section as checklists
from outcomes.reporting.heading import head

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Section

# Its sections, which others point to.
SECTIONS = {
    **{chapter: (TITLES | {"trust": trust.TITLE})[chapter] for chapter in CHAPTERS},
    "appendix": "Methods, plan and provenance",
    "checklists": "Checklists",
    "glossary": "Glossary",
    "numbers": "Every number",
}
# What others point to within a section, or on the first page of the report.
PLACES = {
    "found": "What was found",
    "estimand-title": "What exactly is compared",
    "left-out": "Who and what was left out",
    "retention": "How long people stay",
    "balance": "How alike the people were, and what weights change",
    "agreement": "How much the answer depends on the method",
    "missing": "Who was not seen",
    "plan": "The plan",
    "noticed": "What was noticed in the data",
    "questions-title": "The seven questions",
    "files": "Files and versions",
}
MADE: Mapping[str, Callable[[Context], Section]] = {
    **{chapter: partial(make_chapter, chapter=chapter) for chapter in CHAPTERS},
    "trust": trust.make_section,
    "appendix": appendix.make_section,
    "checklists": lambda context: checklists.make_section(
        context, SECTIONS | PLACES, by_chance=context.plan.allocation == "random"
    ),
}


def make_header(context: Context) -> tuple[Block, ...]:
    """Say that this is the annex."""
    return head(context, "Annex")


def list_sections(context: Context) -> tuple[Section, ...]:
    """Make the sections in their order."""
    return tuple(make(context) for make in MADE.values())
