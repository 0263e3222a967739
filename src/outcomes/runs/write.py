"""Write a run: answer the study, release, render both editions."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from outcomes.errors import OutputNotWritableError
from outcomes.results.registry import Registry
from outcomes.results.store import to_json
from outcomes.runs.folder import sweep, write_file, written_whole
from outcomes.runs.manifest import FORMATS, MANIFEST, complete_manifest, describe_run, name_on_paper, shared_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor, Future
    from pathlib import Path

    from outcomes.plan.model import Plan
    from outcomes.study.model import Study

RESULTS = "results.json"
EDITIONS = ("internal", "share")
EDITION_STEPS = 3  # of which `write_edition` tells
PAGE, SUMMARY, PDF, WORD = "report.html", "summary.html", "report.pdf", "report.docx"
REPORTS = {"html": PAGE, "pdf": PDF, "docx": WORD}  # the report by format; the plain summary is a page too


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that has been written.

    Attributes
    ----------
    folder : Path
    registry : Registry
        All results, exact, with their texts.
    plan : Plan
    swept : int
        Drafts of runs that were stopped before they had finished, found beside it and removed [count].
    """

    folder: Path
    registry: Registry
    plan: Plan
    swept: int = 0

    formats: tuple[str, ...] = FORMATS

    @property
    def page(self) -> Path:
        """The report for inside the clinic, in the first of the formats that it was written in."""
        return self.folder / "internal" / REPORTS[next(one for one in FORMATS if one in self.formats)]


def count_steps() -> int:
    """Count the steps of which `write_run` tells."""
    from outcomes.pipeline import STEPS

    return STEPS + 2 + EDITION_STEPS * len(EDITIONS)


def write_run(
    study: Study, *, out: Path, formats: tuple[str, ...] = FORMATS, tell: Callable[[str], None] | None = None
) -> Run:
    """Answer a study and write its run.

    Parameters
    ----------
    study : Study
    out : Path
        Folder of all reports; the run is written to `out/<study>/<run>/`.
    formats : tuple of str
        Some of html, pdf and docx, at least one; tables and figures are always written.
    tell : callable, optional
        Called with a phrase before each step.

    Raises
    ------
    OutputNotWritableError
        When the folder cannot be written; nothing is left behind.
    """
    from outcomes.pipeline import answer

    answers = answer(study, tell=tell)
    registry = with_texts(answers.registry, study.plan)
    results = to_json(registry)
    manifest = describe_run(study, answers, results, formats)
    home = out / study.folder.resolve().name
    try:
        swept = sweep(home)
        with written_whole(home) as draft:
            write_file(draft.path / RESULTS, results)
            _write_editions(draft.path, registry, manifest, study.plan, tell or (lambda _: None))
            whole = complete_manifest(draft.path, manifest, study.folder, home / manifest["run"])
            write_file(draft.path / MANIFEST, whole)
            final = draft.settle(manifest["run"])
    except OSError as fault:
        raise OutputNotWritableError(str(home), fault.strerror or type(fault).__name__) from fault
    return Run(folder=final, registry=registry, plan=study.plan, swept=swept, formats=formats)


def with_texts(registry: Registry, plan: Plan) -> Registry:
    """Give every record the text that a page prints for it."""
    from outcomes.blocks.format import format_outcome

    return Registry(
        dataclasses.replace(record, text=format_outcome(record.outcome, plan)) for record in registry.records()
    )


def _write_editions(
    draft: Path,
    registry: Registry,
    manifest: Mapping[str, Any],
    plan: Plan,
    tell: Callable[[str], None],
) -> None:
    from outcomes.release import release
    from outcomes.reporting.page import render_summary

    # PDF and Word are mostly made by typst, outside of Python: meanwhile the next edition can be drawn
    with ThreadPoolExecutor(1) as pdf, ThreadPoolExecutor(1) as word:
        aside = Aside(pdf, word)
        tell("writing the report for the clinic")
        begun = write_edition(draft, "internal", registry, manifest, plan, tell, aside)
        tell("preparing the edition to share")
        released = release(registry, plan.disclosure)
        shared = with_texts(released.registry, plan)
        closed = shared_manifest(manifest, released.hidden)
        begun += write_edition(draft, "share", shared, closed, plan, tell, aside)
        write_file(draft / "share" / RESULTS, to_json(shared))
        if "html" in manifest["formats"]:
            write_file(draft / "share" / SUMMARY, render_summary(shared, plan, closed))
        for one in begun:
            one.result()


class Aside(NamedTuple):
    """Threads that write PDF and Word, one document at a time each."""

    pdf: Executor
    word: Executor


def write_edition(  # what an edition is made of, and whom to tell
    folder: Path,
    edition: str,
    registry: Registry,
    manifest: Mapping[str, Any],
    plan: Plan,
    tell: Callable[[str], None],
    aside: Aside,
) -> list[Future[None]]:
    """Write one edition: report, tables, figures with the numbers behind them; give what is still written aside."""
    from outcomes.render.html.page import write_page
    from outcomes.render.pdf import render_pdf
    from outcomes.render.tables import render_figure_tables, render_tables
    from outcomes.render.word import render_word
    from outcomes.reporting.figures import draw_figures
    from outcomes.reporting.page import make_document, make_page

    home = folder / edition
    tell(f"{edition}: drawing figures")
    pictures = draw_figures(registry, plan)
    figures = {name: picture.svg for name, picture in pictures.items()}
    for name, svg in figures.items():
        write_file(home / "figures" / f"{name}.svg", svg)
    for name, text in render_figure_tables(registry, {name: one.ids for name, one in pictures.items()}).items():
        write_file(home / "figures" / f"{name}.csv", text)
    for name, text in render_tables(registry).items():
        write_file(home / "tables" / f"{name}.csv", text)
    tell(f"{edition}: writing the page")
    page = make_page(registry, plan, manifest, edition=edition, figures=figures)
    formats = manifest["formats"]
    if "html" in formats:
        write_file(home / PAGE, write_page(page))
    tell(f"{edition}: writing PDF and Word")
    if not {"pdf", "docx"} & set(formats):
        return []
    document, run = make_document(page), name_on_paper(manifest, edition)
    papers = {
        "pdf": (aside.pdf, lambda: write_file(home / PDF, render_pdf(document, run=run))),
        "docx": (aside.word, lambda: write_file(home / WORD, render_word(document, run=run))),
    }
    return [thread.submit(write) for name, (thread, write) in papers.items() if name in formats]
