"""The pages of a run in a real Chromium: no script, no network, nothing cut on a phone, a desk or paper."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING

import pikepdf
import pytest

import outcomes
from outcomes.reporting.page import write_document
from page_alone import page_alone
from small_study import write_small_study
from written_again import page_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

EDITIONS = ("internal", "share")
BOOKS = REPORT, ANNEX = "report.html", "annex.html"
WIDTHS = (320, 375, 768, 1280)
PHONE, DESK = 375, 1280
# Elements beyond the right edge of the screen that no part of the page scrolls for.
BEYOND = """() => [...document.querySelectorAll("body *")].filter((element) => {
    if (element.getBoundingClientRect().right <= window.innerWidth + 1) return false;
    for (let over = element.parentElement; over !== document.body && over; over = over.parentElement)
        if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(over).overflowX)) return false;
    return !element.closest(".skip, template, svg");
}).map((element) => element.outerHTML.slice(0, 200))"""
# What only the one or the other says on paper.
SAID = {
    REPORT: ("How far to trust it", "In full, with how it was computed"),
    ANNEX: ("Kenward", "What could not be computed"),
}
LONG = {
    "A small synthetic study": "t" * 300,
    "Full programme": "F" * 300,
    "Skills group only": "مرحبا " * 50,
    "Low mood (0-63)": "W" * 300,
    "Skills use": "🙂 long " * 40,
    "End": "e" * 300,
}
WIDTH_OF_FIGURES, LARGEST = 547.2, 2.5  # points, and heights in widths: a label that is not cut grows a figure


@pytest.fixture(scope="module", params=EDITIONS)
def home(request: pytest.FixtureRequest, root: Path) -> Path:
    return root / "reports" / "example" / "reference" / request.param


@pytest.fixture(scope="module", params=BOOKS)
def page_file(request: pytest.FixtureRequest, home: Path) -> Path:
    return home / request.param


@pytest.fixture(scope="module")
def opened_report(browser: Browser, home: Path) -> Iterator[Page]:
    """Open the report of an edition once for the tests that leave it as it was."""
    page = browser.new_page()
    page.goto((home / REPORT).as_uri())
    yield page
    page.close()


@pytest.fixture(scope="module")
def opened_annex(browser: Browser, home: Path) -> Iterator[Page]:
    """Open the annex, which holds every number and the glossary."""
    page = browser.new_page()
    page.goto((home / ANNEX).as_uri())
    yield page
    page.close()


@pytest.fixture(scope="module")
def opened(browser: Browser, page_file: Path) -> Iterator[Page]:
    """Open a page of an edition once for the tests that leave it as it was."""
    page = browser.new_page()
    page.goto(page_file.as_uri())
    yield page
    page.close()


@pytest.fixture(scope="module")
def scriptless(browser: Browser, page_file: Path) -> Iterator[Page]:
    """Open it where no script runs and no network is."""
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(page_file.as_uri())
    yield page
    context.close()


def widths_of(page: Page) -> dict[int, int]:
    """How wide a page is on screens of several widths."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found[width] = page.evaluate("document.documentElement.scrollWidth")
    return found


def test_nothing_is_wider_than_the_screen(opened: Page) -> None:
    assert all(wide <= width for width, wide in widths_of(opened).items())
    opened.set_viewport_size({"width": PHONE, "height": 800})
    assert opened.evaluate(BEYOND) == []


