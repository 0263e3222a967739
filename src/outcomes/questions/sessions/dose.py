"""Dose: sessions attended up to the landmark visit against the change after it, among those seen at both.

Sessions attended over the whole programme are a result of how people fare as much as a cause: who gets worse leaves.
So no outcome is regressed on them (docs/methods/dose.md). Up to the landmark everybody here was there to attend, and
the score at the landmark stands for how they were by then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.cohort.model import once
from outcomes.models.clusterings import fit_mean, fit_slope
from outcomes.models.contract import People, count_arm, estimate_mean, estimate_points, to_interval
from outcomes.questions.sessions.landmark import NO_VISIT, Landmark, landmark_of
from outcomes.questions.sessions.plan import STREAMS
from outcomes.results.key import Key
from outcomes.results.outcome import NotEstimableError, Outcome
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

NO_ATTENDANCE = "attendance.csv was not provided."
WORDS = {"group": "group session", "individual": "{individual} session"}
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
        raise NotEstimableError(NO_ATTENDANCE, "not provided")
    mine = (table["kind"] == kind).to_numpy() & (table["status"] == "attended").to_numpy()
    client = cohort.clients["client_id"].searchsorted(table["client_id"])
    if by_week is not None:
        week = _weeks(cohort, table, client)
        if np.isnan(week[mine]).any():
            msg = "Of some sessions neither the week nor the client's start is known."
            raise NotEstimableError(msg, "not provided")
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
    for arm, kinds in STREAMS.items():
        for kind in kinds:
            yield _describe_one(cohort, arm, kind)


def _describe_one(cohort: Cohort, arm: str, kind: str) -> Outcome:
    mine, level = cohort.in_arm(arm), cohort.plan.confidence.level
    planned = Planned(
        key=Key("dose", what="attended", arm=arm, subject=kind),
        label=f"{WORDS[kind].capitalize()}s attended, mean, {cohort.plan.arm_names[arm]}",
        quantity=Quantity.MEAN,
        unit="sessions",
        counts=count_arm(arm, mine),
    )

    def mean(planned: Planned) -> Outcome:
        fit, precision = fit_mean(cohort, mine, attended(cohort, kind, by_week=None))
        return estimate_mean(
            planned,
            fit,
            interval=to_interval(level, fit.interval(level)),
            method=f"mean of everybody who started; {precision.phrase}",
            how=precision.how("mean"),
            notes=precision.notes,
        )

    return planned.attempt(mean, refused=People(mine, cohort.full).counts())


def relate(cohort: Cohort, covariates: Covariates) -> Iterator[Outcome]:
    """Relate sessions up to the landmark to later change: of any kind in both arms, then by arm and kind."""
    for measure in cohort.plan.primary_scored:
        yield _relate(cohort, covariates, _plan_slope(cohort, measure))
        for arm, kinds in STREAMS.items():
            for kind in kinds:
                yield _relate(cohort, covariates, _plan_slope(cohort, measure, arm, kind))


def _plan_slope(cohort: Cohort, measure: str, arm: str = "", kind: str = "") -> Planned:
    plan = cohort.plan
    what = WORDS[kind] if kind else "session of either kind"
    where = plan.arm_names[arm] if arm else "both programmes"
    return Planned(
        key=Key("dose", measure, plan.primary, "per_session", arm, subject=kind),
        label=f"{plan.measures[measure].label}: later change for each {what} more, {where}",
        quantity=Quantity.SLOPE,
        unit="points",
    )


def _relate(cohort: Cohort, covariates: Covariates, planned: Planned) -> Outcome:
    arm, kind, visit = planned.key.arm, planned.key.subject, landmark_of(cohort.plan)
    if visit is None:
        return planned.refuse(NO_VISIT, "not planned")
    around = Landmark.read(cohort, planned.key.measure, covariates)
    members = cohort.in_arm(arm) if arm else np.ones(len(cohort.full), dtype=bool)
    people = People(around.observed & members, cohort.full)
    counts = count_arm(arm, people.used) if arm else people.counts()

    def compute(planned: Planned) -> Outcome:
        by_week = cohort.plan.visits[visit].week
        sessions = {one: attended(cohort, one, by_week=by_week) for one in STREAMS[arm or "full"]}
        exposure, beside = _exposure(cohort, sessions, kind)
        return _fit(cohort, around, people.used, exposure, beside, planned=planned, visit=visit)

    return replace(planned, counts=counts).attempt(compute, refused=people.counts())


def _exposure(cohort: Cohort, counts: dict[str, Floats], kind: str) -> tuple[Floats, dict[str, Floats]]:
    """Give what is counted, and what is kept equal beside it: the arm, or the other kind of session."""
    if not kind:
        return np.sum(list(counts.values()), axis=0), {"the programme": cohort.full.astype(float)}
    return counts[kind], {f"{WORDS[one]}s": other for one, other in counts.items() if one != kind}


def _fit(
    cohort: Cohort,
    around: Landmark,
    used: Mask,
    exposure: Floats,
    beside: dict[str, Floats],
    *,
    planned: Planned,
    visit: str,
) -> Outcome:
    if not used.any():
        raise NotEstimableError("Nobody was seen at the landmark and at the primary visit.", "not seen")
    if np.ptp(exposure[used]) == 0:
        raise NotEstimableError("Everybody attended as many sessions by then.")
    varying = around.covariates.varying(used)
    design = np.column_stack([np.ones(len(exposure)), exposure, *beside.values(), varying.columns])
    contrast, precision = fit_slope(
        cohort,
        used,
        scores=around.end - around.mid,
        design=design,
        names=("the intercept", "sessions attended", *beside, *varying.names),
    )
    adjusted = ", ".join((*beside, *around.covariates.sources))
    return estimate_points(
        planned,
        contrast,
        level=cohort.plan.confidence.level,
        method=f"least squares of the change after “{cohort.plan.visits[visit].label}” on sessions attended up to it, "
        f"among those seen at both visits, adjusted for {adjusted}; {precision.phrase}",
        how=precision.how("least_squares", around.adjusted),
        notes=(
            *precision.notes,
            "Nobody was given more or fewer sessions at random: who attends may also differ in other ways.",
        ),
    )
