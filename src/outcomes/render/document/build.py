"""From the elements of a page to the blocks of a document."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.render.address import from_address
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
    Run,
    Runs,
    SectionStart,
    Table,
)
from outcomes.render.document.tree import Element, read_tree, without_screen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What serves the screen alone.
UNSEEN = frozenset({"head", "style", "script", "nav", "button", "dialog", "template", "noscript", "title"})
SCREEN = frozenset({"skip", "screen"})
INLINE = frozenset(
    {
        *("a", "abbr", "b", "br", "cite", "code", "data", "dfn", "em", "i", "img", "mark", "q", "small", "span"),
        *("strong", "sub", "sup", "svg", "time", "var", "wbr", "label"),
    }
)
PARAGRAPHS = {"lead": "lead", "quiet": "quiet", "kicker": "quiet", "ids": "quiet", "meaning": "meaning", "who": "lead"}
_SPACE = re.compile(r"[ \t\r\n]+")


def read_document(html: str) -> Document:
    """Read the page of a report.

    Parameters
    ----------
    html : str
        As `outcomes.render.page` writes it.
    """
    root = read_tree(without_screen(html))
    title, page = root.find("title"), root.find("html")
    body = root.find("body") or root
    return Document(
        title=title.text() if title is not None else "",
        language=page.attributes.get("lang", "en") if page is not None else "en",
        blocks=tuple(_blocks(body)),
    )


def _blocks(parent: Element) -> Iterator[Block]:
    """Give the blocks in an element, with what leads from a heading to a table or figure marked."""
    made = list(_plain_blocks(parent))
    for place, block in enumerate(made):
        before, after = (made[at] if 0 <= at < len(made) else None for at in (place - 1, place + 1))
        is_between = isinstance(before, Heading) and isinstance(after, Table | Figure | Box)
        yield replace(block, leads=True) if is_between and isinstance(block, Paragraph) else block


def _plain_blocks(parent: Element) -> Iterator[Block]:
    """Give the blocks in an element; loose text between them becomes a paragraph."""
    loose: list[Element | str] = []
    for child in parent.children:
        if isinstance(child, str) or child.tag in INLINE:
            loose.append(child)
            continue
        yield from _loose(loose)
        loose = []
        if not _is_unseen(child):
            yield from _block(child)
    yield from _loose(loose)


def _loose(children: list[Element | str]) -> Iterator[Block]:
    runs = _runs(children)
    if runs:
        yield Paragraph(runs)


def _is_unseen(element: Element) -> bool:
    return (
        element.tag in UNSEEN
        or "hidden" in element.attributes
        or bool(SCREEN & element.classes)
        or (element.attributes.get("aria-hidden") == "true" and element.tag != "svg")
    )


def _block(element: Element) -> Iterator[Block]:
    tag = element.tag
    if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
        yield Heading(int(tag[1]), _runs(element.children), element.attributes.get("id", ""))
    elif tag == "p":
        if runs := _runs(element.children):
            style = next((PARAGRAPHS[word] for word in sorted(element.classes) if word in PARAGRAPHS), "body")
            yield Paragraph(runs, style)
    elif tag in {"ul", "ol"}:
        items = tuple(tuple(_blocks(item)) for item in element.elements if item.tag == "li")
        yield ItemList(tag == "ol" and "steps" not in element.classes, items)
    elif tag == "dl":
        yield Definitions(tuple(_pairs(element)))
    elif tag == "table":
        yield _table(element)
    elif tag == "figure":
        yield from _figure(element)
    elif tag in {"details", "aside"}:
        yield _box(element)
    else:
        if tag == "section" and element.attributes.get("id"):
            yield SectionStart(element.attributes["id"], new_page=_starts_page(element))
        yield from _blocks(element)


def _starts_page(section: Element) -> bool:
    """Whether a section is one of the report's own, and not a part of one, nor short."""
    has_heading = any(child.tag == "h2" for child in section.elements)
    return has_heading and "short" not in section.classes and section.attributes["id"] != "found"


def _pairs(element: Element) -> Iterator[tuple[Runs, Runs]]:
    term: Runs = ()
    for part in element.walk():
        if part.tag == "dt":
            term = _runs(part.children)
        elif part.tag == "dd":
            yield term, _runs(part.children)
            term = ()


