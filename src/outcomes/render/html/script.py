"""Scripts of a page: our own text, the only one that the page's policy lets run; a page reads as well without."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

EVERY_PAGE = ("touch.js", "contents.js")  # what a phone and a keyboard need; where one is, and sections that close
OF_NUMBERS = ("panel.js", "search.js")  # what shows an entry of the list of every number, and finds it


def read_script(*, has_numbers: bool) -> str:
    """Read the script of a page, with that of the list of every number where the page holds it."""
    folder = resources.files("outcomes.render").joinpath("html")
    names = (*EVERY_PAGE, *OF_NUMBERS) if has_numbers else EVERY_PAGE
    return "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)


def hash_script(script: str) -> str:
    """Source expression of a script for the page's content-security policy."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
