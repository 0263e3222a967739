"""What a clinical lead looks for is answered from the edition to share alone: by numbers, coarse where arms are few."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from outcomes.plan.model import Disclosure
from outcomes.release import Released, release
from outcomes.results.outcome import Estimate
from outcomes.results.store import read_registry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Each fact by what tells it: analysis, what, and how many results of that kind there are at least.
FACTS: Mapping[str, tuple[tuple[str, str, int], ...]] = {
    "which measure improved": (("within", "change", 6), ("verdict", "rung", 3)),
    "by how much against worthwhile": (("mmrm", "difference", 3),),
    "how many completed": (("completion", "share", 2), ("completion", "difference", 1), ("flow", "started", 2)),
    "who is missing": (("missing", "share", 2), ("flow", "compared_and_seen", 2)),
    "what it costs": (("costs", "difference", 1), ("costs", "mean", 2)),
    "for whom": (("needs", "interaction", 1),),
    "how sure": (("verdict", "rung", 3), ("agreement", "agree", 3), ("imputation", "start", 3)),
    "against others": (("evidence", "local", 3), ("evidence", "published", 1)),
    "what next": (("precision", "clients_needed", 3),),
}


@pytest.fixture(scope="module")
def told(root: Path) -> Released:
    return release(read_registry(root / "reports" / "example" / "reference" / "results.json"), Disclosure())


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_is_told_by_numbers(fact: str, told: Released) -> None:
    for analysis, what, least in FACTS[fact]:
        found = [
            one
            for one in told.registry.values()
            if isinstance(one, Estimate) and (one.key.analysis, one.key.what) == (analysis, what)
        ]
        assert len(found) >= least, (analysis, what)


def test_whether_it_is_safe_is_told_or_said_to_be_about_few(told: Released) -> None:
    """Those who got worse are told as a share, or named among what few people stand behind."""
    worse = [one for one in told.registry if one.endswith(".deteriorated")]
    hidden = [one for one in told.hidden if one.id.endswith(".deteriorated")]
    assert worse or hidden
    assert all("fewer people than the plan's minimum count" in one.reason for one in hidden)


def test_a_main_difference_keeps_its_number_and_limits(told: Released) -> None:
    """The price of sharing is borne by limits: the main numbers stand at two figures of their half-width."""
    main = [told.registry[f"mmrm.{measure}.end.difference"] for measure in ("ders16", "dts", "ffmq15")]
    for one in main:
        assert isinstance(one, Estimate)
        assert one.limits is not None
        low, high = one.limits
        assert low is not None
        assert high is not None
        assert low < one.value < high


def test_the_page_of_a_small_study_answers_from_the_edition_alone(small_run: Path) -> None:
    page = (small_run / "share" / "report.html").read_text(encoding="utf-8")
    rows = {
        one["id"] for one in json.loads((small_run / "share" / "results.json").read_text(encoding="utf-8"))["results"]
    }
    for name in ("mmrm.mood.end.difference", "completion.full.share", "flow.full.started", "verdict.mood.end.rung"):
        assert name in rows, name
        assert f'data-id="{name}"' in page, name
