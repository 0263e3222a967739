"""Counts and yes/no in the plan: their keys, and what belongs to scores alone."""

from __future__ import annotations

import pytest

from outcomes.errors import PlanError
from outcomes.plan.read import parse_plan
from small_study import PLAN

COUNT = """[measures.acts]
label = "Self-harm"
domain = "other"
role = "secondary"
better = "lower"
range = [0, 500]
kind = "count"
"""
YES_NO = """[measures.work]
label = "In work or training"
domain = "other"
role = "secondary"
better = "higher"
kind = "yes_no"
"""


def faults_of(*more: str) -> str:
    text = PLAN.replace("[adjust]", "\n".join((*more, "[adjust]")))
    with pytest.raises(PlanError) as caught:
        parse_plan(text.encode())
    return str(caught.value)


def test_counts_and_yes_no_are_read_beside_scores() -> None:
    more = f"{COUNT}weeks = {{ start = 8, mid = 4, end = 4 }}\n{YES_NO}"
    plan = parse_plan(PLAN.replace("[adjust]", f"{more}[adjust]").encode())
    assert plan.measures["acts"].weeks_at("start") == 8
    assert plan.measures["work"].range == (0, 1)
    assert tuple(plan.scored) == ("mood", "skill")
    assert plan.of_kind("count") == ("acts",)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (COUNT, "of how many weeks before its visit"),
        (COUNT + "weeks = { start = 8, end = 4 }", "has none for mid"),
        (COUNT + "weeks = { start = 8, mid = 4, end = 4, later = 4 }", "must be one of the visits"),
        (COUNT + "weeks = 0", "greater than 0"),
        (COUNT + "weeks = 4\nworthwhile = 1", "1 is no difference"),
        (COUNT + "weeks = 4\nreliability = 0.8", "is of scores alone, and this is a count"),
        (COUNT.replace("[0, 500]", "[-1, 500]") + "weeks = 4", "never below nothing"),
        (YES_NO + "weeks = 4", "is of a count alone"),
        (YES_NO + "worthwhile = 10", "such as 0.1 for 10 in 100"),
        (YES_NO + "range = [1, 2]", "must be [0, 1]"),
        (YES_NO + 'instrument = "ders16"', "is of scores alone, and this is a yes/no"),
        (YES_NO.replace("yes_no", "yesno"), "must be"),
    ],
)
def test_a_key_that_does_not_belong_to_a_kind_is_a_fault(more: str, said: str) -> None:
    assert said in faults_of(more)
