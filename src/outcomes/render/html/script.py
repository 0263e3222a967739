"""Scripts of a page: our own text, the only one that the page's policy lets run; a page reads as well without."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

EVERY_PAGE = "touch.js"  # what a phone and a keyboard need
PANEL = "panel.js"  # what shows an entry of the list of every number, on the page that has the list


def read_script(*, has_numbers: bool) -> str:
    """Read the script of a page, with that of the panel where the page holds the list of every number."""
    folder = resources.files("outcomes.render").joinpath("html")
    names = (EVERY_PAGE, PANEL) if has_numbers else (EVERY_PAGE,)
    return "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)


def hash_script(script: str) -> str:
    """Source expression of a script for the page's content-security policy."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
