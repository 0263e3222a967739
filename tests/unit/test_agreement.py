"""How many ways agree: the rule at its edges, and what is not counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import made
import outcomes
from outcomes.questions.agreement.analysis import agrees, conclude
from outcomes.results.outcome import Estimate, Interval, NotEstimable
from outcomes.results.ways import MAIN, WAYS

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.results.outcome import Outcome


def estimate(value: float, low: float | None = None, high: float | None = None, name: str = "a.b") -> Estimate:
    interval = None if low is None and high is None else Interval(level=0.95, low=low, high=high)
    return made.estimate(name, label="x", value=value, unit="points", interval=interval)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(2.0, True), (0.5, True), (0.0, True), (-0.5, False), (5.0, True), (5.01, False), (-1.01, False)],
)
def test_a_way_agrees_on_the_same_side_and_within_the_main_interval(value: float, expected: bool) -> None:
    assert agrees(estimate(value), estimate(2.0, -1.0, 5.0)) is expected


def test_an_open_side_of_the_main_interval_excludes_nothing() -> None:
    assert agrees(estimate(100.0), estimate(2.0, -1.0, None))


def test_ids_of_the_ways_are_those_of_a_report(small_study: Path) -> None:
    results = outcomes.analyse(outcomes.read_study(small_study))
    here = [way.text for way in WAYS if str(way.key("mood", "end")) in results]
    assert {"this visit, adjusted", "change, not adjusted", "overlap weights", "doubly robust"} <= set(here)
    counted = [
        way for way in WAYS if way.role == "counted" and isinstance(results.get(str(way.key("mood", "end"))), Estimate)
    ]
    compared, agree = (results[f"agreement.mood.end.{what}"] for what in ("compared", "agree"))
    assert isinstance(compared, Estimate)
    assert isinstance(agree, Estimate)
    assert compared.value == len(counted)
    assert 0 <= agree.value <= compared.value


class TestConclusions:
    """The small study with outcomes written for the case."""

    @pytest.fixture
    def cohort(self, small_study: Path) -> object:
        from outcomes.pipeline import answer

        return answer(outcomes.read_study(small_study)).cohort

    def conclude(self, cohort: object, found: dict[str, Outcome]) -> dict[str, Outcome]:
        return {outcome.id: outcome for outcome in conclude(cohort, found)}  # type: ignore[arg-type]  # a cohort

    def test_other_questions_and_the_same_estimate_are_not_counted(self, cohort: object) -> None:
        values = {"counted": 2.5, "apart": 9.0, "same estimate": 2.0}
        found: dict[str, Outcome] = {
            str(way.key("mood", "end")): estimate(values[way.role]) for way in WAYS if way.role != "main"
        }
        found[str(MAIN.key("mood", "end"))] = estimate(2.0, 1.0, 3.0)
        done = self.conclude(cohort, found)
        counted = sum(way.role == "counted" for way in WAYS)
        for what in ("compared", "agree"):
            outcome = done[f"agreement.mood.end.{what}"]
            assert isinstance(outcome, Estimate)
            assert outcome.value == counted

    def test_those_that_do_not_agree_are_named(self, cohort: object) -> None:
        found: dict[str, Outcome] = {
            str(MAIN.key("mood", "end")): estimate(2.0, 1.0, 3.0),
            "ancova.mood.end.difference": estimate(3.5),
            "between.mood.end.difference": estimate(2.2),
        }
        agree = self.conclude(cohort, found)["agreement.mood.end.agree"]
        assert isinstance(agree, Estimate)
        assert agree.value == 1
        assert agree.notes == ("Elsewhere: this visit, adjusted.",)

    def test_without_a_main_result_or_another_there_is_a_reason(self, cohort: object) -> None:
        missing = made.refused(str(MAIN.key("mood", "end")), label="x", reason="No.")
        for found in ({missing.id: missing}, {str(MAIN.key("mood", "end")): estimate(2.0, 1.0, 3.0)}):
            outcome = self.conclude(cohort, dict(found))["agreement.mood.end.agree"]
            assert isinstance(outcome, NotEstimable)
