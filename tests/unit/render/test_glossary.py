"""The glossary: a term once a section, never in a name, a number or a heading, and every link leads somewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from outcomes.blocks.terms import read_terms
from outcomes.render.document import Definitions, Paragraph, read_document
from outcomes.render.html.glossary import mark_terms
from outcomes.reporting.page import SECTIONS

if TYPE_CHECKING:
    from pathlib import Path

LINK = '<a class="term" href="#g-'


@pytest.mark.parametrize("edition", ["internal", "share"])
def test_every_term_on_the_page_leads_to_the_glossary_and_the_glossary_holds_no_other(
    small_run: Path, edition: str
) -> None:
    page = (small_run / edition / "report.html").read_text(encoding="utf-8")
    led = set(re.findall(r'class="term" href="#(g-[a-z0-9-]+)"', page))
    listed = re.findall(r'<div id="(g-[a-z0-9-]+)">', page)
    assert led == set(listed)
    assert len(listed) == len(set(listed)) > 10
    assert "glossary" in SECTIONS


def test_a_term_is_marked_once_in_a_section_and_again_in_the_next() -> None:
    marked = mark_terms(
        '<section id="a"><p>An interval and an interval.</p></section><section id="b"><p>Interval.</p></section>'
    )
    assert marked.html.count(LINK) == 2
    assert f'An {LINK}interval" title=' in marked.html
    assert [term.id for term in marked.terms] == ["interval"]


def test_what_is_folded_away_has_marks_of_its_own_that_do_not_take_those_outside() -> None:
    html = '<section id="a"><details><summary>x</summary><p>power, power</p></details><p>power</p></section>'
    assert mark_terms(html).html.count(LINK) == 2
    outside_first = (
        '<section id="a"><p>power</p><details><p>power</p></details><details><p>median</p></details>'
        "<details><p>median</p></details></section>"
    )
    assert mark_terms(outside_first).html.count(LINK) == 2


@pytest.mark.parametrize(
    "html",
    [
        "<h3>interval</h3>",
        '<data value="1" data-id="a">interval</data>',
        '<span data-literal="plan:measures.a.label">power <b>interval</b></span>',
        '<span data-literal="result:a.b#label">interval</span>',
        "<code>interval</code>",
        '<a href="#x">interval</a>',
        '<img alt="an <b>interval</b> of power" src="data:,<svg><text>interval</text></svg>">',
        "<th>interval</th>",
        "<p>intervallic, sub-interval, interval-wise</p>",
    ],
)
def test_names_numbers_headings_links_and_attributes_stay_as_they_are(html: str) -> None:
    assert mark_terms(html).html == html


def test_after_a_name_the_text_goes_on() -> None:
    html = '<p><span data-literal="plan:x"><span>a</span></span> interval <data value="1">2</data> power</p>'
    assert mark_terms(html).html.count(LINK) == 2


def test_the_words_of_a_method_are_marked() -> None:
    assert LINK in mark_terms('<span data-literal="result:a#method">by REML</span>').html


def test_marks_change_no_word_and_stay_well_formed(small_run: Path) -> None:
    page = (small_run / "internal" / "report.html").read_text(encoding="utf-8")
    without = re.sub(r'<a class="term"[^>]*>([^<]*)</a>', r"\1", page)
    assert _text(page) == _text(without)
    assert page.count(LINK) == len(re.findall(r'<a class="term" href="[^"]*" title="[^"]*">[^<]+</a>', page))


def test_no_two_terms_share_a_form_and_each_says_what_it_is() -> None:
    forms = [form.lower() for term in read_terms() for form in term.forms]
    assert len(forms) == len(set(forms))
    assert len({term.id for term in read_terms()}) == len(read_terms())
    assert all(term.says.endswith(".") and len(term.says) > 40 for term in read_terms())
    assert not any(re.search(r"\b(significant|prove[sd]?|works)\b", term.says) for term in read_terms())


def test_on_paper_a_term_is_plain_text_and_the_glossary_is_a_list(small_run: Path) -> None:
    document = read_document((small_run / "share" / "report.html").read_text(encoding="utf-8"))
    assert any(
        "".join(run.text for run in term) == "interval"
        for block in document.blocks
        if isinstance(block, Definitions)
        for term, _ in block.pairs
    )
    targets = {run.target for block in document.blocks if isinstance(block, Paragraph) for run in block.runs}
    assert not any(target.startswith("g-") for target in targets)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _text(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    return "".join(reader.words)
