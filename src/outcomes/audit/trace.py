"""Trace a printed figure: what it is, how it was computed, on whose data, from which files."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.audit.literal import Place, read_place
from outcomes.audit.page import explain_page, normalise, read_html, read_page
from outcomes.errors import ResultNotFoundError
from outcomes.results.store import read_registry, to_row
from outcomes.runs import EDITIONS, PAGE, RESULTS, read_manifest
from outcomes.runs.manifest import formats_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outcomes.results.registry import Record, Registry

_FIELDS = ("id", "kind", "label", "text", "value", "unit", "se", "df", "p_value", "low", "high", "level")
_PEOPLE = ("n", "n_full", "n_skills")
UNNAMED = "not in the manifest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The way back from one result.

    Attributes
    ----------
    row : mapping
        The result as results.json stores it.
    files : mapping of str to str
        SHA-256 of each file of the study that it was computed from; UNNAMED where the manifest does not have the file.
    printed : tuple of str
        Editions of the report that print it, with how often.
    unread : tuple of str
        Pages that could not be asked whether they print it, and why.
    """

    row: Mapping[str, Any]
    files: Mapping[str, str]
    printed: tuple[str, ...]
    unread: tuple[str, ...] = ()

    def to_text(self) -> str:
        """Say it for a terminal, one fact a line."""
        row = self.row
        facts = [(name, row[name]) for name in (*_FIELDS, *_PEOPLE, "method") if row[name] not in {None, ""}]
        facts += [("note", note) for note in row["notes"]]
        facts += [("reason", row[name]) for name in ("reason",) if name in row]
        come = row["provenance"]
        facts += [("question", come["question"]), ("computed by", come["code"]), ("input digest", come["digest"])]
        facts += [("file", f"{name}  {_say_digest(digest)}") for name, digest in self.files.items()]
        facts += [("printed in", place) for place in self.printed]
        facts += [("not checked", place) for place in self.unread]
        return "\n".join(f"{name:<13} {fact}" for name, fact in facts)


def _say_digest(digest: str) -> str:
    return digest if digest == UNNAMED else f"sha256 {digest}"


def trace(run: Path, wanted: str) -> tuple[Trace, ...]:
    """Trace a result by its id, or by the text that a page prints for it.

    Raises
    ------
    ResultNotFoundError
        When no result has the id or the text.
    RunNotFoundError, RunDamagedError
        When there is no run to read.
    """
    manifest = read_manifest(run)
    registry = read_registry(run / RESULTS)
    records = _find(registry, wanted)
    editions = EDITIONS if "html" in formats_of(manifest) else ()
    faults = {edition: explain_page(run / edition / PAGE) for edition in editions}
    pages = {edition: _quoted_ids(run / edition / PAGE) for edition in editions if faults[edition] is None}
    unread = tuple(f"{edition}/{PAGE}: {fault}" for edition, fault in faults.items() if fault is not None)
    digests = {file["name"]: file["sha256"] for file in manifest["files"]}
    return tuple(
        Trace(
            row=to_row(record),
            files={name: digests.get(name, UNNAMED) for name in record.provenance.files},
            printed=tuple(
                f"{edition}/{PAGE}, {ids.count(record.id)} times" for edition, ids in pages.items() if record.id in ids
            ),
            unread=unread,
        )
        for record in records
    )


def _find(registry: Registry, wanted: str) -> list[Record]:
    if wanted in registry:
        return [registry.record(wanted)]
    same = [record for record in registry.records() if normalise(record.text) == normalise(wanted)]
    if not same:
        raise ResultNotFoundError(wanted, difflib.get_close_matches(wanted, list(registry), n=3))
    return same


def _quoted_ids(page: Path) -> list[str]:
    quotes = read_page(read_html(page)).quotes
    places = (Place("result", quote.id, "") if quote.id else read_place(quote.literal or "") for quote in quotes)
    return [place.name for place in places if place.kind == "result"]
