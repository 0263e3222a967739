"""Trace a printed figure: what it is, how it was computed, on whose data, from which files, columns and rows."""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from outcomes.audit.places import Fit, Places, read_places
from outcomes.audit.rows import Tables, find_tables, say_rows
from outcomes.audit.sources import list_uses
from outcomes.errors import ResultNotFoundError
from outcomes.plan.model import Plan
from outcomes.results.store import read_registry, to_row
from outcomes.runs.manifest import read_manifest
from outcomes.runs.names import RESULTS
from outcomes.runs.pooled import is_pooled, read_pooled_manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from outcomes.audit.rows import Found
    from outcomes.audit.sources import Use
    from outcomes.results.registry import Registry

_FIELDS = ("id", "kind", "label", "text", "value", "unit", "se", "df", "p_value", "low", "high", "level")
_PEOPLE = ("n", "n_full", "n_skills")
UNNAMED = "not in the manifest"
SHOWN = 3  # results that are told in full where a text fits several; of the others a line says what they are
PARTS = {
    "": "its value",
    "low": "its lower limit",
    "high": "its upper limit",
    "n": "its number of people",
    "n_full": "its number of people in the first programme",
    "n_skills": "its number of people in the second programme",
    "p_value": "its p-value",
    "se": "its standard error",
    "df": "its degrees of freedom",
    "level": "its confidence level",
    "entry": "its entry in the list of every number",
}


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
        Where the text stands on the pages, and as which part of the result; of an id, where the result is printed.
    unread : tuple of str
        Pages that could not be asked, and why.
    uses : tuple of mapping
        Of each file that it draws on: name, columns, filter in words, and how many rows of how many where the study is
        at hand, else why they were not looked for; which rows only when they were asked for.
    is_whole : bool
        Whether an element shows just the text that was asked for; else it is a part of what stands there.
    """

    row: Mapping[str, Any]
    files: Mapping[str, str]
    printed: tuple[str, ...]
    unread: tuple[str, ...] = ()
    uses: tuple[Mapping[str, Any], ...] = ()
    is_whole: bool = True

    def to_text(self) -> str:
        """Say it for a terminal, one fact a line."""
        row = self.row
        facts = [(name, row[name]) for name in (*_FIELDS, *_PEOPLE, "method") if row[name] not in {None, ""}]
        facts += [("note", note) for note in row["notes"]]
        facts += [("reason", row[name]) for name in ("reason",) if name in row]
        come = row["provenance"]
        facts += [("question", come["question"]), ("computed by", come["code"]), ("input digest", come["digest"])]
        facts += [fact for use in self.uses for fact in _say_use(use)]
        facts += [("file", f"{name}  {_say_digest(digest)}") for name, digest in self.files.items()]
        facts += [("printed in", place) for place in self.printed]
        facts += [("not checked", place) for place in self.unread]
        return "\n".join(f"{name:<13} {fact}" for name, fact in facts)

    def to_line(self) -> str:
        """Say in a line what it is and where the text stands first."""
        at = f" ({self.printed[0]})" if self.printed else ""
        return f"{self.row['id']}: {self.row['label']}{at}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """All that a text fits.

    Attributes
    ----------
    wanted : str
    results : tuple of Trace
        Most prominent first; what shows just the text before what it is a part of.
    sources : tuple of str
        What is printed so and is no result: a value of the plan or of the manifest, with its place.
    """

    wanted: str
    results: tuple[Trace, ...]
    sources: tuple[str, ...] = field(default=())

    def to_text(self) -> str:
        """Say it for a terminal; where several fit, first that they do."""
        several = len(self.results) + len(self.sources) > 1
        said = [_say_several(self.results, self.sources)] if several else []
        said += [one.to_text() for one in self.results[:SHOWN]]
        if more := self.results[SHOWN:]:
            said.append("\n".join(("Also:", *(f"- {one.to_line()}" for one in more))))
        return "\n\n".join((*said, *(f"No result: {one}" for one in self.sources)))


def _say_several(results: Sequence[Trace], sources: Sequence[str]) -> str:
    parts = sum(not one.is_whole for one in results)
    of_these = f", {parts} of them as a part of a longer text" if parts else ""
    others = f", and {len(sources)} that are no result" if sources else ""
    return (
        f"This text fits {len(results)} results{of_these}{others}: the pages alone cannot tell which is meant. "
        "The most prominent stand first; --in PAGE#SECTION, or an id, says which."
    )


def _say_use(use: Mapping[str, Any]) -> list[tuple[str, str]]:
    counted = f"{use['count']} of {use['of']} rows" if use["count"] is not None else f"rows not counted: {use['fault']}"
    facts = [("draws on", f"{use['file']}: {', '.join(use['columns'])}; {use['filter']}; {counted}")]
    return facts + ([("rows", f"{use['file']}: {say_rows(use['rows'])}")] if use.get("rows") else [])


def _say_digest(digest: str) -> str:
    return digest if digest == UNNAMED else f"sha256 {digest}"


def trace(
    run: Path, wanted: str, *, within: str | None = None, study: Path | None = None, rows: bool = False
) -> Traced:
    """Trace a result by its id, or by a text that a page prints of it.

    Parameters
    ----------
    run : Path
    wanted : str
    within : str, optional
        Page, or page and anchor, to which the search is restricted, such as "share/annex.html#outcomes".
    study : Path, optional
        Folder of the study, where it has moved.
    rows : bool
        Whether to name the rows of its files as well.

    Raises
    ------
    ResultNotFoundError
        When no result has the id and no page prints the text.
    RunNotFoundError, RunDamagedError
        When there is no run to read.
    """
    manifest = read_pooled_manifest(run) if is_pooled(run) else read_manifest(run)
    registry = read_registry(run / RESULTS)
    plan = Plan.model_validate(manifest["plan"], strict=False)
    places = read_places(run, manifest, registry, plan, within)
    fits = places.of_result(wanted) if wanted in registry else places.find(wanted)
    ids = [wanted] if wanted in registry and within is None else [name for name in fits if name in registry]
    sources = () if wanted in registry else tuple(places.find_sources(wanted))
    if not ids and not sources:
        near = () if places.holds(wanted) else difflib.get_close_matches(wanted, list(registry), n=3)
        raise ResultNotFoundError(wanted, near)
    tables = find_tables(run, manifest, plan, study)
    asked = _Asked(registry, manifest, places, tables, rows=rows)
    return Traced(wanted=wanted, results=tuple(asked.follow(name, fits.get(name)) for name in ids), sources=sources)


@dataclass(frozen=True, slots=True)
class _Asked:
    registry: Registry
    manifest: Mapping[str, Any]
    places: Places
    tables: Tables | None
    rows: bool = field(kw_only=True)

    def follow(self, name: str, fits: Sequence[Fit] | None) -> Trace:
        """Follow a result back to its files."""
        record = self.registry.record(name)
        digests = {file["name"]: file["sha256"] for file in self.manifest["files"]}
        files = record.provenance.files
        return Trace(
            row=to_row(record),
            files={file: digests.get(file, UNNAMED) for file in files},
            printed=tuple(_say_places(fits or ())),
            unread=self.places.unread,
            uses=tuple(self._describe(use) for use in list_uses(record.outcome, files, self.places.plan)),
            is_whole=fits is None or any(fit.is_whole for fit in fits),
        )

    def _describe(self, use: Use) -> dict[str, Any]:
        found = None if self.tables is None else self.tables.find(use)
        said = {"file": use.file, "columns": use.columns, "filter": use.to_words(), **_count(found)}
        return {**said, "rows": found.rows} if self.rows and found is not None else said


def _count(found: Found | None) -> dict[str, Any]:
    if found is None:
        return {"count": None, "of": None, "fault": "the study is not at hand; --study names its folder"}
    if found.fault:
        return {"count": None, "of": None, "fault": found.fault}
    return {"count": len(found.rows), "of": found.of, "fault": ""}


def _say_places(fits: Iterable[Fit]) -> list[str]:
    """Name each page, section and part once, with how often, in the order in which they stand there."""
    counted: dict[str, int] = {}
    for fit in fits:
        at = f"{fit.page}#{fit.section}" if fit.section else fit.page
        said = f"{at}, as {PARTS.get(fit.part, fit.part)}"
        counted[said] = counted.get(said, 0) + 1
    return [f"{said}, {count} times" if count > 1 else said for said, count in counted.items()]


def to_rows(traced: Traced) -> dict[str, Any]:
    """Give all of it for a program."""
    return asdict(traced)
