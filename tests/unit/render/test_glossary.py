"""The glossary: a term once a section, never in a name, a number or a heading, and every link leads somewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from outcomes.blocks.model import Column, Figure, Fold, Paragraph, Section, Table, row
from outcomes.blocks.phrase import Literal, Number, Phrase, Run
from outcomes.blocks.terms import mark_section, read_terms
from outcomes.render.document import Definitions
from outcomes.render.document import Paragraph as PaperParagraph
from outcomes.render.html import write_section
from outcomes.reporting.annex import SECTIONS
from written_again import document_of

if TYPE_CHECKING:
    from pathlib import Path

LINK = '<a class="term" href="#g-'


@pytest.mark.parametrize("edition", ["internal", "share"])
def test_every_term_on_the_page_leads_to_the_glossary_and_the_glossary_holds_no_other(
    small_run: Path, edition: str
) -> None:
    page = (small_run / edition / "annex.html").read_text(encoding="utf-8")
    led = set(re.findall(r'class="term" href="#(g-[a-z0-9-]+)"', page))
    listed = re.findall(r'<div id="(g-[a-z0-9-]+)">', page)
    assert led == set(listed)
    assert len(listed) == len(set(listed)) > 10
    assert "glossary" in SECTIONS


def marks(*blocks: object) -> int:
    """How many terms are marked in a section of these blocks."""
    marked, _ = mark_section(Section("s", Phrase("S"), blocks))  # type: ignore[arg-type]
    return write_section(marked, {"p": "data:,x"}).count(LINK)


def said(text: str) -> Paragraph:
    return Paragraph(Phrase(text))


def test_a_term_is_marked_once_in_a_section_and_again_in_the_next() -> None:
    for text in ("An interval and an interval.", "Interval."):
        marked, used = mark_section(Section("s", Phrase("S"), (said(text),)))
        html = write_section(marked, {})
        assert html.count(LINK) == 1
        assert re.search(rf'{LINK}interval" title="[^"]+">[Ii]nterval</a>', html)
        assert used == {"interval"}


def test_what_is_folded_away_has_marks_of_its_own_that_do_not_take_those_outside() -> None:
    def fold(text: str) -> Fold:
        return Fold(Phrase("x"), (said(text),))

    assert marks(fold("power, power"), said("power")) == 2
    assert marks(said("power"), fold("power"), fold("median"), fold("median")) == 2


def test_in_a_table_and_a_figure_what_is_said_is_marked_and_heads_and_what_it_shows_are_not() -> None:
    heads = (Column(Phrase("interval")), Column(Phrase("interval")))
    assert marks(Table(Phrase("t"), heads, (row("interval", "x"),))) == 0
    assert marks(Table(Phrase("t"), heads, (row("x", "interval"),))) == 1
    assert marks(Table(Phrase("interval"), heads, ())) == 1
    assert marks(Figure("p", "an interval of power", Phrase("c"))) == 0
    assert marks(Figure("p", "a", Phrase("an interval"))) == 1


def test_what_is_joined_to_a_word_makes_another_word() -> None:
    assert marks(said("intervallic, sub-interval, interval-wise")) == 0


def test_after_a_name_the_text_goes_on() -> None:
    name = Phrase.of(Run("power interval", origin=Literal("plan:x")))
    number = Phrase.of(Run("2", origin=Number("a.b", 2)))
    assert marks(Paragraph(Phrase("{} interval {} power").format(name, number))) == 2


def test_marks_change_no_word_and_stay_well_formed(small_run: Path) -> None:
    page = (small_run / "internal" / "annex.html").read_text(encoding="utf-8")
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
    document = document_of(small_run, "share")
    assert any(
        "".join(run.text for run in term) == "interval"
        for block in document.blocks
        if isinstance(block, Definitions)
        for term, _ in block.pairs
    )
    targets = {run.target for block in document.blocks if isinstance(block, PaperParagraph) for run in block.runs}
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
