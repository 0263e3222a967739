"""Dose: sessions attended up to the landmark visit against the change after it, among those seen at both.

Sessions attended over the whole programme are a result of how people fare as much as a cause: who gets worse leaves.
So no outcome is regressed on them (docs/methods/dose.md). Up to the landmark everybody here was there to attend, and
the score at the landmark stands for how they were by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.cohort.model import once
from outcomes.core.ids import result_id
from outcomes.models.clusterings import fit_mean, fit_slope
from outcomes.models.contract import Counts, People, attempt, count_arm, to_interval, to_mean, to_points
from outcomes.questions.sessions.landmark import NO_VISIT, Landmark, landmark_of
from outcomes.results.outcome import NotEstimable, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

NO_ATTENDANCE = "attendance.csv was not provided."
STREAMS = {"full": ("group", "individual"), "skills": ("group",)}
WORDS = {"group": "group session", "individual": "121 session"}
DAYS_A_WEEK = 7


@once
def attended(cohort: Cohort, kind: str, *, by_week: float | None) -> Floats:
    """Sessions of a kind that each client attended, up to a week or in all, shape (n,).

    Raises
    ------
    NotEstimableError
        Without attendance, or where the week of a session cannot be known.
    """
    table = cohort.tables.get("attendance")
    if table is None:
        raise NotEstimableError(NO_ATTENDANCE)
    mine = (table["kind"] == kind).to_numpy() & (table["status"] == "attended").to_numpy()
    client = cohort.clients["client_id"].searchsorted(table["client_id"])
    if by_week is not None:
        week = _weeks(cohort, table, client)
        if np.isnan(week[mine]).any():
            raise NotEstimableError("Of some sessions neither the week nor the client's start is known.")
        mine &= week <= by_week
    return np.bincount(client[mine], minlength=len(cohort.full)).astype(float)


def _weeks(cohort: Cohort, table: pd.DataFrame, client: NDArray[np.intp]) -> Floats:
    """Week of each session after the client's start: as written, else from its date."""
    week = table["week"].to_numpy(dtype=float) if "week" in table else np.full(len(table), np.nan)
    if "date" in table and "start_date" in cohort.clients:
        start = cohort.clients["start_date"].to_numpy()[client]
        by_date = (table["date"].to_numpy() - start) / np.timedelta64(DAYS_A_WEEK, "D")
        week = np.where(np.isnan(week), by_date, week)
    return week


def describe(cohort: Cohort) -> Iterator[Outcome]:
    """Give the mean number of sessions attended by arm and kind."""
    level = cohort.plan.confidence.level
    for arm, kinds in STREAMS.items():
        mine = cohort.in_arm(arm)
        for kind in kinds:
            result = result_id("dose", arm, kind, "attended")
            label = f"{WORDS[kind].capitalize()}s attended, mean, {cohort.plan.arm_labels[arm]}"

            def mean(
                arm: str = arm,
                kind: str = kind,
                mine: Mask = mine,
                result: str = result,
                label: str = label,
            ) -> Outcome:
                fit, spread = fit_mean(cohort, mine, attended(cohort, kind, by_week=None))
                return to_mean(
                    result,
                    label,
                    fit,
                    unit="sessions",
                    interval=to_interval(level, fit.interval(level)),
                    counts=count_arm(arm, mine),
                    method=f"mean of everybody who started; {spread}",
                )

            yield attempt(result, label, mean, people=People(mine, cohort.full))


def relate(cohort: Cohort, covariates: Covariates) -> Iterator[Outcome]:
    """Relate sessions up to the landmark to later change: of any kind in both arms, then by arm and kind."""
    for measure in cohort.plan.primary_measures:
        yield _slope(cohort, covariates, measure, None, None)
        for arm, kinds in STREAMS.items():
            for kind in kinds:
                yield _slope(cohort, covariates, measure, arm, kind)


def _slope(cohort: Cohort, covariates: Covariates, measure: str, arm: str | None, kind: str | None) -> Outcome:
    plan = cohort.plan
    middle = (arm, kind) if arm is not None and kind is not None else ()
    result = result_id("dose", measure, plan.primary, *middle, "per_session")
    what = "session of either kind" if kind is None else WORDS[kind]
    where = "both programmes" if arm is None else plan.arm_labels[arm]
    label = f"{plan.measures[measure].label}: later change for each {what} more, {where}"
    visit = landmark_of(plan)
    if visit is None:
        return NotEstimable(id=result, label=label, reason=NO_VISIT)
    everybody = np.ones(len(cohort.full), dtype=bool)
    members = everybody if arm is None else cohort.in_arm(arm)
    around = Landmark.read(cohort, measure, covariates)
    people = People(around.seen & members, cohort.full)

    def compute() -> Outcome:
        by_week = plan.visits[visit].week
        streams = STREAMS["full"] if arm is None else STREAMS[arm]
        sessions = {one: attended(cohort, one, by_week=by_week) for one in streams}
        exposure, beside = _exposure(cohort, sessions, kind)
        mine = people.counts() if arm is None else count_arm(arm, people.used)
        return _relate(
            cohort, around, people.used, exposure, beside, result=result, label=label, visit=visit, counts=mine
        )

    return attempt(result, label, compute, people=people)


def _exposure(cohort: Cohort, counts: dict[str, Floats], kind: str | None) -> tuple[Floats, dict[str, Floats]]:
    """Give what is counted, and what is held equal beside it: the arm, or the other kind of session."""
    if kind is None:
        return np.sum(list(counts.values()), axis=0), {"the programme": cohort.full.astype(float)}
    return counts[kind], {f"{WORDS[one]}s": other for one, other in counts.items() if one != kind}


def _relate(
    cohort: Cohort,
    around: Landmark,
    used: Mask,
    exposure: Floats,
    beside: dict[str, Floats],
    *,
    result: str,
    label: str,
    visit: str,
    counts: Counts,
) -> Outcome:
    if not used.any():
        raise NotEstimableError("Nobody was seen at the landmark and at the primary visit.")
    if np.ptp(exposure[used]) == 0:
        raise NotEstimableError("Everybody attended as many sessions by then.")
    varying = around.covariates.varying(used)
    design = np.column_stack([np.ones(len(exposure)), exposure, *beside.values(), varying.columns])
    contrast, spread = fit_slope(
        cohort,
        used,
        scores=around.end - around.mid,
        design=design,
        names=("the intercept", "sessions attended", *beside, *varying.names),
    )
    adjusted = ", ".join((*beside, *around.covariates.sources))
    return to_points(
        result,
        label,
        contrast,
        level=cohort.plan.confidence.level,
        counts=counts,
        method=f"least squares of the change after “{cohort.plan.visits[visit].label}” on sessions attended up to it, "
        f"among those seen at both visits, adjusted for {adjusted}; {spread}",
        notes=("Nobody was given more or fewer sessions at random: who attends may also differ in other ways.",),
    )
