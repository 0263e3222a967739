"""Where a report answers what reporting guidelines ask, and what only a person can add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Fold, Heading, ItemList, Paragraph, Section, Table, columns, row
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.quote import wording
from outcomes.reporting.checklists import list_open, read_checklists

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.blocks.model import Block
    from outcomes.reporting.checklists import Checklist, Item


def make_section(titles: Mapping[str, str], *, by_chance: bool) -> Section:
    """Make the section; `titles` are those of the parts of the report that answer an item, by the word of each."""
    open_ones = (
        Phrase("{} {}").format(wording(person), wording(f"({'; '.join(items)})").toned("quiet"))
        for person, items in list_open(by_chance=by_chance)
    )
    blocks: tuple[Block, ...] = (
        Paragraph(
            Phrase(
                "Where this report answers what reporting guidelines ask of a comparison like this, and what only a "
                "person can add. The guidelines' own wording is in their sources."
            ),
            "lead",
        ),
        Heading(3, Phrase("Left for a person")),
        ItemList(tuple(open_ones)),
        *(Fold(wording(one.name), (_tabulate(one, titles),)) for one in read_checklists(by_chance=by_chance)),
    )
    return Section("checklists", Phrase("Checklists"), blocks, "short")


def _tabulate(checklist: Checklist, titles: Mapping[str, str]) -> Table:
    return Table(
        Phrase("{}; source: {}.").format(wording(checklist.name), wording(checklist.source)),
        columns("Item", "Topic, in our words", "Where"),
        tuple(row(wording(item.number), wording(item.topic), _say_where(item, titles)) for item in checklist.topics),
    )


def _say_where(item: Item, titles: Mapping[str, str]) -> Phrase:
    if item.section:
        return Phrase(f"see “{titles[item.section]}”").leading_to(item.section)
    if item.person:
        return Phrase("{} {}").format(Phrase("open, for a person:").strong(), wording(item.person))
    return wording(item.note or "")
