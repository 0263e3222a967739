"""What changed between two runs, and what did it: data, plan, code or versions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.plan.lock import list_changes
from outcomes.plan.model import Plan
from outcomes.results.outcome import Estimate
from outcomes.results.store import read_registry
from outcomes.runs import CODE, RESULTS, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Registry

# Last places that two builds of one linear algebra may differ in.
RELATIVE = 1e-9
SHOWN = 20
PLAN_FILE = "plan.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A result that is not the same.

    Attributes
    ----------
    id : str
    before, after : str or None
        Printed text in each run; None where it is not there.
    """

    id: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How two runs differ.

    Attributes
    ----------
    causes : tuple of str
        What could have done it: a sentence each.
    changes : tuple of Change
        By id.
    same : int
        Results that are the same [count].
    """

    causes: tuple[str, ...]
    changes: tuple[Change, ...]
    same: int

    @property
    def exit_code(self) -> int:
        """0 when every result is the same, else 1."""
        return int(bool(self.changes))

    def to_text(self) -> str:
        """Say it for people: causes first, then the results, the first few."""
        lines = [f"{self.same} results are the same, {len(self.changes)} are not."]
        lines += [f"- {cause}" for cause in self.causes]
        if self.changes and not self.causes:
            lines.append("- Files, plan, code and versions are the same: the machine must have made the difference.")
        lines += [_say(change) for change in self.changes[:SHOWN]]
        if len(self.changes) > SHOWN:
            lines.append(f"and {len(self.changes) - SHOWN} more; --json lists them all.")
        return "\n".join(lines)


def diff(before: Path, after: Path) -> Difference:
    """Compare two runs.

    Raises
    ------
    RunNotFoundError, RunDamagedError
        When one of them is no run.
    """
    manifests = read_manifest(before), read_manifest(after)
    one, other = read_registry(before / RESULTS), read_registry(after / RESULTS)
    changes = tuple(_changes(one, other))
    names = one.keys() | other.keys()
    return Difference(causes=tuple(_causes(*manifests)), changes=changes, same=len(names) - len(changes))


def _causes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    plans = (Plan.model_validate(manifest["plan"], strict=False) for manifest in (before, after))
    yield from (f"Plan: {key} is another." for key in list_changes(*plans))
    then, now = ({file["name"]: file["sha256"] for file in manifest["files"]} for manifest in (before, after))
    for name in sorted((then.keys() | now.keys()) - {PLAN_FILE}):
        if name not in now or name not in then:
            yield f"Data: {name} is in {'the first' if name in then else 'the second'} run only."
        elif then[name] != now[name]:
            yield f"Data: {name} is another."
    software = before["software"], after["software"]
    for name in sorted(software[0].keys() | software[1].keys()):
        versions = [one.get(name, "none") for one in software]
        if versions[0] != versions[1]:
            yield f"{'Code' if name in {'outcomes', CODE} else 'Version'}: {name} {versions[0]} became {versions[1]}."


def _changes(one: Registry, other: Registry) -> Iterator[Change]:
    for name in sorted(one.keys() | other.keys()):
        texts = [registry.record(name).text if name in registry else None for registry in (one, other)]
        if None in texts or not _same(one[name], other[name]):
            yield Change(id=name, before=texts[0], after=texts[1])


def _same(one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes say the same, but for the last places of their numbers."""
    if not isinstance(one, Estimate) or not isinstance(other, Estimate):
        return one == other
    return all(
        _near(mine, theirs)
        for name in ("value", "se", "df", "p_value", "n", "n_full", "n_skills")
        for mine, theirs in [(getattr(one, name), getattr(other, name))]
    ) and _near_interval(one, other)


def _near_interval(one: Estimate, other: Estimate) -> bool:
    if one.interval is None or other.interval is None:
        return one.interval is other.interval
    pairs = ((getattr(one.interval, part), getattr(other.interval, part)) for part in ("level", "low", "high"))
    return all(_near(mine, theirs) for mine, theirs in pairs)


def _near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=1e-12)


def _say(change: Change) -> str:
    if change.before is None:
        return f"{change.id}: new, {change.after}"
    if change.after is None:
        return f"{change.id}: gone, was {change.before}"
    if change.before == change.after:
        return f"{change.id}: {change.after} as before, but not beyond the printed digits"
    return f"{change.id}: {change.before} became {change.after}"
