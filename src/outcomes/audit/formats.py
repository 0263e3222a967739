"""Write PDF, Word and tables again, and ask whether those of the run hold the same: a digest alone can be replaced.

Asked only where the code and the programs that write them are those of the run; otherwise the digests must do.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from outcomes.audit.page import read_html, read_page
from outcomes.audit.verdict import Check, judge
from outcomes.render.document import read_document
from outcomes.render.pdf import render_pdf
from outcomes.render.tables import render_tables
from outcomes.render.word import render_word
from outcomes.runs import PAGE
from outcomes.runs.manifest import CODE, name_on_paper, name_software
from outcomes.runs.write import PDF, WORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from outcomes.results.registry import Registry

WRITERS = (CODE, "typst", "python-docx", "lxml", "matplotlib")


def check_formats(run: Path, edition: str, registry: Registry, manifest: Mapping[str, Any]) -> Iterator[Check]:
    """Check that PDF and Word hold what the page of an edition holds, and the tables what its results are."""
    now, then = name_software(), manifest["software"]
    home = run / edition
    html = read_html(home / PAGE) if (home / PAGE).is_file() else ""
    if any(now.get(name) != then.get(name) for name in WRITERS) or not read_page(html).quotes:
        return  # a page that is absent or holds no result has been told already
    document, head = read_document(html), name_on_paper(manifest, edition)
    faults = []
    if _read(home / PDF) != render_pdf(document, run=head):
        faults.append(f"{edition}/{PDF} does not hold what the page holds")
    if _members(_read(home / WORD)) != _members(render_word(document, run=head)):
        faults.append(f"{edition}/{WORD} does not hold what the page holds")
    tables = render_tables(registry)
    for name, text in tables.items():
        if _read(home / "tables" / f"{name}.csv") != text.encode():
            faults.append(f"{edition}/tables/{name}.csv does not hold the results of its edition")
    yield judge(f"PDF, Word and tables of {edition}, written again", 2 + len(tables), faults)


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _members(archive: bytes) -> dict[str, bytes] | None:
    """Give what is in a .docx file: how it is compressed may differ from machine to machine."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return {name: opened.read(name) for name in opened.namelist()}
    except zipfile.BadZipFile:
        return None
