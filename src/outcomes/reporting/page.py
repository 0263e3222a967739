"""The page: one self-contained HTML file that can be read without script and needs no network."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from outcomes.blocks.context import Context
from outcomes.blocks.model import Heading, Paragraph
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.quote import Quoter
from outcomes.blocks.rounded import say_rounded
from outcomes.blocks.terms import mark_section
from outcomes.charts.address import to_address
from outcomes.questions.flow.words import started as started_key
from outcomes.render.document import lay_out
from outcomes.render.html.numbers import render_numbers
from outcomes.render.html.page import Page, make_glossary
from outcomes.render.html.summary import write_summary
from outcomes.reporting import appendix, first_page, plain_summary, trust
from outcomes.reporting.chapters import CHAPTERS, TITLES, make_chapter
from outcomes.reporting.checklists import section as checklists
from outcomes.reporting.figures import render_figures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from outcomes.blocks.model import Block, Section
    from outcomes.plan.model import Plan
    from outcomes.render.document import Document
    from outcomes.results.registry import Registry

# Parts of the page that others point to; those of SECTIONS are its contents, in their order.
TRUST = {"trust": trust.TITLE}
SECTIONS = {
    **{chapter: (TITLES | TRUST)[chapter] for chapter in CHAPTERS},
    "appendix": "Methods, plan and provenance",
    "checklists": "Checklists",
    "glossary": "Glossary",
    "numbers": "Every number",
}
PLACES = {
    "found": "What was found",
    "estimand-title": "What exactly is compared",
    "left-out": "Who and what was left out",
    "retention": "How long people stay",
    "balance": "How alike the people were, and what weights change",
    "agreement": "How much the answer depends on the method",
    "missing": "Who was not seen",
    "plan": "The plan",
    "noticed": "What was noticed in the data",
    "questions-title": "The seven questions",
    "files": "Files and versions",
}
# The sections of the report in their order.
REPORT: Mapping[str, Callable[[Context], Section]] = {
    "found": first_page.make_section,
    **{chapter: partial(make_chapter, chapter=chapter) for chapter in CHAPTERS},
    "trust": trust.make_section,
    "appendix": appendix.make_section,
    "checklists": lambda context: checklists.make_section(
        SECTIONS | PLACES, by_chance=context.plan.allocation == "random"
    ),
}
LONGEST_WORD = 30  # letters: longer than any word of a language in its dictionary, and than a column on paper
EDITIONS = {"internal": "edition for inside the clinic", "share": "edition to share, after disclosure control"}


def make_page(
    registry: Registry,
    plan: Plan,
    manifest: Mapping[str, Any],
    *,
    edition: str,
    figures: Mapping[str, str] | None = None,
) -> Page:
    """Put the report of one edition together, before any format.

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
    """
    drawn = render_figures(registry, plan) if figures is None else figures
    context = Context(Quoter(registry, plan, manifest), plan, edition, manifest, frozenset(drawn))
    addresses = {name: to_address(svg) for name, svg in drawn.items()}
    return Page(
        title=plan.title,
        header=make_header(context),
        parts=tuple(say_rounded(make(context), registry, plan) for make in REPORT.values()),
        contents=SECTIONS,
        numbers=render_numbers(context.quoter, [file["name"] for file in manifest["files"]]),
        run=context.quoter.manifest("run") if manifest["run"] else Phrase(""),
        addresses=addresses,
        pictures=drawn,
        has_long_words=_has_long_words(registry, plan),
    )


def make_document(page: Page) -> Document:
    """Lay the report out for paper, from the same blocks as the page."""
    used = (mark_section(section)[1] for section in page.parts)
    glossary = make_glossary(frozenset[str]().union(*used))
    return lay_out(page.title, page.header, (*page.parts, glossary), page.pictures)


def make_header(context: Context) -> tuple[Block, ...]:
    """Say what is compared, in which edition of which run, and with how many people."""
    q = context.quoter
    arms = (q.arm("full"), q.arm("skills"))
    started = (q.result(started_key("full")), arms[0], q.result(started_key("skills")), arms[1])
    kicker = Phrase("{} · {}").format(q.plan("title"), EDITIONS[context.edition])
    if context.manifest["run"]:  # the edition to share does not tell it
        kicker += Phrase(" · run {}").format(q.manifest("run"))
    return (
        Paragraph(kicker, "kicker"),
        Heading(1, Phrase("{}, or {}?").format(*arms)),
        Paragraph(Phrase("{} people in {}, {} in {}.").format(*started), "who"),
    )


def render_summary(registry: Registry, plan: Plan, manifest: Mapping[str, Any]) -> str:
    """Render one page in plain language for the people who were treated, from the released results."""
    quoter = Quoter(registry, plan, manifest)
    return write_summary(plan.title, plain_summary.make_header(quoter), plain_summary.list_sections(quoter))


def _has_long_words(registry: Registry, plan: Plan) -> bool:
    """Whether a name has a word that no column of a table can hold, so that it must be broken anywhere."""
    named = (plan.arm_labels, *({key: one.label for key, one in many.items()} for many in (plan.measures, plan.visits)))
    labels = [label for names in named for label in names.values()]
    labels += [record.outcome.label for record in registry.records()]
    return any(len(word) > LONGEST_WORD for label in labels for word in label.split())