def test_the_plain_summary_fits_every_screen_and_one_sheet_and_asks_for_nothing(browser: Browser, root: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    file = root / "reports" / "example" / "reference" / "share" / "summary.html"
    page = browser.new_page(bypass_csp=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert all(wide <= width for width, wide in widths_of(page).items())
    found = Axe().run(page)
    with pikepdf.open(io.BytesIO(page.pdf(format="A4"))) as paper:
        sheets = len(paper.pages)
    page.close()
    assert asked == [file.as_uri()]
    assert found.violations_count == 0, found.generate_report()
    assert sheets == 1


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
@pytest.mark.parametrize(("name", "sheets"), [("report", {"What was found": 1, "Who was compared": 2}), ("board", {})])
@pytest.mark.parametrize("edition", EDITIONS)
def test_printed_by_the_browser_the_first_page_and_the_board_s_are_one_sheet_each(
    browser: Browser, root: Path, tmp_path: Path, edition: str, name: str, sheets: dict[str, int]
) -> None:
    file = tmp_path / f"{name}.html"
    file.write_text(write_document(page_of(root / "reports" / "example" / "reference", edition, name)), "utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    paper = page.pdf(format="A4")
    page.close()
    with pikepdf.open(io.BytesIO(paper)) as opened:
        assert name == "report" or len(opened.pages) == 1
    texts = text_of(paper, tmp_path).split("\f")
    for heading, sheet in sheets.items():
        assert heading in texts[sheet - 1]
    assert "Close all" not in "".join(texts)


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a report whose every label is 300 letters long, without a place to break or with marks of direction."""
    study = write_small_study(tmp_path_factory.mktemp("long") / "small")
    plan = (study / "plan.toml").read_text(encoding="utf-8")
    for text, letters in LONG.items():
        assert f'"{text}"' in plan
        plan = plan.replace(f'"{text}"', f'"{letters}"')
    (study / "plan.toml").write_text(plan, encoding="utf-8")
    with page_alone():
        return outcomes.report(study, out=tmp_path_factory.mktemp("out")).folder


@pytest.mark.parametrize(
    "page_name", [*(f"{edition}/{book}" for edition in EDITIONS for book in BOOKS), "share/summary.html"]
)
def test_labels_of_300_letters_widen_no_page_and_cut_no_table_on_paper(
    browser: Browser, long_run: Path, page_name: str
) -> None:
    page = browser.new_page()
    page.goto((long_run / page_name).as_uri())
    widths, overhang = widths_of(page), overhang_on_paper(page)
    page.close()
    assert all(wide <= width for width, wide in widths.items())
    assert overhang <= 1


def test_labels_of_300_letters_stay_inside_every_figure(long_run: Path) -> None:
    figures = list((long_run / "internal" / "figures").glob("*.svg"))
    assert figures
    for figure in figures:
        svg = figure.read_text(encoding="utf-8")
        height = float(re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', svg).group(1))  # type: ignore[union-attr]
        assert height < LARGEST * WIDTH_OF_FIGURES, figure.name


def test_what_was_found_is_the_first_thing_in_the_main_part_of_the_report(opened_report: Page) -> None:
    """Whoever listens to a page goes to its main part first."""
    assert opened_report.evaluate("document.querySelector('main').firstElementChild.id") == "found"
    assert opened_report.evaluate("document.querySelector('.skip').hash") == "#found"


def test_in_the_annex_the_contents_come_first_and_the_skip_link_leads_past_them(opened_annex: Page) -> None:
    assert opened_annex.evaluate("document.querySelector('main').firstElementChild.className") == "contents"
    first = opened_annex.evaluate("document.querySelector('main > section').id")
    assert opened_annex.evaluate("document.querySelector('.skip').hash") == f"#{first}"


def test_on_a_phone_a_picture_enlarges_at_a_touch_and_the_page_grows_no_wider(opened: Page) -> None:
    opened.set_viewport_size({"width": 375, "height": 800})
    picture = opened.locator("figure img").first
    narrow = picture.bounding_box()
    picture.click()
    enlarged = picture.bounding_box()
    wide = opened.evaluate("document.documentElement.scrollWidth")
    picture.click()
    assert narrow is not None
    assert enlarged is not None
    assert enlarged["width"] > 1.5 * narrow["width"]
    assert wide <= 375


def test_a_term_says_what_it_means_on_hover_in_the_panel_and_without_script(opened_annex: Page) -> None:
    opened = opened_annex
    term = opened.locator("a.term").first
    said = term.get_attribute("title")
    assert said
    term.focus()
    opened.keyboard.press("Enter")
    panel = opened.locator("#panel")
    assert said in panel.inner_text()
    assert panel.get_attribute("aria-label") == "What this word means"
    opened.keyboard.press("Escape")
    assert term.evaluate("link => link === document.activeElement")
    opened.evaluate("document.querySelectorAll('a.term').forEach(term => term.click())")
    assert opened.evaluate(
        "[...document.querySelectorAll('a.term')].every(term => document.getElementById(term.hash.slice(1)))"
    )


def test_the_page_asks_for_nothing_and_reads_without_script(scriptless: Page) -> None:
    asked, said = [], []
    scriptless.on("request", lambda request: asked.append(request.url))
    scriptless.on("console", lambda message: said.append(message.text))
    scriptless.reload()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
    assert scriptless.locator("h1").inner_text()
    assert scriptless.locator("img").count() == scriptless.locator("img[alt]").count() > 0


def test_every_picture_is_drawn_and_every_table_has_a_caption(opened: Page) -> None:
    assert opened.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert opened.evaluate("[...document.querySelectorAll('table')].every(table => table.caption)")
    assert opened.evaluate("[...document.querySelectorAll('th')].every(cell => cell.scope)")
    headings = opened.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(heading => +heading.tagName[1])")
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))


def test_every_number_opens_its_panel_and_the_keyboard_is_enough(browser: Browser, home: Path) -> None:
    page = browser.new_page()
    faults = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda message: faults.append(message.text))
    page.goto((home / ANNEX).as_uri())
    opened = page.evaluate(
        """() => [...document.querySelectorAll("main data[data-id]")]
            .filter((quote) => !quote.closest("#numbers")).map((quote) => {
                quote.querySelector("a").click();
                const panel = document.getElementById("panel");
                const commands = [...panel.querySelectorAll("code")].map((code) => code.textContent);
                const right = panel.open && panel.querySelectorAll(".method, .source").length === 2
                    && commands.includes(quote.dataset.id)
                    && commands.includes(`outcomes trace . ${quote.dataset.id}`);
                panel.querySelector("button").click();
                return right && !panel.open;
            })"""
    )
    assert len(opened) > 100
    assert all(opened)
    first = page.locator("main table data[data-id^='mmrm.'] a").first
    first.focus()
    page.keyboard.press("Enter")
    panel = page.locator("#panel")
    assert panel.is_visible()
    said = panel.inner_text()
    for phrase in (
        "outcomes trace . mmrm.",
        "Method: MMRM by REML",
        "people: ",
        "N(0, Σ)",
        "clients.csv",
        "standard error",
    ):
        assert phrase in said, phrase
    page.keyboard.press("Escape")
    assert not panel.is_visible()
    assert first.evaluate("link => link === document.activeElement")
    page.close()
    assert faults == []


def test_every_number_and_term_of_the_report_leads_to_a_place_in_the_annex(
    opened_report: Page, opened_annex: Page
) -> None:
    assert opened_report.evaluate(
        "[...document.querySelectorAll('main data[data-id]')].every(one => one.querySelector('a'))"
    )
    links = opened_report.evaluate(
        "[...document.querySelectorAll('main data a, a.term')].map(link => link.getAttribute('href'))"
    )
    files, places = zip(*(link.split("#") for link in links), strict=True)
    assert len(places) > 100
    assert set(files) == {ANNEX}
    there = opened_annex.evaluate("places => places.filter(place => document.getElementById(place))", list(places))
    assert there == list(places)


@pytest.mark.parametrize("has_script", [True, False])
def test_a_number_of_the_report_leads_to_its_entry_with_and_without_script(
    browser: Browser, home: Path, has_script: bool
) -> None:
    context = browser.new_context(java_script_enabled=has_script, offline=True)
    page = context.new_page()
    page.goto((home / REPORT).as_uri())
    page.locator(".headline data a").first.click()
    page.wait_for_url("**/annex.html#n-mmrm.*")
    entry = page.locator(f"[id='{page.url.partition('#')[2]}']")
    entry.wait_for(state="visible")
    page.wait_for_timeout(300)
    box = entry.bounding_box()
    context.close()
    assert box is not None
    assert 0 <= box["y"] < box["y"] + box["height"] <= 720  # the height of the screen, by default


@pytest.mark.parametrize("width", [320, 1280])
def test_without_script_the_method_of_a_long_list_stays_in_sight_above_its_numbers(
    browser: Browser, home: Path, width: int
) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto((home / ANNEX).as_uri())
    last = page.evaluate(
        """() => [...document.querySelectorAll(".alike")]
            .reduce((one, two) => (two.children.length > one.children.length ? two : one)).lastElementChild.id"""
    )
    page.goto(f"{(home / ANNEX).as_uri()}#{last}")
    page.wait_for_timeout(300)
    entry = page.locator(f"[id='{last}']")
    box, above = entry.bounding_box(), entry.locator("xpath=../*[@class='method']").bounding_box()
    context.close()
    assert box is not None
    assert above is not None
    assert 0 <= above["y"] < above["y"] + above["height"] <= box["y"] < box["y"] + box["height"] <= 800


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_axe_finds_no_violation(browser: Browser, page_file: Path, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(bypass_csp=True, viewport={"width": width, "height": 900})
    page.goto(page_file.as_uri())
    # a thousand entries of one pattern: a few of them stand for all
    page.evaluate("document.querySelectorAll('.alike').forEach((alike, place) => place % 50 && alike.remove())")
    found = Axe().run(page)
    page.close()
    assert found.violations_count == 0, found.generate_report()


def overhang_on_paper(page: Page) -> float:
    """How far the widest table reaches beyond the text on A4 with the margins of the page."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 1000})
    found: float = page.evaluate(
        "Math.max(0, ...[...document.querySelectorAll('table')].map(table => table.getBoundingClientRect().right))"
        " - document.body.getBoundingClientRect().right"
    )
    return found


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_on_paper_no_table_is_cut_and_folded_parts_are_open(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    overhang = overhang_on_paper(page)
    paper = page.pdf(format="A4")
    page.close()
    assert overhang <= 1
    text = text_of(paper, tmp_path)
    for said in SAID[page_file.name]:
        assert said in text, said


def text_of(paper: bytes, folder: Path) -> str:
    """What stands on a printed page."""
    (folder / "page.pdf").write_bytes(paper)
    done = subprocess.run(  # noqa: S603  # a fixed command
        [str(shutil.which("pdftotext")), "-layout", str(folder / "page.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
