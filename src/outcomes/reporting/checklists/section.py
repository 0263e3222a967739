"""Where a report answers what reporting guidelines ask, and what only a person can add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Fold, Heading, ItemList, Paragraph, Section, Table, columns, row
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.quote import wording
from outcomes.reporting.checklists import list_open, read_checklists
from outcomes.reporting.clinic import fold_item, list_for_items, say_own

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block
    from outcomes.reporting.checklists import Checklist, Item


def make_section(context: Context, titles: Mapping[str, str], *, by_chance: bool) -> Section:
    """Make the section; `titles` are those of the parts of the report that answer an item, by the word of each."""
    blocks: tuple[Block, ...] = (
        Paragraph(
            Phrase(
                "Where this report answers what reporting guidelines ask of a comparison like this, and what only a "
                "person can add. The guidelines' own wording is in their sources."
            ),
            "lead",
        ),
        Heading(3, Phrase("Left for a person")),
        ItemList(tuple(_list_open(context, by_chance=by_chance))),
        *(Fold(wording(one.name), (_tabulate(one, titles),)) for one in read_checklists(by_chance=by_chance)),
    )
    return Section("checklists", Phrase("Checklists"), blocks, "short")


def _list_open(context: Context, *, by_chance: bool) -> Iterator[Phrase | tuple[Block, ...]]:
    """List what is left for a person, with what the clinic says to it, and what it says to any other item."""
    said = list_for_items(context)
    for person, items in list_open(by_chance=by_chance):
        open_one = Phrase("{} {}").format(wording(person), wording(f"({'; '.join(items)})").toned("quiet"))
        own = [place for item in items for place in said.pop(fold_item(item), ())]
        yield (Paragraph(open_one), say_own(context, own)) if own else open_one
    for places in said.values():
        item = context.quoter.plan(f"report.words.{places[0]}.item")
        yield (Paragraph(item), say_own(context, places))


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
