"""Intervals of what was added to sessions, and of waits, hold the truth as often as they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from example_truth import later_session_truths

HERE = Path(__file__).parent
KEPT = json.loads((HERE / "later.json").read_text())
LEVEL, STUDIES = 0.95, 30
ERROR = (LEVEL * (1 - LEVEL) / STUDIES) ** 0.5
ERRORS = 3  # of two dozen intervals one lies two errors off by chance


@pytest.mark.parametrize("name", KEPT["intervals"])
def test_no_interval_holds_the_truth_less_often_than_it_says(name: str) -> None:
    assert KEPT["intervals"][name]["held"] >= LEVEL - ERRORS * ERROR
    assert KEPT["intervals"][name]["studies"] == STUDIES


def test_what_is_drawn_from_is_what_is_held_against() -> None:
    assert {name: KEPT["intervals"][name]["truth"] for name, _ in later_session_truths()} == dict(
        later_session_truths()
    )
