"""All files of a run, each handed on as what makes it: a run writes them, the audit holds them against what is there.

One list for both. What is added here is written and verified at once.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from outcomes.plan.model import Plan
from outcomes.reporting.documents import HTML, PDF, PNG, WORD, list_documents
from outcomes.results.registry import Registry
from outcomes.results.store import to_json
from outcomes.runs.manifest import name_on_paper, shared_manifest
from outcomes.runs.names import ARD, INTERNAL, PUBLISHED, R_PROGRAM, RESULTS, SHARE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Executor, Future

    from outcomes.release import Released
    from outcomes.render.document import Document
    from outcomes.render.html.page import Page
    from outcomes.reporting.documents import Kind

EDITION_STEPS = 3  # of which an edition tells


class Put(Protocol):
    """Takes the name of a file in the run, and what makes its content; may be called from several threads."""

    def __call__(self, name: str, make: Callable[[], str | bytes], /) -> None:
        """Take a file."""


class Edition(NamedTuple):
    """What an edition is made of: its name, its results with their texts, and what it may tell of the run."""

    name: str
    registry: Registry
    manifest: Mapping[str, Any]

    @property
    def plan(self) -> Plan:
        """The plan, as the manifest holds it."""
        return Plan.model_validate(self.manifest["plan"], strict=False)


class Aside(NamedTuple):
    """Threads that write PDF and Word, one document at a time each."""

    pdf: Executor
    word: Executor


def with_texts(registry: Registry, plan: Plan) -> Registry:
    """Give every record the text that a page prints for it."""
    from outcomes.blocks.format import format_outcome

    return Registry(
        dataclasses.replace(record, text=format_outcome(record.outcome, plan)) for record in registry.records()
    )


def release_edition(registry: Registry, manifest: Mapping[str, Any]) -> Edition:
    """Make the edition to share from the exact results."""
    from outcomes.release import release

    plan = Plan.model_validate(manifest["plan"], strict=False)
    released: Released = release(registry, plan.disclosure, is_held=manifest["released"]["held"])
    return Edition(SHARE, with_texts(released.registry, plan), shared_manifest(manifest, released.hidden))


def make_files(
    registry: Registry, manifest: Mapping[str, Any], put: Put, tell: Callable[[str], None] | None = None
) -> Edition:
    """Make every file of a run but the manifests; give the edition that was shared.

    Parameters
    ----------
    registry : Registry
        Exact results with their texts.
    manifest : mapping
        What the run says of itself, as `outcomes.runs.describe_run` makes it.
    put : Put
    tell : callable, optional
        Called with a phrase before each step.
    """
    say = tell or (lambda _: None)
    put(RESULTS, lambda: to_json(registry))
    put(R_PROGRAM, lambda: program_of(manifest))
    if (published := find_published(manifest)) is not None:
        put(PUBLISHED, lambda: published)
    put(ARD, lambda: _ard_of(registry, manifest))
    # PDF and Word are mostly made by typst, outside of Python: meanwhile the next edition can be drawn
    with _aside() as aside:
        say("writing the report for the clinic")
        begun = _begin_edition(Edition(INTERNAL, registry, manifest), put, say, aside)
        say("preparing the edition to share")
        shared = release_edition(registry, manifest)
        begun += _begin_shared(shared, put, say, aside)
        for one in begun:
            one.result()
    return shared


def make_shared_files(shared: Edition, put: Put) -> None:
    """Make every file of the edition to share but its manifest, from that edition alone."""
    with _aside() as aside:
        for one in _begin_shared(shared, put, lambda _: None, aside):
            one.result()


@contextlib.contextmanager
def _aside() -> Iterator[Aside]:
    with ThreadPoolExecutor(1) as pdf, ThreadPoolExecutor(1) as word:
        yield Aside(pdf, word)


def program_of(manifest: Mapping[str, Any]) -> str:
    """Write the R program of a run, with the keys of the instruments in its plan."""
    from outcomes.replication.program import make_program

    plan = Plan.model_validate(manifest["plan"], strict=False)
    return make_program(plan)


def find_published(manifest: Mapping[str, Any]) -> bytes | None:
    """Give the published results that come with the program, where the run read these and not the study's own."""
    from outcomes.study.published import EVIDENCE, read_published

    table = read_published()
    digest = hashlib.sha256(table).hexdigest()
    is_read = any((one["name"], one["sha256"]) == (EVIDENCE, digest) for one in manifest["files"])
    return table if is_read else None


