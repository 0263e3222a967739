"""A page as a tree of elements, read by lxml, which python-docx brings along; our pages are well formed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# A picture in the text: the parser would change the names in it. In the address of an image no such sign is left.
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_NONE: frozenset[str] = frozenset()
SOURCE, EMPTY = "data-source", "<html></html>"


def read_tree(html: str) -> Any:
    """Read a page; an `svg` keeps its source as an attribute, since it is a picture and not text."""
    from lxml import etree  # type: ignore[import-untyped]

    reader = etree.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    root = etree.HTML(html if html.strip() else EMPTY, parser=reader)
    for svg, source in zip(root.iter("svg"), _SVG.finditer(html), strict=False):
        svg.set(SOURCE, source.group())
    return root


def without_screen(html: str) -> str:
    """Take out the sections that serve the screen alone, before they are read: they can be most of a page."""
    start = html.find('class="screen"')
    begun = html.rfind("<section", 0, start)
    ended = html.find("</section>", start)
    if start < 0 or min(begun, ended) < 0 or "<section" in html[start:ended]:
        return html
    return html[:begun] + without_screen(html[ended + len("</section>") :])


def content_of(element: Any) -> Iterator[Any]:
    """Give what stands in an element, in order: texts and elements."""
    if element.text:
        yield element.text
    for child in element:
        yield child
        if child.tail:
            yield child.tail


def classes_of(element: Any) -> frozenset[str]:
    """Give the words of the attribute class."""
    words = element.get("class")
    return frozenset(words.split()) if words else _NONE


def text_of(element: Any) -> str:
    """Give all text in an element, with white space folded."""
    return " ".join("".join(element.itertext()).split())
