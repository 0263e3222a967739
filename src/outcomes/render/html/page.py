"""The page around its sections: head, contents, glossary, list of every number, footer; one self-contained file."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from outcomes.blocks.html import HERE, Links, to_html
from outcomes.blocks.model import FIRST, Definition, Definitions, Paragraph, Section
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.quote import wording
from outcomes.blocks.terms import read_terms
from outcomes.render.html.blocks import write_blocks, write_section
from outcomes.render.html.script import hash_script, read_script

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from outcomes.blocks.model import Block

POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src '{script}'; base-uri 'none'; "
    "form-action 'none'"
)
EVERY_NUMBER = (
    "What each number of this report is, how it was computed, on whose data, and how to trace it: "
    "<code>outcomes trace . ID</code> in the folder of this run, with the id that ends its entry, leads back to the "
    "files."
)
SEARCH = (
    '<form role="search" aria-label="Every number" hidden>\n'
    '<label for="sought">Search by words of its name, its value or its id</label>\n'
    '<input id="sought" type="search" autocomplete="off" aria-describedby="hits">\n<button>Go to the first</button>\n'
    '<button type="button" class="all">Show all</button>\n<p id="hits" role="status"></p>\n</form>'
)
NUMBERS = "numbers"  # where they stand
SCREEN_ALONE = frozenset({NUMBERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page is written from.

    Attributes
    ----------
    title : str
        Title of the plan.
    header : tuple of Block
    parts : tuple of Section
        In their order.
    contents : mapping of str to str
        Titles of the sections by the words that links lead to; they stand behind the section `found`, where there is
        one, else before all.
    numbers : Markup
        The list of every number; empty where another page holds it.
    run : Phrase
        Id of the run; empty in an edition that does not tell it.
    addresses : mapping of str to str
        Address of each picture by its name.
    pictures : mapping of str to str
        SVG of each picture by its name, for paper.
    has_long_words : bool
        Whether a name has a word that no column can hold.
    links : Links
        Where links lead that leave the page.
    others : mapping of str to str
        The other documents of the edition: what each is called, by its file.
    is_leaf : bool
        Whether it is one sheet to hand out.
    """

    title: str
    header: tuple[Block, ...]
    parts: tuple[Section, ...]
    contents: Mapping[str, str]
    numbers: Markup
    run: Phrase
    addresses: Mapping[str, str]
    pictures: Mapping[str, str]
    has_long_words: bool
    links: Links = HERE
    others: Mapping[str, str] = field(default_factory=dict)
    is_leaf: bool = False

    @property
    def leads(self) -> int:
        """How many sections stand before the contents."""
        return int(self.parts[0].name == FIRST)


def write_page(page: Page) -> str:
    """Write the page."""
    turns = _turn_between(page)
    written = [write_section(part, page.addresses, page.links, turns.get(part.name, "")) for part in page.parts]
    run = f", run <code>{to_html(page.run)}</code>" if page.run else ""
    look = ' class="long-words"' if page.has_long_words else ""
    numbers = (_numbers(page.numbers, turns.get(NUMBERS, "")),) if page.numbers else ()
    main = "\n".join([*written[: page.leads], _contents(page.contents), *written[page.leads :], *numbers])
    script = read_script(has_numbers=bool(page.numbers))
    return (
        f'<!doctype html>\n<html lang="en-GB">\n{_head(page, script)}\n'
        f"<body{look}>\n"
        f'<a class="skip" href="#{page.parts[0].name}">Go to the first section</a>\n'
        f'<header id="top">\n'
        f"{write_blocks(page.header, page.addresses, page.links)}\n{_others(page.others)}</header>\n"
        f"<main>\n{main}\n</main>\n"
        f'<footer class="screen">\n<p>Made by outcomes{run}. Every number on this '
        "page carries the id of its result; <code>outcomes trace</code> leads from it to the files.</p>\n</footer>\n"
        f"<script>{script}</script>\n</body>\n</html>"
    )


def _others(others: Mapping[str, str]) -> str:
    """Lead to the other documents of the edition."""
    links = " · ".join(f'<a href="{escape(file)}">{escape(title)}</a>' for file, title in others.items())
    return f'<p class="others screen">With this document: {links}</p>\n' if links else ""


def make_glossary(used: Collection[str]) -> Section:
    """Make the section that says what the terms mean that a report uses."""
    terms = sorted((term for term in read_terms() if term.id in used), key=lambda term: term.name.lower())
    entries = (Definition(wording(term.name), wording(term.says), f"g-{term.id}") for term in terms)
    lead = Paragraph(Phrase("The words of statistics that this report uses, in plain ones."), "lead")
    return Section("glossary", Phrase("Glossary"), (lead, Definitions(tuple(entries), "facts")), "short")


def read_style(name: str) -> str:
    """Read a style sheet of this package."""
    return resources.files("outcomes.render").joinpath("html", name).read_text(encoding="utf-8").rstrip()


def _head(page: Page, script: str) -> str:
    style = read_style("page.css")
    policy = POLICY.format(script=hash_script(script))
    return (
        '<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<meta name="robots" content="noindex">\n'
        f'<title data-literal="plan:title">{escape(page.title)}</title>\n<style>\n{style}\n</style>\n</head>'
    )


def _contents(titles: Mapping[str, str]) -> str:
    """Write the contents; what serves the screen alone says so."""
    looks = {name: ' class="screen"' if name in SCREEN_ALONE else "" for name in titles}
    entries = "".join(
        f'<li{looks[name]}><a href="#{name}">{escape(title)}</a></li>\n' for name, title in titles.items()
    )
    return f'<nav class="contents" aria-label="Contents">\n<ol>\n{entries}</ol>\n</nav>'


def _turn_between(page: Page) -> dict[str, str]:
    """Write what leads from the end of each section to the one before, to the top, and to the next."""
    titles = ({FIRST: "First page"} if page.leads else {}) | dict(page.contents)
    names = list(titles)
    made = {}
    for place, name in enumerate(names):
        around = (("Previous", names[place - 1 : place]), ("Next", names[place + 1 : place + 2]))
        before, after = (
            "".join(f'<a href="#{one}">{way}: {escape(titles[one])}</a> ' for one in ones) for way, ones in around
        )
        made[name] = f'<p class="turn screen">{before}<a href="#top">Back to top</a> {after}</p>\n'
    return made


def _numbers(numbers: Markup, last: str) -> str:
    """Write the list of every number with its search, the panel that shows an entry, and the command it ends with."""
    return (
        f'<section id="{NUMBERS}" class="screen">\n<h2>Every number</h2>\n<p class="lead">{EVERY_NUMBER}</p>\n'
        f"{SEARCH}\n{numbers}\n{last}"
        '</section>\n<dialog id="panel" aria-label="About this number">\n<button type="button">Close</button>\n'
        '<div id="panel-body"></div>\n</dialog>\n<template id="panel-command"><p><code>outcomes trace . </code><br>'
        '<span class="quiet">The command is for the folder of this run.</span></p></template>'
    )
