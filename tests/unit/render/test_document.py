"""The page as a document: nothing that can be read is lost, nothing is read as markup."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from outcomes.charts.address import to_address
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
    read_document,
)
from outcomes.render.document.runs import UNSEEN
from outcomes.render.document.tree import classes_of, content_of, read_tree, without_screen
from outcomes.render.document.widths import HIGHEST, LINE, PADDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def read(body: str) -> tuple[Block, ...]:
    return read_document(f'<html lang="en-GB"><head><title>T</title></head><body>{body}</body></html>').blocks


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


def visible(element: Any) -> Iterator[str]:
    for child in content_of(element):
        if isinstance(child, str):
            yield child
        elif child.tag not in {"svg", *UNSEEN} and not {"skip", "screen"} & classes_of(child):
            yield from visible(child)
            yield "" if child.tag in {"span", "data", "strong", "em", "code", "a"} else " "


@pytest.mark.parametrize("edition", ["internal", "share"])
def test_every_word_of_the_page_stands_in_the_document(small_run: Path, edition: str) -> None:
    html = (small_run / edition / "report.html").read_text(encoding="utf-8")
    page = Counter(re.findall(r"\w+", "".join(visible(read_tree(html)))))
    document = Counter(re.findall(r"\w+", " ".join(texts(read_document(html).blocks))))
    assert page - document == Counter()
    assert sum((document - page).values()) == 0
    assert sum(page.values()) > 1000


def test_white_space_folds_as_in_a_browser_and_styles_stay_with_their_words() -> None:
    (paragraph,) = read("<p>\n  One <strong>two </strong> three\n <code>a.b</code>.<br> four </p>")
    assert isinstance(paragraph, Paragraph)
    assert join(paragraph.runs) == "One two three a.b.\nfour"
    assert [run.text for run in paragraph.runs if run.strong] == ["two "]
    assert [run.text for run in paragraph.runs if run.code] == ["a.b"]


def test_a_table_keeps_its_caption_its_head_and_its_spans() -> None:
    (table,) = read(
        '<div class="scroll"><table><caption>C</caption><thead><tr><th scope="col">A</th>'
        '<th scope="col" class="num">B</th></tr></thead><tbody>'
        '<tr><th scope="row" colspan="2">Whole</th></tr><tr><td class="level">x</td>'
        '<td class="num">1</td></tr></tbody></table></div>'
    )
    assert isinstance(table, Table)
    assert join(table.caption) == "C"
    assert (len(table.head), len(table.body), len(table.widths)) == (1, 2, 2)
    assert table.body[0][0].columns == 2
    assert table.body[1][0].is_inset
    assert table.body[1][1].is_number


def test_the_list_of_contents_stands_behind_the_first_screen_and_names_every_section() -> None:
    blocks = read(
        '<section id="found"><h2>F</h2><section><h3>x</h3></section></section><main><section id="a"><h2>A <b>1</b></h2>'
        '<p>x</p></section><section id="b"><h2>B</h2></section></main>'
    )
    (contents,) = (block for block in blocks if isinstance(block, Contents))
    assert contents.entries == (("found", "F"), ("a", "A 1"), ("b", "B"))
    assert blocks[blocks.index(contents) + 1] == SectionStart("a")
    assert not [block for block in read("<h2>Only one</h2>") if isinstance(block, Contents)]


def test_what_serves_the_screen_alone_is_left_out_and_links_lead_on() -> None:
    blocks = read(
        '<a class="skip" href="#x">skip</a><nav>menu</nav>'
        '<p><span aria-hidden="true">o</span>See <a href="#x">X</a>, <a href="#n-1">5</a> of 6</p>'
        '<script>1</script><p hidden>h</p><section id="x"><h2>X</h2></section>'
    )
    assert next(texts(blocks)) == "See X, 5 of 6"
    assert isinstance(blocks[0], Paragraph)
    assert [(run.text, run.target) for run in blocks[0].runs] == [("See ", ""), ("X", "x"), (", 5 of 6", "")]


@pytest.mark.parametrize("page", ["", " ", "no markup", "<p>open", "<table><tr><td>x", "<p>a\x00b\x07c</p>", "<svg>"])
def test_a_page_that_is_damaged_is_still_read(page: str) -> None:
    assert len(read_document(page).blocks) <= 1


def test_a_picture_in_the_text_and_one_in_an_address_both_keep_their_sources() -> None:
    first, second = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 {at}"/></svg>' for at in (1, 2)
    )
    image = f'<figure><img src="{to_address(first)}" alt="a"></figure>'
    one, paragraph, two = read(f"{image}<p>{second}</p>{image}")
    assert isinstance(one, Figure)
    assert isinstance(paragraph, Paragraph)
    assert one == two
    assert one.svg == first.replace('"', "'")
    assert paragraph.runs[0].picture == second


def test_the_names_of_both_ends_of_a_scale_stand_on_lines_of_their_own() -> None:
    (paragraph,) = read('<p><span class="ends"><span>← less</span> <span>more →</span></span></p>')
    assert isinstance(paragraph, Paragraph)
    assert join(paragraph.runs) == "← less\nmore →"


def test_a_figure_that_would_fill_a_page_is_made_smaller_and_others_take_the_whole_width() -> None:
    def share(width: int, height: int) -> float:
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"></svg>'
        (figure,) = read(f'<figure><img src="{to_address(svg)}" alt="a"><figcaption>c</figcaption></figure>')
        assert isinstance(figure, Figure)
        return figure.share

    assert share(200, 100) == 1.0
    assert share(100, 150) * 1.5 == pytest.approx(HIGHEST)


def test_a_list_of_a_few_lines_is_short_and_one_with_a_table_is_not() -> None:
    few, many, nested = read(
        "<ul><li>a</li><li>b</li></ul>"
        f"<ul>{'<li>a</li>' * 20}</ul>"
        "<ul><li>a<table><tbody><tr><td>x</td></tr></tbody></table></li></ul>"
    )
    assert isinstance(few, ItemList)
    assert isinstance(many, ItemList)
    assert isinstance(nested, ItemList)
    assert (few.is_short, many.is_short, nested.is_short) == (True, False, False)


def test_text_that_looks_like_markup_stays_text() -> None:
    (paragraph,) = read("<p>&lt;b&gt;5 &amp; 6&lt;/b&gt; #let $x$ *y*</p>")
    assert isinstance(paragraph, Paragraph)
    assert join(paragraph.runs) == "<b>5 & 6</b> #let $x$ *y*"


def test_a_picture_keeps_its_source_and_what_it_says() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0"/></svg>'
    (paragraph,) = read(f"<p>{svg}</p>")
    assert isinstance(paragraph, Paragraph)
    assert paragraph.runs[0].picture == svg
    assert paragraph.runs[0].alt == ""


def test_a_column_is_as_wide_as_its_longest_word_and_long_texts_get_what_is_left() -> None:
    (table,) = read("<table><tbody><tr><th>Name</th><td>1</td><td>" + "many words " * 30 + "</td></tr></tbody></table>")
    assert isinstance(table, Table)
    widths = table.widths
    assert widths[2] > 5 * widths[0] > 5 * widths[1] > 0


def rows_of(*rows: tuple[str, ...]) -> Table:
    (table,) = read(
        "<table><tbody>"
        + "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        + "</table>"
    )
    assert isinstance(table, Table)
    return table


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


def test_what_serves_the_screen_alone_is_not_even_read() -> None:
    page = '<section id="a"><h2>A</h2></section><section id="n" class="screen"><p>x</p></section><p>b</p>'
    assert without_screen(page) == '<section id="a"><h2>A</h2></section><p>b</p>'
    assert without_screen(2 * page).count("screen") == 0
    nested = '<section class="screen"><section>x</section></section><p>b</p>'
    assert without_screen(nested) == nested
    assert list(texts(read(nested))) == ["b"]


def test_a_paragraph_between_a_heading_and_a_table_stays_with_both() -> None:
    table = "<table><caption>c</caption><tbody><tr><td>a</td></tr></tbody></table>"
    document = read_document(
        f"<body><h3>A</h3><p>leads</p>{table}<p>follows</p><h3>B</h3><p>on</p><p>its own</p></body>"
    )
    leads = {"".join(run.text for run in one.runs): one.leads for one in document.blocks if isinstance(one, Paragraph)}
    assert leads == {"leads": True, "follows": False, "on": False, "its own": False}
