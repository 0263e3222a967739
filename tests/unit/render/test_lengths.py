"""How long the report of the example is: eleven pages, seven thousand words, and its first page is one page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf
import pytest

from outcomes.render.document import Box
from outcomes.render.pdf import render_pdf
from outcomes.reporting.page import write_document
from page_tree import read_tree
from written_again import document_of, page_of

if TYPE_CHECKING:
    from pathlib import Path

MOST_PAGES, MOST_WORDS = 11, 7_000  # what is read in ten minutes by its first page and its headings


def count_pages(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


@pytest.mark.parametrize("edition", ["internal", "share"])
def test_the_report_of_the_example_is_eleven_pages_and_seven_thousand_words_at_most(root: Path, edition: str) -> None:
    run = root / "reports" / "example" / "reference"
    document = document_of(run, edition, "report")
    assert count_pages(render_pdf(document, run="run")) <= MOST_PAGES
    (main,) = (one for one in read_tree(write_document(page_of(run, edition, "report"))).walk() if one.tag == "main")
    assert 3_000 < len(main.text().split()) <= MOST_WORDS


@pytest.mark.parametrize("edition", ["internal", "share"])
def test_the_first_page_of_the_example_is_one_page(root: Path, edition: str) -> None:
    document = document_of(root / "reports" / "example" / "reference", edition, "report")
    sheet = document.blocks[0]
    assert isinstance(sheet, Box)
    alone = type(document)(title=document.title, language=document.language, blocks=(sheet,))
    assert count_pages(render_pdf(alone, run="run")) == 1
