"""Blocks of a document into Word."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from outcomes.render.document import (
    Block,
    Box,
    Contents,
    Definitions,
    Document,
    Figure,
    Heading,
    ItemList,
    Paragraph,
    Run,
    SectionStart,
    Table,
)
from outcomes.render.word import markup
from outcomes.render.word.sheet import write_sheet
from outcomes.render.word.styles import new_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docx.document import Document as WordDocument

    from outcomes.render.document import Runs

STYLES = {"lead": "Lead", "quiet": "Quiet", "meaning": "Meaning", "body": "Normal"}
FIGURE_MM, STRIP_MM = 170, 46
EMU = 36_000  # English metric units in a millimetre
_TITLE_LEVEL = 1
_DEEPEST = 3


class Writer:
    """Writes blocks one after another; counts figures, tables and bookmarks."""

    def __init__(self, word: WordDocument, pictures: Mapping[str, bytes]) -> None:
        self._word = word
        self._pictures = pictures
        self._counts = {"Figure": 0, "Table": 0, "picture": 0, "bookmark": 0}
        self._targets: frozenset[str] = frozenset()
        self._pending: list[str] = []

    def write(self, document: Document) -> None:
        """Write all blocks of a document."""
        from docx.oxml import parse_xml

        self._targets = document.targets
        content = "".join(part for block in document.blocks for part in self._block(block, "Normal"))
        old = self._word.element.body
        new = parse_xml(markup.declare("body", content))
        new.append(old.sectPr)
        old.getparent().replace(old, new)

    def _contents(self, block: Contents) -> Iterator[str]:
        """List the sections, each a link with the page that it leads to.

        Not as a field TOC: a program that opens the document reckons pages for references, but not for that.
        """
        yield markup.paragraph("Heading 2", markup.text_of(block.title))
        for place, (name, title) in enumerate(block.entries, 1):
            kept = markup.KEEP_NEXT if place < len(block.entries) else ""
            yield markup.paragraph("toc 1", markup.entry(name, title), properties=kept)

    def _block(self, block: Block, style: str) -> Iterator[str]:
        if isinstance(block, SectionStart):
            self._pending.append(block.name)
        elif isinstance(block, Contents):
            yield from self._contents(block)
        elif isinstance(block, Heading):
            yield self._heading(block)
        elif isinstance(block, Paragraph):
            name = STYLES[block.style] if style == "Normal" else style
            yield self._paragraph(name, block.runs, keep=block.leads)
        elif isinstance(block, ItemList):
            yield from self._list(block)
        elif isinstance(block, Definitions):
            for term, said in block.pairs:
                yield self._paragraph(style, (*_strong(term), Run(": "), *said))
        elif isinstance(block, Table):
            yield from self._table(block)
        elif isinstance(block, Figure):
            yield from self._figure(block)
        else:
            yield from self._box(block)

    def _heading(self, block: Heading) -> str:
        name = "Title" if block.level == _TITLE_LEVEL else f"Heading {min(block.level - 1, _DEEPEST)}"
        marks = []
        for target in [*self._pending, *([block.name] if block.name else [])]:
            self._counts["bookmark"] += 1
            marks.append(markup.bookmark(target, self._counts["bookmark"]))
        self._pending = []
        return markup.paragraph(name, "".join(marks) + self.runs(block.runs))

    def _paragraph(self, style: str, runs: Runs, *, keep: bool = False) -> str:
        return markup.paragraph(style, self.runs(runs), properties=markup.KEEP_NEXT if keep else "")

    def _list(self, block: ItemList) -> Iterator[str]:
        style = "List Number" if block.ordered else "List Bullet"
        numbers = markup.numbered(new_numbers(self._word)) if block.ordered else ""
        for count, item in enumerate(block.items, 1):
            kept = markup.KEEP_NEXT if block.is_short and count < len(block.items) else ""
            for place, part in enumerate(item):
                if not isinstance(part, Paragraph):
                    yield from self._block(part, "Normal")
                elif place == 0:
                    yield markup.paragraph(style, self.runs(part.runs), properties=kept + numbers)
                else:
                    yield markup.paragraph("List Continue", self.runs(part.runs), properties=kept)

    def _table(self, table: Table) -> Iterator[str]:
        if table.caption:
            yield self._caption("Table", table.caption, keep=True)
        yield write_sheet(table, self._cell_runs)
        yield markup.paragraph("Table Text", "")

    def _figure(self, figure: Figure) -> Iterator[str]:
        shown = self._picture(figure.svg, figure.alt, FIGURE_MM * figure.share)
        yield markup.paragraph("Normal", shown, properties=markup.KEEP_NEXT if figure.caption else "")
        if figure.caption:
            yield self._caption("Figure", figure.caption, keep=False)

    def _caption(self, kind: str, runs: Runs, *, keep: bool) -> str:
        """Write a caption with a number that Word keeps."""
        self._counts[kind] += 1
        number = markup.field(f"SEQ {kind} \\* ARABIC", str(self._counts[kind]))
        shown = f"{markup.text_of(f'{kind} ')}{number}{markup.text_of(': ')}{self.runs(runs)}"
        return markup.paragraph("Caption", shown, properties=markup.KEEP_NEXT if keep else "")

    def _box(self, box: Box) -> Iterator[str]:
        if box.title:
            yield self._paragraph("Fold", _strong(box.title), keep=True)
        for block in box.blocks:
            yield from self._block(block, "Fold" if box.style == "fold" else "Normal")

    def _cell_runs(self, runs: Runs, strong: bool) -> str:
        return self.runs(runs, strong=strong)

    def runs(self, runs: Runs, *, strong: bool = False) -> str:
        """Write runs of text and small pictures."""
        return "".join(
            self._picture(run.picture, run.alt, STRIP_MM)
            if run.picture
            else markup.styled(run, strong=strong, is_link=run.target in self._targets)
            for run in runs
        )

    def _picture(self, svg: str, alt: str, width_mm: float) -> str:
        """Write a picture with its alternative text."""
        if svg not in self._pictures:
            return ""
        relation, image = self._word.part.get_or_add_image(io.BytesIO(self._pictures[svg]))
        self._counts["picture"] += 1
        width = round(width_mm * EMU)
        size = (width, round(width * image.px_height / image.px_width))
        return markup.picture(relation, alt, self._counts["picture"], size)


def _strong(runs: Runs) -> Runs:
    return tuple(Run(run.text, strong=True) for run in runs)
