"""How far to trust the answer: what decides at a glance, each question about it, and what could not be computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Definition, Definitions, Fold, Heading, ItemList, Paragraph, Section
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.quote import wording
from outcomes.questions.evidence import published
from outcomes.reporting import second
from outcomes.reporting.certainty import judge
from outcomes.reporting.chapters import list_parts
from outcomes.reporting.shortening import is_small
from outcomes.results.outcome import NotEstimable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block
    from outcomes.blocks.quote import Quoter
    from outcomes.results.registry import Registry

TITLE = "How far to trust it"
LEAD = (
    "What decides: how wide the intervals are, how alike the people were, who was not seen, whether other methods "
    "agree, and whether people shared groups."
)


def make_section(context: Context) -> Section:
    """Make the section."""
    judged = (Definition(line.head, line.text, grade=line.grade) for line in judge(context.quoter))
    blocks = (
        Paragraph(Phrase(LEAD), "lead"),
        Definitions(tuple(judged), "sure"),
        *list_parts(context, "trust"),
        *second.list_blocks(context),
        *_list_absent(context),
    )
    return Section("trust", Phrase(TITLE), blocks)


def _list_absent(context: Context) -> Iterator[Block]:
    """List what could not be computed: by question, then by reason, the ids."""
    q = context.quoter
    yield Heading(3, Phrase("What could not be computed, and why"))
    absent = _group_absent(q.registry)
    if is_small(q.registry):
        yield from _list_reasons(q, absent)
        return
    if not absent:
        yield Paragraph(Phrase("Everything that was planned was computed."))
    for place, (question, reasons) in enumerate(sorted(absent.items())):
        said: list[Block] = []
        for ids in reasons.values():
            said.append(Paragraph(q.field(ids[0], "reason")))
            said.append(Paragraph(Phrase(" ").join(q.field(name, "id").code() for name in ids), "ids"))
        yield Fold(wording(question), tuple(said), "absent-list", is_open=not place)


def _group_absent(registry: Registry) -> dict[str, dict[str, list[str]]]:
    not_planned = published.list_rows(registry)
    questions: dict[str, dict[str, list[str]]] = {}
    for record in registry.records():
        if isinstance(record.outcome, NotEstimable) and record.key not in not_planned:
            reasons = questions.setdefault(record.provenance.question, {})
            reasons.setdefault(record.outcome.reason, []).append(record.id)
    return questions


def _list_reasons(quoter: Quoter, absent: Mapping[str, Mapping[str, list[str]]]) -> Iterator[Block]:
    """List by question why numbers are missing, each reason once and without ids."""
    yield ItemList(
        tuple(
            Phrase("{} {}").format(
                wording(question), Phrase(" ").join(quoter.field(ids[0], "reason") for ids in reasons.values())
            )
            for question, reasons in sorted(absent.items())
        )
    )
