"""Analysis results data as CDISC asks for: one row a statistic, with what it is about and how the report prints it.

The fields are those of R's `cards` (one row a statistic; groups, variable, context, name, label, value, formatted
value, warnings, error), with the id of the result, by which a row is found in `results.json` and on the pages.
`docs/ard.md` says what each holds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from outcomes.blocks.format import format_number, format_part
from outcomes.plan.names import fill
from outcomes.results.outcome import Curve, Estimate, NotEstimable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Record, Registry

VERSION = 1
ARM, VISIT = "arm", "visit"
# Name of each statistic, as `cards` has it; its label; and the part of an estimate that it is.
PARTS = (
    ("std.error", "Standard error", "se"),
    ("parameter", "Degrees of freedom", "df"),
    ("parameter2", "Degrees of freedom, of the numerator", "df2"),
    ("p.value", "p-value", "p_value"),
    ("conf.low", "Lower limit", "low"),
    ("conf.high", "Upper limit", "high"),
    ("conf.level", "Level of the interval", "level"),
    ("N", "People", "n"),
    ("N.full", "People, {full}", "n_full"),
    ("N.skills", "People, {skills}", "n_skills"),
)
PRINTED = frozenset({"se", "df", "p_value", "low", "high", "n", "n_full", "n_skills"})
OF_A_CURVE = (
    ("value", "estimate", "Value"),
    ("low", "conf.low", "Lower limit"),
    ("high", "conf.high", "Upper limit"),
    ("people", "N", "People"),
)
SEVERAL = 6  # significant figures of what no page prints


def to_ard(registry: Registry, plan: Plan) -> str:
    """Text of the analysis results data, a row on each line."""
    rows = (row for record in registry.records() for row in _list_rows(record, plan))
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":")) for row in rows)
    return f'{{"ard":{VERSION},"rows":[\n{lines}\n]}}\n'


def _list_rows(record: Record, plan: Plan) -> Iterator[dict[str, Any]]:
    outcome, about = record.outcome, _about(record, plan)
    if isinstance(outcome, NotEstimable):
        yield {**about, **_statistic("estimate", outcome.label, None, ""), "error": outcome.reason}
    elif isinstance(outcome, Curve):
        yield from _of_a_curve(outcome, about)
    elif isinstance(outcome, Estimate):
        yield {**about, **_statistic("estimate", outcome.label, outcome.value, record.text), **_warned(outcome)}
        for name, label, part in PARTS:
            value = _part(outcome, part)
            if value is not None:
                yield {**about, **_statistic(name, fill(label, plan.words), value, _text(outcome, part, value, plan))}


def _about(record: Record, plan: Plan) -> dict[str, Any]:
    """Tell what all statistics of a result are about."""
    key = record.key
    groups: list[tuple[str, str]] = []
    if key.arm:
        groups.append((ARM, plan.arm_names[key.arm]))
    if key.visit:
        groups.append((VISIT, plan.visits[key.visit].label if key.visit in plan.visits else key.visit))
    about: dict[str, Any] = {"id": record.id}
    for number, (name, level) in enumerate(groups, start=1):
        about |= {f"group{number}": name, f"group{number}_level": level}
    variable = key.measure or key.subject or key.analysis
    level = record.outcome.named or key.category or (key.subject if key.measure else "")
    how = getattr(record.outcome, "how", None)
    context = {"analysis": key.analysis, "what": key.what, "method": how.estimator if how is not None else ""}
    return {**about, "variable": variable, "variable_level": level or None, "context": context}


def _statistic(name: str, label: str, value: float | None, text: str) -> dict[str, Any]:
    return {"stat_name": name, "stat_label": label, "stat": value, "stat_fmt": text}


def _warned(outcome: Estimate) -> dict[str, Any]:
    return {"warning": list(outcome.notes)} if outcome.notes else {}


def _part(outcome: Estimate, part: str) -> float | None:
    if part in {"low", "high", "level"}:
        return None if outcome.interval is None else getattr(outcome.interval, part)
    value: float | None = getattr(outcome, part)
    return value


def _text(outcome: Estimate, part: str, value: float, plan: Plan) -> str:
    if part in PRINTED:
        return format_part(outcome, part, plan) or ""
    return format_number(value, decimals=2 if part == "level" else 1)


def _of_a_curve(curve: Curve, about: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for part, name, label in OF_A_CURVE:
        for at, value in zip(curve.at, getattr(curve, part), strict=False):
            row = {**about, **_statistic(name, label, value, "" if value is None else f"{value:.{SEVERAL}g}")}
            yield {**row, "variable_level": f"{curve.axis} {at:.{SEVERAL}g}"}
