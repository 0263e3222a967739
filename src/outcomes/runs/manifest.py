"""The manifest of a run: what was read, by which versions, with which seed, and what was written."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcomes.core.digests import seal
from outcomes.errors import PooledRunError, RunDamagedError, RunNotFoundError, ShareAloneError
from outcomes.plan.model import Plan
from outcomes.runs.locks import describe_lock_of, find_traces
from outcomes.runs.names import FORMATS, MANIFEST, PAPERS, POOLED, SHARE
from outcomes.runs.shared_plan import share_plan
from outcomes.runs.software import name_machine, name_software, name_source
from outcomes.study.files import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outcomes.pipeline import Answers
    from outcomes.release import Hidden
    from outcomes.study.model import Study

SCHEMA, EARLIER = 2, 1  # an earlier one can be read, and holds no digest of itself
# What every manifest says, and in what kind of value.
_KINDS: dict[str, Any] = {
    **dict.fromkeys(("run", "study", "created"), str),
    **dict.fromkeys(("software", "plan"), dict),
    **dict.fromkeys(("files", "outputs", "warnings", "scoring", "structure", "left_out"), list),
    "seed": int,
    "lock": dict | None,
    "study_path": str | None,
}
# What those of this schema say as well.
_SINCE: dict[str, Any] = {
    **dict.fromkeys(("source", "machine", "released"), dict),
    **dict.fromkeys(("formats", "lock_traces"), list),
    "digest": str,
}
# What a run says of earlier editions where nothing is known of them.
UNKNOWN: dict[str, Any] = {"entry": None, "used": [], "near": [], "held": False, "fault": "it recorded none"}
# What one says only where there is something to say.
_PERHAPS: dict[str, Any] = {"logo": str, "before": dict}
# The same, of what stays inside the clinic: how many results a second computation confirms tells of hidden ones.
_PERHAPS_INSIDE: dict[str, Any] = {"second": dict}
KEYS = frozenset({"schema", *_KINDS, *_SINCE, *_PERHAPS, *_PERHAPS_INSIDE})
# What the manifest of the edition to share says; it lies in that folder, for who holds nothing else.
_SHARED_KINDS: dict[str, Any] = {
    **dict.fromkeys(("software", "plan"), dict),
    **dict.fromkeys(("files", "outputs", "warnings", "scoring", "structure", "left_out", "hidden", "formats"), list),
    "lock_traces": list,
    "seed": int,
    "lock": dict | None,
    "run": type(None),
    **dict.fromkeys(("edition", "digest"), str),
}
SHARED_KEYS = frozenset({"schema", *_SHARED_KINDS, *_PERHAPS})


def describe_run(study: Study, answers: Answers, results: str, formats: tuple[str, ...] = FORMATS) -> dict[str, Any]:
    """Everything of the manifest that follows from the study and the code: no time, no place."""
    from outcomes.cohort.noticed import notice  # brings pandas, which who only reads a manifest does not need

    files = [dataclasses.asdict(file) for file in study.files]
    return {
        "schema": SCHEMA,
        "run": name_run(results, files),
        "study": name_of(study.folder),
        "software": name_software(),
        "source": name_source(),
        "machine": name_machine(),
        "plan": study.plan.model_dump(mode="json"),
        "files": files,
        "lock": describe_lock_of(study.folder, study.plan),
        "lock_traces": [],
        "released": dict(UNKNOWN),
        "seed": study.plan.random.seed,
        "formats": list(formats),
        "warnings": [dataclasses.asdict(one) for one in (*study.findings, *notice(answers.cohort))],
        "scoring": [dataclasses.asdict(finding) for finding in answers.scores.findings],
        "structure": [cluster.to_sentence(answers.cohort.plan.arm_names) for cluster in answers.cohort.structure],
        "left_out": [dataclasses.asdict(left) for left in answers.cohort.left_out],
        **({"logo": study.logo} if study.logo else {}),
    }


def name_run(results: str, files: Sequence[Mapping[str, Any]]) -> str:
    """Name a run by its results and the files that they are from."""
    digest = hashlib.sha256(results.encode())
    for file in files:
        digest.update(f"{file['sha256']}  {file['name']}\n".encode())
    return digest.hexdigest()[:8]


def recall_editions(manifest: Mapping[str, Any], study: Study) -> dict[str, Any]:
    """Add what the ledger in the study's folder says of earlier editions, and enter this one unless it is held back."""
    from outcomes.release import ledger  # brings numpy, which who only reads a manifest does not need

    home = ledger.home_of(study.folder)
    found = ledger.open_ledger(home)
    said = ledger.describe_release(study, found, is_kept=True)
    if found is not None and not said["held"] and not ledger.remember(home, study, found):
        said = {**said, "fault": ledger.NOT_WRITTEN}
    return {**manifest, "released": said}


def recall_locks(manifest: Mapping[str, Any], home: Path) -> dict[str, Any]:
    """Add what the runs that lie in a folder say of locks that are there no more."""
    return {**manifest, "lock_traces": find_traces(home, manifest["lock"])}


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a run.

    Raises
    ------
    RunNotFoundError, ShareAloneError
        When the folder is not a run, or only its edition to share.
    RunDamagedError
        When the manifest cannot be read.
    """
    manifest = _read(folder, _KINDS, _SINCE)
    if manifest["schema"] == EARLIER:  # which did not name formats, nor what became of a lock
        lock = manifest["lock"] and {"sealed": False, "history": [], **manifest["lock"]}
        known = {"formats": list(PAPERS), "lock_traces": [], "released": UNKNOWN}
        manifest = {**known, **manifest, "lock": lock}
    return manifest


def read_shared_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of an edition to share.

    Raises
    ------
    RunNotFoundError, RunDamagedError
        When there is none, or none that can be read.
    """
    return _read(folder, {}, _SHARED_KINDS)


