"""The first screen looks as it did: screenshots kept beside this file, compared with a tolerance.

Each is compared a quarter as large, so that the edges of letters do not count and a line that moved does. A run's id is
hidden, for it changes with every line of code. Another font moves every line, so a machine with other fonts skips.

After a change that is meant: OUTCOMES_NEW_SCREENS=1 python -m pytest tests/browser/test_screens.py, then look at them.
"""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCREENS = Path(__file__).parent / "screens"
FONTS = SCREENS / "fonts.json"
HEIGHTS = {1280: 1180, 375: 1500}
QUARTER = 4
SEEN = 24  # of 255: a difference that an eye sees
TOLERANCE = 0.02  # share of pixels; a line that moved by its height changes far more
PROBE = """() => {
    const pen = document.createElement("canvas").getContext("2d");
    return ["400", "600", "700"].map((weight) => {
        pen.font = `${weight} 100px ${getComputedStyle(document.body).fontFamily}`;
        return pen.measureText("Hamburgefonstiv 0123456789 −”").width;
    });
}"""


@pytest.mark.parametrize("width", sorted(HEIGHTS))
def test_the_first_screen_looks_as_it_did(browser: Browser, root: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": HEIGHTS[width]}, bypass_csp=True)
    page.goto((root / "reports" / "example" / "reference" / "internal" / "report.html").as_uri())
    page.add_style_tag(content="[data-literal='manifest:run'] { visibility: hidden }")
    fonts = page.evaluate(PROBE)
    shot = page.screenshot(animations="disabled")
    page.close()
    kept = SCREENS / f"first-{width}.png"
    if os.environ.get("OUTCOMES_NEW_SCREENS"):
        _keep(kept, shot, fonts)
    if not np.allclose(json.loads(FONTS.read_text(encoding="utf-8")), fonts, atol=0.5):
        pytest.skip("the fonts of this machine are not those of the screenshots")
    before, after = _read(kept.read_bytes()), _read(shot)
    assert before.shape == after.shape
    share = float(np.mean(np.abs(before - after) > SEEN))
    assert share < TOLERANCE, f"{share:.1%} of the screen looks different"


def test_a_line_that_moves_is_seen_and_the_edge_of_a_letter_is_not() -> None:
    kept = _read((SCREENS / "first-1280.png").read_bytes())
    moved = np.roll(kept, 24 // QUARTER, axis=0)
    assert np.mean(np.abs(moved - kept) > SEEN) > 2 * TOLERANCE
    edges = kept + np.random.default_rng(1).normal(0, 6, kept.shape)
    assert np.mean(np.abs(edges - kept) > SEEN) < TOLERANCE / 10


def test_the_screenshots_are_small() -> None:
    assert sum(path.stat().st_size for path in SCREENS.iterdir()) < 600_000


def _read(png: bytes) -> np.ndarray:
    """Grey levels, a quarter as large."""
    with Image.open(io.BytesIO(png)) as image:
        grey = image.convert("L")
        return np.asarray(grey.reduce(QUARTER), dtype=float)


def _keep(path: Path, shot: bytes, fonts: list[float]) -> None:
    SCREENS.mkdir(exist_ok=True)
    with Image.open(io.BytesIO(shot)) as image:
        image.convert("RGB").quantize(32).save(path, optimize=True)  # compared in grey; in colour, for README shows one
    FONTS.write_text(json.dumps(fonts) + "\n", encoding="utf-8")
