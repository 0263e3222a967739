"""Blocks as HTML; the words of the style sheet become classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import escape

from outcomes.blocks.html import HERE, to_html
from outcomes.blocks.model import SENTENCES, Box, Definitions, Figure, Fold, Heading, ItemList, Paragraph, Table
from outcomes.blocks.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from outcomes.blocks.html import Links
    from outcomes.blocks.model import Block, Cell, Definition, Row, Section

# Elements of boxes that mean something to those who hear a page; others only stand together.
BOXES = {"card": "section", "questions": "section", "estimand": "aside"}
# Boxes that are a group, and what it is called for those who hear a page.
GROUPS = {"flow": "Flow of people from start to the last visit"}


def write_section(section: Section, addresses: Mapping[str, str], links: Links = HERE, last: str = "") -> str:
    """Write a section.

    Parameters
    ----------
    section : Section
    addresses : mapping of str to str
        Address of each picture by its name.
    links : Links
        Where links lead that leave the page.
    last : str
        What stands at its end, as HTML.
    """
    body = write_blocks(section.blocks, addresses, links)
    name = escape(section.title_name)
    label, anchor = (f' aria-labelledby="{name}"', f' id="{name}"') if name else ("", "")
    opened = f'<section id="{escape(section.name)}"{_look(section.style)}{label}>'
    return f"{opened}\n<h2{anchor}>{to_html(section.title, links)}</h2>\n{body}\n{last}</section>"


def write_blocks(blocks: Iterable[Block], addresses: Mapping[str, str], links: Links = HERE) -> str:
    """Write blocks one below the other."""
    return "\n".join(_Writer(addresses, links).blocks(blocks))


class _Writer:
    def __init__(self, addresses: Mapping[str, str], links: Links) -> None:
        self._addresses = addresses
        self._links = links

    def _html(self, phrase: Phrase) -> str:
        return to_html(phrase, self._links)

    def blocks(self, blocks: Iterable[Block]) -> Iterator[str]:
        return map(self._block, blocks)

    def _block(self, block: Block) -> str:
        if isinstance(block, Heading):
            name = f' id="{escape(block.name)}"' if block.name else ""
            return f"<h{block.level}{name}>{self._html(block.phrase)}</h{block.level}>"
        if isinstance(block, Paragraph):
            return f"<p{_look(block.style)}>{self._html(block.phrase)}</p>"
        if isinstance(block, Definitions):
            return f"<dl{_look(block.style)}>\n{_lines(map(self._definition, block.entries))}</dl>"
        if isinstance(block, Table):
            return self._table(block)
        if isinstance(block, Figure):
            return self._figure(block)
        return self._holder(block)

    def _holder(self, block: ItemList | Fold | Box) -> str:
        if isinstance(block, ItemList):
            tag = "ol" if block.ordered else "ul"
            return f"<{tag}{_look(block.style)}>\n{_lines(map(self._item, block.items))}</{tag}>"
        inner = _lines(self.blocks(block.blocks))
        if isinstance(block, Fold):
            opened = f"<details{_look(block.style)}{' open' if block.is_open else ''}>"
            return f"{opened}\n<summary>{self._html(block.title)}</summary>\n{inner}</details>"
        tag = BOXES.get(block.style, "div")
        label = f' aria-labelledby="{escape(block.label)}"' if block.label else ""
        if block.style in GROUPS:
            label = f' role="group" aria-label="{GROUPS[block.style]}"'
        return f"<{tag}{_look(block.style)}{label}>\n{inner}</{tag}>"

    def _item(self, item: Phrase | tuple[Block, ...]) -> str:
        return f"<li>{self._html(item) if isinstance(item, Phrase) else ''.join(self.blocks(item))}</li>"

    def _figure(self, figure: Figure) -> str:
        image = f'<img src="{self._addresses[figure.name]}" alt="{escape(figure.alt)}">'
        if not figure.caption:  # no figure of the report, but a sign of whose it is
            return f'<p class="logo">{image}</p>'
        caption = f"<figcaption>{self._html(figure.caption)}</figcaption>"
        return f'<figure id="{escape(figure.place)}">\n{image}\n{caption}\n</figure>'

    def _definition(self, one: Definition) -> str:
        name = f' id="{escape(one.name)}"' if one.name else ""
        mark = f'<span class="grade {escape(one.grade)}" aria-hidden="true"></span>' if one.grade else ""
        return f"<div{name}><dt>{mark}{self._html(one.term)}</dt><dd>{self._html(one.said)}</dd></div>"

    def _table(self, table: Table) -> str:
        heads = "".join(f'<th scope="col"{_look(one.look)}>{self._html(one.head)}</th>' for one in table.columns)
        rows = _lines(self._row(table, row) for row in table.aligned)
        made = (
            f"<table{_look(table.style)}>\n<caption>{self._html(table.caption)}</caption>\n"
            f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"
        )
        return made if table.style == SENTENCES else f'<div class="scroll">\n{made}\n</div>'

    def _row(self, table: Table, row: Row) -> str:
        cells, place = [], 0
        for cell in row:
            cells.append(self._cell(cell, table.look_of(cell, place)))
            place += cell.columns
        return f"<tr>{''.join(cells)}</tr>"

    def _cell(self, cell: Cell, look: str) -> str:
        tag = "th" if cell.is_header else "td"
        scope = ' scope="row"' if cell.is_header else ""
        span = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
        return f"<{tag}{scope}{span}{_look(look)}>{self._html(cell.phrase)}</{tag}>"


def _lines(parts: Iterable[str]) -> str:
    return "".join(f"{part}\n" for part in parts)


def _look(words: str) -> str:
    return f' class="{escape(words)}"' if words else ""
