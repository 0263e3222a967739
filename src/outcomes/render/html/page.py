"""The sections of the page that are written from blocks, put to where the templates keep a place for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from outcomes.blocks.terms import mark_section, read_terms
from outcomes.render.align import align_numbers
from outcomes.render.glossary import mark_terms
from outcomes.render.html.blocks import write_section

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outcomes.blocks.model import Section
    from outcomes.blocks.phrase import Term

PLACE = "<!-- section {} -->"


class Body(NamedTuple):
    """The body of the page, and the terms that it uses, by name."""

    html: Markup
    terms: list[Term]


def write_body(html: str, sections: Iterable[Section], addresses: Mapping[str, str]) -> Body:
    """Finish what the templates wrote, and put the sections in their places.

    Parameters
    ----------
    html : str
        What the templates wrote, with a comment as `PLACE` where a section belongs.
    sections : iterable of Section
    addresses : mapping of str to str
        Address of each picture by its name.
    """
    made = mark_terms(align_numbers(html))
    whole, used = str(made.html), {term.id for term in made.terms}
    for section in sections:
        marked, terms = mark_section(section)
        whole = whole.replace(PLACE.format(section.name), write_section(marked, addresses))
        used |= terms
    listed = sorted((term for term in read_terms() if term.id in used), key=lambda term: term.name.lower())
    return Body(Markup(whole), listed)  # noqa: S704  # the page itself
