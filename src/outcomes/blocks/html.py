"""A phrase as HTML: every number stands in an element that says where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import escape

from outcomes.blocks.phrase import Absent, Literal, Number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outcomes.blocks.phrase import Origin, Phrase, Run


@dataclass(frozen=True, slots=True)
class Links:
    """Where the links of a page lead.

    Attributes
    ----------
    numbers : str
        Page beside this one that holds every number and the glossary; "" where this one does.
    places : mapping of str to str
        Page beside this one by the word of a place that it holds and this one does not.
    """

    numbers: str = ""
    places: Mapping[str, str] = field(default_factory=dict)

    def to(self, target: str) -> str:
        """Give the address of a place, or of a file beside the page, whose name has an ending."""
        return target if "." in target else f"{self.places.get(target, '')}#{target}"


HERE = Links()


def to_html(phrase: Phrase, links: Links = HERE) -> str:
    """Write a phrase; neighbours in one style stand in one element."""
    return "".join(_style(run, _quote_all(runs, links), links) for run, runs in _group(phrase.runs))


def _group(runs: Iterable[Run]) -> list[tuple[Run, list[Run]]]:
    grouped = (list(part) for _, part in groupby(runs, key=lambda run: run[1:6]))  # from strong to target
    return [(part[0], part) for part in grouped]


def _style(run: Run, inner: str, links: Links) -> str:
    """Put the elements of a style around what is written; the innermost carries the look."""
    tags = [tag for tag, has in (("strong", run.strong), ("em", run.emphasis), ("code", run.code)) if has]
    if run.tone and not tags:
        tags = ["span"]
    look = f' class="{escape(run.tone)}"' if run.tone else ""
    for tag in reversed(tags):
        inner, look = f"<{tag}{look}>{inner}</{tag}>", ""
    return f'<a href="{escape(links.to(run.target))}">{inner}</a>' if run.target else inner


def _quote_all(runs: list[Run], links: Links) -> str:
    """Write runs of one style; those that a mark has cut out of one quotation stand in its element together."""
    # the same origin is one object in the parts of a quotation, and another in a second quotation of the same text
    parts = (list(part) for _, part in groupby(runs, key=lambda run: id(run.origin)))
    return "".join(_quote(part[0].origin, "".join(_text(run, links) for run in part), links) for part in parts)


def _quote(origin: Origin | None, inner: str, links: Links) -> str:
    if isinstance(origin, Number):
        return _number(origin, inner, links)
    if isinstance(origin, Literal):
        return f'<span data-literal="{escape(origin.source)}">{inner}</span>'
    if isinstance(origin, Absent):
        about = f' data-id="{escape(origin.result)}"' if origin.result else ""
        return f'<span class="absent"{about}>{inner}</span>'
    return inner


def _number(origin: Number, inner: str, links: Links) -> str:
    name = escape(origin.result)
    about = f'data-literal="result:{name}#{origin.part}"' if origin.part else f'data-id="{name}"'
    shown = f'<a href="{links.numbers}#n-{name}">{inner}</a>' if origin.linked else inner
    return f'<data value="{origin.value!r}" {about}>{shown}</data>'


def _text(run: Run, links: Links) -> str:
    if run.picture:
        return run.picture  # drawn by this package
    text = str(escape(run.text))
    if run.alt:
        return f'<span role="img" aria-label="{escape(run.alt)}">{text}</span>'
    if run.term is None:
        return text
    return f'<a class="term" href="{links.numbers}#g-{run.term.id}" title="{escape(run.term.says)}">{text}</a>'
