"""Marks of the glossary in what templates write; in blocks, `blocks.terms` sets them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from outcomes.blocks.terms import read_terms

if TYPE_CHECKING:
    from outcomes.blocks.phrase import Term

# A picture stands in an attribute, with the brackets of its own elements.
_TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^>"']|"[^"]*"|'[^']*')*)>""")
# Names, numbers, headings and what is a link already stay as they are.
_CLOSED = frozenset(
    {*("a", "data", "code", "svg", "summary", "nav", "header", "dt", "th", "em"), *("h1", "h2", "h3", "h4")}
)
_NAMES = re.compile(r'data-literal="(?:(?:plan|manifest|text):|result:[^"]*#(?:id|label)")')


class Marked(NamedTuple):
    """A piece of the page with its terms marked, and the terms that it uses, by name."""

    html: Markup
    terms: list[Term]


def mark_terms(html: str) -> Marked:
    """Mark the first use of each term in each section, and the first in what is folded away there.

    Parameters
    ----------
    html : str
        As the templates write it: well formed, with the signs of markup encoded in texts.
    """
    marker = _Marker()
    html, last = str(html), 0  # every slice of a Markup would be made a Markup
    for tag in _TAG.finditer(html):
        marker.add_text(html[last : tag.start()])
        marker.add_tag(tag)
        last = tag.end()
    marker.add_text(html[last:])
    used = sorted((term for term in read_terms() if term.id in marker.used), key=lambda term: term.name.lower())
    return Marked(Markup("".join(marker.pieces)), used)  # noqa: S704  # a page of ours


@dataclass(slots=True)
class _Marker:
    """Walks through a page from tag to tag."""

    pieces: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _seen_folded: set[str] = field(default_factory=set)
    _folds: int = 0
    _closed: str = ""
    _depth: int = 0

    def add_tag(self, tag: re.Match[str]) -> None:
        """Keep a tag as it is, and note what it opens and closes."""
        self.pieces.append(tag.group())
        ends, name, attributes = tag.groups()
        if self._closed:
            if name == self._closed:
                self._depth += -1 if ends else 1
                self._closed = self._closed if self._depth else ""
        elif name == "details":
            self._folds += -1 if ends else 1
        elif not ends and (name in _CLOSED or _NAMES.search(attributes)):
            self._closed, self._depth = name, 1
        elif not ends and name == "section" and ' id="' in attributes:
            self._seen, self._seen_folded = set(), set()

    def add_text(self, text: str) -> None:
        """Add a text, with the terms marked that are new to the section."""
        self.pieces.append(text if self._closed or not text.strip() else _pattern().sub(self._mark, text))

    def _mark(self, found: re.Match[str]) -> str:
        term = _by_form()[found.group().lower()]
        seen = self._seen_folded if self._folds else self._seen
        if term.id in self._seen or term.id in seen:
            return found.group()
        seen.add(term.id)
        self.used.add(term.id)
        return f'<a class="term" href="#g-{term.id}" title="{escape(term.says)}">{found.group()}</a>'


@cache
def _by_form() -> dict[str, Term]:
    return {form.lower(): term for term in read_terms() for form in term.forms}


@cache
def _pattern() -> re.Pattern[str]:
    forms = sorted(_by_form(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, forms))})(?![\w-])", re.IGNORECASE)
