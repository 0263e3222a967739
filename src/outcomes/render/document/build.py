"""From the elements of a page to the blocks of a document."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from outcomes.render.document.model import (
    Block,
    Box,
    Cell,
    Contents,
    Definitions,
    Document,
    Figure,
    Heading,
    ItemList,
    Paragraph,
    Runs,
    SectionStart,
    Table,
)
from outcomes.render.document.runs import is_unseen, picture_of, read_runs
from outcomes.render.document.tree import classes_of, content_of, read_tree, text_of, without_screen
from outcomes.render.document.widths import find_widths, guess_height

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

INLINE = frozenset(
    {
        *("a", "abbr", "b", "br", "cite", "code", "data", "dfn", "em", "i", "img", "mark", "q", "small", "span"),
        *("strong", "sub", "sup", "svg", "time", "var", "wbr", "label"),
    }
)
CONTENTS, SECTION_LEVEL = "Contents", 2
_VIEW = re.compile(r"viewBox=.0 0 ([\d.]+) ([\d.]+)")
HIGHEST = 0.86  # of a figure, in widths of the text: it shares a page with its heading and what it shows
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
PARAGRAPHS = {"lead": "lead", "quiet": "quiet", "kicker": "quiet", "ids": "quiet", "meaning": "meaning", "who": "lead"}


def read_document(html: str) -> Document:
    """Read the page of a report.

    Parameters
    ----------
    html : str
        As `outcomes.render.page` writes it.
    """
    root = read_tree(without_screen(html))
    _cut_links(root)
    body, title = root.find("body"), root.find(".//title")
    return Document(
        title=text_of(title) if title is not None else "",
        language=root.get("lang") or "en",
        blocks=tuple(_with_contents(list(_blocks(content_of(body))))) if body is not None else (),
    )


def _cut_links(root: Any) -> None:
    """Take out links to what serves the screen alone: nearly every number has one."""
    known = {f"#{place.get('id')}" for place in root.iter("section", *HEADINGS)}
    for link in root.iter("a"):
        if link.get("href") not in known:
            link.attrib.pop("href", None)


def _with_contents(blocks: list[Block]) -> Iterator[Block]:
    """Put the list of contents behind the first of the sections."""
    entries, places, name = [], [], ""
    for place, block in enumerate(blocks):
        if isinstance(block, SectionStart):
            name = block.name
        elif isinstance(block, Heading) and block.level == SECTION_LEVEL:
            entries.append((name, "".join(run.text for run in block.runs)))
            places.append(place - isinstance(blocks[place - 1], SectionStart))
    for place, block in enumerate(blocks):
        if place in places[1:2]:
            yield Contents(CONTENTS, tuple(entries))
        yield block


def _blocks(content: Iterable[Any]) -> Iterator[Block]:
    """Give the blocks of content, with what leads from a heading to a table or figure marked."""
    made = list(_plain_blocks(content))
    for place, block in enumerate(made):
        before, after = (made[at] if 0 <= at < len(made) else None for at in (place - 1, place + 1))
        is_between = isinstance(before, Heading) and isinstance(after, Table | Figure | Box)
        yield replace(block, leads=True) if is_between and isinstance(block, Paragraph) else block


def _plain_blocks(content: Iterable[Any]) -> Iterator[Block]:
    """Give the blocks of content; loose text between them becomes a paragraph."""
    loose: list[Any] = []
    for child in content:
        if isinstance(child, str) or child.tag in INLINE:
            loose.append(child)
            continue
        yield from _loose(loose)
        loose = []
        if not is_unseen(child):
            yield from _block(child)
    yield from _loose(loose)


def _loose(content: list[Any]) -> Iterator[Block]:
    if runs := read_runs(content):
        yield Paragraph(runs)


def _block(element: Any) -> Iterator[Block]:
    tag = element.tag
    if tag in HEADINGS:
        yield Heading(int(tag[1]), _runs(element), element.get("id") or "")
    elif tag == "p":
        if runs := _runs(element):
            style = next((PARAGRAPHS[word] for word in sorted(classes_of(element)) if word in PARAGRAPHS), "body")
            yield Paragraph(runs, style)
    elif tag in {"ul", "ol"}:
        items = tuple(tuple(_blocks(content_of(item))) for item in element.iterchildren("li"))
        yield ItemList(tag == "ol" and "steps" not in classes_of(element), items)
    elif tag == "dl":
        yield Definitions(tuple(_pairs(element)))
    elif tag == "table":
        yield _table(element)
    elif tag == "figure":
        yield from _figure(element)
    elif tag in {"details", "aside"}:
        yield _box(element)
    else:
        if tag == "section" and element.get("id"):
            yield SectionStart(element.get("id"))
        yield from _blocks(content_of(element))


def _runs(element: Any) -> Runs:
    return read_runs(content_of(element)) if element is not None else ()


def _pairs(element: Any) -> Iterator[tuple[Runs, Runs]]:
    term: Runs = ()
    for part in element.iter("dt", "dd"):
        if part.tag == "dt":
            term = _runs(part)
        else:
            yield term, _runs(part)
            term = ()


def _table(element: Any) -> Table:
    head, body = (
        tuple(_cells(row) for group in element.iterchildren(name) for row in group.iterchildren("tr"))
        for name in ("thead", "tbody")
    )
    widths = find_widths(head, body)
    return Table(_runs(element.find("caption")), head, body, widths, guess_height((*head, *body), widths))


def _cells(row: Any) -> tuple[Cell, ...]:
    return tuple(_cell(cell, classes_of(cell)) for cell in row.iterchildren("td", "th"))


def _cell(cell: Any, classes: frozenset[str]) -> Cell:
    return Cell(
        runs=_runs(cell),
        is_header=cell.tag == "th",
        columns=int(cell.get("colspan") or "1"),
        is_number="num" in classes,
        is_inset="level" in classes,
    )


def _figure(element: Any) -> Iterator[Block]:
    image = element.find(".//img")
    if image is not None:
        svg = picture_of(image)
        yield Figure(svg, image.get("alt") or "", _runs(element.find(".//figcaption")), _share_of(svg))
    yield from (_table(part) for part in element.iter("table"))


def _share_of(svg: str) -> float:
    """Give the share of the width that a figure takes: less than all where it would be too high for a page."""
    found = _VIEW.search(svg)
    shape = float(found.group(2)) / float(found.group(1)) if found else 1.0
    return min(1.0, HIGHEST / shape)


def _box(element: Any) -> Box:
    summary = element.find("summary")
    rest = (part for part in content_of(element) if part is not summary)
    return Box("fold" if element.tag == "details" else "aside", _runs(summary), tuple(_blocks(rest)))
