"""What is short by itself: an answer for which there are no data, and the report of a small service.

Nothing is lost: each number, and each reason why there is none, stands under "Every number".
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from outcomes.blocks.model import Heading, Paragraph
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.quote import wording
from outcomes.plan.model import ARMS
from outcomes.questions.flow.words import started
from outcomes.results.outcome import Estimate, NotEstimable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block
    from outcomes.blocks.quote import Quoter
    from outcomes.questions.catalogue import Question
    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Registry

# Twenty people an arm are the fewest with which the size of a study is not called poor (docs/methods/wording.md).
SMALL_SERVICE = 40
LEADING = 0.25  # of the results that a reason holds for: three or four that share them are all told
TOO_FEW = (
    f"Fewer than {SMALL_SERVICE} people started, too few to say more about this here; what was computed stands under "
)


def is_small(registry: Registry) -> bool:
    """Whether so few people started, as far as this edition tells, that the report is short."""
    counts = [registry.get(started(arm)) for arm in ARMS]
    known = [count.value for count in counts if isinstance(count, Estimate)]
    return len(known) == len(ARMS) and sum(known) < SMALL_SERVICE


def shorten(context: Context, question: Question, blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Give the blocks of a question, or a line in their place where they would say little."""
    q, said = context.quoter, tuple(blocks)
    records = (record for record in q.registry.records() if record.provenance.analysis == question.name)
    found = [record.outcome for record in records]
    heading = tuple(block for block in said if isinstance(block, Heading))[:1] if not question.title else ()
    if found and all(isinstance(outcome, NotEstimable) for outcome in found):
        return (*heading, Paragraph(_say_reasons(q, question, found), "lead"))
    if question.for_few or not is_small(q.registry):
        return said
    if heading and not heading[0].name:  # nothing leads to it, and its neighbours say why there is so little
        return ()
    few = wording(TOO_FEW) + Phrase("“Every number”").leading_to("numbers") + "."
    return (*heading, Paragraph(few, "lead"))


def _say_reasons(quoter: Quoter, question: Question, found: Iterable[Outcome]) -> Phrase:
    """Say that there is no answer, and why: the reasons that hold for most of what was asked, each once.

    What is missing for a few of the results, as a score for one of many looks at sessions, is not why there is none.
    """
    refused = [one for one in found if isinstance(one, NotEstimable)]
    counts = Counter(one.reason for one in refused)
    named = {one.reason: one for one in refused if counts[one.reason] >= LEADING * len(refused)}
    told = Phrase(" ").join(quoter.field(one.id, "reason") for one in named.values())
    if not question.brief or any(one.cause == "not planned" for one in named.values()):
        return told
    return Phrase("{}: this data cannot answer. {}").format(Phrase(question.brief), told)
