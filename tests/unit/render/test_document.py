"""The report on paper: nothing that the page says is lost, and no text becomes markup."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from outcomes.blocks import model
from outcomes.blocks.phrase import Number, Phrase, picture
from outcomes.blocks.phrase import Run as Said
from outcomes.render.document import (
    Block,
    Box,
    Contents,
    Definitions,
    Figure,
    Heading,
    ItemList,
    Paragraph,
    Run,
    SectionStart,
    Table,
    lay_out,
)
from outcomes.render.document.widths import HIGHEST, LINE, PADDING
from page_tree import Element, read_tree
from written_again import document_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# What serves the screen alone.
UNSEEN = frozenset({"head", "style", "script", "nav", "button", "dialog", "template"})


def lay(*blocks: model.Block, **pictures: str) -> tuple[Block, ...]:
    return lay_out("T", blocks, (), pictures).blocks


def lay_paragraph(phrase: Phrase) -> Paragraph:
    (made,) = lay(model.Paragraph(phrase))
    assert isinstance(made, Paragraph)
    return made


def texts(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Heading | Paragraph):
            yield join(block.runs)
        elif isinstance(block, ItemList):
            for item in block.items:
                yield from texts(item)
        elif isinstance(block, Definitions):
            yield from (join(runs) for pair in block.pairs for runs in pair)
        elif isinstance(block, Table):
            yield join(block.caption)
            yield from (join(cell.runs) for row in (*block.head, *block.body) for cell in row)
        elif isinstance(block, Figure):
            yield join(block.caption)
        elif isinstance(block, Box):
            yield join(block.title)
            yield from texts(block.blocks)


def join(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)


def visible(element: Element) -> Iterator[str]:
    for child in element.content:
        if isinstance(child, str):
            yield child
        elif child.tag not in {"svg", *UNSEEN} and not {"skip", "screen"} & child.classes:
            yield from visible(child)
            yield "" if child.tag in {"span", "data", "strong", "em", "code", "a"} else " "


@pytest.mark.parametrize("edition", ["internal", "share"])
def test_every_word_of_the_page_stands_in_the_document(small_run: Path, edition: str) -> None:
    html = (small_run / edition / "annex.html").read_text(encoding="utf-8")
    page = Counter(re.findall(r"\w+", "".join(visible(read_tree(html)))))
    document = Counter(re.findall(r"\w+", " ".join(texts(document_of(small_run, edition).blocks))))
    assert page - document == Counter()
    assert sum((document - page).values()) == 0
    assert sum(page.values()) > 1000


def test_white_space_folds_as_in_a_browser_and_styles_stay_with_their_words() -> None:
    said = Phrase("\n  One {} three\n {}. {}").format(
        Phrase("two ").strong(), Phrase("a.b").code(), Phrase(" four ").toned("line")
    )
    paragraph = lay_paragraph(said)
    assert join(paragraph.runs) == "One two three a.b.\nfour"
    assert [run.text for run in paragraph.runs if run.strong] == ["two "]
    assert [run.text for run in paragraph.runs if run.code] == ["a.b"]


def test_a_table_keeps_its_caption_its_head_and_its_spans() -> None:
    whole = (model.Cell(Phrase("Whole"), is_header=True, columns=2),)
    (table,) = lay(
        model.Table(Phrase("C"), model.columns("A", numbers=["B"]), (whole, model.row("x", "1", is_inset=True)))
    )
    assert isinstance(table, Table)
    assert join(table.caption) == "C"
    assert (len(table.head), len(table.body), len(table.widths)) == (1, 2, 2)
    assert table.body[0][0].columns == 2
    assert table.body[1][0].is_inset
    assert table.body[1][1].is_number


def test_the_list_of_contents_stands_before_the_sections_and_names_every_one() -> None:
    first = model.Section("a", Phrase("A ") + Phrase("1").strong(), (model.Paragraph(Phrase("x")),))
    blocks = lay_out("T", (), (first, model.Section("b", Phrase("B"), ())), {}).blocks
    assert isinstance(contents := blocks[0], Contents)
    assert contents.entries == (("a", "A 1"), ("b", "B"))
    assert blocks[1] == SectionStart("a")
    assert not [block for block in lay_out("T", (), (first,), {}).blocks if isinstance(block, Contents)]


def test_the_first_page_is_a_sheet_and_the_other_sections_of_its_document_are_not_cut() -> None:
    cards = model.Box("cards", (model.Box("card", (model.Heading(3, Phrase("x")),)),) * 2)
    first, second = model.Section("found", Phrase("F"), (cards,)), model.Section("a", Phrase("A"), ())
    header = (model.Heading(1, Phrase("H")),)
    sheet, part = lay_out("T", header, (first, second), {}).blocks
    assert isinstance(sheet, Box)
    assert isinstance(part, Box)
    assert (sheet.style, part.style, part.blocks[0]) == ("sheet", "part", SectionStart("a"))
    assert isinstance(beside := sheet.blocks[-1], Box)
    assert [one.style for one in beside.blocks if isinstance(one, Box)] == ["card", "card"]
    (leaf,) = lay_out("T", header, (first, second), {}, is_leaf=True).blocks
    assert isinstance(leaf, Box)
    assert leaf.style == "sheet"


def test_links_to_what_serves_the_screen_alone_are_cut_and_others_lead_on() -> None:
    number = Phrase.of(Said("5", origin=Number("a.b", 5, linked=True)))
    said = Phrase("See {}, {} of {}").format(Phrase("X").leading_to("x"), number, Phrase("6").leading_to("numbers"))
    blocks = lay_out("T", (model.Paragraph(said),), (model.Section("x", Phrase("X"), ()),), {}).blocks
    assert isinstance(blocks[0], Paragraph)
    assert [(run.text, run.target) for run in blocks[0].runs] == [("See ", ""), ("X", "x"), (", 5 of 6", "")]


def test_a_picture_of_its_own_and_one_in_a_text_both_keep_their_sources() -> None:
    first, second = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 {at}"/></svg>' for at in (1, 2)
    )
    image = model.Figure("a", "seen", Phrase("c"))
    one, paragraph, two = lay(
        image, model.Paragraph(picture(second)), image, a=f'<?xml version="1.0"?>\n<!DOCTYPE svg>\n{first}'
    )
    assert isinstance(one, Figure)
    assert isinstance(paragraph, Paragraph)
    assert one == two
    assert one.svg == first
    assert one.alt == "seen"
    assert (paragraph.runs[0].picture, paragraph.runs[0].alt) == (second, "")


def test_the_names_of_both_ends_of_a_scale_stand_on_lines_of_their_own() -> None:
    ends = Phrase("← less").toned("end") + " " + Phrase("more →").toned("end line")
    assert join(lay_paragraph(ends).runs) == "← less\nmore →"


def test_a_figure_that_would_fill_a_page_is_made_smaller_and_others_take_the_whole_width() -> None:
    def share(width: int, height: int) -> float:
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"></svg>'
        (figure,) = lay(model.Figure("a", "a", Phrase("c")), a=svg)
        assert isinstance(figure, Figure)
        return figure.share

    assert share(200, 100) == 1.0
    assert share(100, 150) * 1.5 == pytest.approx(HIGHEST)


def test_a_list_of_a_few_lines_is_short_and_one_with_a_table_is_not() -> None:
    item, cells = Phrase("a"), table_of(("x",))
    few, many, nested = lay(
        model.ItemList((item, item)),
        model.ItemList((item,) * 20),
        model.ItemList(((model.Paragraph(item), cells),)),
    )
    assert isinstance(few, ItemList)
    assert isinstance(many, ItemList)
    assert isinstance(nested, ItemList)
    assert (few.is_short, many.is_short, nested.is_short) == (True, False, False)


def test_text_that_looks_like_markup_stays_text() -> None:
    assert join(lay_paragraph(Phrase("<b>5 & 6</b> #let $x$ *y*")).runs) == "<b>5 & 6</b> #let $x$ *y*"


def table_of(*rows: tuple[str, ...]) -> model.Table:
    """A table whose heads say nothing."""
    heads = (model.Column(Phrase("")),) * len(rows[0])
    return model.Table(Phrase("c"), heads, tuple(tuple(model.Cell(Phrase(text)) for text in row) for row in rows))


def rows_of(*rows: tuple[str, ...]) -> Table:
    (table,) = lay(table_of(*rows))
    assert isinstance(table, Table)
    return table


def test_a_column_is_as_wide_as_its_longest_word_and_long_texts_get_what_is_left() -> None:
    widths = rows_of(("Name", "1", "many words " * 30)).widths
    assert widths[2] > 5 * widths[0] > 5 * widths[1] > 0


@pytest.mark.parametrize("lengths", [[1], [1, 2, 200], [7, 7, 7], [1] * 9, [200, 1, 30, 40], [90, 100, 110, 2]])
def test_the_longer_text_never_gets_the_narrower_column_and_none_gets_less_than_its_word(lengths: list[int]) -> None:
    widths = rows_of(tuple(("word " * length).strip() for length in lengths)).widths
    assert [widths[at] for at in order(lengths)] == pytest.approx(sorted(widths))
    assert min(widths) >= len("word")


def order(values: list[int]) -> list[int]:
    return sorted(range(len(values)), key=lambda at: values[at])


def test_a_column_of_short_texts_need_not_wrap_beside_a_long_one() -> None:
    widths = rows_of(("Emotion regulation", "0.39 (0.25 to 0.54)", "many words " * 40)).widths
    assert sum(widths) == pytest.approx(LINE)
    for width, text in zip(widths, ("Emotion regulation", "0.39 (0.25 to 0.54)"), strict=False):
        assert len(text) < width <= len(text) + PADDING


def test_the_height_of_a_table_grows_with_its_rows_and_their_lines() -> None:
    one, two, long = rows_of(("a",)), rows_of(("a",), ("b",)), rows_of(("many words " * 100,))
    assert one.height < two.height < long.height
    assert one.is_short
    assert not rows_of(*[("many words " * 30,)] * 30).is_short


def test_a_paragraph_between_a_heading_and_a_table_stays_with_both() -> None:
    def say(*texts: str) -> list[model.Block]:
        return [model.Paragraph(Phrase(text)) for text in texts]

    first, second = (model.Heading(3, Phrase(text)) for text in "AB")
    blocks = lay(first, *say("leads"), table_of(("a",)), *say("follows"), second, *say("on", "its own"))
    leads = {join(one.runs): one.leads for one in blocks if isinstance(one, Paragraph)}
    assert leads == {"leads": True, "follows": False, "on": False, "its own": False}
