"""A document as the data that the template of the PDF reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.render.document import (
    Block,
    Box,
    Cell,
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
from outcomes.render.pdf.glyphs import to_drawable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.render.document import Runs

WORDS = {"page": "Page", "of": "of", "table": "Table", "figure": "Figure"}
HEAD_LENGTH = 90
LONG_MM = 265.0  # more than a page holds
_TITLE_LEVEL = 1
_STYLES = ("strong", "emphasis", "code", "quiet")


def to_content(document: Document, *, run: str) -> dict[str, Any]:
    """Give everything that stands on paper."""
    language, _, region = document.language.partition("-")
    title = to_drawable(document.title)
    return {
        **WORDS,
        "title": title,
        "description": "Report of a comparison of two programmes.",
        "language": language,
        "region": region or None,
        "head": title if len(title) <= HEAD_LENGTH else f"{title[:HEAD_LENGTH]}…",
        "run": run,
        "blocks": _Writer(document.targets).blocks(document.blocks),
    }


class _Writer:
    def __init__(self, targets: frozenset[str]) -> None:
        self._targets = targets

    def blocks(self, blocks: Iterable[Block]) -> list[dict[str, Any]]:
        return [self._block(block) for block in blocks]

    def _block(self, block: Block) -> dict[str, Any]:
        if isinstance(block, SectionStart | Contents | Heading):
            return self._place(block)
        if isinstance(block, Paragraph):
            leads = {"leads": True} if block.leads else {}
            return {"kind": "paragraph", "style": block.style, "runs": self.runs(block.runs), **leads}
        if isinstance(block, ItemList):
            items = [self.blocks(item) for item in block.items]
            return {"kind": "list", "ordered": block.ordered, "items": items, "short": block.is_short}
        if isinstance(block, Definitions):
            pairs = [[self.runs(term), self.runs(said)] for term, said in block.pairs]
            return {"kind": "definitions", "pairs": pairs}
        return self._object(block)

    def _place(self, block: SectionStart | Contents | Heading) -> dict[str, Any]:
        if isinstance(block, SectionStart):
            return {"kind": "section", "name": block.name}
        if isinstance(block, Contents):
            return {"kind": "contents", "text": block.title}
        kind = "title" if block.level == _TITLE_LEVEL else "heading"
        return {"kind": kind, "level": block.level - 1, "name": block.name, "runs": self.runs(block.runs)}

    def _object(self, block: Table | Figure | Box) -> dict[str, Any]:
        if isinstance(block, Table):
            return self._table(block)
        if isinstance(block, Figure):
            alt = to_drawable(block.alt)
            caption = self.runs(block.caption)
            return {"kind": "figure", "svg": block.svg, "alt": alt, "caption": caption, "share": block.share}
        return {"kind": block.style, "title": self.runs(block.title), "blocks": self.blocks(block.blocks)}

    def _table(self, table: Table) -> dict[str, Any]:
        return {
            "kind": "table",
            "caption": self.runs(table.caption),
            "widths": table.widths,
            # where a guess cannot tell, the table is measured, which takes as long as setting it once more
            "fits": True if table.is_short else False if table.height > LONG_MM else None,
            "head": [self._cell(cell) for row in table.head for cell in row],
            "body": [self._cell(cell) for row in table.body for cell in row],
        }

    def _cell(self, cell: Cell) -> dict[str, Any]:
        made: dict[str, Any] = {"runs": self.runs(cell.runs)}
        if cell.columns > 1:
            made["columns"] = cell.columns
        if cell.is_number:
            made["number"] = True
        if cell.is_inset:
            made["inset"] = True
        return made

    def runs(self, runs: Runs) -> list[str | dict[str, Any]]:
        return [self._run(run) for run in runs]

    def _run(self, run: Run) -> str | dict[str, Any]:
        """Give a run; one without a style is its text alone."""
        if run.picture:
            return {"picture": run.picture, "alt": to_drawable(run.alt)}
        text = to_drawable(run.text, code=run.code)
        styles = {name: True for name in _STYLES if getattr(run, name)}
        target = {"target": run.target} if run.target in self._targets else {}
        return {"text": text, **styles, **target} if styles or target else text
