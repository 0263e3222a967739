"""A page as a tree of elements, read with the parser of the standard library; our pages are well formed."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass(slots=True)
class Element:
    """An element with its attributes and what stands in it; a text is a child of its own."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)
    source: str = ""

    @property
    def classes(self) -> frozenset[str]:
        """Words of the attribute class."""
        return frozenset(self.attributes.get("class", "").split())

    @property
    def elements(self) -> list[Element]:
        """Children that are elements."""
        return [child for child in self.children if isinstance(child, Element)]

    def walk(self) -> Iterator[Element]:
        """All elements below, in order."""
        for child in self.elements:
            yield child
            yield from child.walk()

    def find(self, *tags: str) -> Element | None:
        """First element below of one of these names."""
        return next((element for element in self.walk() if element.tag in tags), None)

    def text(self) -> str:
        """All text below, with white space folded."""
        parts = [child if isinstance(child, str) else child.text() for child in self.children]
        return " ".join("".join(parts).split())


def without_screen(html: str) -> str:
    """Take out the sections that serve the screen alone, before they are read: they can be most of a page."""
    start = html.find('class="screen"')
    begun = html.rfind("<section", 0, start)
    ended = html.find("</section>", start)
    if start < 0 or min(begun, ended) < 0 or "<section" in html[start:ended]:
        return html
    return html[:begun] + without_screen(html[ended + len("</section>") :])


def read_tree(html: str) -> Element:
    """Read a page; an `svg` keeps its source, since it is a picture and not text."""
    reader = _Reader(html)
    reader.feed(html)
    reader.close()
    return reader.root


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root")
        self._open = [self.root]
        self._starts = [0]
        for line in html.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._html = html
        self._svg_from = -1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if self._svg_from >= 0:
            return
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag == "svg":
            self._svg_from = self._place()
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element of this name and what was left open in it."""
        if self._svg_from >= 0 and tag != "svg":
            return
        if tag == "svg" and self._svg_from >= 0:
            self._open[-1].source = self._html[self._svg_from : self._place()] + "</svg>"
            self._svg_from = -1
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        if self._svg_from < 0:
            self._open[-1].children.append(data)

    def _place(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column
