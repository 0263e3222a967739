"""The documents of an edition before any format: each a page, self-contained, without network, linked to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from outcomes.blocks.context import Context
from outcomes.blocks.html import Links
from outcomes.blocks.model import FIRST, list_places
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.quote import Quoter
from outcomes.blocks.rounded import say_rounded
from outcomes.blocks.terms import mark_section
from outcomes.charts.address import to_address
from outcomes.render.document import lay_out
from outcomes.render.html.leaf import write_leaf
from outcomes.render.html.numbers import render_numbers
from outcomes.render.html.page import Page, make_glossary, write_page
from outcomes.reporting import annex, board, plain_summary, report
from outcomes.reporting.clinic import LOGO, add_words, head_clinic
from outcomes.reporting.documents import ANNEX, BOARD, HTML, REPORT, SUMMARY, list_documents
from outcomes.reporting.figures import render_figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

    from outcomes.blocks.model import Section
    from outcomes.plan.model import Plan
    from outcomes.render.document import Document
    from outcomes.reporting.documents import Kind
    from outcomes.results.registry import Registry

NUMBERS, EVERY_NUMBER = "numbers", "Every number"  # where they stand, and what that is called
# What makes each document: its header, and its sections in their order.
MADE_BY: Mapping[Kind, ModuleType] = {REPORT: report, ANNEX: annex, BOARD: board, SUMMARY: plain_summary}
LONGEST_WORD = 30  # letters: longer than any word of a language in its dictionary, and than a column on paper


def make_pages(
    registry: Registry,
    plan: Plan,
    manifest: Mapping[str, Any],
    *,
    edition: str,
    figures: Mapping[str, str] | None = None,
) -> dict[str, Page]:
    """Put the documents of one edition together, before any format.

    Parameters
    ----------
    registry : Registry
        With the texts of its records.
    plan : Plan
    manifest : mapping
        As `outcomes.runs.describe_run` makes it.
    edition : str
        "internal" or "share".
    figures : mapping of str to str, optional
        SVG by name, where they are drawn already.

    Returns
    -------
    pages : dict of str to Page
        By the name of the document, the most prominent first.
    """
    drawn = render_figures(registry, plan) if figures is None else figures
    quoter, kinds = Quoter(registry, plan, manifest), list_documents(edition)
    contexts = {
        kind: Context(quoter, plan, edition, manifest, frozenset(drawn), _name_behind(kind, kinds)) for kind in kinds
    }
    taken: set[str] = set()
    made = {kind: _make_sections(kind, context, taken) for kind, context in contexts.items()}
    used = frozenset[str]().union(*(terms for _, terms in made.values()))
    sections = {kind: (*parts, make_glossary(used)) if kind.has_numbers else parts for kind, (parts, _) in made.items()}
    places = {kind: frozenset[str]().union(*map(list_places, parts)) for kind, parts in sections.items()}
    pictures = {**drawn, **({LOGO: manifest[LOGO]} if LOGO in manifest else {})}
    addresses = {name: to_address(svg) for name, svg in pictures.items()}
    run = quoter.manifest("run") if manifest["run"] else Phrase("")
    is_long = _has_long_words(registry, plan)
    return {
        kind.name: Page(
            title=plan.title,
            header=(*head_clinic(context), *MADE_BY[kind].make_header(context)),
            parts=sections[kind],
            contents=_list_contents(kind, sections[kind]),
            numbers=_list_numbers(kind, quoter),
            run=run,
            addresses=addresses,
            pictures=pictures,
            has_long_words=is_long,
            links=_link(kind, places),
            others={one.file(HTML): one.title for one in kinds if one is not kind},
            is_leaf=kind.is_leaf,
        )
        for kind, context in contexts.items()
    }


def write_document(page: Page) -> str:
    """Write a document as HTML."""
    return write_leaf(page) if page.is_leaf else write_page(page)


def make_document(page: Page) -> Document:
    """Lay a document out for paper, from the same blocks as the page."""
    return lay_out(page.title, page.header, page.parts, page.pictures, is_leaf=page.is_leaf)


def _make_sections(kind: Kind, context: Context, taken: set[str]) -> tuple[tuple[Section, ...], frozenset[str]]:
    """Make the sections of a document, and give the ids of the terms that they use; words of the clinic stand once."""
    q = context.quoter
    told = [say_rounded(section, q.registry, q.plan_model) for section in MADE_BY[kind].list_sections(context)]
    if kind.is_leaf:  # which has no glossary, and room for nothing else
        return tuple(told), frozenset()
    told = list(add_words(context, told, taken))
    marked = [mark_section(section) for section in told]
    return tuple(section for section, _ in marked), frozenset[str]().union(*(used for _, used in marked))


def _name_behind(kind: Kind, kinds: Iterable[Kind]) -> str:
    """Name the page that holds what is behind the numbers of a document, where it is another."""
    return next((one.file(HTML) for one in kinds if one.has_numbers and one is not kind), "")


def _link(kind: Kind, places: Mapping[Kind, frozenset[str]]) -> Links:
    """Say where links of a document lead that leave it: to the first of the others that holds the place."""
    elsewhere: dict[str, str] = {}
    for other, names in places.items():
        if other is not kind and not other.is_leaf:
            elsewhere |= {name: other.file(HTML) for name in names - places[kind] - elsewhere.keys()}
    behind = _name_behind(kind, places)
    return Links(behind, elsewhere | ({NUMBERS: behind} if behind else {}))


def _list_contents(kind: Kind, sections: Iterable[Section]) -> dict[str, str]:
    listed = {section.name: section.title.plain for section in sections if section.name != FIRST}
    return listed | ({NUMBERS: EVERY_NUMBER} if kind.has_numbers else {})


def _list_numbers(kind: Kind, quoter: Quoter) -> Markup:
    if not kind.has_numbers:
        return Markup()
    return render_numbers(quoter, [file["name"] for file in quoter.files])


def _has_long_words(registry: Registry, plan: Plan) -> bool:
    """Whether a name has a word that no column of a table can hold, so that it must be broken anywhere."""
    named = (plan.arm_names, *({key: one.label for key, one in many.items()} for many in (plan.measures, plan.visits)))
    labels = [label for names in named for label in names.values()]
    labels += [record.outcome.label for record in registry.records()]
    return any(len(word) > LONGEST_WORD for label in labels for word in label.split())
