"""The analysis results data of a run: of the form that the schema states, whole, and the same numbers as elsewhere."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from outcomes.results.outcome import Curve, Estimate, NotEstimable
from outcomes.results.store import read_registry

SCHEMA = json.loads((Path(__file__).parent / "ard.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def ard(small_run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((small_run / "audit" / "ard.json").read_text(encoding="utf-8"))
    return found


def test_it_has_the_form_that_the_schema_states(ard: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(ard, SCHEMA)


@pytest.mark.parametrize(
    "change", [{"stat": "3"}, {"stat": None}, {"context": {}}, {"stat_name": "mean"}, {"other": 1}, {"stat_fmt": ""}]
)
def test_the_schema_refuses_another_form(ard: dict[str, Any], change: dict[str, Any]) -> None:
    other = copy.deepcopy({"ard": ard["ard"], "rows": ard["rows"][:1]})
    other["rows"][0] |= change
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(other, SCHEMA)


def test_every_statistic_of_every_result_is_a_row_of_its_own(ard: dict[str, Any], small_run: Path) -> None:
    registry = read_registry(small_run / "results.json")
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in ard["rows"]:
        rows.setdefault((row["id"], row["stat_name"]), []).append(row)
    for record in registry.records():
        outcome = record.outcome
        found = rows.pop((record.id, "estimate"))
        if isinstance(outcome, Curve):
            assert [row["stat"] for row in found] == list(outcome.value)
            continue
        (row,) = found
        if isinstance(outcome, NotEstimable):
            assert (row["stat"], row["error"]) == (None, outcome.reason)
            continue
        assert isinstance(outcome, Estimate)
        assert (row["stat"], row["stat_fmt"], row["stat_label"]) == (outcome.value, record.text, outcome.label)
        limits = outcome.interval
        told = {
            "std.error": outcome.se,
            "parameter": outcome.df,
            "parameter2": outcome.df2,
            "p.value": outcome.p_value,
            "conf.low": limits and limits.low,
            "conf.high": limits and limits.high,
            "conf.level": limits and limits.level,
            "N": outcome.n,
            "N.full": outcome.n_full,
            "N.skills": outcome.n_skills,
        }
        for name, value in told.items():
            assert [one["stat"] for one in rows.pop((record.id, name), [])] == ([] if value is None else [value])
    assert {name for _, name in rows} <= {"conf.low", "conf.high", "N"}  # of curves


def test_it_stays_in_the_clinic(small_run: Path) -> None:
    assert not list((small_run / "share").rglob("ard.json"))
