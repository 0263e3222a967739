"""Where a text stands on the pages of a run, and which results or sources the elements around it name.

A page is walked element by element; nothing is guessed from a number. A text fits an element that shows just this text,
or of whose text, with that of its neighbours, it is a part: "3.1" of "3.1 points lower", or a limit with its words.
Results of the edition are named by it; what stands inside a picture names none.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING

from outcomes.audit.literal import read_place
from outcomes.blocks.format import MINUS, THIN

if TYPE_CHECKING:
    from collections.abc import Iterator

ABOUT = "n-"  # begins the id of an element about one result, in the list of every number
_MARK = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.DOTALL)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)\s*=\s*\"([^\"]*)\"")
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_SILENT = frozenset({"style", "script", "svg"})
_APART = frozenset({"p", "td", "th", "tr", "li", "h1", "h2", "h3", "h4", "div", "section", "dt", "dd", "br", "summary"})
ENTRY = "#entry"
_BREAK = "\n"  # stands between blocks; no text that is asked for holds it
_WANTED = ("id", "data-id", "data-literal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """An element that quotes a result or names its source.

    Attributes
    ----------
    page : str
        Path of the page below the run.
    name : str
        Id of the result, or the path below a source.
    kind : str
        "result", or the source: "plan", "manifest" or "text".
    part : str
        "" for the value of a result, else the part that is printed, such as "low".
    inside : tuple of str
        Ids of the elements around it, outermost first.
    start, end : int
        Where its text stands in that of the page.
    """

    page: str
    name: str
    kind: str
    part: str
    inside: tuple[str, ...]
    start: int
    end: int


@dataclass(slots=True)
class Printed:
    """A page as it reads: its text, folded, and its elements in the order in which they begin."""

    page: str
    words: str = ""
    spots: list[Spot] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def find(self, wanted: str) -> Iterator[tuple[Spot, bool]]:
        """Give the elements that a text touches, each with whether it shows just this text."""
        starts = [spot.start for spot in self.spots]
        longest = max((spot.end - spot.start for spot in self.spots), default=0)
        for found in _pattern_of(wanted).finditer(self.words):
            begin, end = found.span()
            for spot in self.spots[bisect_left(starts, begin - longest) : bisect_right(starts, end - 1)]:
                if spot.end > begin:
                    shown = self.words[spot.start : spot.end].strip()
                    # words without a number stand beside many
                    if shown == found.group() or (_has_digit(shown) and _has_digit(found.group())):
                        yield spot, shown == found.group()

    @property
    def sections(self) -> set[str]:
        """Outermost anchors, which hold something."""
        return {spot.inside[0] for spot in self.spots if spot.inside}


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def fold(text: str) -> str:
    """Write a text as all are compared: no thin spaces, one kind of minus, ordinary spaces, none before a per cent."""
    plain = text.replace(THIN, "").replace("-", MINUS)
    return re.sub(r" (?=%)", "", re.sub(r"\s+", " ", plain))


def _pattern_of(wanted: str) -> re.Pattern[str]:
    """Match a text as whole words and whole numbers, with or without a sign between thousands."""
    plain = re.sub(r"(?<=\d)[ ,](?=\d{3}(?!\d))", "", fold(wanted).strip())
    before = rf"(?<![\d{MINUS}])(?<!\d[.,])" if plain[:1].isdigit() else r"(?<!\w)"
    after = r"(?![\d%])(?![.,]\d)" if plain[-1:].isdigit() else r"(?!\w)"
    return re.compile(f"{before}{re.escape(plain)}{after}", re.IGNORECASE)


def walk(page: str, html: str) -> Printed:
    """Read a page: its text, and every element in it that names a result or a source."""
    walker = _Walker(Printed(page))
    walker.feed(html)
    return walker.done()


class _Walker:
    """Takes a page apart at its marks; quicker than the reader of the standard library, on pages that are ours."""

    def __init__(self, printed: Printed) -> None:
        self.printed = printed
        self._texts: list[str] = []
        self._length = 0
        self._open: list[tuple[str, str, dict[str, str], int]] = []  # element, its id, what it says, where it begins
        self._silent = 0
        self._found: list[Spot] = []

    def feed(self, html: str) -> None:
        at = 0
        for mark in _MARK.finditer(html):
            if mark.start() > at:
                self._add(html[at : mark.start()])
            at = mark.end()
            if (name := mark.group(2)) is not None:
                self._take(name.lower(), is_end=bool(mark.group(1)), attributes=mark.group(3))

    def done(self) -> Printed:
        self.printed.words = "".join(self._texts)
        self.printed.spots = sorted(self._found, key=lambda spot: (spot.start, -spot.end))
        return self.printed

    def _take(self, name: str, *, is_end: bool, attributes: str) -> None:
        if name in _APART:
            self._add(_BREAK)
        if name in _VOID:
            return
        if is_end:
            self._close(name)
        else:
            said = {key: unescape(value) for key, value in _ATTRIBUTE.findall(attributes) if key in _WANTED}
            if name in _SILENT:
                self._silent += 1
            if place := said.get("id"):
                self.printed.anchors.add(place)
            self._open.append((name, said.get("id", ""), said, self._length))

    def _close(self, name: str) -> None:
        while self._open:
            opened, _, said, start = self._open.pop()
            self._silent -= opened in _SILENT
            if "data-id" in said or "data-literal" in said:
                self._note(said, start)
            if opened == name:
                return

    def _note(self, said: dict[str, str], start: int) -> None:
        ids = tuple(one for one in (*(place for _, place, _, _ in self._open), said.get("id", "")) if one)
        literal = said.get("data-literal", "")
        if literal.startswith("#") and ids:
            literal = (
                f"result:{next((one for one in reversed(ids) if one.startswith(ABOUT)), '')[len(ABOUT) :]}{literal}"
            )
        kind, name, part = read_place(literal) if literal else ("result", said["data-id"], "")
        place = {"page": self.printed.page, "inside": ids, "start": start, "end": self._length}
        self._found.append(Spot(name=name, kind=kind, part=part, **place))  # type: ignore[arg-type]

    def _is_name(self) -> bool:
        """Whether this is label or id in the list of every number: words about the result, and not what it is."""
        if len(self._open) < 2 or self._open[-1][0] not in {"b", "code"}:  # noqa: PLR2004  # itself and the entry
            return False
        return self._open[-2][2].get("data-literal") == ENTRY or (
            len(self._open) > 2 and self._open[-3][2].get("data-literal") == ENTRY  # noqa: PLR2004  # in its small print
        )

    def _add(self, text: str) -> None:
        if text != _BREAK and (self._silent or self._is_name()):
            return
        plain = text if text == _BREAK else fold(unescape(text) if "&" in text else text)
        if self._texts and self._texts[-1][-1:] in {" ", _BREAK}:
            plain = plain.lstrip(" ")
        if plain == _BREAK and self._texts and self._texts[-1] == _BREAK:
            return
        if plain:
            self._texts.append(plain)
            self._length += len(plain)
