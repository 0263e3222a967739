"""Dose, alliance and what was not recorded a second time: regressions at one visit by statsmodels' OLS."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.replication.columns import known
from outcomes.replication.least import judge
from outcomes.replication.people import DAYS, scores_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.replication.comparison import Numbers
    from outcomes.replication.wide import Mask, Road, Wide
    from outcomes.results.outcome import Estimate

    Array = NDArray[np.float64]


def attended(wide: Wide, kind: str, week: float = math.inf) -> Array:
    """Count the sessions of a kind that each person attended up to a week."""
    return wide.once(("attended", kind, week), partial(_count_sessions, wide, kind, week))


def _count_sessions(wide: Wide, kind: str, week: float) -> Array:
    clients = wide.people.clients
    place = {str(one): row for row, one in enumerate(clients["client_id"])}
    table, found = wide.people.tables["attendance"], np.zeros(len(place))
    for row, told in zip(table.to_dict("records"), weeks_of(wide), strict=True):
        if row["status"] == "attended" and row["kind"] == kind and (math.isinf(week) or told <= week):
            found[place[str(row["client_id"])]] += 1
    return found


def weeks_of(wide: Wide, *, by_date: bool = False) -> list[float]:
    """Week of each row of attendance: as recorded, else by its date; or the other way round."""
    clients, table = wide.people.clients, wide.people.tables["attendance"]
    began = dict(zip(clients["client_id"].astype(str), _dates(clients, "start_date"), strict=True))
    weeks = table["week"].tolist() if "week" in table else [math.nan] * len(table)
    found = []
    for client, week, day in zip(table["client_id"].astype(str), weeks, _dates(table, "date"), strict=True):
        start = began[client]
        dated = (day - start) / pd.Timedelta(days=DAYS)
        written = math.nan if pd.isna(week) else float(week)
        one, other = (dated, written) if by_date else (written, dated)
        found.append(other if math.isnan(one) else one)
    return found


def _dates(table: pd.DataFrame, name: str) -> list[pd.Timestamp]:
    found = table[name] if name in table else pd.Series(pd.NaT, index=table.index)
    return list(pd.to_datetime(found))


def landmark_of(wide: Wide) -> str:
    """Give the visit up to which sessions count: the plan's, else the last before the primary one."""
    plan = wide.people.plan
    if plan.sessions.landmark is not None:
        return plan.sessions.landmark
    weeks = {name: visit.week for name, visit in plan.visits.items()}
    return [name for name, week in weeks.items() if weeks[plan.baseline] < week < weeks[plan.primary]][-1]


def wider(wide: Wide, design: Array, y: Array, at: int, used: Mask) -> Numbers:
    """Least squares by group or by therapist, whichever error is larger; HC3 where people share neither."""
    adjust = wide.people.plan.adjust
    recorded = [one for one in (adjust.skills_group, adjust.therapist) if one]
    columns = recorded if any(_shares(wide, one) for one in recorded) else []
    units = [found for one in columns if (found := wide.units(one, used, shared=True)) is not None]
    numbers = [judge(design, y, at, one) for one in units] or [judge(design, y, at)]
    return max(numbers, key=lambda one: one.se or 0.0)


def _shares(wide: Wide, column: str) -> bool:
    """Whether anybody of the study shares a column with another."""
    told = [one for one in wide.recorded(column) if one is not None]
    return len(set(told)) < len(told)


def _design(wide: Wide, measure: str, x: Array, among: Mask, more: Array | None = None) -> tuple[Array, Array, Mask]:
    """Columns and gain from the landmark to the primary visit."""
    people = wide.people
    start, middle, end = (
        scores_at(people, measure, one) for one in (people.plan.baseline, landmark_of(wide), people.plan.primary)
    )
    used = among & known(start, middle, end, x, wide.covariates)
    others = [] if more is None else [more]
    arm = [people.full.astype(float)] if len(set(people.full[used].tolist())) > 1 else []
    columns = np.column_stack([np.ones(len(x)), x, *arm, *others, middle, start, wide.covariates])[used]
    return columns, (end - middle)[used], used


def _dose(wide: Wide, first: Estimate) -> Numbers | None:
    key, full = first.key, wide.people.full
    week = float(wide.people.plan.visits[landmark_of(wide)].week)
    group, single = attended(wide, "group", week), attended(wide, "individual", week)
    everybody = np.ones(len(full), dtype=bool)
    if not key.arm:
        x, among, more = group + single, everybody, None
    elif key.arm == "skills":
        x, among, more = group, ~full, None
    else:
        x, more = (group, single) if key.subject == "group" else (single, group)
        among = full
    design, y, used = _design(wide, key.measure, x, among, more)
    return wider(wide, design, y, 1, used)


def _sessions(wide: Wide, first: Estimate) -> Numbers | None:
    mine = wide.arm(first.key)
    return wider(wide, np.ones((int(mine.sum()), 1)), attended(wide, first.key.subject)[mine], 0, mine)


def _alliance(wide: Wide, first: Estimate) -> Numbers | None:
    """Give the alliance at a visit: each arm's mean, and the difference adjusted for covariates."""
    key, people = first.key, wide.people
    score = scores_at(people, key.measure, key.visit)
    if key.what == "mean":
        used = known(score) & wide.arm(key)
        return judge(np.ones((int(used.sum()), 1)), score[used], 0, wide.groups_of(first, used))
    used = known(score, wide.covariates)
    design = np.column_stack([np.ones(len(score)), people.full, wide.covariates])[used]
    return judge(design, score[used], 1, wide.groups_of(first, used))


def _per_sd(wide: Wide, first: Estimate) -> Numbers | None:
    """Give what one standard deviation of the alliance at the landmark goes with."""
    alliances = [name for name, measure in wide.people.plan.measures.items() if measure.domain == "alliance"]
    x = scores_at(wide.people, alliances[0], landmark_of(wide))
    design, y, used = _design(wide, first.key.measure, x, np.ones(len(x), dtype=bool))
    design = design.copy()
    design[:, 1] /= design[:, 1].std(ddof=1)
    return wider(wide, design, y, 1, used)


ROADS: Mapping[tuple[str, str], Road] = {
    ("dose", "per_session"): _dose,
    ("dose", "attended"): _sessions,
    ("alliance", "mean"): _alliance,
    ("alliance", "difference"): _alliance,
    ("alliance", "per_sd"): _per_sd,
}
