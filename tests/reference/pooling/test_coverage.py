"""What the committed simulation says of pooled intervals; `simulate.py` beside it wrote the values."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
FOUND: dict[str, dict[str, dict[str, float]]] = json.loads((HERE / "coverage.json").read_text(encoding="utf-8"))
# two standard errors of a share of 95 % over 100 sets
SLACK = 0.044


def load_program() -> Any:
    spec = importlib.util.spec_from_file_location("simulate_pooling", HERE / "simulate.py")
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


@pytest.mark.parametrize("case", FOUND)
def test_two_stages_hold_the_truth_whether_clinics_are_alike_or_not(case: str) -> None:
    assert FOUND[case]["two_stage"]["coverage"] >= 0.95 - SLACK


@pytest.mark.parametrize("clinics", [3, 6, 12])
def test_one_stage_holds_the_truth_where_clinics_are_alike_and_is_biased_less_than_the_naive_one(clinics: int) -> None:
    alike = FOUND[f"{clinics} clinics, spread 0"]
    assert alike["one_stage"]["coverage"] == pytest.approx(0.95, abs=SLACK)
    assert abs(alike["naive"]["bias"]) > 3 * abs(alike["one_stage"]["bias"])


@pytest.mark.parametrize("clinics", [3, 6, 12])
def test_one_stage_alone_is_too_sure_of_clinics_like_these_where_they_differ(clinics: int) -> None:
    differing = FOUND[f"{clinics} clinics, spread 3"]
    assert differing["one_stage"]["coverage"] < 0.9 < differing["two_stage"]["coverage"] + SLACK


@pytest.mark.slow
@pytest.mark.parametrize(("clinics", "spread"), [(3, 0.0), (6, 3.0)])
def test_the_program_still_gives_what_is_committed(clinics: int, spread: float) -> None:
    program = load_program()
    committed = FOUND[f"{clinics} clinics, spread {spread:g}"]
    again = program.simulate(clinics, spread, int(committed["one_stage"]["sets"]))
    for way in ("one_stage", "two_stage", "naive"):
        assert again[way] == pytest.approx(committed[way], abs=2e-3)
