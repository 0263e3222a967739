"""Check a number that is no result against the source it names.

Sources: `plan:` and `manifest:` with a dotted path, `result:ID#part` for a limit, a count or a p-value of a result,
`result:ID#entry` for all that is said of a result in the list of every number, and `text:` for a number of the wording,
such as the year of a reference, which must stand in the name of the source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from outcomes.blocks.format import MINUS, THIN
from outcomes.blocks.path import find_at
from outcomes.plan.model import Plan
from outcomes.render.html.numbers import describe
from outcomes.results.outcome import Estimate, NotEstimable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Registry

_NUMBER = re.compile(rf"\d+(?:[.,{THIN}]\d+)*")
_PERCENT = 100


class Place(NamedTuple):
    """Where a literal says that it stands: `plan:` and a path, or `result:`, the id of a result, `#` and its part."""

    kind: str
    name: str
    part: str


def read_place(source: str) -> Place:
    """Read the source of a literal; a path of the plan or the manifest has no parts."""
    kind, _, rest = source.partition(":")
    if kind != "result":
        return Place(kind, rest, "")
    name, _, part = rest.partition("#")
    return Place(kind, name, part)


@dataclass(frozen=True)
class Sources:
    """What a page may quote: the results of its edition, and the manifest of its run with the plan."""

    registry: Registry
    manifest: Mapping[str, Any]

    @cached_property
    def plan(self) -> Plan:
        """The plan, as the manifest holds it."""
        return Plan.model_validate(self.manifest["plan"], strict=False)


def explain_literal(source: str, text: str, value: str | None, sources: Sources) -> str | None:
    """Say what is wrong with a literal, or None."""
    place = read_place(source)
    if place.kind == "result":
        return _check_part(place, text, value, sources)
    if place.kind == "text":
        return _check_wording(place.name, text, source)
    trees = {"plan": sources.manifest.get("plan", {}), "manifest": sources.manifest}
    try:
        found = find_at(trees[place.kind], place.name)
    except KeyError:
        return f"{source} names no source"
    return None if _shows(text, found) else f"{source} is printed with another value than its source holds"


def _check_part(place: Place, text: str, value: str | None, sources: Sources) -> str | None:
    _, name, part = place
    if name not in sources.registry:
        return f"{name} is quoted and is no result of this edition"
    if part == "entry":
        entry = describe(sources.registry.record(name), sources.plan).to_text()
        return None if text.split() == entry.split() else f"the entry of {name} is printed with another text"
    outcome = sources.registry[name]
    if part in {"id", "label", "reason", "notes", "method"}:
        stored = getattr(outcome, part, None)
        whole = " ".join(stored) if isinstance(stored, tuple) else str(stored)
        return None if " ".join(text.split()) in " ".join(whole.split()) else f"{name}: {part} is not the stored one"
    return _check_number(outcome, part, text, value)


def _check_number(outcome: Outcome, part: str, text: str, value: str | None) -> str | None:
    absent = isinstance(outcome, NotEstimable) and part not in {"n", "n_full", "n_skills"}
    stored = None if absent else _part(outcome, part)
    if stored is None:
        return f"{outcome.id} has no {part}"
    try:
        same = value is not None and float(value) == float(stored)
    except ValueError:
        same = False
    if not same:
        return f"{outcome.id}: {part} is not the stored one"
    return None if _is_rounded(text, float(stored)) else f"{outcome.id}: {part} is printed with another text"


def _part(outcome: object, part: str) -> float | None:
    if part in {"low", "high", "level"} and isinstance(outcome, Estimate):
        return None if outcome.interval is None else getattr(outcome.interval, part)
    return getattr(outcome, part, None)


def _is_rounded(text: str, stored: float) -> bool:
    """Whether a text prints a number, or a hundred times it, to as many decimals as it has; words may tell the sign."""
    if MINUS in text and stored > 0:
        return False
    printed = _numbers(text)
    if len(printed) == 1 and text.startswith(("<", "less than ", ">")):
        return stored > printed[0][0] if text.startswith(">") else stored < printed[0][0]
    return any(
        abs(number - size) <= 0.5 * 10.0**-decimals + 1e-9 * size
        for number, decimals in printed
        for size in (abs(stored), _PERCENT * abs(stored))
    )


def _numbers(text: str) -> list[tuple[float, int]]:
    """Give the numbers in a text, each with its count of decimals; what has two points is none."""
    plain = (found.replace(THIN, "").replace(",", "") for found in _NUMBER.findall(text))
    return [(float(one), len(one.partition(".")[2])) for one in plain if one.count(".") <= 1]


def _check_wording(path: str, text: str, source: str) -> str | None:
    strange = [number for number in _NUMBER.findall(text) if number not in path]
    return f"{source} does not hold the number it is to explain" if strange else None


def _shows(text: str, stored: Any) -> bool:
    if isinstance(stored, bool) or stored is None:
        return False
    if isinstance(stored, int | float):
        size = abs(float(stored))
        return any(abs(number - shown) < 1e-9 for number, _ in _numbers(text) for shown in (size, size * _PERCENT))  # noqa: PLR2004  # rounding of the last place
    if isinstance(stored, list):
        return all(_shows(text, part) for part in stored)
    return " ".join(str(stored).split()) in " ".join(text.split()) or " ".join(text.split()) in str(stored)
