"""Verify a run: its files are those that were written, its values come out again, its pages print nothing else."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from outcomes.audit.formats import check_formats
from outcomes.audit.independent import SECOND_ENGINE, check_agreement
from outcomes.audit.page import check_page
from outcomes.audit.verdict import Check, Verdict, judge
from outcomes.errors import StudyForRunNotFoundError
from outcomes.plan.model import Plan
from outcomes.results.store import read_registry, to_row
from outcomes.runs import (
    EDITIONS,
    MANIFEST,
    PAGE,
    RESULTS,
    SUMMARY,
    describe_run,
    digest_of,
    read_manifest,
    with_texts,
)
from outcomes.runs.manifest import formats_of, shared_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from outcomes.pipeline import Answers
    from outcomes.release import Released
    from outcomes.results.registry import Registry
    from outcomes.study.model import Study

# Two builds of one linear algebra differ in the last places; another method, datum or version differs in the first.
RELATIVE = 1e-9
FILES, WRITTEN_AGAIN, COMPUTED_AGAIN = "study files", "manifest, written again", "values, computed again"


def verify(run: Path, *, study: Path | None = None, independent: bool = False) -> Verdict:
    """Check a run.

    Parameters
    ----------
    run : Path
        Folder of the run.
    study : Path, optional
        Folder of its study; by default where the manifest says it lay.
    independent : bool
        Whether a second engine computes the primary estimates as well.

    Returns
    -------
    Verdict

    Raises
    ------
    RunNotFoundError, RunDamagedError
        When there is no run to check.

    Notes
    -----
    Whatever is not looked at is a check of its own that says "not checked", with the reason.
    """
    manifest = read_manifest(run)
    registry = read_registry(run / RESULTS)
    checks = [_check_outputs(run, manifest), check_agreement(registry)]
    place = study or _beside(run, manifest)
    if place is None:
        reason = str(StudyForRunNotFoundError(manifest["study"]))
        names = (FILES, WRITTEN_AGAIN, COMPUTED_AGAIN, *((SECOND_ENGINE,) if independent else ()))
        checks += [Check(name=name, status="not checked", count=0, faults=(reason,)) for name in names]
    else:
        checks += _check_study(place, manifest, registry, independent=independent)
    released = _release(manifest, registry)
    checks.append(_check_release(run, manifest, released))
    told = {"internal": manifest, "share": shared_manifest(manifest, released.hidden)}
    for edition in EDITIONS:
        stored = registry if edition == "internal" else read_registry(run / edition / RESULTS)
        pages = (PAGE, *((SUMMARY,) if edition == "share" else ())) if "html" in formats_of(manifest) else ()
        checks += [check_page(run / edition / page, stored, manifest) for page in pages]
        checks += check_formats(run, edition, stored, told[edition])
    return Verdict(checks=tuple(checks))


def _beside(run: Path, manifest: Mapping[str, Any]) -> Path | None:
    if manifest["study_path"] is None:
        return None
    place = (run / manifest["study_path"]).resolve()
    return place if place.is_dir() else None


def _check_outputs(run: Path, manifest: Mapping[str, Any]) -> Check:
    """Compare every file of the run with the digest taken when it was written."""
    written = {output["name"]: output["sha256"] for output in manifest["outputs"]}
    found = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_symlink() or not path.is_dir()} - {
        MANIFEST
    }
    faults = [f"{name} is missing" for name in sorted(set(written) - found)]
    faults += [f"{name} was not written by this run" for name in sorted(found - set(written))]
    same = sorted(name for name in found & set(written) if (run / name).is_file())
    faults += [f"{name} was changed after it was written" for name in same if digest_of(run / name) != written[name]]
    return judge("files of the run", len(written), faults)


def _check_study(place: Path, manifest: Mapping[str, Any], registry: Registry, *, independent: bool) -> Iterator[Check]:
    from outcomes.pipeline import answer
    from outcomes.study.read import read_study

    study = read_study(place)
    now = {file.name: file.sha256 for file in study.files}
    then = {file["name"]: file["sha256"] for file in manifest["files"]}
    faults = [
        f"{name} is not as it was" for name in sorted(now.keys() | then.keys()) if now.get(name) != then.get(name)
    ]
    yield judge(FILES, len(then), faults)
    answers = answer(study)
    yield _check_manifest(manifest, study, answers)
    again = with_texts(answers.registry, study.plan)
    yield judge(COMPUTED_AGAIN, len(registry), compare(registry, again))
    if independent:
        from outcomes.audit.independent import check_independently

        yield from check_independently(answers.cohort, registry)


def _release(manifest: Mapping[str, Any], registry: Registry) -> Released:
    from outcomes.release import release

    return release(registry, Plan.model_validate(manifest["plan"], strict=False).disclosure)


def _check_release(run: Path, manifest: Mapping[str, Any], released: Released) -> Check:
    """Compare the results of the edition to share with those that release gives now; it needs no study."""
    shared = with_texts(released.registry, Plan.model_validate(manifest["plan"], strict=False))
    faults = compare(read_registry(run / "share" / RESULTS), shared)
    return judge("values of the shared edition, released again", len(shared), faults)


def _check_manifest(manifest: Mapping[str, Any], study: Study, answers: Answers) -> Check:
    """Compare what the manifest says of the plan and the people with what the study gives."""
    again = json.loads(json.dumps(describe_run(study, answers, "")))
    names = ("plan", "seed", "scoring", "structure", "left_out")
    faults = [f"{name} in {MANIFEST} is not what the study gives" for name in names if again[name] != manifest[name]]
    return judge(WRITTEN_AGAIN, len(names), faults)


def compare(stored: Registry, again: Registry) -> list[str]:
    """Say where two registries differ: results that only one has, and fields that are not equal."""
    faults = [f"{name} is no longer computed" for name in stored if name not in again]
    faults += [f"{name} was not in the run" for name in again if name not in stored]
    for name in stored:
        if name in again:
            rows = to_row(stored.record(name)), to_row(again.record(name))
            faults += [
                f"{name}: {field} differs" for field in rows[0] if not _equal(rows[0][field], rows[1].get(field))
            ]
    return faults


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=1e-12)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)
