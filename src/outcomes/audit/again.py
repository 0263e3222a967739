"""Make every file of a run again, and compare it byte for byte with the one that stands there.

A digest beside a file can be replaced together with the file; what the file is made from cannot.

What cannot be made here as it was made there is not checked, by name and with the reason; a silence would hide it.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from outcomes.audit.archives import hold_the_same
from outcomes.audit.content import explain_content
from outcomes.audit.edited import tell_edits
from outcomes.audit.verdict import Check, judge, leave
from outcomes.audit.writers import ZLIB, explain_writers
from outcomes.plan.model import Plan
from outcomes.reporting.documents import WORD
from outcomes.runs import MANIFEST
from outcomes.runs.files import Edition, make_files, make_shared_files, with_texts
from outcomes.runs.manifest import list_outputs, seal_shared
from outcomes.runs.names import SHARE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from outcomes.audit.standing import Standing
    from outcomes.results.registry import Registry

MADE_AGAIN = "files, made again and compared byte for byte"
NOT_MADE = "files that cannot be made here as they were made there"


@dataclass(slots=True)
class Again:
    """The files of a run as they are made here.

    Attributes
    ----------
    files : dict of str to bytes
    missing : dict of str to str
        Why a file cannot be made here: a library is not there.
    broken : set of str
        Files that cannot be made from what the run holds.
    is_whole : bool
        Whether all was tried.
    shared : Edition or None
        What the edition to share is made of.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    is_whole: bool = False
    shared: Edition | None = None

    def put(self, name: str, make: Callable[[], str | bytes]) -> None:
        """Make a file, or keep why it cannot be made."""
        try:
            content = make()
        except ImportError as fault:
            self.missing[name] = f"{fault.name or 'a library'} is not installed here"
        except Exception:  # noqa: BLE001  # what can be done to results and manifest has no limit
            self.broken.add(name)
        else:
            self.files[name] = content.encode() if isinstance(content, str) else content


def make_run_again(registry: Registry, manifest: Mapping[str, Any]) -> Again:
    """Make every file of a run from its results, the texts of these first."""
    again = Again()

    def make(plan: Plan) -> None:
        again.shared = make_files(with_texts(registry, plan), manifest, again.put)

    return _make_all(again, manifest, make)


def make_shared_again(registry: Registry, manifest: Mapping[str, Any]) -> Again:
    """Make every file of an edition to share from its own results, by the names that they have in it."""
    again = Again()

    def put(name: str, make: Callable[[], str | bytes]) -> None:
        again.put(name.removeprefix(f"{SHARE}/"), make)

    def make(plan: Plan) -> None:
        again.shared = Edition(SHARE, with_texts(registry, plan), manifest)
        make_shared_files(again.shared, put)

    return _make_all(again, manifest, make)


def _make_all(again: Again, manifest: Mapping[str, Any], make: Callable[[Plan], None]) -> Again:
    """Make what can be made; where that ends before its end, not all was tried."""
    with contextlib.suppress(Exception):  # as above
        make(Plan.model_validate(manifest["plan"], strict=False))
        again.is_whole = True
    return again


def add_shared_manifest(again: Again, found: Standing, folder: str) -> None:
    """Add the manifest of the edition to share, which names the files that stand there; each is checked by itself."""
    if again.shared is not None:
        edition = again.shared.manifest
        again.put(f"{folder}{MANIFEST}", lambda: seal_shared(edition, list_outputs(found.home / folder)))


def compare_files(
    found: Standing, again: Again, manifest: Mapping[str, Any], others: Mapping[str, str], results: Registry
) -> list[Check]:
    """Compare every file that stands there with the one that is made here.

    Parameters
    ----------
    found : Standing
    again : Again
    manifest : mapping
        Of the run: which files it names.
    others : mapping of str to str
        Versions that are not those of the run, as `outcomes.audit.writers.find_others` gives them.
    results : Registry
        All results that a file may hold: what can be asked of one that cannot be made here.
    """
    written = {output["name"] for output in manifest["outputs"]}
    names = sorted((found.files | again.files.keys() | again.missing.keys() | again.broken | written) - {MANIFEST})
    faults: list[str] = []
    unchecked: list[str] = []
    for name in names:
        fault, reason = _explain(name, found, again, others, is_named=name in written)
        faults += [f"{name} {fault}"] if fault and not reason else []
        unchecked += [f"{name}: {reason}"] if reason else []
        wrong = explain_content(name, found.read(name), results) if reason else None
        faults += [f"{name} {wrong}"] if wrong else []
    return [judge(MADE_AGAIN, len(names) - len(unchecked), faults), *leave(NOT_MADE, unchecked)]


def _explain(name: str, found: Standing, again: Again, others: Mapping[str, str], *, is_named: bool) -> tuple[str, str]:
    """Say what is wrong with a file, and why that may be because it cannot be made here as it was made there."""
    stored, made = found.read(name), again.files.get(name)
    other = explain_writers(name, others)
    if name in again.missing:
        return "", again.missing[name]
    if made is None:
        fault = (
            "cannot be made from the results of its edition" if _should_be_made(name, again) else "is made by nobody"
        )
        return fault, other if stored is not None and is_named else ""
    if stored is None:
        return "is missing", f"it is made here and not in the run; {other}" if other and not is_named else ""
    if stored == made or (ZLIB in others and name.endswith(".docx") and hold_the_same(stored, made)):
        return "", ""
    edits = f": {tell_edits(stored, made)}" if name.endswith(WORD) else ""
    return f"is not what is made from the results of its edition{edits}", other and f"{other}; {_count(stored, made)}"


def _should_be_made(name: str, again: Again) -> bool:
    """Whether this program makes such a file, though not from what the run holds."""
    return name in again.broken or not again.is_whole


def _count(stored: bytes, made: bytes) -> str:
    """Say how far a file is from the one that is made here."""
    one, other = stored.splitlines(), made.splitlines()
    mine, theirs = set(one), set(other)
    differing = sum(line not in theirs for line in one), sum(line not in mine for line in other)
    return f"{differing[0]:,} of its {len(one):,} lines are not in the one made here, {differing[1]:,} are there only"
