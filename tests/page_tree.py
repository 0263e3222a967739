"""A page as a tree of elements, for tests that look at what stands where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Element:
    """An element of a page."""

    node: Any

    @property
    def tag(self) -> str:
        return str(self.node.tag)

    @property
    def attributes(self) -> dict[str, str]:
        return dict(self.node.attrib)

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.node.get("class", "").split())

    @property
    def elements(self) -> list[Element]:
        return [Element(child) for child in self.node]

    @property
    def content(self) -> Iterator[str | Element]:
        """Texts and elements, in order."""
        yield self.node.text or ""
        for child in self.node:
            yield Element(child)
            yield child.tail or ""

    def walk(self) -> Iterator[Element]:
        return (Element(one) for one in self.node.iter())

    def text(self) -> str:
        return "".join(self.node.itertext())


def read_tree(html: str) -> Element:
    return Element(etree.HTML(html, parser=etree.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)))
