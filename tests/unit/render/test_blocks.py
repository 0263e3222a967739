"""Blocks: points below each other in every format, a term marked once, and the same text on the screen and on paper."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from outcomes.audit.page import read_page
from outcomes.blocks.align import DIGIT_SPACE, POINT_SPACE
from outcomes.blocks.html import to_html
from outcomes.blocks.model import (
    Box,
    Cell,
    Column,
    Definition,
    Definitions,
    Fold,
    Heading,
    ItemList,
    Paragraph,
    Section,
    Table,
    meaning,
    row,
)
from outcomes.blocks.phrase import Literal, Number, Phrase, Run, picture, sign
from outcomes.blocks.terms import mark_section
from outcomes.render.document.layout import lay_out, lay_runs
from outcomes.render.document.model import Contents
from outcomes.render.html import Page, write_page, write_section
from outcomes.render.html.page import make_glossary

LINK = '<a class="term" href="#g-'


def number(text: str) -> Phrase:
    return Phrase.of(Run(text, origin=Number("a.b", 1, linked=True)))


def table(look: str, *cells: Phrase | str) -> Table:
    return Table(Phrase("t"), (Column(Phrase("r")), Column(Phrase("c"), look)), tuple(row("r", cell) for cell in cells))


def shown(made: Table) -> list[str]:
    return [str(cells[1].phrase) for cells in made.aligned]


def test_numbers_at_the_left_are_padded_before_them() -> None:
    made = table("", number("3.1 points lower"), number("12.0 points higher"), "not estimable")
    assert shown(made) == [f"{DIGIT_SPACE}3.1 points lower", "12.0 points higher", "not estimable"]


def test_numbers_at_the_right_are_padded_behind_them() -> None:
    made = table("num", number("0.043"), number("0.29"), number("6"), "–")
    assert shown(made) == ["0.043", f"0.29{DIGIT_SPACE}", f"6{POINT_SPACE}{DIGIT_SPACE * 3}", "–"]


def test_the_numbers_in_brackets_stand_below_each_other_too_and_the_space_before_the_bracket() -> None:
    pairs = (("53.3", "9.1"), ("49.3", "11.4"))
    cells = [Phrase("{} ({})").format(*map(number, pair)) for pair in pairs]
    assert shown(table("num", *cells)) == [f"53.3 {DIGIT_SPACE}(9.1)", "49.3 (11.4)"]


def test_cells_of_another_form_and_those_that_span_columns_keep_their_form() -> None:
    cells = (number("79%"), Phrase("{} ({})").format(number("1.21"), number("10.0")))
    assert shown(table("num", *cells)) == ["79%", "1.21 (10.0)"]
    wide = Table(Phrase("t"), (Column(Phrase("r")),) * 2, ((Cell(number("1.5"), columns=2),), row("r", number("10.0"))))
    assert str(wide.aligned[0][0].phrase) == "1.5"


@given(st.lists(st.tuples(st.integers(-9999, 9999), st.integers(0, 3)), min_size=1, max_size=6), st.booleans())
def test_points_stand_below_each_other_and_what_is_quoted_is_unchanged(
    drawn: list[tuple[int, int]], is_right: bool
) -> None:
    texts = [f"{value:.{places}f}".replace("-", "\u2212") for value, places in drawn]
    made = table("num" if is_right else "", *map(number, texts))
    cells = [cell.replace(POINT_SPACE, ".") for cell in shown(made)]
    width, places = max(map(len, cells)), max(places for _, places in drawn)
    for cell, text in zip(cells, texts, strict=True):
        whole = len(text.partition(".")[0])
        at = width - len(cell) + whole if is_right else cell.index(text) + whole
        assert at == width - (places + 1 if places else 0)
    page = write_section(Section("s", Phrase("S"), (made,)), {})
    assert [quote.text for quote in read_page(page).quotes] == texts
    assert replace(made, rows=made.aligned).aligned == made.aligned


def section(*blocks: object) -> Section:
    return Section("s", Phrase("power"), blocks)  # type: ignore[arg-type]


def test_a_term_is_marked_once_and_what_is_folded_away_has_marks_of_its_own() -> None:
    fold = Fold(Phrase("power"), (Paragraph(Phrase("power, power")),))
    marked, used = mark_section(section(fold, Paragraph(Phrase("power and power"))))
    assert write_section(marked, {}).count(LINK) == 2
    assert used == {"power"}
    outside_first, _ = mark_section(section(Paragraph(Phrase("power")), fold, fold))
    assert write_section(outside_first, {}).count(LINK) == 1


@pytest.mark.parametrize(
    "phrase",
    [
        Phrase("power").code(),
        Phrase("power").emphasis(),
        Phrase("power").leading_to("x"),
        number("power"),
        Phrase.of(Run("power", origin=Literal("plan:measures.a.label"))),
        Phrase.of(Run("power", origin=Literal("result:a.b#label"))),
        picture("<svg><text>power</text></svg>"),
        Phrase("powerful, sub-power, power-wise"),
    ],
)
def test_names_numbers_headings_and_links_are_not_marked(phrase: Phrase) -> None:
    blocks = (Paragraph(phrase), Heading(3, Phrase("power")), table("", "x"), ItemList((Phrase("y"),)))
    named = Definitions((Definition(Phrase("power"), Phrase("z")),))
    marked, used = mark_section(section(*blocks, named, Box("card", (Heading(3, Phrase("power")),))))
    assert not used
    assert marked == section(*blocks, named, Box("card", (Heading(3, Phrase("power")),)))


def test_the_words_of_a_method_are_marked_inside_their_quotation() -> None:
    quoted = Phrase.of(Run("by REML, twice", origin=Literal("result:a.b#method")))
    marked, _ = mark_section(section(Paragraph(quoted)))
    html = write_section(marked, {})
    assert LINK in html
    assert [quote.text for quote in read_page(html).quotes] == ["by REML, twice"]


def test_no_text_of_a_block_is_read_as_markup() -> None:
    bad = Phrase('<b>"')
    items = ItemList((bad, (Paragraph(bad),)), ordered=True, style='"x')
    told = Definitions((Definition(bad, bad, name='"n', grade='"g'),))
    html = write_section(section(Heading(3, bad, '"h'), items, told, Box("card", (Heading(3, bad, "k"),))), {})
    assert "<b>" not in html
    assert re.findall(r'="([^"]*)"', html).count("&#34;x") == 1
    assert '<section class="card" aria-labelledby="k">' in html


def test_on_paper_a_line_begins_where_the_screen_begins_one_and_neighbours_of_one_look_are_joined() -> None:
    said = Phrase("{} is  {}").format(number("1"), number("2")) + " " + Phrase("so").toned("quiet line")
    runs = lay_runs(said)
    assert [(run.text, run.quiet) for run in runs] == [("1 is 2\n", False), ("so", True)]
    assert lay_runs(Phrase(" a ") + Phrase(" b ").strong())[1].text == "b"


def test_on_paper_the_contents_of_an_annex_stand_before_its_sections_and_lead_to_all() -> None:
    sections = [section(meaning("x")), Section("b", Phrase("B"), (), title_name="b-title")]
    document = lay_out("T", [Heading(1, Phrase("H"))], sections, {})
    assert [type(block).__name__ for block in document.blocks] == [
        *("Heading", "Contents", "SectionStart", "Heading", "Paragraph", "SectionStart", "Heading"),
    ]
    (contents,) = (block for block in document.blocks if isinstance(block, Contents))
    assert contents.entries == (("s", "power"), ("b", "B"))
    assert document.targets == {"s", "b", "b-title"}
    assert to_html(meaning("x").phrase) == "<strong>What this means.</strong> x"


def test_a_sign_says_its_word_and_stays_a_sign_on_paper() -> None:
    assert to_html(sign("●", "seen") + " x") == '<span role="img" aria-label="seen">●</span> x'
    assert [run.text for run in lay_runs(sign("●", "seen") + " x")] == ["● x"]


def test_the_sentences_of_the_first_screen_are_not_aligned() -> None:
    made = replace(table("num", number("1.25"), number("10.5")), style="headline")
    assert shown(made) == ["1.25", "10.5"]
    assert write_section(section(made), {}).count("<div") == 0


def test_the_page_takes_its_sections_in_order_and_the_contents_stand_behind_the_first_page() -> None:
    first, terms = mark_section(replace(section(Paragraph(Phrase("of power"))), name="found"))
    second, others = mark_section(Section("t", Phrase("T"), (Paragraph(Phrase("By REML.")),)))
    page = write_page(
        Page(
            title="<T>",
            header=(Heading(1, Phrase("H")),),
            parts=(first, second, make_glossary(terms | others)),
            contents={"t": "S & s", "numbers": "Every number"},
            numbers=Markup("<p>n</p>"),
            run=Phrase("r"),
            addresses={},
            pictures={},
            has_long_words=True,
        )
    )
    order = [
        "<h1>H</h1>",
        '<section id="found">',
        "S &amp; s</a>",
        '<section id="t">',
        'id="g-power"',
        'id="g-reml"',
        'id="panel"',
    ]
    assert [page.index(part) for part in order] == sorted(page.index(part) for part in order)
    assert '<title data-literal="plan:title">&lt;T&gt;</title>' in page
    assert '<li class="screen"><a href="#numbers">' in page
    assert '<body class="long-words">' in page


def test_a_section_whose_title_has_a_name_is_a_landmark() -> None:
    html = write_section(Section("b", Phrase("B"), (), title_name="b-title"), {})
    assert html.startswith('<section id="b" aria-labelledby="b-title">\n<h2 id="b-title">B</h2>')
