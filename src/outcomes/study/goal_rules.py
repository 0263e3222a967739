"""What the ratings of goals must hold to: a measure, a place in time, one rating of a goal at a visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.study.keys import check_repeats
from outcomes.study.rules import check_place
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.plan.model import Plan
    from outcomes.study.model import Finding
    from outcomes.study.parse import TypedTable

GOALS = "gbo"  # the instrument whose answers stand in goals.csv


def check_goals(table: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Check the ratings of goals by themselves."""
    if not any(one.instrument and plan.instrument(one.instrument).id == GOALS for one in plan.measures.values()):
        rule = "no measure of the plan is made from goals, and they are in no result"
        fix = f'Add a measure with instrument = "{GOALS}" to plan.toml, or take the file out.'
        yield make_finding("CHECK", "E238", table.name, (), "", rule, fix)
    if not {"client_id", "goal", "rating"} <= set(table.frame.columns):
        return
    yield from check_place(table, plan)
    yield from check_repeats(table, ("goal",), ("rating",))
    unrated = np.asarray(table.frame["rating"].isna().to_numpy(dtype=bool))
    rule = "a goal is not rated at a visit"
    fix = "Nothing needs to be done if that is so: there is no score then if it is one of the goals rated first."
    yield from table.find("NOTE", "E278", unrated, "rating", rule, fix)
