"""What a section is made of: frozen blocks that hold phrases, from which every format writes its own.

`look` and `style` are words of the style sheet; paper knows those that mean something on paper and leaves the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from outcomes.blocks.align import align
from outcomes.blocks.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

INSET, SENTENCES, TEXTS = "level", "headline", "texts"
FIRST = "found"  # the section that is a page of its own, before all others
PLACE_OF_FIGURE = "figure-"  # begins the word that links to a figure lead to; its name follows


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section; the title of the section itself is of level 2."""

    level: int
    phrase: Phrase
    name: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `style` is "" or a word such as lead, quiet or meaning."""

    phrase: Phrase
    style: str = ""


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list; an item is a phrase, or several blocks."""

    items: tuple[Phrase | tuple[Block, ...], ...]
    ordered: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A term and what is said of it; `grade` puts a mark of that colour before it, which repeats what it says."""

    term: Phrase
    said: Phrase
    name: str = ""
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Definitions:
    """Terms, each with what is said of it."""

    entries: tuple[Definition, ...]
    style: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what stands above it, and how its cells look; `num` begins the look of numbers."""

    head: Phrase
    look: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; it looks like its column unless it says otherwise, and may span several."""

    phrase: Phrase
    is_header: bool = False
    columns: int = 1
    look: str | None = None


Row: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; one of the style `headline` or `texts` holds sentences, which are not aligned."""

    caption: Phrase
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    style: str = ""

    @property
    def aligned(self) -> tuple[Row, ...]:
        """Rows with the decimal points of each column below each other, by spaces as wide as a digit or a point."""
        if self.style in {SENTENCES, TEXTS}:
            return self.rows
        return align(self.rows, [column.look for column in self.columns])

    def look_of(self, cell: Cell, place: int) -> str:
        """Give the look of a cell that begins in a column."""
        if cell.look is not None:
            return cell.look
        return "" if cell.is_header or cell.columns > 1 else self.columns[place].look


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture of this name, what it shows, and its legend."""

    name: str
    alt: str
    caption: Phrase

    @property
    def place(self) -> str:
        """Word that links to it lead to."""
        return place_of(self.name)


def place_of(figure: str) -> str:
    """Give the word that links to a figure lead to."""
    return f"{PLACE_OF_FIGURE}{figure}"


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks that are folded away on the screen and open on paper."""

    title: Phrase
    blocks: tuple[Block, ...]
    style: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """Blocks that stand together, such as a `card`; it is named by the first heading in it that has a name."""

    style: str
    blocks: tuple[Block, ...]

    @property
    def label(self) -> str:
        """Name of the heading that names it, or ""."""
        return next((block.name for block in self.blocks if isinstance(block, Heading)), "")


Block: TypeAlias = Heading | Paragraph | ItemList | Definitions | Table | Figure | Fold | Box


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the report: the word that links lead to, its title, and its blocks.

    One whose title has a name of its own (`title_name`) is a landmark for those who hear the page.
    """

    name: str
    title: Phrase
    blocks: tuple[Block, ...]
    style: str = ""
    title_name: str = ""


def list_places(section: Section) -> frozenset[str]:
    """List what links may lead to: the section, and the headings and figures in it that have a name."""
    named = (_name_place(block) for block in walk(section.blocks))
    return frozenset({section.name, section.title_name, *named}) - {""}


def _name_place(block: Block) -> str:
    if isinstance(block, Figure):
        return block.place
    return block.name if isinstance(block, Heading) else ""


def walk(blocks: Iterable[Block]) -> Iterator[Block]:
    """Give blocks one after another, each before those that stand in it."""
    for block in blocks:
        yield block
        if isinstance(block, Fold | Box):
            yield from walk(block.blocks)


def row(head: Phrase | str, *cells: Phrase | str, is_inset: bool = False) -> Row:
    """Give a row that begins with its name; that of a level stands further in."""
    first = Cell(as_phrase(head), is_header=True, look=INSET if is_inset else "")
    return (first, *(Cell(as_phrase(cell)) for cell in cells))


def columns(*heads: Phrase | str, numbers: Iterable[Phrase | str] = ()) -> tuple[Column, ...]:
    """Give columns of texts, then columns of numbers."""
    return (*(Column(as_phrase(head)) for head in heads), *(Column(as_phrase(head), "num") for head in numbers))


def meaning(said: Phrase | str) -> Paragraph:
    """Give the paragraph that says what a section means."""
    return Paragraph(Phrase("What this means.").strong() + " " + said, "meaning")


def as_phrase(content: Phrase | str) -> Phrase:
    """Take a text for wording."""
    return content if isinstance(content, Phrase) else Phrase(content)
