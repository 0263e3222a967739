"""What stands above a document: what is compared, in which edition of which run, and with how many people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Heading, Paragraph
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.flow.words import started

if TYPE_CHECKING:
    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block

EDITIONS = {"internal": "edition for inside the clinic", "share": "edition to share, after disclosure control"}


def head(context: Context, document: str = "") -> tuple[Block, ...]:
    """Give the header; `document` names one that is not the report."""
    q = context.quoter
    arms = tuple(map(q.arm, ARMS))
    kicker = Phrase("{} · {}").format(q.plan("title"), EDITIONS[context.edition])
    if context.manifest["run"]:  # the edition to share does not tell it
        kicker += Phrase(" · run {}").format(q.manifest("run"))
    asked = Phrase("{}, or {}?").format(*arms)
    people = (part for arm, label in zip(ARMS, arms, strict=True) for part in (q.result(started(arm)), label))
    return (
        Paragraph(kicker, "kicker"),
        Heading(1, Phrase(f"{document}: {{}}").format(asked) if document else asked),
        Paragraph(Phrase("{} people in {}, {} in {}.").format(*people), "who"),
    )
