"""A subgroup is told by the effects at its levels, each against the worthwhile difference, not by their difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import made
from outcomes.blocks.format import format_outcome
from outcomes.blocks.quote import Quoter
from outcomes.plan.read import read_plan
from outcomes.questions.needs.words import say_interaction
from outcomes.reporting.questions import list_questions
from outcomes.results.key import Key
from outcomes.results.outcome import Interval
from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.results.outcome import Estimate

SOURCE = Provenance(analysis="needs", question="?", code="c", files=(), digest="d", seed=None)
NEEDS = '\n[needs]\nmoderators = ["gender"]\n'


def effect(level: str, low: float, high: float, what: str = "difference") -> Estimate:
    key = Key("needs", "mood", "end", what, subject="gender", category=level)
    interval, named = (
        Interval(level=0.95, low=low, high=high),
        f"gender: {level}" if level else "gender: b compared with a",
    )
    return made.estimate(
        key,
        label=f"x {named}",
        value=(low + high) / 2,
        unit="points",
        interval=interval,
        n=40,
        named=named,
        p_value=0.01,
    )


def quote(folder: Path, *outcomes: Estimate) -> Quoter:
    plan = folder / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8") + NEEDS, encoding="utf-8")
    model = read_plan(plan)
    records = (Record(outcome=one, provenance=SOURCE, text=format_outcome(one, model)) for one in outcomes)
    return Quoter(Registry(records), model, {})


@pytest.mark.parametrize(
    ("low", "high", "read"),
    [
        (-9, -6, "better in Full programme and worthwhile"),
        (-4, -1, "better in Full programme and less than worthwhile"),
        (-9, -1, "better in Full programme, worthwhile or not"),
        (-3, 2, "less than worthwhile either way"),
        (-9, 7, "compatible with a worthwhile difference and with none"),
        (1, 4, "better in Skills group only and less than worthwhile"),
    ],
)
def test_each_level_is_read_against_the_worthwhile_difference(
    small_study: Path, low: float, high: float, read: str
) -> None:
    quoter = quote(small_study, effect("a", low, high), effect("b", 1, 3), effect("", -8, -2, "interaction"))
    said = say_interaction(quoter, "mood", "gender").plain
    assert f"for gender: a ({quoter.interval('needs.mood.end.gender.a.difference').plain}, " in said
    assert read in said.split("; ")[0]
    assert said.index("gender: b (1.0 to 3.0 higher") < said.index(
        "From one to the other, exploratory and not corrected"
    )
    assert "changes" not in said
    assert "former" not in said


def test_the_first_page_says_of_whom_it_differs_what_the_effects_are(small_study: Path) -> None:
    quoter = quote(small_study, effect("a", -3, 2), effect("b", -9, -1), effect("", -8, -2, "interaction"))
    (asked,) = (one for one in list_questions(quoter) if one.text == "For whom?")
    assert "on Low mood the difference between the programmes is 0.5 points lower for gender: a" in asked.why.plain
    assert "less than worthwhile either way" in asked.why.plain
