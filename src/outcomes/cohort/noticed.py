"""What a person must know of the people as they were put together, which no single row tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.plan.model import ARMS
from outcomes.study.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort.model import Cohort
    from outcomes.plan.model import Measure, Plan

NO_START = "alliance"  # nobody can be asked about a therapist whom they have not met
_FIX = (
    "Without a score at the start nobody enters the comparison of this measure. See whether those questionnaires were "
    "exported, and whether the visit's word, or its window in plan.toml, finds them."
)


def notice(cohort: Cohort) -> Iterator[Finding]:
    """Find the measures on which nobody, or nobody of an arm, has a score at the start though there are later ones."""
    visit, planned = next(iter(cohort.plan.visits.items()))
    for word, measure in cohort.plan.measures.items():
        if measure.domain == NO_START:
            continue
        begun = ~np.isnan(cohort.scores(word, visit))
        seen = ~np.isnan(cohort.grids[word]).all(axis=1)
        without = [arm for arm in ARMS if (mine := cohort.in_arm(arm))[seen].any() and not begun[mine].any()]
        if not without:
            continue
        file = _file_of(measure, cohort.plan)
        whom = "" if len(without) == len(ARMS) else f" of {cohort.plan.arm_names[without[0]]}"
        rule = f"nobody{whom} has a score on {word} at the visit {planned.label}, the start"
        yield Finding(level="CHECK", code="E287", file=file, column="visit", rule=rule, fix=_FIX)


def _file_of(measure: Measure, plan: Plan) -> str:
    if measure.instrument is None:
        return "scores.csv"
    is_of_goals = plan.instrument(measure.instrument).table == "goals"
    return "goals.csv" if is_of_goals else f"items/{measure.instrument}.csv"
