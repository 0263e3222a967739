"""The registry as `results.json`: sorted by id, raw doubles, the same bytes for the same results."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from outcomes.errors import RunDamagedError, RunOfEarlierSchemaError
from outcomes.results.how import How
from outcomes.results.key import FIELDS, Key
from outcomes.results.outcome import Curve, Estimate, Interval, NotEstimable, Outcome, Published
from outcomes.results.provenance import Provenance
from outcomes.results.quantity import Quantity
from outcomes.results.registry import Record, Registry
from outcomes.results.size import Size
from outcomes.results.verdict import Bar, Cap, Rung, Support, Verdict

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA, EARLIER = 2, 1
_SILENT: tuple[Any, ...] = ("", (), False, 0)
_PEOPLE = ("n", "n_full", "n_skills")
_PROVENANCE = tuple(field.name for field in fields(Provenance))
_HOW = tuple(field.name for field in fields(How))  # flat: `asdict` would copy each value deeply


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
    if estimate is not None and estimate.verdict is not None:
        row["verdict"] = asdict(estimate.verdict)
    row |= {"method": getattr(outcome, "method", ""), "notes": list(getattr(outcome, "notes", ())), "text": record.text}
    if isinstance(outcome, Curve):
        row |= {"unit": outcome.unit, "level": outcome.level}
        row["curve"] = {
            "axis": outcome.axis,
            **{name: list(getattr(outcome, name)) for name in ("at", "value", "low", "high", "people")},
        }
    if isinstance(outcome, NotEstimable):
        row |= {"reason": outcome.reason, "cause": outcome.cause}
    row |= {"quantity": outcome.quantity, "df2": getattr(estimate, "df2", None), "how": _how_to_row(outcome)}
    row |= {name: getattr(outcome.key, name) for name in FIELDS}
    row["cells"] = list(getattr(outcome, "cells", ()))
    row["tells"] = [[_key_to_row(key) for key in relation] for relation in outcome.tells]
    row["named"] = outcome.named
    if (published := getattr(outcome, "published", None)) is not None:
        row["published"] = asdict(published)
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
        if content["schema"] == EARLIER:
            raise RunOfEarlierSchemaError(EARLIER, SCHEMA)
        if content["schema"] != SCHEMA:
            raise RunDamagedError(path.name)
        return Registry(map(_from_row, content["results"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise RunDamagedError(path.name) from fault


def _how_to_row(outcome: Outcome) -> dict[str, Any] | None:
    """Give what is known of how it was computed; fields that say nothing are left out."""
    how = getattr(outcome, "how", None)
    return None if how is None else {name: value for name in _HOW if (value := getattr(how, name)) not in _SILENT}


def _key_to_row(key: Key) -> dict[str, str]:
    """Give the fields of a key that say something; it may be that of a result which this file does not hold."""
    return {name: word for name in FIELDS if (word := getattr(key, name))}


def _key_of(row: dict[str, Any]) -> Key:
    return Key(**{name: row[name] for name in FIELDS})


def _from_row(row: dict[str, Any]) -> Record:
    provenance = Provenance(**{**row["provenance"], "files": tuple(row["provenance"]["files"])})
    return Record(outcome=_outcome(row), provenance=provenance, text=row["text"])


def _verdict_of(row: dict[str, Any]) -> Verdict:
    lists = {"held_by": Support, "not_estimable": Support, "caps": Cap, "bars": Bar}
    listed: dict[str, Any] = {name: tuple(map(kind, row[name])) for name, kind in lists.items()}
    size = Size(row.get("size", ""))  # runs of before it was kept have none
    return Verdict(**{**row, "rung": Rung(row["rung"]), "size": size, **listed})


def _outcome(row: dict[str, Any]) -> Outcome:
    shared = {name: row[name] for name in ("label", *_PEOPLE)}
    shared["key"], shared["named"] = _key_of(row), row.get("named", "")
    shared["quantity"] = Quantity(row["quantity"])
    shared["tells"] = tuple(tuple(Key(**fields) for fields in relation) for relation in row["tells"])
    if row["kind"] != "curve" and "published" in row:
        shared["published"] = Published(**row["published"])
    if row["kind"] == "not_estimable":
        return NotEstimable(**shared, reason=row["reason"], cause=row["cause"])
    shared |= {"unit": row["unit"], "method": row["method"], "notes": tuple(row["notes"]), "cells": tuple(row["cells"])}
    if row["how"] is not None:
        how = row["how"]
        shared["how"] = How(**{**how, **({"adjusted": tuple(how["adjusted"])} if "adjusted" in how else {})})
    if row["kind"] == "curve":
        curve = row["curve"]
        series: dict[str, Any] = {name: tuple(curve[name]) for name in ("at", "value", "low", "high", "people")}
        return Curve(**shared, axis=curve["axis"], level=row["level"], **series)
    interval = None if row["level"] is None else Interval(level=row["level"], low=row["low"], high=row["high"])
    shared["step"] = row.get("step")  # only what was rounded for release has one
    shared["verdict"] = _verdict_of(row["verdict"]) if "verdict" in row else None
    numbers = {name: row[name] for name in ("value", "se", "df", "df2", "p_value")}
    return Estimate(**shared, interval=interval, **numbers)
