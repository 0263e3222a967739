"""Blocks of a document into Word."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from outcomes.render.document import (
    Block,
    Box,
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
from outcomes.render.word.fields import (
    add_bookmark,
    add_field,
    add_link,
    describe_picture,
    restart_numbers,
    set_numbers,
    set_style,
    to_xml_text,
)
from outcomes.render.word.sheet import Sheet, fill_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docx.document import Document as WordDocument

    from outcomes.render.document import Runs

STYLES = {"lead": "Lead", "quiet": "Quiet", "meaning": "Meaning", "body": "Normal"}
FIGURE_MM, STRIP_MM = 170, 58
CONTENTS = "Contents"
_TITLE_LEVEL, _SECTION_LEVEL = 1, 2
_DEEPEST = 3


class Writer:
    """Writes blocks one after another; counts figures, tables and bookmarks."""

    def __init__(self, word: WordDocument, pictures: Mapping[str, bytes]) -> None:
        self._word = word
        self._pictures = pictures
        self._counts = {"Figure": 0, "Table": 0, "picture": 0, "bookmark": 0}
        self._targets: frozenset[str] = frozenset()
        self._pending: list[str] = []
        self._new_page = False
        self._has_contents = False

    def write(self, document: Document) -> None:
        """Write all blocks of a document."""
        listed = list(document.blocks)
        self._targets = document.targets
        for block in listed:
            if isinstance(block, SectionStart) and block.new_page and not self._has_contents:
                self._contents(listed)
            self._write(block, "Normal")

    def _contents(self, blocks: list[Block]) -> None:
        """List the sections, each a link; behind the first of them."""
        self._has_contents = True
        self.add_runs(self._add("Heading 2"), (Run(CONTENTS),))
        name = ""
        for block in blocks:
            if isinstance(block, SectionStart):
                name = block.name
            elif isinstance(block, Heading) and block.level == _SECTION_LEVEL:
                text = "".join(run.text for run in block.runs)
                self._paragraph((Run(text, target=name),), "Table Text")

    def _write(self, block: Block, style: str) -> None:
        if isinstance(block, SectionStart):
            self._pending.append(block.name)
            self._new_page = self._new_page or block.new_page
        elif isinstance(block, Heading):
            self._heading(block)
        elif isinstance(block, Paragraph):
            made = self._paragraph(block.runs, STYLES[block.style] if style == "Normal" else style)
            made.paragraph_format.keep_with_next = block.leads or None
        elif isinstance(block, ItemList):
            self._list(block)
        elif isinstance(block, Definitions):
            for term, said in block.pairs:
                strong = (*(Run(run.text, strong=True) for run in term), Run(": "))
                self._paragraph((*strong, *said), style)
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Figure):
            self._figure(block)
        else:
            self._box(block)

    def _heading(self, block: Heading) -> None:
        name = "Title" if block.level == _TITLE_LEVEL else f"Heading {min(block.level - 1, _DEEPEST)}"
        paragraph = self._add(name)
        if self._new_page:
            paragraph.paragraph_format.page_break_before = True
        self._new_page = False
        for target in [*self._pending, *([block.name] if block.name else [])]:
            self._counts["bookmark"] += 1
            add_bookmark(paragraph, target, self._counts["bookmark"])
        self._pending = []
        self.add_runs(paragraph, block.runs)

    def _paragraph(self, runs: Runs, style: str) -> Any:
        made = self._add(style)
        self.add_runs(made, runs)
        return made

    def _add(self, style: str) -> Any:
        paragraph = self._word.add_paragraph()
        set_style(paragraph, style)
        return paragraph

    def _list(self, block: ItemList) -> None:
        style, numbers = "List Number" if block.ordered else "List Bullet", 0
        for item in block.items:
            for place, part in enumerate(item):
                if not isinstance(part, Paragraph):
                    self._write(part, "Normal")
                    continue
                paragraph = self._add(style if place == 0 else "List Continue")
                self.add_runs(paragraph, part.runs)
                if block.ordered and place == 0 and not numbers:
                    numbers = restart_numbers(self._word, paragraph)
                elif block.ordered and place == 0:
                    set_numbers(paragraph, numbers)

    def _table(self, table: Table) -> None:
        if table.caption:
            self._caption("Table", table.caption, keep_with_next=True)
        grid = self._word.add_table(rows=0, cols=table.columns)
        fill_sheet(Sheet(grid, self), table)
        self._add("Table Text")

    def _figure(self, figure: Figure) -> None:
        paragraph = self._word.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        self.add_picture(paragraph, figure.svg, figure.alt, FIGURE_MM)
        if figure.caption:
            self._caption("Figure", figure.caption, keep_with_next=False)

    def _caption(self, kind: str, runs: Runs, *, keep_with_next: bool) -> None:
        """Write a caption with a number that Word keeps."""
        self._counts[kind] += 1
        paragraph = self._add("Caption")
        paragraph.add_run(f"{kind} ")
        add_field(paragraph, f"SEQ {kind} \\* ARABIC", str(self._counts[kind]))
        paragraph.add_run(": ")
        self.add_runs(paragraph, runs)
        paragraph.paragraph_format.keep_with_next = keep_with_next

    def _box(self, box: Box) -> None:
        style = "Fold" if box.style == "fold" else "Normal"
        if box.title:
            paragraph = self._add("Fold")
            self.add_runs(paragraph, tuple(Run(run.text, strong=True) for run in box.title))
            paragraph.paragraph_format.keep_with_next = True
        for block in box.blocks:
            self._write(block, style)

    def add_runs(self, paragraph: Any, runs: Runs) -> None:
        """Add runs of text and small pictures to a paragraph."""
        from docx.shared import RGBColor

        from outcomes.render.word.styles import ACCENT, MUTED

        for run in runs:
            if run.picture:
                self.add_picture(paragraph, run.picture, run.alt, STRIP_MM)
                continue
            made = paragraph.add_run(to_xml_text(run.text))
            if run.strong:
                made.bold = True
            if run.emphasis:
                made.italic = True
            if run.code:
                made._r.style = "Code"  # noqa: SLF001  # by its id: python-docx would look through all styles
            if run.quiet:
                made.font.color.rgb = RGBColor.from_string(MUTED)
            if run.target in self._targets:
                made.font.color.rgb = RGBColor.from_string(ACCENT)
                add_link(paragraph, made, run.target)

    def add_picture(self, paragraph: Any, svg: str, alt: str, width_mm: int) -> None:
        """Add a picture with its alternative text."""
        from docx.shared import Mm

        if svg not in self._pictures:
            return
        shape = paragraph.add_run().add_picture(io.BytesIO(self._pictures[svg]), width=Mm(width_mm))
        self._counts["picture"] += 1
        describe_picture(shape, alt, self._counts["picture"])
