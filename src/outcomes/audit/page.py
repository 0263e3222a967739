"""Read a page as a reader would, and ask of every number what it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from outcomes.audit.literal import Sources, explain_literal
from outcomes.audit.verdict import Check, judge
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from outcomes.results.registry import Registry

ABOUT = "n-"  # begins the id of an element about one result; the id of the result follows
_DIGIT = re.compile(r"\d")
_SILENT = frozenset({"style", "script", "svg"})
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass(slots=True)
class Quote:
    """An element that quotes a result or names its source, with the text inside it."""

    id: str | None
    literal: str | None
    value: str | None
    text: str = ""


@dataclass(slots=True)
class Reading:
    """What stands on a page: its quotes, and the texts with digits that no quote covers."""

    quotes: list[Quote] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)


class PageUnreadableError(Exception):
    """A page whose marks no reader of pages understands; caught in the audit, which says so in its own words."""


def check_page(path: Path, registry: Registry, manifest: Mapping[str, Any]) -> Check:
    """Check that every number of a page is bound: to a result whose text it shows, or to a source that holds it."""
    name = f"numbers on {path.parent.name}/{path.name}"
    fault = explain_page(path)
    if fault is not None:
        return Check(name=name, status="differs", count=0, faults=(fault,))
    reading = read_page(read_html(path))
    faults = [f"a number that is bound to nothing, in: {text[:60]!r}" for text in reading.loose]
    sources = Sources(registry, manifest)
    for quote in reading.quotes:
        faults += _faults_of(quote, sources)
    return judge(name, len(reading.quotes), faults)


def explain_page(path: Path) -> str | None:
    """Say why a page has nothing to read, or None: every page that this program writes quotes a result."""
    if not path.is_file():
        return "the page is missing"
    html = read_html(path)
    if not html.strip():
        return "the page is empty"
    try:
        reading = read_page(html)
    except PageUnreadableError:
        return "the page cannot be read"
    return None if reading.quotes or reading.loose else "the page holds no result"


def read_html(path: Path) -> str:
    """Read the text of a page; bytes that are no text become signs that no result has."""
    return path.read_bytes().decode("utf-8", errors="replace")


def read_page(html: str) -> Reading:
    """Collect the quotes and the loose numbers of a page.

    Raises
    ------
    PageUnreadableError
        When the reader of the standard library gives up: it asserts what it takes for granted of a page.
    """
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError) as fault:
        raise PageUnreadableError from fault
    return reader.reading


def _faults_of(quote: Quote, sources: Sources) -> Iterator[str]:
    if quote.id is None:
        fault = explain_literal(quote.literal or "", quote.text, quote.value, sources)
        if fault is not None:
            yield fault
        return
    if quote.id not in sources.registry:
        yield f"{quote.id} is quoted and is no result of this edition"
        return
    record = sources.registry.record(quote.id)
    if normalise(quote.text) != normalise(record.text):
        yield f"{quote.id} is printed with another text than the stored one"
    if isinstance(record.outcome, Estimate) and not _same_number(quote.value, record.outcome.value):
        yield f"{quote.id} carries another value than the stored one"


def normalise(text: str) -> str:
    """Fold ordinary white space; thin and non-breaking spaces stay, for they are printed on purpose."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def _same_number(printed: str | None, stored: float) -> bool:
    try:
        return printed is not None and float(printed) == stored
    except ValueError:
        return False


class _Reader(HTMLParser):
    """A text belongs to the innermost quote around it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.reading = Reading()
        self._open: list[tuple[str, Quote | None]] = []
        self._of: list[tuple[int, str]] = []  # depth of an element about one result, and its id

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; a quote when it carries an id or a literal."""
        if tag in _VOID:
            return
        given = dict(attrs)
        if (place := given.get("id") or "").startswith(ABOUT):
            self._of.append((len(self._open) + 1, place.removeprefix(ABOUT)))
        quote = None
        if "data-id" in given or "data-literal" in given:
            literal = self._whole(given.get("data-literal"))
            quote = Quote(id=given.get("data-id"), literal=literal, value=given.get("value"))
            self.reading.quotes.append(quote)
        self._open.append((tag, quote))

    def _whole(self, literal: str | None) -> str | None:
        """Give a literal such as `#entry` the result that its element, or one around it, is about."""
        if literal is not None and literal.startswith("#") and self._of:
            return f"result:{self._of[-1][1]}{literal}"
        return literal

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element of this name and what was left open in it."""
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                while self._of and self._of[-1][0] > place:
                    self._of.pop()
                return

    def handle_data(self, data: str) -> None:
        """Give a text to its quote, or note it as loose when it holds a digit."""
        if any(tag in _SILENT for tag, _ in self._open):
            return
        quotes = [quote for _, quote in self._open if quote is not None]
        if quotes:
            quotes[-1].text += data
        elif _DIGIT.search(data):
            self.reading.loose.append(normalise(data))
