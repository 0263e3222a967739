"""The page as a document: nothing that can be read is lost, nothing is read as markup."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from outcomes.render.document import (
    Block,
    Box,
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
from outcomes.render.document.build import UNSEEN
from outcomes.render.document.tree import Element, read_tree, without_screen
from outcomes.render.document.widths import find_widths

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


def visible(element: Element) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif child.tag not in {"svg", *UNSEEN} and not {"skip", "screen"} & child.classes:
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
    assert (len(table.head), len(table.body), table.columns) == (1, 2, 2)
    assert table.body[0][0].columns == 2
    assert table.body[1][0].is_inset
    assert table.body[1][1].is_number


def test_a_section_begins_a_page_unless_it_is_short_or_the_first() -> None:
    blocks = read(
        '<section id="found"><h2>F</h2></section><main><section id="a"><h2>A</h2><p>x</p></section>'
        '<section id="b" class="short"><h2>B</h2></section></main>'
    )
    starts = {block.name: block.new_page for block in blocks if isinstance(block, SectionStart)}
    assert starts == {"found": False, "a": True, "b": False}


def test_what_serves_the_screen_alone_is_left_out_and_links_lead_on() -> None:
    blocks = read(
        '<a class="skip" href="#x">skip</a><nav>menu</nav>'
        '<p><span aria-hidden="true">o</span>See <a href="#x">X</a></p>'
        "<script>1</script><p hidden>h</p>"
    )
    assert list(texts(blocks)) == ["See X"]
    assert isinstance(blocks[0], Paragraph)
    assert blocks[0].runs[-1].target == "x"


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
    widths = find_widths(table)
    assert widths[2] > 5 * widths[0] > 5 * widths[1] > 0


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
