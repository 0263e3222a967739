"""The pictures of a document as PNG, since not every program reads SVG in Word files; typst draws them all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.render.document import Block, Box, Definitions, Figure, ItemList, Paragraph, Table
from outcomes.render.raster import draw_png

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from outcomes.render.document import Document, Runs

PIXELS_PER_INCH = 120.0


def draw_pictures(document: Document) -> Mapping[str, bytes]:
    """Draw every picture of a document: PNG by SVG."""
    pictures = dict(_find(document.blocks))
    return dict(zip(pictures, draw_png(list(pictures.items()), pixels_per_inch=PIXELS_PER_INCH), strict=True))


def _find(blocks: Iterable[Block]) -> Iterator[tuple[str, bool]]:
    """Find the pictures, and whether each is as wide as the text."""
    for block in blocks:
        if isinstance(block, Figure) and block.svg:
            yield block.svg, True
        elif isinstance(block, Box):
            yield from _find(block.blocks)
        elif isinstance(block, ItemList):
            yield from (found for item in block.items for found in _find(item))
        yield from ((run.picture, False) for runs in _runs_of(block) for run in runs if run.picture)


def _runs_of(block: Block) -> Iterator[Runs]:
    if isinstance(block, Paragraph):
        yield block.runs
    elif isinstance(block, Definitions):
        yield from (runs for pair in block.pairs for runs in pair)
    elif isinstance(block, Table):
        yield from (cell.runs for row in (*block.head, *block.body) for cell in row)
