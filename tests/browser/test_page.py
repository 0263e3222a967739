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
    assert page.locator("script").count() == 0
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
