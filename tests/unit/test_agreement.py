"""How many ways agree: the rule at its edges, and what is not counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import made
import outcomes
from outcomes.questions.agreement.analysis import conclude
from outcomes.results.outcome import Estimate, Interval, NotEstimable
from outcomes.results.verdict import Comparison, orient
from outcomes.results.ways import WAYS, verdict_of

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.results.outcome import Outcome


def estimate(value: float, low: float | None = None, high: float | None = None, name: str = "a.b") -> Estimate:
    interval = None if low is None and high is None else Interval(level=0.95, low=low, high=high)
    return made.estimate(name, label="x", value=value, unit="points", interval=interval)


VERDICT = verdict_of("mood", "end")


def read(low: float, high: float) -> Estimate:
    """Read an interval of low mood, of which less is better and 5 points are worthwhile."""
    return made.verdict(VERDICT, Comparison(main=orient(low, high, sign=-1.0), worthwhile=5.0))


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

    def test_other_questions_and_the_main_estimate_are_not_counted(self, cohort: object) -> None:
        found: dict[str, Outcome] = {str(way.key("mood", "end")): estimate(-3.0, -4.0, -2.0) for way in WAYS}
        done = self.conclude(cohort, found | {str(VERDICT): read(-4.0, -2.0)})
        counted = sum(way.role == "counted" for way in WAYS)
        for what in ("compared", "agree"):
            outcome = done[f"agreement.mood.end.{what}"]
            assert isinstance(outcome, Estimate)
            assert outcome.value == counted

    def test_a_way_agrees_by_its_own_interval_and_those_that_do_not_are_named(self, cohort: object) -> None:
        """Seven of eight whose intervals span zero agreed with a direction, since their estimates lay close by."""
        found: dict[str, Outcome] = {
            str(VERDICT): read(-4.0, -2.0),
            "ancova.mood.end.difference": estimate(-3.0, -6.5, 0.5),
            "between.mood.end.difference": estimate(-2.2, -4.2, -0.2),
            "weighting.mood.end.overlap": estimate(-3.0, -5.5, -0.5),
        }
        agree = self.conclude(cohort, found)["agreement.mood.end.agree"]
        assert isinstance(agree, Estimate)
        assert agree.value == 1
        assert agree.notes == ("Elsewhere: this visit, adjusted, overlap weights.",)

    def test_without_a_verdict_or_another_there_is_a_reason(self, cohort: object) -> None:
        nothing = made.verdict(VERDICT, Comparison(main=None))
        other = {"ancova.mood.end.difference": estimate(-3.0, -4.0, -2.0)}
        for found in ({str(VERDICT): nothing, **other}, {str(VERDICT): read(-4.0, -2.0)}, other):
            outcome = self.conclude(cohort, dict(found))["agreement.mood.end.agree"]
            assert isinstance(outcome, NotEstimable)
