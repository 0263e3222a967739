"""The documents of a stored run, written again by the code as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.plan.model import Plan
from outcomes.release import release
from outcomes.reporting.documents import HTML, list_documents
from outcomes.reporting.figures import draw_figure
from outcomes.reporting.page import make_document, make_pages
from outcomes.results.store import read_registry
from outcomes.runs import read_manifest
from outcomes.runs.manifest import shared_manifest

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from outcomes.render.document import Document
    from outcomes.render.html import Page


def page_of(run: Path, edition: str, name: str = "annex", *, drawn: Collection[str] = ()) -> Page:
    """What a document of an edition is written from, with the figures that the run stores, or `drawn` by this code."""
    manifest, registry = read_manifest(run), read_registry(run / "results.json")
    plan = Plan.model_validate(manifest["plan"], strict=False)
    if edition == "share":
        manifest = shared_manifest(manifest, release(registry, plan.disclosure).hidden)
        registry = read_registry(run / "share" / "results.json")
    figures = {file.stem: file.read_text(encoding="utf-8") for file in (run / edition / "figures").glob("*.svg")}
    again = {figure: draw_figure(figure, registry, plan) for figure in drawn}
    figures |= {figure: picture.svg for figure, picture in again.items() if picture is not None}
    return make_pages(registry, plan, manifest, edition=edition, figures=figures)[name]


def document_of(run: Path, edition: str, name: str = "annex") -> Document:
    """What the PDF and the Word document of an edition are written from."""
    return make_document(page_of(run, edition, name))


def read_books(run: Path, edition: str) -> str:
    """All that the report and its annex say, as their pages hold it."""
    pages = (run / edition / kind.file(HTML) for kind in list_documents(edition) if not kind.is_leaf)
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)
