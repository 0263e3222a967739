"""The manifest of a run: what was read, by which versions, with which seed, and what was written."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import platform
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcomes.cohort.noticed import notice
from outcomes.errors import RunDamagedError, RunNotFoundError
from outcomes.plan.lock import list_changes, read_lock
from outcomes.plan.model import Plan
from outcomes.study.example import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.pipeline import Answers
    from outcomes.release import Hidden
    from outcomes.study.model import Study

MANIFEST = "manifest.json"
FORMATS = ("html", "pdf", "docx")  # in which a report can be written
CODE = "code"  # key of the digest of this package among the versions
SCHEMA = 1
# What every manifest says, and in what kind of value.
_KINDS: dict[str, Any] = {
    **dict.fromkeys(("run", "study", "created"), str),
    **dict.fromkeys(("software", "plan"), dict),
    **dict.fromkeys(("files", "outputs", "warnings", "scoring", "structure", "left_out"), list),
    "seed": int,
    "lock": dict | None,
    "study_path": str | None,
}
_OF_A_FILE = ("name", "sha256")
# Packages that could change a number or a picture.
NAMED_PACKAGES = (
    *("outcomes", "numpy", "pandas", "scipy", "statsmodels", "matplotlib", "pandera", "pydantic"),
    *("typst", "python-docx", "lxml"),
)


def describe_run(study: Study, answers: Answers, results: str, formats: tuple[str, ...] = FORMATS) -> dict[str, Any]:
    """Everything of the manifest that follows from the study and the code: no time, no place."""
    digest = hashlib.sha256(results.encode())
    for file in study.files:
        digest.update(f"{file.sha256}  {file.name}\n".encode())
    return {
        "schema": SCHEMA,
        "run": digest.hexdigest()[:8],
        "study": study.folder.resolve().name,
        "software": name_software(),
        "plan": study.plan.model_dump(mode="json"),
        "files": [dataclasses.asdict(file) for file in study.files],
        "lock": describe_lock(study),
        "seed": study.plan.random.seed,
        "formats": list(formats),
        "warnings": [dataclasses.asdict(one) for one in (*study.findings, *notice(answers.cohort))],
        "scoring": [dataclasses.asdict(finding) for finding in answers.scores.findings],
        "structure": [cluster.to_sentence() for cluster in answers.cohort.structure],
        "left_out": [dataclasses.asdict(left) for left in answers.cohort.left_out],
    }


def describe_lock(study: Study) -> dict[str, Any] | None:
    """When the plan was locked, and which of its keys have been changed since; None where it was not."""
    lock = read_lock(study.folder)
    return None if lock is None else {"locked": lock.locked, "changed": list_changes(lock.plan, study.plan)}


def name_software() -> dict[str, str]:
    """Versions of what could change a number."""
    from importlib.metadata import version

    versions = {name: version(name) for name in NAMED_PACKAGES}
    return {"python": platform.python_version(), CODE: _digest_code()[:16]} | versions


@cache
def _digest_code() -> str:
    """SHA-256 of this package's own modules and templates: two versions of one number may differ in code."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        # the example lies inside an installed package, and outside the package in a checkout
        if path.is_file() and path.suffix != ".pyc" and not path.is_relative_to(root / EXAMPLE):
            content = path.read_bytes().replace(b"\r\n", b"\n")  # a checkout on Windows has other line ends
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + content + b"\0")
    return digest.hexdigest()


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a run.

    Raises
    ------
    RunNotFoundError
        When the folder is not a run.
    RunDamagedError
        When the manifest cannot be read.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise RunNotFoundError(str(folder))
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if manifest["schema"] != SCHEMA or not _is_whole(manifest):
            raise RunDamagedError(MANIFEST)
        Plan.model_validate(manifest["plan"], strict=False)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise RunDamagedError(MANIFEST) from fault
    return manifest


def formats_of(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the formats that a run was written in; one that does not say so has all of them."""
    named = manifest.get("formats", FORMATS)
    return tuple(one for one in FORMATS if one in named)


def _is_whole(manifest: Mapping[str, Any]) -> bool:
    """Whether a manifest says all that one says, each in its kind."""
    named = {key: isinstance(manifest[key], kind) for key, kind in _KINDS.items()}
    lists = [isinstance(one[key], str) for name in ("files", "outputs") for one in manifest[name] for key in _OF_A_FILE]
    return all(named.values()) and all(lists)


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def shared_manifest(manifest: Mapping[str, Any], hidden: tuple[Hidden, ...]) -> dict[str, Any]:
    """Give the shared page what it may say: no digest of data, no counts or findings of rows, no exact structure.

    With a digest, the run's own name among them, somebody who guesses at a file's content could test the guess.
    """
    files = [{**file, "rows": None, "size": None, "sha256": None} for file in manifest["files"]]
    closed = {"files": files, "warnings": [], "scoring": [], "structure": [], "left_out": []}
    return {**manifest, **closed, "run": None, "hidden": [dataclasses.asdict(one) for one in hidden]}


def name_on_paper(manifest: Mapping[str, Any], edition: str) -> str:
    """Give what the running head of an edition says of its run: its name is a digest, and is not shared."""
    return "edition to share" if edition == "share" else f"run {manifest['run']}"


def complete_manifest(draft: Path, manifest: Mapping[str, Any], study: Path, place: Path) -> str:
    """Give the text of the manifest: with the digests of all that was written, the time, and the way to the study."""
    files = sorted(path for path in draft.rglob("*") if path.is_file() and not path.name.startswith("."))
    outputs = [{"name": path.relative_to(draft).as_posix(), "sha256": digest_of(path)} for path in files]
    whole = {
        **manifest,
        "study_path": _path_beside(study, place),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "outputs": outputs,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _path_beside(study: Path, run: Path) -> str | None:
    """Path from the run to its study where both lie below the current folder; a path of a machine is never recorded."""
    here, there, place = Path.cwd().resolve(), study.resolve(), run.resolve()
    if there.is_relative_to(here) and place.is_relative_to(here):
        return Path(os.path.relpath(there, place)).as_posix()
    return None
