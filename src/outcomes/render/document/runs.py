"""From inline content to runs of text, each in one style, with white space folded as a browser does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from outcomes.charts.address import from_address
from outcomes.render.document.model import Run
from outcomes.render.document.tree import SOURCE, classes_of, content_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.render.document.model import Runs

# What serves the screen alone.
UNSEEN = frozenset({"head", "style", "script", "nav", "button", "dialog", "template", "noscript", "title"})
SCREEN = frozenset({"skip", "screen"})
PLAIN = frozenset({"data", "span", "a"})  # most elements in a text are one of these, and have no style
QUIET = frozenset({"quiet", "absent", "interval", "worth"})
_SPACE = re.compile(r"[ \t\r\n]+")
_FOLDS = " \n"


class _Style(NamedTuple):
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    quiet: bool = False
    target: str = ""


_PLAIN = _Style()


def is_unseen(element: Any) -> bool:
    """Whether an element serves the screen alone."""
    return (
        element.tag in UNSEEN
        or element.get("hidden") is not None
        or not SCREEN.isdisjoint(classes_of(element))
        or (element.get("aria-hidden") == "true" and element.tag != "svg")
    )


def read_runs(content: Iterable[Any]) -> Runs:
    """Give the runs of inline content.

    Parameters
    ----------
    content : iterable of str and elements
    """
    collector = _Collector()
    collector.add(content, _PLAIN)
    return collector.runs()


class _Collector:
    """Collects texts, joins those of one style, and folds the space between them."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._styles: list[_Style | Run] = []  # a picture is a run already, and its text is empty

    def add(self, content: Iterable[Any], style: _Style) -> None:
        """Take texts and elements."""
        for child in content:
            if isinstance(child, str):
                self._add_text(_SPACE.sub(" ", child), style)
            elif not is_unseen(child):
                self._add_element(child, style)

    def _add_element(self, element: Any, style: _Style) -> None:
        tag, classes = element.tag, classes_of(element)
        if not classes and tag in PLAIN and not element.get("href"):
            self.add(content_of(element), style)
            return
        if tag == "br" or "line" in classes:
            self._end_line(style)
        if tag == "svg":
            self._add_picture(element.get(SOURCE) or "", element.get("aria-label") or "")
        elif tag == "img":
            self._add_picture(picture_of(element), element.get("alt") or "")
        elif "ends" in classes:  # names of the ends of a scale, which stand at the far sides on the screen
            for end in element:
                if end.getprevious() is not None:
                    self._end_line(style)
                self.add(content_of(end), style)
        else:
            self.add(content_of(element), _inner(element, classes, style))

    def _add_text(self, text: str, style: _Style) -> None:
        last = self._texts[-1] if self._texts else " "
        if text.startswith(" ") and last.endswith((" ", "\n")):
            text = text[1:]
        if not text:
            return
        if self._styles and self._styles[-1] == style:
            self._texts[-1] += text
        else:
            self._texts.append(text)
            self._styles.append(style)

    def _end_line(self, style: _Style) -> None:
        if self._texts and self._texts[-1].endswith(" "):
            self._texts[-1] = self._texts[-1].rstrip(" ")
        self._add_text("\n", style)

    def _add_picture(self, source: str, alt: str) -> None:
        self._texts.append("")
        self._styles.append(Run("", picture=source, alt=alt))

    def runs(self) -> Runs:
        """Give what was collected; space at the end is of no use."""
        while self._texts and isinstance(self._styles[-1], _Style):
            self._texts[-1] = self._texts[-1].rstrip(_FOLDS)
            if self._texts[-1]:
                break
            self._texts.pop()
            self._styles.pop()
        pairs = zip(self._texts, self._styles, strict=True)
        return tuple(
            style if isinstance(style, Run) else Run(text, *style)
            for text, style in pairs
            if text or (isinstance(style, Run) and style.picture)
        )


def _inner(element: Any, classes: frozenset[str], style: _Style) -> _Style:
    """Give the style of what stands in an element."""
    tag = element.tag
    # a term is explained in the glossary, which paper has as well; links to it would clutter the text
    target = element.get("href") or "" if tag == "a" and "term" not in classes else ""
    return _Style(
        strong=style.strong or tag in {"strong", "b"},
        emphasis=style.emphasis or tag in {"em", "i", "cite"},
        code=style.code or tag == "code",
        quiet=style.quiet or not QUIET.isdisjoint(classes),
        target=target[1:] if target.startswith("#") else style.target,
    )


def picture_of(image: Any) -> str:
    """Give the source of the picture that an image shows."""
    return from_address(image.get("src") or "")
