"""Where each key of a TOML file stands: tomllib reads values without their lines."""

from __future__ import annotations

import re
from typing import TypeAlias

Path: TypeAlias = tuple[str, ...]
_HEADER = re.compile(r"^\s*\[\[?\s*(?P<path>[^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(
    r"""^\s*(?P<path>(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')


def find_lines(text: str) -> dict[Path, int]:
    """Line of every key and table header, by path; the keys of an inline table stand on the line of its key."""
    found: dict[Path, int] = {}
    table: Path = ()
    depth, fence = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if fence:
            fence = "" if fence in line else fence
            continue
        if depth == 0 and (header := _HEADER.match(line)):
            table = _split(header["path"])
            found.setdefault(table, number)
            continue
        if depth == 0 and (key := _KEY.match(line)):
            found.setdefault((*table, *_split(key["path"])), number)
        fence = _opens_fence(line)
        bare = _STRING.sub("", line).split("#", 1)[0]
        depth = max(0, depth + bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}"))
    return found


def line_of(path: Path, lines: dict[Path, int]) -> int | None:
    """Line of a path, or of the nearest key that holds it; None for the whole file."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def _split(path: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(path))


def _opens_fence(line: str) -> str:
    """Give the quotes of a text over several lines that begins here and does not end here."""
    return next((quotes for quotes in ('"""', "'''") if line.count(quotes) % 2), "")
