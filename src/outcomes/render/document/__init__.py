"""The page as a document: headings, paragraphs, lists, tables and figures, from which PDF and Word are written.

The content is written once, in the page. What a section adds to the page stands in the other formats as well.
"""

from outcomes.render.document.build import read_document
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
    "read_document",
]
