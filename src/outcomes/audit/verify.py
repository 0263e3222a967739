"""Verify a run: every file is made again and compared, byte for byte; what cannot be is named."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from outcomes.audit.again import add_shared_manifest, compare_files, make_run_again
from outcomes.audit.earlier import check_earlier
from outcomes.audit.editions import EDITIONS, check_editions
from outcomes.audit.independent import SECOND_ENGINE, check_agreement
from outcomes.audit.locks import LOCK, check_lock
from outcomes.audit.manifest import WRITTEN_AGAIN, check_fields, check_manifest, note_uncheckable
from outcomes.audit.page import check_page
from outcomes.audit.share import verify_shared
from outcomes.audit.standing import check_standing, look_into
from outcomes.audit.values import COMPUTED_AGAIN, check_released, check_values
from outcomes.audit.verdict import Check, Verdict, judge
from outcomes.audit.writers import find_others, note_versions
from outcomes.errors import StudyForRunNotFoundError
from outcomes.reporting.documents import list_pages
from outcomes.reporting.second import SECOND
from outcomes.results.registry import Registry
from outcomes.results.store import read_registry, to_json
from outcomes.runs import RESULTS, describe_run, read_manifest, with_texts
from outcomes.runs.manifest import formats_of, is_shared, name_run
from outcomes.runs.names import INTERNAL, SHARE
from outcomes.runs.pooled import is_pooled
from outcomes.study.files import is_study, laid_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from outcomes.audit.again import Again
    from outcomes.study.model import Study

FILES = "study files"


class Basis(NamedTuple):
    """What the files of a run are made from here: the study's where it is at hand, else what the run holds."""

    registry: Registry
    manifest: Mapping[str, Any]


def verify(run: Path, *, study: Path | None = None, independent: bool = False, in_r: bool = False) -> Verdict:
    """Check a run, or an edition to share by itself.

    Parameters
    ----------
    run : Path
        Folder of the run.
    study : Path, optional
        Folder of its study; by default where the manifest says it lay.
    independent : bool
        Whether a second engine computes all estimates as well. It does where the run tells what one found.
    in_r : bool
        Whether R computes nearly all estimates as well, if it is there.

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
    if is_pooled(run):
        from outcomes.audit.pooled import verify_pooled

        return verify_pooled(run, independent=independent, in_r=in_r)
    if is_shared(run):
        return verify_shared(run)
    manifest = read_manifest(run)
    registry = read_registry(run / RESULTS)
    found, others = look_into(run), find_others(manifest)
    checks = [*note_versions(manifest, others), check_standing(found, manifest), *check_manifest(found, manifest)]
    checks.append(check_agreement(registry))
    independent = independent or SECOND in manifest  # what a run says, `verify` makes again
    place = study or _beside(run, manifest)
    basis = Basis(registry, manifest)
    if place is None:
        reason = str(StudyForRunNotFoundError(manifest["study"]))
        names = (FILES, WRITTEN_AGAIN, LOCK, EDITIONS, COMPUTED_AGAIN, *((SECOND_ENGINE,) if independent else ()))
        checks += [Check(name=name, status="not checked", count=0, faults=(reason,)) for name in names]
    else:
        more, basis = _check_study(run, place, basis, others, is_named=study is not None, independent=independent)
        checks += more
    if in_r:
        from outcomes.audit.r_program import check_in_r

        with laid_out(place) if place else contextlib.nullcontext() as folder:
            checks.append(check_in_r(run, folder, manifest))
    again = make_run_again(*basis)
    add_shared_manifest(again, found, f"{SHARE}/")
    shared = check_released(run / SHARE / RESULTS, again)
    checks += [shared, *_check_pages(run, registry, manifest, again)]
    everything = (
        registry
        if again.shared is None
        else Registry({**_records(again.shared.registry), **_records(registry)}.values())
    )
    checks += [
        *compare_files(found, again, manifest, others, everything),
        *check_earlier(run, manifest),
        *note_uncheckable(run, manifest, place),
    ]
    return Verdict(checks=tuple(checks))


def _beside(run: Path, manifest: Mapping[str, Any]) -> Path | None:
    if manifest["study_path"] is None:
        return None
    place = (run / manifest["study_path"]).resolve()
    return place if is_study(place) else None


def _check_study(
    run: Path, place: Path, stored: Basis, others: Mapping[str, str], *, is_named: bool, independent: bool
) -> tuple[list[Check], Basis]:
    """Answer the study again, and give what the files of the run are to be made from."""
    from outcomes.pipeline import answer
    from outcomes.study.read import read_study

    registry, manifest = stored
    study = read_study(place)
    answers = answer(study)
    computed = with_texts(answers.registry, study.plan)
    again = json.loads(json.dumps(describe_run(study, answers, "", tuple(formats_of(manifest)))))
    values = check_values(registry, computed, others)
    basis = registry if values.status == "equal" else computed
    seconds, second = _compute_again(study, registry) if independent else ([], {})
    again |= {SECOND: second} if SECOND in manifest else {}
    checks = [
        _check_files(study, manifest),
        *check_fields(manifest, again, others, found_by_path=not is_named),
        *check_lock(run, place, study.plan, manifest),
        *check_editions(study, manifest),
        values,
        *seconds,
    ]
    from_study = ("plan", "files", "seed", "warnings", "scoring", "structure", "left_out", "logo", SECOND)
    made = {name: again[name] for name in from_study if name in again}
    made["run"] = name_run(to_json(with_texts(basis, study.plan)), again["files"])
    return checks, Basis(basis, {**manifest, **made})


def _compute_again(study: Study, registry: Registry) -> tuple[list[Check], dict[str, Any]]:
    """Hold the results against a second computation made now; give what a run would keep of it as well."""
    from outcomes.audit.independent import judge_comparisons
    from outcomes.replication import describe_second, read_people, replicate

    comparisons = list(replicate(read_people(study), registry, further=True))
    return list(judge_comparisons(comparisons)), describe_second(comparisons)


def _check_files(study: Study, manifest: Mapping[str, Any]) -> Check:
    now = {file.name: file.sha256 for file in study.files}
    then = {file["name"]: file["sha256"] for file in manifest["files"]}
    names = sorted(now.keys() | then.keys())
    return judge(FILES, len(then), [f"{name} is not as it was" for name in names if now.get(name) != then.get(name)])


def _check_pages(run: Path, registry: Registry, manifest: Mapping[str, Any], again: Again) -> Iterator[Check]:
    """Check that every number on a page is bound, whether or not the page can be made here."""
    formats = formats_of(manifest)
    for page in list_pages(INTERNAL, formats):
        yield check_page(run / INTERNAL / page, registry, manifest)
    if again.shared is not None:
        for page in list_pages(SHARE, formats):
            yield check_page(run / SHARE / page, again.shared.registry, again.shared.manifest)


def _records(registry: Registry) -> dict[str, Any]:
    return {record.id: record for record in registry.records()}
