"""results.json: what was written is read back, a line for each field, so that two runs can be compared by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import made
from outcomes.errors import RunOfEarlierSchemaError
from outcomes.results.key import Key
from outcomes.results.outcome import Interval
from outcomes.results.planned import Planned
from outcomes.results.provenance import Provenance
from outcomes.results.quantity import Quantity
from outcomes.results.registry import Record, Registry
from outcomes.results.store import read_registry, to_json, to_row

if TYPE_CHECKING:
    from pathlib import Path

LABEL = 'A "label",\nwith — 🙂 \\ and } ] signs: 1,\n "value": 2'
ESTIMATE = made.estimate(
    "a.estimate",
    label=LABEL,
    value=-0.1 + 0.3,
    unit="points",
    n=10,
    n_full=6,
    n_skills=4,
    se=1e-300,
    df=7.5,
    p_value=0.0,
    interval=Interval(level=0.95, low=None, high=1.0),
    method="m",
    notes=("One.", "Two."),
)
CURVE = made.curve(
    "b.curve",
    label="c",
    unit="share",
    axis="weeks",
    at=(0.0, 1.5),
    value=(1.0, 0.25),
    low=(1.0, 0.1),
    high=(1.0, 0.5),
    level=0.9,
    people=(8, 2),
    n=8,
)
NOTHING = made.refused("c.nothing", label="n", reason="Nobody was seen.", n=0)
SOURCE = Provenance(analysis="a", question="?", code="x.y", files=("plan.toml", "b.csv"), digest="d", seed=3)


@pytest.fixture
def registry() -> Registry:
    outcomes = (NOTHING, CURVE, ESTIMATE)
    return Registry(Record(outcome=one, provenance=SOURCE, text=f"text of {one.id}") for one in outcomes)


def test_every_kind_of_result_comes_back_as_it_was(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text(to_json(registry), encoding="utf-8")
    assert read_registry(tmp_path / "results.json").records() == registry.records()


def test_a_relation_with_a_result_that_the_file_does_not_hold_comes_back(tmp_path: Path) -> None:
    key = Key("completion", what="share", arm="full")
    told = Planned(
        key=key,
        label="Completed",
        quantity=Quantity.SHARE,
        unit="share",
        tells=((Key("flow", what="completed", arm="full"), key.but(arm="skills")),),
    ).estimate(0.5)
    path = tmp_path / "results.json"
    path.write_text(to_json(Registry([Record(outcome=told, provenance=SOURCE)])), encoding="utf-8")
    assert read_registry(path)[key] == told


def test_each_field_has_a_line_of_its_own(registry: Registry) -> None:
    lines = to_json(registry).splitlines()
    assert len(lines) > sum(len(to_row(record)) for record in registry.records())
    assert ' "se": 1e-300,' in lines
    assert ' "text": "text of a.estimate",' in lines


def test_a_row_names_where_its_result_comes_from(registry: Registry) -> None:
    assert to_row(registry.record("a.estimate"))["provenance"] == {
        "analysis": "a",
        "question": "?",
        "code": "x.y",
        "files": ("plan.toml", "b.csv"),
        "digest": "d",
        "seed": 3,
    }


def test_a_run_of_an_earlier_schema_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text('{"schema": 1, "results": []}')
    with pytest.raises(RunOfEarlierSchemaError, match="schema 1") as told:
        read_registry(path)
    assert told.value.exit_code == 2
