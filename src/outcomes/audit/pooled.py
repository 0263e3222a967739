"""Verify a pooled run: pool the files in it again, and make every file of it again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from outcomes.audit.page import check_page
from outcomes.audit.verdict import Check, Verdict, judge, leave
from outcomes.core.digests import is_sealed
from outcomes.pooling.refusals import AgreementError, PoolRefusedError
from outcomes.pooling.results import AGREEMENT_FILE
from outcomes.pooling.write import PAGE, describe, make_files, make_registry, read_inputs
from outcomes.runs.manifest import digest_of
from outcomes.runs.names import MANIFEST
from outcomes.runs.pooled import read_pooled_manifest
from outcomes.runs.software import name_software

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

OTHER = "made by other versions than those that are here"
CONTRIBUTIONS = (
    "that each contribution is what its clinic's study gives: the clinic makes it again with outcomes pool contribute "
    "--again and gets the same digest"
)
UNSAID = frozenset({"created", "outputs", "digest", "machine", "source", "software"})


def verify_pooled(run: Path, *, independent: bool = False, in_r: bool = False) -> Verdict:
    """Check a pooled run from the files in it; independently, by a second computation from the contributions as well.

    Raises
    ------
    RunDamagedError
        When the manifest cannot be read.
    """
    manifest = read_pooled_manifest(run)
    sealed = [] if is_sealed(manifest) else ["it does not hold the digest of all the rest of it"]
    checks = [judge(f"{MANIFEST}, its own digest", 1, sealed), _check_standing(run, manifest)]
    try:
        files = sorted((run / "contributions").glob("*.json"))
        inputs = read_inputs(run / AGREEMENT_FILE, files)
    except (AgreementError, PoolRefusedError) as fault:
        return Verdict(checks=(*checks, judge("agreement and contributions", 1, [str(fault)])))
    registry = make_registry(inputs)
    again = json.loads(json.dumps(describe(inputs, registry)))
    is_other = manifest["software"] != name_software()
    fields = [key for key in again if key not in UNSAID and manifest.get(key) != again[key]]
    checks += _tell("what the manifest says", len(again), [f"{key} is another" for key in fields], is_other=is_other)
    made = make_files(registry, {**again, "software": manifest["software"]}, inputs)
    faults = [f"{name} comes out otherwise" for name, make in made.items() if _read(run / name) != _to_bytes(make())]
    checks += _tell("files, made again and compared byte for byte", len(made), faults, is_other=is_other)
    checks.append(check_page(run / PAGE, registry, manifest))
    if independent:
        from outcomes.audit.independent import judge_comparisons
        from outcomes.replication.pooled import replicate_pool

        contents = [one.content for one in inputs.contributions]
        checks += judge_comparisons(list(replicate_pool(contents, inputs.agreement.plan, registry)))
    if in_r:
        from outcomes.audit.r_program import check_pool_in_r

        checks.append(check_pool_in_r(run))
    checks.append(Check(name="what only the clinics can show", status="noted", count=1, faults=(CONTRIBUTIONS,)))
    return Verdict(checks=tuple(checks))


def _check_standing(run: Path, manifest: Mapping[str, Any]) -> Check:
    said = {one["name"]: one["sha256"] for one in manifest["outputs"]}
    there = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()} - {MANIFEST}
    faults = [f"{name} is not there" for name in sorted(said.keys() - there)]
    faults += [f"{name} was not written with the run" for name in sorted(there - said.keys())]
    changed = (name for name in sorted(said.keys() & there) if digest_of(run / name) != said[name])
    return judge("files of the run", len(said), [*faults, *(f"{name} was changed" for name in changed)])


def _tell(name: str, count: int, faults: list[str], *, is_other: bool) -> Iterator[Check]:
    """Judge what comes out otherwise; where versions differ that need not be a fault, and is not checked."""
    if faults and is_other:
        yield from leave(name, [f"{fault}: {OTHER}" for fault in faults])
    else:
        yield judge(name, count, faults)


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _to_bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8") if isinstance(content, str) else content
