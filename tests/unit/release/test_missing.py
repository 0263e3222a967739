"""What is released about those not seen tells no small count."""

from __future__ import annotations

import pytest

from outcomes.plan.model import Disclosure
from outcomes.release import release
from outcomes.results.outcome import Curve, Estimate, Outcome
from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry

RULES = Disclosure()
SOURCE = Provenance(analysis="missing", question="?", code="c", files=(), digest="d", seed=None)
AT = "imputation.mood.end"
MOVED_BY_FULL = ("tipping_point", "tipping_lean", "worse_full")
MOVED_BY_BOTH = ("jump_to_reference", "jump_to_reference_rubin", "copy_increments", "copy_reference", "worse_both")


def registry(*outcomes: Outcome) -> Registry:
    return Registry(Record(outcome=outcome, provenance=SOURCE) for outcome in outcomes)


def count(result: str, value: float) -> Estimate:
    return Estimate(id=result, label=result, value=value, unit="people", n=int(value), n_full=int(value))


def points(result: str) -> Estimate:
    return Estimate(id=result, label=result, value=-3.1, unit="points", n=120, n_full=60, n_skills=60)


def curve(result: str) -> Curve:
    return Curve(
        id=result, label=result, unit="points", axis="points", at=(0.0,), value=(1.0,), n=120, n_full=60, n_skills=60
    )


def departures(left_full: int, left_skills: int) -> set[str]:
    released = release(
        registry(
            count("missing.mood.end.full.left", left_full),
            count("missing.mood.end.skills.left", left_skills),
            *(points(f"{AT}.{what}") for what in ("mar", "mar_rubin", "worse_skills", *MOVED_BY_FULL, *MOVED_BY_BOTH)),
            curve(f"{AT}.by_delta"),
        ),
        RULES,
    )
    return {name.removeprefix(f"{AT}.") for name in released.registry if name.startswith(AT)}


def test_what_moves_with_few_leavers_is_hidden() -> None:
    assert departures(3, 20) == {"mar", "mar_rubin", "worse_skills"}
    assert departures(20, 3) == {"mar", "mar_rubin", "by_delta", *MOVED_BY_FULL}


def test_with_many_leavers_all_is_released() -> None:
    assert departures(20, 20) >= {"mar", "by_delta", "worse_skills", *MOVED_BY_FULL, *MOVED_BY_BOTH}


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"ss": 40, "sm": 20, "ms": 3}, {"ss"}),  # one hidden would be told by the rest
        ({"ss": 40, "sm": 20, "ms": 3, "mm": 2}, {"ss"}),  # two hidden that are few together
        ({"ss": 40, "sm": 20, "ms": 5, "mm": 4}, {"ss", "sm"}),
        ({"ss": 40, "sm": 20}, {"ss", "sm"}),
    ],
)
def test_patterns_do_not_add_up_to_a_hidden_one(counts: dict[str, int], shown: set[str]) -> None:
    made = [count(f"missing.mood.pattern.{word}.full", number) for word, number in counts.items()]
    assert {name.split(".")[3] for name in release(registry(*made), RULES).registry} == shown


def test_the_mean_of_few_people_is_hidden() -> None:
    described = Estimate(id="missing.mood.full.last_score", label="", value=0.4, unit="sd", n=60, n_full=60)
    few = release(registry(described, count("missing.mood.full.missed_next", 3)), RULES)
    many = release(registry(described, count("missing.mood.full.missed_next", 30)), RULES)
    assert "missing.mood.full.last_score" not in few.registry
    assert "missing.mood.full.last_score" in many.registry


def test_a_difference_of_shares_is_hidden_with_them() -> None:
    shares = [
        Estimate(id=f"missing.mood.end.{arm}.share", label="", value=value, unit="share", n=60)
        for arm, value in (("full", 0.05), ("skills", 0.4))
    ]
    difference = Estimate(id="missing.mood.end.difference", label="", value=-0.35, unit="share_difference", n=120)
    assert not release(registry(*shares, difference), RULES).registry


def test_no_reason_for_being_left_out_is_told_by_the_others() -> None:
    counts = {"no_start": 3, "no_covariate": 0, "no_later": 12, "no_window": 20}
    left = [count(f"flow.mood.full.left_out.{why}", number) for why, number in counts.items()]
    shown = set(release(registry(*left), RULES).registry)
    assert shown == {"flow.mood.full.left_out.no_window"}  # 3 and 0 together are a small count: the next goes as well
