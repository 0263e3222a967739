"""Who started, who completed, who was seen when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.analyses.contract import Counts
from outcomes.core.ids import result_id
from outcomes.plan.model import ARMS
from outcomes.results.outcome import Estimate, NotEstimable, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Count people by arm: started, completed, and observed at each visit on each measure."""
    for arm in ARMS:
        mine = cohort.in_arm(arm)
        yield _count("started", arm, int(mine.sum()), ("flow", arm, "started"), cohort)
        yield _completed(arm, cohort)
        for measure in cohort.plan.measures:
            for visit in cohort.plan.visits:
                seen = int((mine & ~np.isnan(cohort.scores(measure, visit))).sum())
                what = f"observed on {cohort.plan.measures[measure].label}, {cohort.plan.visits[visit].label}"
                yield _count(what, arm, seen, ("flow", measure, visit, arm, "observed"), cohort)


def _completed(arm: str, cohort: Cohort) -> Outcome:
    mine = cohort.in_arm(arm)
    known = mine & ~np.isnan(cohort.completed)
    if not known.any():
        label = f"People who completed, {cohort.plan.arm_labels[arm]}"
        return NotEstimable(id=result_id("flow", arm, "completed"), label=label, reason=why_completion_unknown(cohort))
    return _count("completed", arm, int(cohort.completed[known].sum()), ("flow", arm, "completed"), cohort)


def why_completion_unknown(cohort: Cohort) -> str:
    """Say why completion is not known for anybody."""
    rule = cohort.plan.completion
    if rule is None:
        return "The plan does not say how completion is judged."
    if rule.rule is not None and "attendance" not in cohort.tables:
        return "attendance.csv was not provided."
    return "Completion is not recorded for anybody in this arm."


def _count(what: str, arm: str, count: int, words: tuple[str, ...], cohort: Cohort) -> Estimate:
    counts = Counts(n=count, n_full=count) if arm == "full" else Counts(n=count, n_skills=count)
    return Estimate(
        id=result_id(*words),
        label=f"People {what}, {cohort.plan.arm_labels[arm]}",
        value=float(count),
        unit="people",
        method="count",
        **counts,
    )
