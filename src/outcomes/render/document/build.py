"""From the elements of a page to the blocks of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.render.document.layout import PARAGRAPHS, with_contents, with_leads
from outcomes.render.document.model import (
    Block,
    Box,
    Cell,
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
from outcomes.render.document.widths import find_share, find_widths, guess_height

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

INLINE = frozenset(
    {
        *("a", "abbr", "b", "br", "cite", "code", "data", "dfn", "em", "i", "img", "mark", "q", "small", "span"),
        *("strong", "sub", "sup", "svg", "time", "var", "wbr", "label"),
    }
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def read_document(html: str) -> Document:
    """Read the page of a report.

    Parameters
    ----------
    html : str
        As `outcomes.reporting.page` writes it.
    """
    root = read_tree(without_screen(html))
    _cut_links(root)
    body, title = root.find("body"), root.find(".//title")
    return Document(
        title=text_of(title) if title is not None else "",
        language=root.get("lang") or "en",
        blocks=tuple(with_contents(list(_blocks(content_of(body))))) if body is not None else (),
    )


def _cut_links(root: Any) -> None:
    """Take out links to what serves the screen alone: nearly every number has one."""
    known = {f"#{place.get('id')}" for place in root.iter("section", *HEADINGS)}
    for link in root.iter("a"):
        if link.get("href") not in known:
            link.attrib.pop("href", None)


def _blocks(content: Iterable[Any]) -> Iterator[Block]:
    """Give the blocks of content, with what leads from a heading to a table or figure marked."""
    return with_leads(list(_plain_blocks(content)))


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
        yield Figure(svg, image.get("alt") or "", _runs(element.find(".//figcaption")), find_share(svg))
    yield from (_table(part) for part in element.iter("table"))


def _box(element: Any) -> Box:
    summary = element.find("summary")
    rest = (part for part in content_of(element) if part is not summary)
    return Box("fold" if element.tag == "details" else "aside", _runs(summary), tuple(_blocks(rest)))