def is_shared(folder: Path) -> bool:
    """Whether a folder is an edition to share, by itself."""
    try:
        return bool(_load(folder / MANIFEST).get("edition") == SHARE)
    except (OSError, ValueError, AttributeError, RecursionError):
        return False


def _load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _read(folder: Path, kinds: Mapping[str, Any], since: Mapping[str, Any]) -> dict[str, Any]:
    """Read a manifest that says all that one says, each in its kind; what it says since this schema only in that."""
    path = folder / MANIFEST
    if not path.is_file():
        raise RunNotFoundError(str(folder))
    try:
        manifest: dict[str, Any] = _load(path)
        if kinds and manifest.get("edition") == SHARE:
            raise ShareAloneError(str(folder))
        if manifest.get("kind") == POOLED:
            raise PooledRunError(str(folder))
        wanted = {**kinds, **since} if manifest["schema"] == SCHEMA else kinds
        perhaps = {**_PERHAPS, **_PERHAPS_INSIDE}
        wanted = {**wanted, **{key: kind for key, kind in perhaps.items() if wanted and key in manifest}}
        if manifest["schema"] not in {SCHEMA, EARLIER} or not wanted or not _is_whole(manifest, wanted):
            raise RunDamagedError(MANIFEST)
        Plan.model_validate(manifest["plan"], strict=False)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise RunDamagedError(MANIFEST) from fault
    return manifest


def _is_whole(manifest: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    named = [isinstance(manifest[key], kind) for key, kind in wanted.items()]
    names = [one["name"] for listed in ("files", "outputs") for one in manifest[listed]]
    return all(named) and all(isinstance(one, str) for one in (*names, *_digests_in(manifest)))


def _digests_in(manifest: Mapping[str, Any]) -> list[Any]:
    """Give all digests of files; those of the study are no part of an edition to share."""
    names = ("outputs",) if manifest.get("edition") == SHARE else ("files", "outputs")
    return [one["sha256"] for name in names for one in manifest[name]]


def formats_of(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the formats that a run was written in."""
    return tuple(one for one in FORMATS if one in manifest["formats"])


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def shared_manifest(manifest: Mapping[str, Any], hidden: tuple[Hidden, ...]) -> dict[str, Any]:
    """Give the edition to share what it may say: no digest of data, no counts or findings of rows, no exact structure.

    With a digest, the run's own name among them, somebody who guesses at a file's content could test the guess.
    """
    lock = manifest["lock"]
    history = [{**entry, "digest": None} for entry in lock["history"]] if lock else []
    return {
        "schema": SCHEMA,
        "edition": SHARE,
        "run": None,
        **{key: manifest[key] for key in ("software", "seed", "formats", "logo") if key in manifest},
        "plan": share_plan(manifest["plan"]),
        "files": [{"name": file["name"], "rows": None, "size": None, "sha256": None} for file in manifest["files"]],
        "lock": lock and {**lock, "history": history},
        "lock_traces": [{**trace, "run": None, "digest": None} for trace in manifest["lock_traces"]],
        **{key: [] for key in ("warnings", "scoring", "structure", "left_out")},
        **({"before": {SHARE: manifest["before"][SHARE]}} if "before" in manifest else {}),
        "hidden": [{"label": one.label, "reason": one.reason} for one in hidden],
    }


def name_on_paper(manifest: Mapping[str, Any], edition: str) -> str:
    """Give what the running head of an edition says of its run: its name is a digest, and is not shared."""
    return "edition to share" if edition == "share" else f"run {manifest['run']}"


def list_outputs(folder: Path) -> list[dict[str, str]]:
    """Name every file below a folder with its digest; all but the manifest of that folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)
    return [{"name": path.relative_to(folder).as_posix(), "sha256": digest_of(path)} for path in files]


def complete_manifest(draft: Path, manifest: Mapping[str, Any], study: Path, place: Path) -> str:
    """Give the text of the manifest: with the digests of all that was written, the time, and the way to the study."""
    whole = {
        **manifest,
        "study_path": _path_beside(study, place),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "outputs": list_outputs(draft),
    }
    return to_text(seal(whole))


def seal_shared(manifest: Mapping[str, Any], outputs: Sequence[Mapping[str, str]]) -> str:
    """Give the text of the manifest of the edition to share; it tells no time, so that it can be made again."""
    return to_text(seal({**manifest, "outputs": list(outputs)}))


def to_text(manifest: Mapping[str, Any]) -> str:
    """Write a manifest as its file holds it."""
    return json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"


def _path_beside(study: Path, run: Path) -> str | None:
    """Path from the run to its study where both lie below the current folder; a path of a machine is never recorded."""
    here, there, place = Path.cwd().resolve(), study.resolve(), run.resolve()
    if there.is_relative_to(here) and place.is_relative_to(here):
        return Path(os.path.relpath(there, place)).as_posix()
    return None