def _table(element: Element) -> Table:
    caption = element.find("caption")
    rows = {"thead": [], "tbody": []}  # type: dict[str, list[tuple[Cell, ...]]]
    for group in element.elements:
        if group.tag in rows:
            rows[group.tag] += [_cells(row) for row in group.elements if row.tag == "tr"]
    return Table(_runs(caption.children) if caption is not None else (), tuple(rows["thead"]), tuple(rows["tbody"]))


def _cells(row: Element) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            runs=_runs(cell.children),
            is_header=cell.tag == "th",
            columns=int(cell.attributes.get("colspan", "1")),
            rows=int(cell.attributes.get("rowspan", "1")),
            is_number="num" in cell.classes,
            is_inset="level" in cell.classes,
        )
        for cell in row.elements
        if cell.tag in {"td", "th"}
    )


def _figure(element: Element) -> Iterator[Block]:
    caption = element.find("figcaption")
    image = element.find("img")
    if image is not None:
        svg = _svg_of(image)
        yield Figure(svg, image.attributes.get("alt", ""), _runs(caption.children) if caption is not None else ())
    yield from (_table(part) for part in element.walk() if part.tag == "table")


def _svg_of(image: Element) -> str:
    return from_address(image.attributes.get("src", ""))


def _box(element: Element) -> Box:
    summary = next((child for child in element.elements if child.tag == "summary"), None)
    rest = Element("div", children=[child for child in element.children if child is not summary])
    title = _runs(summary.children) if summary is not None else ()
    return Box("fold" if element.tag == "details" else "aside", title, tuple(_blocks(rest)))


def _runs(children: Iterable[Element | str]) -> Runs:
    """Give the runs of inline content, with white space folded as a browser does."""
    runs = list(_inline(children, Run("")))
    folded: list[Run] = []
    for run in runs:
        text = _SPACE.sub(" ", run.text) if run.text != "\n" else run.text
        before = folded[-1].text if folded else " "
        if text.startswith(" ") and before.endswith((" ", "\n")):
            text = text[1:]
        if text == "\n" and folded and folded[-1].text.endswith(" "):
            folded[-1] = _with_text(folded[-1], folded[-1].text.rstrip(" "))
        if text or run.picture:
            folded.append(_with_text(run, text))
    while folded and not folded[-1].picture and not folded[-1].text.strip():
        folded.pop()
    if folded and not folded[-1].picture:
        folded[-1] = _with_text(folded[-1], folded[-1].text.rstrip(" "))
    return tuple(_merged(run for run in folded if run.text or run.picture))


def _merged(runs: Iterable[Run]) -> Iterator[Run]:
    """Join neighbours of one style."""
    held: Run | None = None
    for run in runs:
        if held is not None and not held.picture and _with_text(held, "") == _with_text(run, ""):
            held = _with_text(held, held.text + run.text)
            continue
        if held is not None:
            yield held
        held = run
    if held is not None:
        yield held


def _with_text(run: Run, text: str) -> Run:
    return Run(text, run.strong, run.emphasis, run.code, run.quiet, run.target, run.picture, run.alt)


def _inline(children: Iterable[Element | str], style: Run) -> Iterator[Run]:
    for child in children:
        if isinstance(child, str):
            yield _with_text(style, child)
        elif not _is_unseen(child):
            yield from _inline_element(child, style)


def _inline_element(element: Element, style: Run) -> Iterator[Run]:
    tag, classes = element.tag, element.classes
    if tag == "br" or "line" in classes:
        yield _with_text(style, "\n")
    if tag == "svg":
        alt = element.attributes.get("aria-label", "")
        yield Run("", picture=element.source, alt=alt)
        return
    if tag == "img":
        yield Run("", picture=_svg_of(element), alt=element.attributes.get("alt", ""))
        return
    # a term is explained in the glossary, which paper has as well; links to it would clutter the text
    target = element.attributes.get("href", "") if tag == "a" and "term" not in classes else ""
    inner = Run(
        "",
        strong=style.strong or tag in {"strong", "b"},
        emphasis=style.emphasis or tag in {"em", "i", "cite"},
        code=style.code or tag == "code",
        quiet=style.quiet or bool(classes & {"quiet", "absent", "interval", "worth"}),
        target=target[1:] if target.startswith("#") else style.target,
    )
    yield from _inline(element.children, inner)
