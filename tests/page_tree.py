"""A page as a tree of elements, for tests that look at what stands where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.render.document.tree import classes_of
from outcomes.render.document.tree import read_tree as read

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
        return classes_of(self.node)

    @property
    def elements(self) -> list[Element]:
        return [Element(child) for child in self.node]

    def walk(self) -> Iterator[Element]:
        return (Element(one) for one in self.node.iter())

    def text(self) -> str:
        return "".join(self.node.itertext())


def read_tree(html: str) -> Element:
    return Element(read(html))
