"""Check a number that is no result against the source it names.

Sources: `plan:` and `manifest:` with a dotted path, `result:ID#part` for a limit, a count or a p-value of a result, and
`text:` for a number of the wording, such as the year of a reference, which must stand in the name of the source.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from outcomes.core.estimates import Estimate, NotEstimable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.registry import Registry

_MISSING = object()
_NUMBER = re.compile(r"\d+(?:[.,\u2009]\d+)*")
_PERCENT = 100


def explain_literal(
    source: str,
    text: str,
    value: str | None,
    registry: Registry,
    manifest: Mapping[str, Any],
) -> str | None:
    """Say what is wrong with a literal, or None."""
    kind, _, path = source.partition(":")
    if kind == "result":
        return _check_part(path, text, value, registry)
    if kind == "text":
        return _check_wording(path, text, source)
    tree = {"plan": manifest.get("plan", {}), "manifest": manifest}.get(kind)
    found = _MISSING if tree is None else _resolve(tree, path)
    if found is _MISSING:
        return f"{source} names no source"
    return None if _shows(text, found) else f"{source} is printed with another value than its source holds"


def _check_part(path: str, text: str, value: str | None, registry: Registry) -> str | None:
    name, _, part = path.partition("#")
    if name not in registry:
        return f"{name} is quoted and is no result of this edition"
    outcome = registry[name]
    if part in {"id", "label", "reason", "notes", "method"}:
        stored = getattr(outcome, part, None)
        whole = " ".join(stored) if isinstance(stored, tuple) else str(stored)
        return None if " ".join(text.split()) in " ".join(whole.split()) else f"{name}: {part} is not the stored one"
    if isinstance(outcome, NotEstimable) and part not in {"n", "n_full", "n_skills"}:
        return f"{name} has no {part}"
    stored = _part(outcome, part)
    if stored is None:
        return f"{name} has no {part}"
    try:
        same = value is not None and float(value) == float(stored)
    except ValueError:
        same = False
    if not same:
        return f"{name}: {part} is not the stored one"
    return None if _NUMBER.search(text) else f"{name}: {part} prints no number"


def _part(outcome: object, part: str) -> float | None:
    if part in {"low", "high", "level"} and isinstance(outcome, Estimate):
        return None if outcome.interval is None else getattr(outcome.interval, part)
    return getattr(outcome, part, None)


def _check_wording(path: str, text: str, source: str) -> str | None:
    strange = [number for number in _NUMBER.findall(text) if number not in path]
    return f"{source} does not hold the number it is to explain" if strange else None


def _resolve(tree: Any, path: str) -> Any:
    for key in path.split("."):
        if isinstance(tree, list) and key.isdigit() and int(key) < len(tree):
            tree = tree[int(key)]
        elif isinstance(tree, dict) and key in tree:
            tree = tree[key]
        else:
            return _MISSING
    return tree


def _shows(text: str, stored: Any) -> bool:
    if isinstance(stored, bool) or stored is None:
        return False
    if isinstance(stored, int | float):
        printed = [float(number.replace("\u2009", "").replace(",", "")) for number in _NUMBER.findall(text)]
        size = abs(float(stored))
        return any(abs(number - shown) < 1e-9 for number in printed for shown in (size, size * _PERCENT))  # noqa: PLR2004  # rounding of the last place
    if isinstance(stored, list):
        return all(_shows(text, part) for part in stored)
    return " ".join(str(stored).split()) in " ".join(text.split()) or " ".join(text.split()) in str(stored)
