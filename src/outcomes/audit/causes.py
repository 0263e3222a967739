"""What can have made two runs differ, each with the results that it can reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.audit.changed_rows import compare_file
from outcomes.audit.rows import find_tables
from outcomes.audit.sources import READINGS, list_uses
from outcomes.core.counts import say_count
from outcomes.core.digests import is_sealed
from outcomes.plan.lock import WORDS, list_changed_paths
from outcomes.plan.model import Plan
from outcomes.plan.read import PLAN_FILE
from outcomes.runs import CODE, MANIFEST, RESULTS, digest_of
from outcomes.runs.manifest import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from outcomes.audit.changed_rows import Row
    from outcomes.audit.rows import Tables
    from outcomes.results.registry import Record

# Parts of the plan that belong to the question of the same name alone.
_OF_ONE_QUESTION = ("needs", "costs", "sessions", "evidence", "precision")


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause in a sentence, and whether it can reach a result of an edition.

    Attributes
    ----------
    sentence : str
    reaches : callable
        Whether it can reach a result at all.
    meets : callable or None
        Whether rows that changed are among those that a result draws on; None where no rows are known.
    tells : callable or None
        What changed in the data, in words, as far as a result draws on it.
    """

    sentence: str
    reaches: Callable[[Record, str], bool]
    meets: Callable[[Record, str], bool] | None = None
    tells: Callable[[Record], str] | None = None


def choose_causes(causes: Iterable[Cause], records: Iterable[Record], edition: str) -> list[Cause]:
    """Give the causes that can reach a result: of data only where a row that it draws on changed, if any is so."""
    there = list(records)
    able = [cause for cause in causes if any(cause.reaches(record, edition) for record in there)]
    met = [one for one in able if one.meets is None or any(one.meets(record, edition) for record in there)]
    return met or able


def find_causes(
    before: tuple[Path, Mapping[str, Any]],
    after: tuple[Path, Mapping[str, Any]],
    studies: tuple[Path, Path] | None = None,
) -> list[Cause]:
    """Find what can have made two runs differ.

    Parameters
    ----------
    before, after : tuple of Path and mapping
        Folder and manifest of each run.
    studies : tuple of Path, optional
        Folders of their studies, where they are not where the runs say.
    """
    tables = tuple(
        find_tables(run, manifest, Plan.model_validate(manifest["plan"], strict=False), study)
        for (run, manifest), study in zip((before, after), studies or (None, None), strict=True)
    )
    manifests = before[1], after[1]
    return [
        *_plan_causes(*manifests),
        *(_with_rows(name, cause, tables) for name, cause in _data_causes(*manifests)),
        *_software_causes(*manifests),
        *_hand_causes("first", *before),
        *_hand_causes("second", *after),
    ]


def list_sentences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Say what differs by the manifests of two runs alone: plan, data, code, versions."""
    data = (cause for _, cause in _data_causes(before, after))
    return [cause.sentence for cause in (*_plan_causes(before, after), *data, *_software_causes(before, after))]


def _plan_causes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Cause]:
    plans = (Plan.model_validate(manifest["plan"], strict=False) for manifest in (before, after))
    for path in list_changed_paths(*plans):
        yield Cause(f"Plan: {'.'.join(path)} is another.", _reach_of(path))


def _reach_of(path: tuple[str, ...]) -> Callable[[Record, str], bool]:
    """Say which results a key of the plan can change; one that is not known here can change any."""
    part, *rest = path
    if part == "disclosure":
        return lambda _, edition: edition == "share"
    if part == WORDS:
        return lambda *_: False
    if part == "random":
        return lambda record, _: record.provenance.seed is not None
    if part in _OF_ONE_QUESTION:
        return lambda record, _: record.provenance.analysis == part
    if part == "measures" and rest and rest[-1] != "role":  # a role decides on the family of all
        return lambda record, _: record.outcome.key.measure in {"", rest[0]}  # what names none may rest on all
    return lambda _, __: True


def _with_rows(name: str, cause: Cause, tables: tuple[Tables | None, ...]) -> Cause:
    """Say which rows of a file changed, where both studies are at hand as their runs were made from them."""
    one, other = tables
    changed = None if one is None or other is None else compare_file(name, one, other)
    if changed is None or other is None or not changed.rows:
        return cause
    plan = other.plan

    def draw(record: Record) -> tuple[Row, ...]:
        return changed.touching(list_uses(record.outcome, record.provenance.files, plan))

    def meets(record: Record, edition: str) -> bool:
        return edition == "share" or _is_joint(record) or bool(draw(record))

    def tells(record: Record) -> str:
        return changed.say(draw(record) or changed.rows, plan)

    said = f"{cause.sentence.rstrip('.')}: {changed.say(changed.rows, plan)}."
    return Cause(said, cause.reaches, meets, tells)


def _is_joint(record: Record) -> bool:
    """Whether a result rests on all measures at once, whatever its key names, or does not say what it draws on."""
    key = record.key
    return key.what == "p_holm" or key.analysis in {"verdict", "agreement"} or (key.of or key.analysis) not in READINGS


def _data_causes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Cause]]:
    then, now = ({file["name"]: file for file in manifest["files"]} for manifest in (before, after))
    for name in sorted((then.keys() | now.keys()) - {PLAN_FILE}):
        if name not in now or name not in then:
            said = f"Data: {name} is in {'the first' if name in then else 'the second'} run only."
        elif then[name]["sha256"] != now[name]["sha256"]:
            said = f"Data: {name} is another{_say_rows(then[name], now[name])}."
        else:
            continue
        yield name, Cause(said, lambda record, _, name=name: name in record.provenance.files)  # type: ignore[misc]


def _say_rows(then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    if now.get("rows") is None:  # an edition to share does not tell them
        return ""
    more = (now.get("rows") or 0) - (then.get("rows") or 0)
    if more == 0:
        return ", of as many rows"
    return f", with {say_count(abs(more), 'row')} {'more' if more > 0 else 'fewer'}"


def _software_causes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Cause]:
    for part, called in (("software", "Version"), ("machine", "Machine")):
        then, now = before.get(part) or {}, after.get(part) or {}
        for name in sorted(then.keys() | now.keys()) if then and now else ():
            if then.get(name) != now.get(name):
                kind = "Code" if name in {"outcomes", CODE} else called
                said = f"{kind}: {name} {then.get(name, 'none')} became {now.get(name, 'none')}."
                yield Cause(said, lambda _, __: True)


def _hand_causes(which: str, run: Path, manifest: Mapping[str, Any]) -> Iterator[Cause]:
    """Say which files of a run are not those that it wrote."""
    if manifest["schema"] == SCHEMA and not is_sealed(manifest):
        yield Cause(f"Hand: {MANIFEST} of the {which} run was changed after it was written.", lambda _, __: True)
    written = {output["name"]: output["sha256"] for output in manifest["outputs"]}
    for name, edition in ((RESULTS, "internal"), (f"share/{RESULTS}", "share")):
        path = run / name
        if path.is_file() and name in written and digest_of(path) != written[name]:
            said = f"Hand: {name} of the {which} run was changed after it was written."
            yield Cause(said, lambda _, place, edition=edition: place == edition)  # type: ignore[misc]
