"""Every field of a manifest: held against the run, against its study, or said to be beyond any check."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from outcomes.audit.verdict import Check, judge, leave, note
from outcomes.audit.writers import explain
from outcomes.core.digests import is_sealed
from outcomes.plan.model import Plan
from outcomes.runs import MANIFEST, RESULTS
from outcomes.runs.manifest import EARLIER, KEYS, SHARED_KEYS, name_run, to_text
from outcomes.runs.names import FORMATS
from outcomes.runs.software import CODE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from outcomes.audit.standing import Standing

ITSELF, WRITTEN_AGAIN = "manifest, by itself", "manifest, written again from the study"
UNCHECKABLE = "fields of the manifest that nobody can check"
_MADE = ("plan", "files", "warnings", "scoring", "structure", "left_out", "logo", "second")
_WRONG_CLOCK = timedelta(days=1)  # between the clocks of two machines


def check_manifest(found: Standing, manifest: Mapping[str, Any]) -> list[Check]:
    """Check all that a manifest says of itself and of the files beside it."""
    faults = list(_explain_form(found, manifest, KEYS))
    results = found.read(RESULTS)
    if results is not None and manifest["run"] != name_run(results.decode("utf-8", "replace"), manifest["files"]):
        faults.append("run is not the digest of results and files")
    faults += _explain_time(manifest["created"])
    if (path := manifest["study_path"]) is not None and not _is_relative(path):
        faults.append("study_path is no path from the run")
    return [judge(ITSELF, len(KEYS), [f"{MANIFEST}: {fault}" for fault in faults]), *_leave_earlier(manifest)]


def check_shared_manifest(found: Standing, manifest: Mapping[str, Any]) -> list[Check]:
    """Check all that the manifest of an edition to share says of itself."""
    faults = list(_explain_form(found, manifest, SHARED_KEYS))
    empty = ("warnings", "scoring", "structure", "left_out")
    faults += [f"{name} is told, which an edition to share does not" for name in empty if manifest[name]]
    return [judge(ITSELF, len(SHARED_KEYS), [f"{MANIFEST}: {fault}" for fault in faults])]


def _explain_form(found: Standing, manifest: Mapping[str, Any], keys: Collection[str]) -> Iterator[str]:
    yield from (f"{key} is no field of one" for key in sorted(manifest.keys() - set(keys)))
    if manifest["schema"] == EARLIER:
        return
    if not is_sealed(manifest):
        yield "it does not hold the digest of itself: it was changed after it was written"
    if found.read(MANIFEST) != to_text(manifest).encode("utf-8", "surrogatepass"):
        yield "it is not laid out as it was written"
    if manifest["seed"] != Plan.model_validate(manifest["plan"], strict=False).random.seed:
        yield "seed is not that of the plan"
    if manifest["formats"] != [one for one in FORMATS if one in manifest["formats"]]:
        yield "formats are none of a report"


def _explain_time(created: str) -> Iterator[str]:
    try:
        when = datetime.fromisoformat(created)
        if when.tzinfo is None or when > datetime.now(UTC) + _WRONG_CLOCK:
            yield "created is no time at which a run can have been made"
    except ValueError:
        yield "created is no time"


def _is_relative(path: str) -> bool:
    plain = PurePosixPath(path)
    return not (plain.is_absolute() or PureWindowsPath(path).is_absolute()) and plain.as_posix() == path


def _leave_earlier(manifest: Mapping[str, Any]) -> list[Check]:
    is_earlier = manifest["schema"] == EARLIER
    reason = f"{MANIFEST} is of an earlier version, which held no digest of itself: write the run again"
    return leave(ITSELF, [reason] if is_earlier else [])


def check_fields(
    manifest: Mapping[str, Any], again: Mapping[str, Any], others: Mapping[str, str], *, found_by_path: bool
) -> list[Check]:
    """Compare what a manifest says of the study with what the study gives.

    Parameters
    ----------
    manifest, again : mapping
        As stored, and as `outcomes.runs.describe_run` makes it here, read back from JSON.
    others : mapping of str to str
        Versions that are not those of the run.
    found_by_path : bool
        Whether the study lies where the manifest says; another folder may have been given another name.
    """
    code = explain((CODE,), others)
    names = [name for name in _MADE if again.get(name) != manifest.get(name)]
    certain = {"files"} | ({"plan"} if _is_another_plan(manifest, again) else set())
    faults = [name for name in names if not code or name in certain]
    unchecked = [f"{name}: {code}" for name in names if name not in faults]
    if again["study"] != manifest["study"]:
        said = "study: the folder that was named has another name than the one of the run"
        faults, unchecked = ([*faults, "study"], unchecked) if found_by_path else (faults, [*unchecked, said])
    count = len(_MADE) + 1 - len(unchecked)
    sentences = [f"{name} in {MANIFEST} is not what the study gives" for name in faults]
    return [judge(WRITTEN_AGAIN, count, sentences), *leave(WRITTEN_AGAIN, unchecked)]


def _is_another_plan(*manifests: Mapping[str, Any]) -> bool:
    """Whether two plans differ in more than keys that a later version has added with what held before."""
    one, other = (Plan.model_validate(manifest["plan"], strict=False) for manifest in manifests)
    return one != other


def note_uncheckable(run: Path, manifest: Mapping[str, Any], study: Path | None) -> list[Check]:
    """Name the fields that cannot be checked, here or at all."""
    facts = ["created: when the run was written, only its form can be checked"]
    if (manifest.get("source") or {}).get("commit"):
        facts.append("source.commit: the digest of the code is compared, not where it was kept")
    if (path := manifest["study_path"]) is not None and not _leads_to(run / path, study):
        facts.append("study_path: it leads to no study that was compared here")
    if manifest["lock"] is not None:
        facts.append("lock: when the plan was locked is what plan.lock says; the digest of that lock is compared")
    return note(UNCHECKABLE, facts)


def _leads_to(place: Path, study: Path | None) -> bool:
    return study is not None and place.resolve() == study.resolve()
