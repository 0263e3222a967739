"""Who started, who completed, who was seen when, who is in the main comparison and why others are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id
from outcomes.models.contract import Counts
from outcomes.models.covariates import read_covariates
from outcomes.models.design import people_of
from outcomes.plan.model import ARMS
from outcomes.results.outcome import Estimate, NotEstimable, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

LEFT_OUT = {
    "no_window": "left out: a score dated outside every visit window, and none at the start or none later",
    "no_start": "left out: no score at the start",
    "no_covariate": "left out: something that is adjusted for is not recorded",
    "no_later": "left out: no score after the start",
}


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Count people by arm: started, completed, observed at each visit, in the main comparison or left out, and why."""
    for arm in ARMS:
        mine = cohort.in_arm(arm)
        yield _count("started", arm, int(mine.sum()), ("flow", arm, "started"), cohort)
        yield _completed(arm, cohort)
        unknown = int((mine & np.isnan(cohort.completed)).sum())
        what = "of whom it is not recorded whether they completed"
        yield _count(what, arm, unknown, ("flow", arm, "completion_not_recorded"), cohort)
        for measure in cohort.plan.measures:
            for visit in cohort.plan.visits:
                seen = int((mine & ~np.isnan(cohort.scores(measure, visit))).sum())
                what = f"observed on {cohort.plan.measures[measure].label}, {cohort.plan.visits[visit].label}"
                yield _count(what, arm, seen, ("flow", measure, visit, arm, "observed"), cohort)
            yield from _account(measure, arm, cohort)


def _account(measure: str, arm: str, cohort: Cohort) -> Iterator[Estimate]:
    """Account for everybody of an arm: in the main comparison of a measure, or left out for the first reason."""
    mine, label = cohort.in_arm(arm), cohort.plan.measures[measure].label
    compared = mine & people_of(cohort, measure, read_covariates(cohort)).used
    seen = compared & ~np.isnan(cohort.scores(measure, cohort.plan.primary))
    at = f"in the main comparison of {label}"
    yield _count(at, arm, int(compared.sum()), ("flow", measure, arm, "compared"), cohort)
    at = f"{at} and seen at {cohort.plan.visits[cohort.plan.primary].label}"
    yield _count(at, arm, int(seen.sum()), ("flow", measure, arm, "compared_and_seen"), cohort)
    for word, used in _reasons(measure, cohort).items():
        what = f"{LEFT_OUT[word]}, {label}"
        yield _count(what, arm, int((mine & used).sum()), ("flow", measure, arm, "left_out", word), cohort)


def _reasons(measure: str, cohort: Cohort) -> dict[str, NDArray[np.bool_]]:
    """Who is not in the main comparison, by the first reason that holds; together they are all who are not."""
    grid, nobody = cohort.grids[measure], np.zeros(len(cohort.full), dtype=bool)
    start, later = ~np.isnan(grid[:, 0]), ~np.isnan(grid[:, 1:]).all(axis=1)
    holds = {
        "no_window": ~(start & later) & cohort.outside.get(measure, nobody),
        "no_start": ~start,
        "no_covariate": ~read_covariates(cohort).known,
        "no_later": ~later,
    }
    found, told = {}, nobody
    for word, where in holds.items():
        found[word] = where & ~told
        told = told | where
    return found


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
