"""The report that is read in ten minutes: the first page, then at most a page on each question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.reporting import before, first_page, trust_brief
from outcomes.reporting.chapters import list_briefs
from outcomes.reporting.heading import head

if TYPE_CHECKING:
    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Section


def make_header(context: Context) -> tuple[Block, ...]:
    """Say what is compared."""
    return head(context)


def list_sections(context: Context) -> tuple[Section, ...]:
    """Make the sections in their order: how sure one can be stands last."""
    sure, earlier = trust_brief.make_section(context), before.list_sections(context)
    return (first_page.make_section(context), *list_briefs(context), *earlier, sure)
