"""How long people stay: a part of the section about completing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Heading, Paragraph, Table, columns, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.questions.retention import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block

# Results of the table, each with the unit that its text does not say.
COMPARED = {
    "retention.full.left": "",
    "retention.skills.left": "",
    "retention.full.rmst": "weeks",
    "retention.skills.rmst": "weeks",
    "retention.rmst.difference": "weeks",
    "retention.unadjusted.hazard_ratio": "",
    "retention.hazard_ratio": "",
    "retention.logrank": "",
    "retention.proportional_hazards": "",
}
# One of these is a number where there is anything to tabulate.
MAIN = ("retention.full.left", "retention.skills.left", "retention.rmst.difference", "retention.hazard_ratio")
HOW = (
    *("retention.curve.full", "retention.full.left", "retention.rmst.difference", "retention.hazard_ratio"),
    *("retention.unadjusted.hazard_ratio", "retention.logrank", "retention.proportional_hazards"),
)


def list_blocks(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    q = context.quoter
    said = words.say_retention(q)
    yield Heading(3, Phrase("How long people stay"), "retention")
    yield Paragraph(said)
    yield from context.figure("retention", said.plain, _explain_curves(context))
    if any(map(q.has, MAIN)):
        yield _tabulate(context)
        yield Paragraph(words.say_hazards(q))
    yield meaning(
        "Staying is part of what a programme does, and a person may leave for good reasons. The mean stay counts weeks "
        "and needs no assumption about how leaving runs over time; the hazard ratio compares those who are still "
        "there, who are no longer all of those who started."
    )
    yield from context.how(HOW)


def _tabulate(context: Context) -> Table:
    q = context.quoter
    return Table(
        Phrase("Staying: {} compared with {}, {} intervals.").format(
            q.arm("full"), q.arm("skills"), q.percent("confidence.level")
        ),
        columns("What", "Value", "Interval", numbers=("p", "People")),
        tuple(context.result_row(result, unit) for result, unit in COMPARED.items()),
    )


def _explain_curves(context: Context) -> Phrase:
    q = context.quoter
    legend = Phrase(
        "People still in the programme, with {} intervals as shades, and people at risk beneath. Filled circles, solid "
        "line: {}; open diamonds, dashed line: {}. Not adjusted."
    ).format(q.percent("confidence.level"), q.arm("full"), q.arm("skills"))
    return legend + " Steps are joined so that each stands for enough people." if context.is_shared else legend
