"""What is said of those not seen: each region of the interval, each direction of the scale, nothing without its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import made
import outcomes
from outcomes.blocks.quote import Quoter
from outcomes.questions.missing.words import list_patterns, say_missing
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, Interval
from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry
from outcomes.runs import with_texts

if TYPE_CHECKING:
    from pathlib import Path

from outcomes.results.outcome import Outcome

SOURCE = Provenance(analysis="missing", question="?", code="c", files=(), digest="d", seed=None)
AT = "imputation.mood.end"


def points(what: str, value: float, low: float | None = None, high: float | None = None) -> Estimate:
    interval = None if low is None else Interval(level=0.95, low=low, high=high)
    return made.estimate(f"{AT}.{what}", label=what, value=value, unit="points", interval=interval, n=60)


def say(folder: Path, *outcomes_: Outcome, better: str = "lower") -> str:
    plan_file = folder / "plan.toml"
    plan_file.write_text(plan_file.read_text().replace('better = "lower"', f'better = "{better}"'))
    plan = outcomes.read_study(folder).plan
    registry = with_texts(Registry(Record(outcome=one, provenance=SOURCE) for one in outcomes_), plan)
    return str(say_missing(Quoter(registry, plan, {}), "mood"))


def test_a_result_that_holds_says_until_when(small_study: Path) -> None:
    text = say(
        small_study, points("mar", -5.0, -8.0, -2.0), points("tipping_point", 6.04), points("tipping_lean", 20.0)
    )
    assert (
        "The interval under the first of these assumptions lies to the side of Full programme until those lost from "
        "Full programme were 6.0 points higher" in text
    )
    assert "(worse)" in text
    assert "20.0" not in text


def test_where_higher_is_better_the_words_turn(small_study: Path) -> None:
    found = (points("mar", 5.0, 2.0, 8.0), points("tipping_point", -6.04), points("tipping_lean", -20.0))
    text = say(small_study, *found, better="higher")
    assert "lies to the side of Full programme until" in text
    assert "6.0 points lower than assumed (worse)" in text


def test_a_result_for_skills_only_tips_when_leavers_were_better(small_study: Path) -> None:
    text = say(small_study, points("mar", 5.0, 2.0, 8.0), points("tipping_point", -6.0), points("tipping_lean", -20.0))
    assert "lies to the side of Skills group only until those lost from Full programme were 6.0 points lower" in text
    assert "(better)" in text


def test_a_result_that_spans_both_directions_says_so_and_when_it_would_lean_the_other_way(small_study: Path) -> None:
    undecided = made.refused(f"{AT}.tipping_point", label="", reason="It spans both.")
    text = say(small_study, points("mar", -1.0, -4.0, 2.0), undecided, points("tipping_lean", 3.3))
    assert "The interval under the first of these assumptions spans both directions already" in text
    assert "to Skills group only, if those lost from Full programme were more than 3.3 points higher" in text


def test_more_than_the_scale_allows_is_said(small_study: Path) -> None:
    text = say(
        small_study, points("mar", -5.0, -8.0, -2.0), points("tipping_point", 80.0), points("tipping_lean", 99.0)
    )
    assert "(worse, more than the scale allows)" in text


def test_where_nobody_left_the_reason_is_given(small_study: Path) -> None:
    nobody = [made.refused(f"{AT}.{what}", label="", reason="Nobody.") for what in ("tipping_point", "tipping_lean")]
    assert say(small_study, points("mar", -5.0, -8.0, -2.0), *nobody).endswith("Nobody.")


def test_where_there_is_no_estimate_its_reason_is_given(small_study: Path) -> None:
    absent = made.refused(f"{AT}.mar", label="", reason="In one arm nobody was seen at this visit.")
    assert "this data cannot answer. In one arm nobody was seen" in say(small_study, absent)


@pytest.mark.parametrize("word", ["significant", "proves", "works", "no difference"])
def test_forbidden_words_are_not_said(small_study: Path, word: str) -> None:
    text = say(small_study, points("mar", -5.0, -8.0, -2.0), points("tipping_point", 6.0), points("tipping_lean", 9.0))
    assert word not in text


def test_patterns_stand_from_always_seen_to_never(small_study: Path) -> None:
    plan = outcomes.read_study(small_study).plan
    patterns = [
        made.estimate(
            Key("missing", "mood", what="pattern", category=word, arm="full"),
            label="",
            value=9.0,
            unit="people",
            n=9,
        )
        for word in ("mmm", "ssm", "sss", "sms")
    ]
    registry = Registry(Record(outcome=one, provenance=SOURCE) for one in patterns)
    rows = list_patterns(Quoter(registry, plan, {}), "mood")
    assert [row.seen for row in rows] == [(True,) * 3, (True, True, False), (True, False, True), (False,) * 3]
