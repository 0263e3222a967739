"""How far to trust the answer, on a page: what decides, and how the other ways of estimating come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Definition, Definitions, Paragraph, Section, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.questions.agreement.section import explain_ways
from outcomes.questions.agreement.words import picture_agreement
from outcomes.reporting.certainty import judge
from outcomes.reporting.chapters import lead_to_annex
from outcomes.reporting.trust import LEAD, TITLE

if TYPE_CHECKING:
    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block


def make_section(context: Context) -> Section:
    """Make the section."""
    q = context.quoter
    judged = tuple(Definition(line.head, line.text, grade=line.grade) for line in judge(q))
    blocks: tuple[Block, ...] = (
        Paragraph(Phrase(LEAD), "lead"),
        Definitions(judged, "sure"),
        *context.figure("agreement", picture_agreement(q), explain_ways(context)),
        meaning(
            "No method can tell what was never recorded. Where ways that take different things for granted come out "
            "alike, the answer hangs less on any of them."
        ),
        lead_to_annex("trust", TITLE),
    )
    return Section("trust", Phrase(TITLE), blocks)
