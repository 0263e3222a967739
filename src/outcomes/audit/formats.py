"""Write PDF, Word and tables again, and ask whether those of the run hold the same: a digest alone can be replaced.

Other code, or another version of what writes a file, may write other bytes for the same content. Such a file is named
as not checked, with the reason: the manifest that says so can be replaced as well, and a silence would hide it.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple

from outcomes.audit.page import explain_page, read_html
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

    from outcomes.render.document import Document
    from outcomes.results.registry import Registry

# What decides on the bytes of a file, beside the page or the results that it is written from.
WRITERS = {PDF: (CODE, "lxml", "typst"), WORD: (CODE, "lxml", "python-docx", "typst")}
WRITERS_OF_TABLES = (CODE,)


class Found(NamedTuple):
    """What was found about the files of an edition: how many were compared, which differ, which were not checked."""

    compared: int
    faults: list[str]
    unchecked: list[str]


def check_formats(run: Path, edition: str, registry: Registry, manifest: Mapping[str, Any]) -> Iterator[Check]:
    """Check that PDF and Word hold what the page of an edition holds, and the tables what its results are."""
    software = manifest["software"], name_software()
    parts = (
        _compare_documents(run, edition, name_on_paper(manifest, edition), software),
        _compare_tables(run, edition, registry, software),
    )
    name = f"PDF, Word and tables of {edition}, written again"
    faults = [one for part in parts for one in part.faults]
    unchecked = [one for part in parts for one in part.unchecked]
    compared = sum(part.compared for part in parts)
    if compared or faults:
        yield judge(name, compared, faults)
    if unchecked:
        yield Check(name=name, status="not checked", count=len(unchecked), faults=tuple(unchecked))


def _compare_documents(
    run: Path, edition: str, name: str, software: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> Found:
    found = Found(0, [], [])
    reasons = {file: _other_writers(WRITERS[file], *software) for file in WRITERS}
    page = run / edition / PAGE
    fault = explain_page(page)
    document = _read_as_document(page) if fault is None else None
    for file, reason in reasons.items():
        place = f"{edition}/{file}"
        if fault is not None or reason:
            found.unchecked.append(f"{place}: {reason or f'it is written from {edition}/{PAGE}, and {fault}'}")
        elif document is None or (same := _writes_again(run / place, document, name)) is None:
            found.faults.append(f"{edition}/{PAGE} is not a page from which {place} could have been written")
        elif not same:
            found.faults.append(f"{place} does not hold what the page holds")
    return found._replace(compared=len(reasons) - len(found.unchecked))


def _compare_tables(
    run: Path, edition: str, registry: Registry, software: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> Found:
    reason = _other_writers(WRITERS_OF_TABLES, *software)
    tables = {f"{edition}/tables/{name}.csv": text for name, text in render_tables(registry).items()}
    if reason:
        return Found(0, [], [f"{place}: {reason}" for place in tables])
    differ = [place for place, text in tables.items() if _read(run / place) != text.encode()]
    return Found(len(tables), [f"{place} does not hold the results of its edition" for place in differ], [])


def _other_writers(names: tuple[str, ...], then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Say which of the programs that write a file are not those of the run; nothing where all are."""
    others = [name for name in names if then.get(name) != now.get(name)]
    return ", ".join(f"{name} is {now.get(name)} here and {then.get(name, 'not named')} in the run" for name in others)


def _read_as_document(page: Path) -> Document | None:
    """Read the page that PDF and Word are written from; None where it is not as this program writes one."""
    try:
        return read_document(read_html(page))
    except Exception:  # noqa: BLE001  # what can be done to a page has no limit, and no reader a word for all of it
        return None


def _writes_again(path: Path, document: Document, run: str) -> bool | None:
    """Whether a file holds what its page gives; None where the page is so damaged that nothing can be written."""
    try:
        if path.name == PDF:
            return _read(path) == render_pdf(document, run=run)
        again = _members(render_word(document, run=run))
    except Exception:  # noqa: BLE001  # a page without a title breaks the writer of PDF, another damage another
        return None
    return _members(_read(path)) == again


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _members(archive: bytes) -> dict[str, bytes] | None:
    """Give what is in a .docx file: how it is compressed may differ from machine to machine."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return {name: opened.read(name) for name in opened.namelist()}
    except Exception:  # noqa: BLE001  # an archive that was tampered with can be broken in any of its parts
        return None
