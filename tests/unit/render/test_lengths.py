"""How long the report of the example is: eleven pages, seven thousand words, and its first page is one page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf
import pytest

from outcomes.render.document import Box, Paragraph
from outcomes.render.pdf import render_pdf
from outcomes.reporting.page import write_document
from outcomes.runs import read_manifest
from page_tree import read_tree
from written_again import document_of, page_of

if TYPE_CHECKING:
    from pathlib import Path

MOST_PAGES, MOST_WORDS = 11, 7_000  # what is read in ten minutes by its first page and its headings
FILES, INSET = "appendix", "events a person-year"  # a section that names files, and a row that goes on with another
LONGEST = 90  # words of a paragraph: an answer of three sentences, and how its numbers are rounded


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


@pytest.mark.parametrize("edition", ["internal", "share"])
def test_each_section_of_the_report_is_a_page_at_most_and_has_no_long_paragraph(root: Path, edition: str) -> None:
    document = document_of(root / "reports" / "example" / "reference", edition, "report")
    _, *parts = (block for block in document.blocks if isinstance(block, Box))
    assert len(parts) > 8
    for part in parts:
        alone = type(document)(title=document.title, language=document.language, blocks=(part,))
        assert count_pages(render_pdf(alone, run="run")) == 1
        said = ["".join(run.text for run in one.runs) for one in part.blocks if isinstance(one, Paragraph)]
        assert [text for text in said if len(text.split()) > LONGEST] == []


@pytest.mark.parametrize("name", ["report", "annex"])
def test_every_row_of_a_table_begins_with_a_capital(root: Path, name: str) -> None:
    run = root / "reports" / "example" / "reference"
    page = read_tree(write_document(page_of(run, "internal", name)))
    own = {one["label"] for one in read_manifest(run)["plan"]["needs"]["profiles"]}
    sections = [one for one in page.walk() if one.tag == "section" and one.attributes.get("id") != FILES]
    heads = [
        one.text().strip()
        for section in sections
        for one in section.walk()
        if one.tag == "th" and one.attributes["scope"] == "row" and not any(part.tag == "code" for part in one.walk())
    ]  # what a program calls something is written as it is
    assert len(heads) > 30
    assert [text for text in heads if text[:1].islower() and text not in {INSET, *own}] == []
