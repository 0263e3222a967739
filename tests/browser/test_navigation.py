"""Finding one's way in a real Chromium: contents, sections that close, a search, a cue that a table goes on."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

import outcomes
from page_alone import page_alone
from page_tree import read_tree
from small_study import write_small_study

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

WIDTHS = (320, 375, 768, 1280)
DOCUMENTS = (
    *(f"{edition}/{name}" for edition in ("internal", "share") for name in ("report", "annex", "board")),
    "share/summary",
)
BOOKS = ("report", "annex")


@pytest.fixture
def opened(browser: Browser, small_run: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open a document of the edition for inside on a wide screen, with nothing kept from another test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto((small_run / "internal" / f"{request.param}.html").as_uri())
    yield page
    context.close()


@pytest.mark.parametrize("opened", BOOKS, indirect=True)
def test_contents_stay_in_sight_on_a_wide_screen_and_mark_where_one_is(opened: Page) -> None:
    for name in ("completion", "costs", "trust"):
        opened.evaluate("name => document.getElementById(name).scrollIntoView()", name)
        opened.wait_for_function(
            "name => document.querySelector('.contents [aria-current]')?.hash === `#${name}`", arg=name
        )
        box = opened.locator(".contents").bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 900
        assert opened.locator(".contents [aria-current]").count() == 1


@pytest.mark.parametrize("opened", BOOKS, indirect=True)
def test_a_section_closes_and_opens_by_keyboard_stays_so_and_prints_all_the_same(opened: Page) -> None:
    button, lead = opened.locator("#completion h2 button"), opened.locator("#completion > p").first
    button.focus()
    opened.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "false"
    assert not lead.is_visible()
    opened.reload()
    assert not lead.is_visible()
    opened.emulate_media(media="print")
    assert lead.is_visible()
    opened.emulate_media(media="screen")
    opened.locator(".contents a[href='#completion']").click()
    lead.wait_for(state="visible")
    opened.get_by_role("button", name="Close all").click()
    assert opened.locator("main > section:not(.found) > p:visible").count() == 0
    opened.get_by_role("button", name="Open all").click()
    assert lead.is_visible()


@pytest.mark.parametrize("name", BOOKS)
def test_each_section_leads_to_its_neighbours_and_the_top_without_script(small_run: Path, name: str) -> None:
    tree = read_tree((small_run / "internal" / f"{name}.html").read_text(encoding="utf-8"))
    places = {one.attributes["id"] for one in tree.walk() if "id" in one.attributes}
    sections = [one for one in tree.walk() if one.tag == "section" and "id" in one.attributes]
    named = [one.attributes["id"] for one in sections]
    assert len(named) > 8
    for place, section in enumerate(sections):
        (turn,) = (one for one in section.walk() if "turn" in one.classes)
        links = [one.attributes["href"].removeprefix("#") for one in turn.walk() if one.tag == "a"]
        assert links == [*named[max(place - 1, 0) : place], "top", *named[place + 1 : place + 2]]
        assert set(links) <= places


def test_places_that_links_lead_to_are_the_same_in_the_next_run(small_run: Path, tmp_path: Path) -> None:
    with page_alone():
        other = outcomes.report(outcomes.read_study(write_small_study(tmp_path / "s", seed=6)), out=tmp_path / "r")
    for name in BOOKS:
        before, after = (
            set(re.findall(r' id="([^"]+)"', (run / "internal" / f"{name}.html").read_text(encoding="utf-8")))
            for run in (small_run, other.folder)
        )
        assert len(before) > 20
        assert {one for one in before ^ after if not one.startswith(("n-", "g-", "figure-"))} == set()


@pytest.mark.parametrize("opened", ["annex"], indirect=True)
def test_a_number_is_found_by_words_of_its_name_by_keyboard_alone(opened: Page) -> None:
    assert opened.locator("#numbers .alike > p:visible").count() == 0
    opened.get_by_label("Search by words").focus()
    opened.keyboard.type("low mood end DIFFERENCE")
    status = opened.get_by_role("status")
    opened.keyboard.press("Enter")  # which searches at once
    assert opened.evaluate("document.activeElement.matches('#numbers p.hit')")
    shown = opened.locator(
        "#numbers .alike > p:visible"
    ).all_text_contents()  # what is not on the screen is not laid out
    count = int(status.inner_text().split()[0])
    assert 0 < len(shown) == min(count, 50)
    assert all(word in text.lower() for text in shown for word in ("low", "mood", "end", "difference"))
    opened.get_by_label("Search by words").fill("no such words at all")
    opened.wait_for_function("() => document.getElementById('hits').textContent === 'No numbers.'")
    opened.get_by_role("button", name="Show all").click()
    assert opened.locator("#numbers .alike > p:visible").count() > 100


@pytest.mark.parametrize("opened", ["annex"], indirect=True)
def test_a_link_to_a_number_shows_it_alone(opened: Page) -> None:
    opened.evaluate("location.hash = '#n-mmrm.mood.end.difference'")
    entry = opened.locator("[id='n-mmrm.mood.end.difference']")
    entry.wait_for(state="visible")
    assert opened.locator("#numbers .alike > p:visible").count() == 1
    assert opened.locator("#numbers .method:visible").count() == 1
    box = entry.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 900


def test_without_script_every_number_is_listed_and_nothing_is_closed(browser: Browser, small_run: Path) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((small_run / "internal" / "annex.html").as_uri())
    assert not page.get_by_label("Search by words").is_visible()
    assert page.locator("#numbers .alike > p:visible").count() > 100
    assert page.locator("main > section h2 button").count() == 0
    context.close()


def test_a_table_that_goes_on_beside_a_phone_says_so(browser: Browser, small_run: Path) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.goto((small_run / "internal" / "annex.html").as_uri())
    page.wait_for_function("document.querySelector('.overflows')")
    wrong = page.evaluate(
        """() => [...document.querySelectorAll(".scroll")].filter((box) => box.checkVisibility()
            && (box.scrollWidth > box.clientWidth + 1) !== box.classList.contains("overflows")).length"""
    )
    said = page.evaluate("() => getComputedStyle(document.querySelector('.overflows caption'), '::after').content")
    page.close()
    assert wrong == 0
    assert "goes on to the side" in said


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_is_wider_than_a_screen_and_axe_finds_no_violation(
    browser: Browser, small_run: Path, name: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(bypass_csp=True)
    page.goto((small_run / f"{name}.html").as_uri())
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    headings = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(one => +one.tagName[1])")
    page.evaluate("document.querySelectorAll('.alike').forEach((alike, place) => place % 50 && alike.remove())")
    found = Axe().run(page)
    page.close()
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    assert found.violations_count == 0, found.generate_report()


def test_a_page_for_the_board_prints_from_the_browser_on_one_sheet(browser: Browser, small_run: Path) -> None:
    page = browser.new_page()
    page.goto((small_run / "internal" / "board.html").as_uri())
    printed = page.pdf(format="A4")
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
