"""Which words are used when: every region of the interval against zero and the worthwhile difference."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from outcomes.core.estimates import Estimate, Interval, NotEstimable
from outcomes.core.provenance import Provenance
from outcomes.plan.read import read_plan
from outcomes.registry import Record, Registry
from outcomes.render.quote import Quoter
from outcomes.render.reading import read_limits, say_share
from outcomes.render.words import lead_precision, needs

if TYPE_CHECKING:
    from pathlib import Path


def read(low: float, high: float, *, sign: float = 1.0, worthwhile: float | None = 5.0) -> tuple[str, str, str]:
    outcome = Estimate(
        id="a.b", label="x", value=(low + high) / 2, unit="points", interval=Interval(level=0.95, low=low, high=high)
    )
    reading = read_limits(outcome, sign=sign, worthwhile=worthwhile)
    return reading.favours, reading.worthwhile, reading.answer


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (6, 9, ("full", "reached", "answered")),
        (1, 9, ("full", "open", "partly")),
        (1, 4, ("full", "excluded", "answered")),
        (-3, 4, ("neither", "excluded", "answered")),
        (-3, 9, ("neither", "open", "cannot")),
        (-9, -1, ("skills", "open", "partly")),
        (-9, -6, ("skills", "reached", "answered")),
        (5, 9, ("full", "reached", "answered")),
        (0, 9, ("neither", "open", "cannot")),
    ],
)
def test_an_interval_is_read_by_where_it_lies(low: float, high: float, expected: tuple[str, str, str]) -> None:
    assert read(low, high) == expected


def test_where_lower_is_better_the_arms_change_places() -> None:
    assert read(-9, -6, sign=-1.0) == ("full", "reached", "answered")


def test_without_a_worthwhile_difference_the_direction_is_the_answer() -> None:
    assert read(1, 9, worthwhile=None) == ("full", "not stated", "answered")
    assert read(-1, 9, worthwhile=None) == ("neither", "not stated", "cannot")


def test_nothing_estimated_is_absent() -> None:
    assert read_limits(None, sign=1.0, worthwhile=5.0).answer == "absent"


def test_sizes_in_words_rise_with_the_size() -> None:
    words = list(dict.fromkeys(say_share(share / 100) for share in range(1, 300)))
    assert words[0] == "a small part of"
    assert words[-1] == "more than twice"
    assert len(words) == 11
    assert say_share(-1.0) == "about"


def test_how_many_people_it_takes_is_said_or_why_it_cannot_be(small_study: Path) -> None:
    """A measure without a worthwhile difference left the lead with nothing but who started."""
    plan = read_plan(small_study / "plan.toml")
    measure, *others = plan.primary_measures
    reason = "The plan does not say which difference would be worthwhile on this measure."
    absent = [f"precision.{one}.{plan.primary}.clients_needed" for one in (measure, *others)]
    outcomes = [
        *(NotEstimable(id=name, label="x", reason=reason) for name in absent),
        *(Estimate(id=f"flow.{arm}.started", label="x", value=20.0, unit="people") for arm in ("full", "skills")),
    ]
    source = Provenance(analysis="a", question="?", code="c", files=(), digest="d", seed=None)
    registry = Registry(Record(outcome=one, provenance=source, text="20") for one in outcomes)
    said = lead_precision(Quoter(registry, plan, {})).striptags()
    assert reason in said
    assert said.endswith("20 and 20 people started here.")


def profile(*, full: int | None, skills: int | None) -> str:
    seen = {"full": full, "skills": skills}
    records = {
        f"needs.profile.x.{arm}.seen": Estimate(
            id=f"needs.profile.x.{arm}.seen", label="x", value=float(many), unit="people"
        )
        for arm, many in seen.items()
        if many is not None
    }
    return str(needs.say_profile(SimpleNamespace(get=records.get), "needs.profile.x"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("full", "skills", "phrase"),
    [
        (50, 4, "cannot speak for them"),
        (4, 50, "cannot speak for them"),
        (5, 50, "say little about them"),
        (19, 50, "say little about them"),
        (20, 20, "were seen in both programmes"),
        (30, None, "Not shown in this edition"),
    ],
)
def test_whether_the_data_speak_for_people_like_a_profile_hangs_on_the_smaller_arm(
    full: int, skills: int | None, phrase: str
) -> None:
    assert phrase in profile(full=full, skills=skills)
