"""The report on paper: headings, paragraphs, lists, tables and figures, from which PDF and Word are written.

It is laid out from the blocks of the sections, as the page is written from them: what a section says stands in both.
"""

from outcomes.render.document.layout import lay_out
from outcomes.render.document.model import (
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
    Runs,
    SectionStart,
    Table,
)

__all__ = [
    "Block",
    "Box",
    "Cell",
    "Contents",
    "Definitions",
    "Document",
    "Figure",
    "Heading",
    "ItemList",
    "Paragraph",
    "Run",
    "Runs",
    "SectionStart",
    "Table",
    "lay_out",
]
