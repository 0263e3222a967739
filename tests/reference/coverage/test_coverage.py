"""Intervals about sessions and costs hold the truth as often as they say, within Monte-Carlo error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from example_truth import dose_truths, session_truths

HERE = Path(__file__).parent
KEPT = json.loads((HERE / "coverage.json").read_text())
LEVEL, STUDIES = 0.95, 200
ERROR = (LEVEL * (1 - LEVEL) / STUDIES) ** 0.5


@pytest.mark.parametrize("name", KEPT)
def test_no_interval_holds_the_truth_less_often_than_it_says(name):
    assert KEPT[name]["held"] >= LEVEL - 2 * ERROR
    assert KEPT[name]["studies"] >= STUDIES - 5


def test_the_known_truths_are_found_on_average():
    for name, truth in [*dose_truths(), *session_truths()]:
        assert KEPT[name]["truth"] == truth
        assert KEPT[name]["average"] == pytest.approx(truth, abs=0.15)


@pytest.mark.slow
def test_the_simulation_gives_its_numbers_again():
    import importlib.util

    spec = importlib.util.spec_from_file_location("coverage_simulation", HERE / "simulate.py")
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    for name, found in program.summarise(program.simulate(STUDIES)).items():
        assert found == pytest.approx(KEPT[name], rel=1e-9, abs=1e-12)
