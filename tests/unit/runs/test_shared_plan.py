"""The plan as the edition to share holds it."""

from __future__ import annotations

from outcomes.plan.read import parse_plan
from outcomes.runs.shared_plan import share_plan
from small_study import PLAN


def test_a_plan_that_judges_no_completion_is_shared_too() -> None:
    """It stopped the report of every study without such a table."""
    text = PLAN[: PLAN.index("[completion]")]
    plan = parse_plan(text.encode()).model_dump(mode="json")
    assert plan["completion"] is None
    assert share_plan(plan)["completion"] is None
