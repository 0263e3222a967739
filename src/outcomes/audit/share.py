"""Verify an edition to share that somebody holds without the run that it is from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.audit.again import add_shared_manifest, compare_files, make_shared_again
from outcomes.audit.manifest import check_shared_manifest
from outcomes.audit.page import check_page
from outcomes.audit.standing import check_standing, look_into
from outcomes.audit.verdict import Check, Verdict, judge, leave
from outcomes.audit.writers import explain_writers, find_others, note_versions
from outcomes.reporting.documents import list_pages
from outcomes.results.store import read_registry
from outcomes.runs import MANIFEST, RESULTS
from outcomes.runs.manifest import formats_of, read_shared_manifest
from outcomes.runs.names import SHARE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from outcomes.audit.again import Again
    from outcomes.audit.standing import Standing

WITHOUT_RUN = "what only the clinic's run can show"
REASONS = (
    "results.json: that its values are those of the clinic, after disclosure control; they need the run",
    "manifest.json: plan, lock, names of files and what was hidden; they need the run and its study",
)


def verify_shared(folder: Path) -> Verdict:
    """Check all of an edition to share that can be checked from it alone: its files are made of the results in it.

    Raises
    ------
    RunNotFoundError, RunDamagedError
        When it cannot be read.
    """
    manifest = read_shared_manifest(folder)
    registry = read_registry(folder / RESULTS)
    found, others = look_into(folder), find_others(manifest)
    again = make_shared_again(registry, manifest)
    add_shared_manifest(again, found, "")
    checks = [
        *note_versions(manifest, others),
        check_standing(found, manifest),
        *check_shared_manifest(found, manifest),
    ]
    checks += _check_made_manifest(found, again, others)
    pages = list_pages(SHARE, formats_of(manifest))
    checks += [check_page(folder / page, registry, manifest) for page in pages]
    checks += [*compare_files(found, again, manifest, others, registry), *leave(WITHOUT_RUN, list(REASONS))]
    return Verdict(checks=tuple(checks))


def _check_made_manifest(found: Standing, again: Again, others: Mapping[str, str]) -> Iterator[Check]:
    """Compare the manifest with the one that is made of it and of the files beside it."""
    is_same = again.files.get(MANIFEST) == found.read(MANIFEST)
    other = explain_writers(MANIFEST, others)
    name, fault = f"{MANIFEST}, written again", "it is not what names the files beside it, or says more than one does"
    yield judge(name, 1, [] if is_same or other else [fault])
    yield from leave(name, [other] if other and not is_same else [])
