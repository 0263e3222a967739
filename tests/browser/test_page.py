"""The page in a real Chromium: no script, no network, nothing cut on a phone, a desk or paper."""

from __future__ import annotations

import shutil
import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (Debian package chromium)")
EDITIONS = ("internal", "share")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module", params=EDITIONS)
def page_file(request: pytest.FixtureRequest, root: Path) -> Path:
    return root / "reports" / "example" / "reference" / request.param / "report.html"


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_nothing_is_wider_than_the_screen(browser: Browser, page_file: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(page_file.as_uri())
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert wide <= width


def test_the_page_asks_for_nothing_and_reads_without_script(browser: Browser, page_file: Path) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_file.as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
    assert page.locator("h1").inner_text()
    assert page.locator("img").count() == page.locator("img[alt]").count() > 0
    context.close()


def test_every_picture_is_drawn_and_every_table_has_a_caption(browser: Browser, page_file: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert page.evaluate("[...document.querySelectorAll('table')].every(table => table.caption)")
    assert page.evaluate("[...document.querySelectorAll('th')].every(cell => cell.scope)")
    headings = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(heading => +heading.tagName[1])")
    page.close()
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))


def test_every_number_opens_its_panel_and_the_keyboard_is_enough(browser: Browser, page_file: Path) -> None:
    page = browser.new_page()
    faults = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(page_file.as_uri())
    opened = page.evaluate(
        """() => [...document.querySelectorAll("main data[data-id], .found data[data-id]")]
            .filter((quote) => !quote.closest("#numbers")).map((quote) => {
                quote.querySelector("a").click();
                const panel = document.getElementById("panel");
                const right = panel.open && panel.querySelector("[data-id]").dataset.id === quote.dataset.id;
                panel.querySelector("button").click();
                return right && !panel.open;
            })"""
    )
    assert len(opened) > 100
    assert all(opened)
    first = page.locator(".headline data a").first
    first.focus()
    page.keyboard.press("Enter")
    panel = page.locator("#panel")
    assert panel.is_visible()
    assert "outcomes trace" in panel.inner_text()
    page.keyboard.press("Escape")
    assert not panel.is_visible()
    assert first.evaluate("link => link === document.activeElement")
    page.close()
    assert faults == []


def test_without_script_a_number_leads_to_its_entry(browser: Browser, page_file: Path) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.locator(".headline data a").first.click()
    place = page.url.partition("#")[2]
    assert place.startswith("n-mmrm.")
    assert page.locator(f"[id='{place}']").is_visible()
    context.close()


def test_axe_finds_no_violation(browser: Browser, page_file: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(bypass_csp=True)
    page.goto(page_file.as_uri())
    found = Axe().run(page)
    page.close()
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_on_paper_no_table_is_cut_and_folded_parts_are_open(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 1000})  # the width of the text on A4 with these margins
    overhang = page.evaluate(
        "Math.max(...[...document.querySelectorAll('table')].map(table => table.getBoundingClientRect().right))"
        " - document.body.getBoundingClientRect().right"
    )
    page.pdf(path=str(tmp_path / "page.pdf"), format="A4")
    page.close()
    assert overhang <= 1
    done = subprocess.run(  # noqa: S603  # a fixed command
        [str(shutil.which("pdftotext")), "-layout", str(tmp_path / "page.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Kenward" in done.stdout
    assert "What could not be computed" in done.stdout
