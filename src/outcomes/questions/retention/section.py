"""How long people stay: a part of the section about completing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Heading, Paragraph, Table, columns, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.retention import words
from outcomes.questions.retention.words import DIFFERENCE, HAZARD_RATIO, PROPORTIONAL
from outcomes.results.key import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block

LEFT, MEANS = (tuple(Key("retention", what=what, arm=arm) for arm in ARMS) for what in ("left", "rmst"))
CRUDE_RATIO, LOG_RANK = HAZARD_RATIO.but(category="unadjusted"), Key("retention", what="logrank")
# Results of the table, each with the unit that its text does not say.
COMPARED = {
    **dict.fromkeys(LEFT, ""),
    **dict.fromkeys((*MEANS, DIFFERENCE), "weeks"),
    **dict.fromkeys((CRUDE_RATIO, HAZARD_RATIO, LOG_RANK, PROPORTIONAL), ""),
}
# One of these is a number where there is anything to tabulate.
MAIN = (*LEFT, DIFFERENCE, HAZARD_RATIO)
HOW = (
    *(Key("retention", what="curve", arm="full"), LEFT[0], DIFFERENCE, HAZARD_RATIO),
    *(CRUDE_RATIO, LOG_RANK, PROPORTIONAL),
)


def list_blocks(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    q = context.quoter
    said = words.say_retention(q)
    yield Heading(3, Phrase("How long people stay"), "retention")
    yield Paragraph(said)
    yield from context.figure("retention", said.plain, explain_curves(context))
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


def explain_curves(context: Context) -> Phrase:
    """Give the legend of the curves."""
    q = context.quoter
    legend = Phrase(
        "People still in the programme, with {} intervals as shades, and people at risk beneath. Not adjusted."
    ).format(q.percent("confidence.level"))
    return legend + " Steps are joined so that each stands for enough people." if context.is_shared else legend
