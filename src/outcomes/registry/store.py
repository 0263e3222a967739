"""The registry as `results.json`: sorted by id, raw doubles, the same bytes for the same results."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from outcomes.core.estimates import Curve, Estimate, Interval, NotEstimable, Outcome
from outcomes.core.provenance import Provenance
from outcomes.errors import RunDamagedError
from outcomes.registry.registry import Record, Registry

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = 1
_PEOPLE = ("n", "n_full", "n_skills")
_PROVENANCE = tuple(field.name for field in fields(Provenance))


def to_row(record: Record) -> dict[str, Any]:
    """One record as a flat dictionary, in the order of design section 5."""
    outcome = record.outcome
    estimate = outcome if isinstance(outcome, Estimate) else None
    interval = estimate.interval if estimate is not None else None
    row: dict[str, Any] = {"id": outcome.id, "kind": record.kind, "label": outcome.label}
    row |= {name: getattr(estimate, name, None) for name in ("value", "unit", "se", "df", "p_value")}
    row |= {name: getattr(interval, name, None) for name in ("low", "high", "level")}
    row |= {name: getattr(outcome, name) for name in _PEOPLE}
    if estimate is not None and estimate.step is not None:
        row["step"] = estimate.step
    row |= {"method": getattr(outcome, "method", ""), "notes": list(getattr(outcome, "notes", ())), "text": record.text}
    if isinstance(outcome, Curve):
        row |= {"unit": outcome.unit, "level": outcome.level}
        row["curve"] = {
            "axis": outcome.axis,
            **{name: list(getattr(outcome, name)) for name in ("at", "value", "low", "high", "people")},
        }
    if isinstance(outcome, NotEstimable):
        row["reason"] = outcome.reason
    row["provenance"] = {name: getattr(record.provenance, name) for name in _PROVENANCE}
    return row


def to_json(registry: Registry) -> str:
    """Text of results.json: a line for each field, so that two runs can be compared line by line."""
    results = {"schema": SCHEMA, "results": [to_row(record) for record in registry.records()]}
    # a line end in the separator, since `indent` would leave the fast writer of the standard library unused
    return json.dumps(results, separators=(",\n ", ": "), ensure_ascii=False, allow_nan=False) + "\n"


def read_registry(path: Path) -> Registry:
    """Read a registry back.

    Raises
    ------
    RunDamagedError
        When the file is absent, cut short or not of this schema.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] != SCHEMA:
            raise RunDamagedError(path.name)
        return Registry(_from_row(row) for row in content["results"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise RunDamagedError(path.name) from fault


def _from_row(row: dict[str, Any]) -> Record:
    provenance = Provenance(**{**row["provenance"], "files": tuple(row["provenance"]["files"])})
    return Record(outcome=_outcome(row), provenance=provenance, text=row["text"])


def _outcome(row: dict[str, Any]) -> Outcome:
    shared = {name: row[name] for name in ("id", "label", *_PEOPLE)}
    if row["kind"] == "not_estimable":
        return NotEstimable(**shared, reason=row["reason"])
    shared |= {"unit": row["unit"], "method": row["method"], "notes": tuple(row["notes"])}
    if row["kind"] == "curve":
        curve = row["curve"]
        series: dict[str, Any] = {name: tuple(curve[name]) for name in ("at", "value", "low", "high", "people")}
        return Curve(**shared, axis=curve["axis"], level=row["level"], **series)
    interval = None if row["level"] is None else Interval(level=row["level"], low=row["low"], high=row["high"])
    shared["step"] = row.get("step")  # only what was rounded for release has one
    return Estimate(**shared, interval=interval, **{name: row[name] for name in ("value", "se", "df", "p_value")})
