"""The analysis of change on a small study: shares add up, and what is not known is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import outcomes
from outcomes.core.estimates import Estimate, NotEstimable

if TYPE_CHECKING:
    from pathlib import Path

AT = "change.mood.end"


def test_without_a_reliability_nothing_is_judged(small_study: Path) -> None:
    found = outcomes.analyse(outcomes.read_study(small_study))[f"{AT}.full.improved"]
    assert isinstance(found, NotEstimable)
    assert "reliability" in found.reason


def test_shares_add_up_and_recovery_needs_norms(small_study: Path) -> None:
    plan = (small_study / "plan.toml").read_text()
    (small_study / "plan.toml").write_text(plan.replace("worthwhile = 5", "worthwhile = 5\nreliability = 0.9"))
    results = outcomes.analyse(outcomes.read_study(small_study))
    for arm in ("full", "skills"):
        parts = [results[f"{AT}.{arm}.{word}"] for word in ("improved", "unchanged", "deteriorated")]
        assert sum(part.value for part in parts if isinstance(part, Estimate)) == pytest.approx(1.0)
        assert isinstance(results[f"{AT}.{arm}.recovered"], NotEstimable)
    difference = results[f"{AT}.improved.difference"]
    assert isinstance(difference, Estimate)
    assert difference.interval is not None
