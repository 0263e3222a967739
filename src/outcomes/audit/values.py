"""Whether the values of a run come out again: from the study, and from the exact results those that are shared."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from outcomes.audit.verdict import Check, judge
from outcomes.audit.writers import NUMBERS, explain
from outcomes.errors import OutcomesError
from outcomes.results.store import read_registry, to_row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outcomes.audit.again import Again
    from outcomes.results.registry import Record, Registry

# Two builds of one linear algebra differ in the last places; another method, datum or version differs in the first.
RELATIVE = 1e-9
COMPUTED_AGAIN, RELEASED_AGAIN = "values, computed again", "values of the shared edition, released again"


def check_values(stored: Registry, computed: Registry, others: Mapping[str, str]) -> Check:
    """Compare the results of a run with those of its study; to the last place where code and machine are the same."""
    tolerance = RELATIVE if explain(NUMBERS, others) else 0.0
    return judge(COMPUTED_AGAIN, len(stored), compare(stored, computed, tolerance=tolerance))


def check_released(path: Path, again: Again) -> Check:
    """Compare the results of the edition to share with those that release gives now; it needs no study."""
    if again.shared is None:
        return judge(RELEASED_AGAIN, 0, ["the results of the run cannot be released"])
    try:
        stored = read_registry(path)
    except OutcomesError:
        return judge(RELEASED_AGAIN, 0, [f"{path.parent.name}/{path.name} cannot be read"])
    return judge(RELEASED_AGAIN, len(stored), compare(stored, again.shared.registry))


def compare(stored: Registry, again: Registry, *, tolerance: float = RELATIVE) -> list[str]:
    """Say where two registries differ: results that only one has, and fields that are not equal."""
    faults = [f"{name} is no longer computed" for name in stored if name not in again]
    faults += [f"{name} was not in the run" for name in again if name not in stored]
    for name in stored:
        if name in again:
            differing = differing_fields(stored.record(name), again.record(name), tolerance=tolerance)
            faults += [f"{name}: {field} differs" for field in differing]
    return faults


def differing_fields(one: Record, other: Record, *, tolerance: float = RELATIVE) -> list[str]:
    """Name the fields of two records that are not equal."""
    rows = to_row(one), to_row(other)
    names = dict.fromkeys((*rows[0], *rows[1]))
    return [name for name in names if not _equal(rows[0].get(name), rows[1].get(name), tolerance)]


def _equal(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=1e-12 if tolerance else 0.0)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key], tolerance) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(_equal(*pair, tolerance) for pair in zip(one, other, strict=True))
    return bool(one == other)
