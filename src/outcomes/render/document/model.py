"""What a document is made of; every text is plain, so that each format escapes it in its own way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORT_MM = 150.0  # height of a table
SHORT_LIST, SHORT_ITEM = 8, 300  # paragraphs, and signs in each


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style.

    Attributes
    ----------
    text : str
        A line break is written as a newline.
    strong, emphasis, code, quiet : bool
    target : str
        Word of the section that it leads to, or "".
    picture : str
        SVG that stands in place of text, or "".
    alt : str
        What the picture says; "" where it only repeats the words beside it.
    """

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    quiet: bool = False
    target: str = ""
    picture: str = ""
    alt: str = ""


Runs: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class SectionStart:
    """Where a section begins, for links that lead to it."""

    name: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The list of contents: word and title of each section."""

    title: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the title of the document."""

    level: int
    runs: Runs
    name: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `style` is body, lead, quiet or meaning; one that leads up to a table or figure stays with it."""

    runs: Runs
    style: str = "body"
    leads: bool = False


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list; an item is a sequence of blocks; a short list of paragraphs alone stays together."""

    ordered: bool
    items: tuple[tuple[Block, ...], ...]

    @property
    def is_short(self) -> bool:
        """Whether it takes a few lines only."""
        blocks = [block for item in self.items for block in item]
        return len(blocks) <= SHORT_LIST and all(
            isinstance(block, Paragraph) and sum(len(run.text) for run in block.runs) <= SHORT_ITEM for block in blocks
        )


@dataclass(frozen=True, slots=True)
class Definitions:
    """Terms, each with what is said of it."""

    pairs: tuple[tuple[Runs, Runs], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table."""

    runs: Runs
    is_header: bool = False
    columns: int = 1
    is_number: bool = False
    is_inset: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; `head` rows are repeated on every page.

    Attributes
    ----------
    caption : Runs
    head, body : tuple of rows
    widths : tuple of float
        Share of the width that each column gets.
    height : float
        About how high it is on paper [mm]; where letters are wide it can be more.
    """

    caption: Runs
    head: tuple[tuple[Cell, ...], ...]
    body: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]
    height: float

    @property
    def is_short(self) -> bool:
        """Whether it is sure to fit on one page, whatever its letters."""
        return self.height <= SHORT_MM


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its alternative text and caption; `share` is what it takes of the width of the text."""

    svg: str
    alt: str
    caption: Runs
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Box:
    """Blocks that stand together: a `fold`, an `aside`, a `sheet` (one page), a `part` (uncut), `cards` of a `card`."""

    style: str
    title: Runs
    blocks: tuple[Block, ...]


Block: TypeAlias = SectionStart | Contents | Heading | Paragraph | ItemList | Definitions | Table | Figure | Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report.

    Attributes
    ----------
    title : str
        As in the title of the page.
    language : str
        For example en-GB.
    blocks : tuple of Block
    """

    title: str
    language: str
    blocks: tuple[Block, ...] = field(default_factory=tuple)

    @property
    def targets(self) -> frozenset[str]:
        """Words of the sections and headings that links can lead to."""
        return frozenset(_names(self.blocks))


def _names(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, SectionStart | Heading) and block.name:
            yield block.name
        elif isinstance(block, Box):
            yield from _names(block.blocks)
