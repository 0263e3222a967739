"""Every section is built in one order: a sentence, figures and tables, what this means, how it was computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outcomes.render.html import write_page
from page_tree import Element, read_tree
from written_again import page_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Sections that describe the report itself: there is nothing to conclude from them, and nothing was computed.
ABOUT_THE_REPORT = {"appendix", "checklists", "glossary", "numbers"}


@pytest.fixture(scope="module", params=["internal", "share"])
def page(request: pytest.FixtureRequest, root: Path) -> Element:
    """Page of the example, written again by the code as it is from the results of its committed run."""
    return read_tree(write_page(page_of(root / "reports" / "example" / "reference", request.param)))


def parts_of(page: Element) -> Iterator[tuple[str, list[str]]]:
    """Give each part under a heading with a conclusion of its own: its heading, and what it is made of in order."""
    main = next(element for element in page.walk() if element.tag == "main")
    for section in main.elements:
        if section.tag != "section" or section.attributes.get("id") in ABOUT_THE_REPORT:
            continue
        heading, kinds = "", list[str]()
        for element in (one for one in section.elements if "turn" not in one.classes):
            if element.tag in {"h2", "h3"} and ("meaning" in kinds or element.tag == "h2"):
                yield heading, kinds
                heading, kinds = element.text(), []
            kinds.append(kind_of(element))
        yield heading, kinds


def kind_of(element: Element) -> str:
    if "meaning" in element.classes:
        return "meaning"
    if "how" in element.classes:
        return "how"
    return element.tag


def test_a_section_says_what_it_means_and_then_how_it_was_computed_once_and_last(page: Element) -> None:
    parts = [(heading, kinds) for heading, kinds in parts_of(page) if "meaning" in kinds]
    assert len(parts) >= 10
    for heading, kinds in parts:
        after = kinds[kinds.index("meaning") :]
        assert set(after) <= {"meaning", "how"}, (heading, after)
        assert kinds.count("how") == 1, (heading, kinds)
        assert after[-1] == "how", (heading, after)


def test_every_part_with_a_picture_says_what_it_means(page: Element) -> None:
    for heading, kinds in parts_of(page):
        if "figure" in kinds:
            assert "meaning" in kinds, heading


def test_a_section_begins_with_a_sentence(page: Element) -> None:
    for heading, kinds in parts_of(page):
        if heading and "figure" in kinds:
            assert kinds[1] in {"p", "dl"}, (heading, kinds)


def test_a_folded_part_is_never_empty(page: Element) -> None:
    for element in page.walk():
        if element.tag == "details":
            assert len(element.elements) > 1, element.text()[:80]


def test_what_was_noticed_in_the_data_is_said_in_sentences(page: Element) -> None:
    lists = [element for element in page.walk() if element.attributes.get("id") == "appendix"]
    said = [item.text() for section in lists for item in section.walk() if item.tag == "li"]
    assert said
    assert all(" Nothing" not in text or ". Nothing" in text for text in said)


def test_how_results_were_computed_is_said_once_for_all_that_were_computed_so(page: Element) -> None:
    folds = [element for element in page.walk() if "how" in element.classes]
    assert folds
    for fold in folds:
        said = [part.text().partition(": ")[2] for part in fold.elements if part.tag == "p"]
        assert len(said) == len(set(said)), said
        ids = [code.text() for part in fold.elements for code in part.walk() if code.tag == "code"]
        assert ids or any(part.tag == "div" for part in fold.elements)
