"""The documents of a run: which there are, for whom, in which formats. The only list of them.

Who only names files imports no section: what makes a document stands in `outcomes.reporting.page`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

INTERNAL, SHARE = EDITIONS = ("internal", "share")
PAPERS = HTML, PDF, WORD = ("html", "pdf", "docx")  # of documents
PNG = "png"  # of figures, which are SVG in any case
FORMATS = (*PAPERS, PNG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of document.

    Attributes
    ----------
    name : str
        Its file without the ending.
    title : str
        What another document calls it.
    formats, editions : tuple of str
        In which it is written.
    is_leaf : bool
        Whether it is one sheet to hand out: no contents, no glossary, no script.
    has_numbers : bool
        Whether it holds what there is to know about every number, to which the others lead, and the glossary.
    """

    name: str
    title: str
    formats: tuple[str, ...] = PAPERS
    editions: tuple[str, ...] = EDITIONS
    is_leaf: bool = False
    has_numbers: bool = False

    def file(self, form: str) -> str:
        """Name its file in a format."""
        return f"{self.name}.{form}"


REPORT = Kind(name="report", title="report")
ANNEX = Kind(name="annex", title="annex", has_numbers=True)
BOARD = Kind(name="board", title="page for the board", formats=(HTML, PDF), is_leaf=True)
SUMMARY = Kind(
    name="summary",
    title="summary in plain language",
    formats=(HTML, PDF),
    editions=(SHARE,),
    is_leaf=True,
)
DOCUMENTS = (REPORT, ANNEX, BOARD, SUMMARY)


def list_documents(edition: str) -> tuple[Kind, ...]:
    """List the documents of an edition, the most prominent first."""
    return tuple(kind for kind in DOCUMENTS if edition in kind.editions)


def list_pages(edition: str, formats: Sequence[str]) -> Iterator[str]:
    """Name the pages of an edition, in the order of prominence; none where it is not written in HTML."""
    if HTML in formats:
        yield from (kind.file(HTML) for kind in list_documents(edition) if HTML in kind.formats)