def _ard_of(registry: Registry, manifest: Mapping[str, Any]) -> str:
    """Write the analysis results data, a row a statistic."""
    from outcomes.runs.ard import to_ard

    return to_ard(registry, Plan.model_validate(manifest["plan"], strict=False))


def _begin_shared(shared: Edition, put: Put, tell: Callable[[str], None], aside: Aside) -> list[Future[None]]:
    begun = _begin_edition(shared, put, tell, aside)
    put(f"{SHARE}/{RESULTS}", lambda: to_json(shared.registry))
    return begun


def _begin_edition(edition: Edition, put: Put, tell: Callable[[str], None], aside: Aside) -> list[Future[None]]:
    """Make documents, tables, figures with the numbers behind them; give what is still made aside."""
    from outcomes.render.tables import render_figure_tables, render_tables
    from outcomes.reporting.figures import draw_figures
    from outcomes.reporting.page import make_pages

    name, registry, manifest = edition
    tell(f"{name}: drawing figures")
    pictures = draw_figures(registry, edition.plan)
    figures = {figure: picture.svg for figure, picture in pictures.items()}
    _put_all(put, f"{name}/figures", ".svg", figures)
    behind = render_figure_tables(registry, {figure: one.ids for figure, one in pictures.items()})
    _put_all(put, f"{name}/figures", ".csv", behind)
    _put_all(put, f"{name}/tables", ".csv", render_tables(registry))
    tell(f"{name}: writing the pages")
    pages = make_pages(registry, edition.plan, manifest, edition=name, figures=figures)
    tell(f"{name}: writing PDF and Word")
    documents = [
        one for kind in list_documents(name) for one in _begin_document(kind, edition, pages[kind.name], put, aside)
    ]
    return documents + _begin_slides(figures, edition, put, aside)


def _begin_document(kind: Kind, edition: Edition, page: Page, put: Put, aside: Aside) -> Iterator[Future[None]]:
    """Write a document as a page, and begin it on paper."""
    from outcomes.reporting.page import make_document, write_document

    formats = [one for one in kind.formats if one in edition.manifest["formats"]]
    if HTML in formats:
        put(f"{edition.name}/{kind.file(HTML)}", lambda: write_document(page))
    if {PDF, WORD} & set(formats):
        yield from _begin_papers(kind, edition, make_document(page), put, aside)


def _begin_slides(figures: Mapping[str, str], edition: Edition, put: Put, aside: Aside) -> list[Future[None]]:
    """Begin the figures as PNG, for slides."""
    from outcomes.render.raster import draw_slide

    if PNG not in edition.manifest["formats"]:
        return []
    folder = f"{edition.name}/figures"
    return [
        aside.pdf.submit(put, f"{folder}/{name}.{PNG}", functools.partial(draw_slide, svg))
        for name, svg in figures.items()
    ]


def _put_all(put: Put, folder: str, suffix: str, contents: Mapping[str, str]) -> None:
    for name, content in contents.items():
        put(f"{folder}/{name}{suffix}", lambda content=content: content)  # type: ignore[misc]


def _begin_papers(kind: Kind, edition: Edition, document: Document, put: Put, aside: Aside) -> Iterator[Future[None]]:
    """Begin PDF and Word; their libraries are asked for inside, so that one that is missing spares the other."""
    run, formats = name_on_paper(edition.manifest, edition.name), edition.manifest["formats"]

    def pdf() -> bytes:
        from outcomes.render.pdf import render_pdf

        return render_pdf(document, run=run)

    def word() -> bytes:
        from outcomes.render.word import render_word

        return render_word(document, run=run)

    for form, executor, make in ((PDF, aside.pdf, pdf), (WORD, aside.word, word)):
        if form in formats and form in kind.formats:
            yield executor.submit(put, f"{edition.name}/{kind.file(form)}", make)
