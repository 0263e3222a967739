"""Write page, PDF, Word and tables again, and ask whether those of the run hold the same: a digest can be replaced.

All are written again from the results of their edition and the manifest, and none from another. Other code, or another
version of what writes a file, may write other bytes for the same content. Such a file is named as not checked, with the
reason: the manifest that says so can be replaced as well, and a silence would hide it.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple

from outcomes.audit.verdict import Check, judge
from outcomes.plan.model import Plan
from outcomes.render.html.page import write_page
from outcomes.render.pdf import render_pdf
from outcomes.render.tables import render_tables
from outcomes.render.word import render_word
from outcomes.reporting.page import make_document, make_page, render_summary
from outcomes.runs import PAGE, SUMMARY
from outcomes.runs.manifest import CODE, formats_of, name_on_paper, name_software
from outcomes.runs.write import PDF, WORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from outcomes.results.registry import Registry

# What decides on the bytes of a file, beside the results that it is written from.
WRITERS = {
    PAGE: (CODE, "matplotlib"),
    SUMMARY: (CODE,),
    PDF: (CODE, "matplotlib", "typst"),
    WORD: (CODE, "lxml", "matplotlib", "python-docx", "typst"),  # python-docx writes by lxml
}
FILES = {"html": (PAGE, SUMMARY), "pdf": (PDF,), "docx": (WORD,)}
WRITERS_OF_TABLES = (CODE,)


class Found(NamedTuple):
    """What was found about the files of an edition: how many were compared, which differ, which were not checked."""

    compared: int
    faults: list[str]
    unchecked: list[str]


def check_formats(run: Path, edition: str, registry: Registry, manifest: Mapping[str, Any]) -> Iterator[Check]:
    """Check that the report of an edition, in each of its formats, and the tables hold what its results are.

    Parameters
    ----------
    run : Path
    edition : str
    registry : Registry
        Results of the edition, as the run stores them.
    manifest : mapping
        What the edition may tell of the run.
    """
    software = manifest["software"], name_software()
    parts = (
        _compare_reports(run, edition, registry, manifest, software),
        _compare_tables(run, edition, registry, software),
    )
    name = f"page, PDF, Word and tables of {edition}, written again"
    faults = [one for part in parts for one in part.faults]
    unchecked = [one for part in parts for one in part.unchecked]
    compared = sum(part.compared for part in parts)
    if compared or faults:
        yield judge(name, compared, faults)
    if unchecked:
        yield Check(name=name, status="not checked", count=len(unchecked), faults=tuple(unchecked))


def _compare_reports(
    run: Path,
    edition: str,
    registry: Registry,
    manifest: Mapping[str, Any],
    software: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> Found:
    files = [file for name in formats_of(manifest) for file in FILES[name] if file != SUMMARY or edition == "share"]
    reasons = {file: _other_writers(WRITERS[file], *software) for file in files}
    found = Found(0, [], [f"{edition}/{file}: {reason}" for file, reason in reasons.items() if reason])
    wanted = [file for file, reason in reasons.items() if not reason]
    try:
        again = _writers(edition, registry, manifest) if wanted else {}
        differ = [file for file in wanted if not _is_same(file, _read(run / edition / file), again[file]())]
        found.faults.extend(f"{edition}/{file} does not hold the results of its edition" for file in differ)
    except Exception:  # noqa: BLE001  # what can be done to results and manifest has no limit
        found.faults.extend(f"{edition}/{file} cannot be written from the results of its edition" for file in wanted)
    return found._replace(compared=len(wanted))


def _writers(edition: str, registry: Registry, manifest: Mapping[str, Any]) -> dict[str, Callable[[], bytes]]:
    """Give what writes each file of an edition again."""
    plan = Plan.model_validate(manifest["plan"], strict=False)
    page = make_page(registry, plan, manifest, edition=edition)
    document, name = make_document(page), name_on_paper(manifest, edition)
    return {
        PAGE: lambda: write_page(page).encode(),
        SUMMARY: lambda: render_summary(registry, plan, manifest).encode(),
        PDF: lambda: render_pdf(document, run=name),
        WORD: lambda: render_word(document, run=name),
    }


def _is_same(file: str, stored: bytes, again: bytes) -> bool:
    return stored == again if file != WORD else _members(stored) == _members(again)


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


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _members(archive: bytes) -> dict[str, bytes] | None:
    """Give what is in a .docx file: how it is compressed may differ from machine to machine."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return {name: opened.read(name) for name in opened.namelist()}
    except Exception:  # noqa: BLE001  # an archive that was tampered with can be broken in any of its parts
        return None
