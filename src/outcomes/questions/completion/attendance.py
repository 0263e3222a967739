"""Attendance week by week: of those to whom a session was on offer, the share who came."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from outcomes.cohort.visits import DAYS_A_WEEK
from outcomes.methods import proportions
from outcomes.models.contract import count_arm, curve_of_shares
from outcomes.plan.model import ARMS
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome

LABELS = {"group": "Attended the group", "individual": "Attended {individual} sessions"}
NO_WEEK = "attendance.csv holds no weeks, and no dates that a start date could be taken from."
NOT_OFFERED = "No session was on offer in this arm."


class _Sessions(NamedTuple):
    """Attendance of one stream as arrays: row of the client, week, attended."""

    client: NDArray[np.intp]
    week: NDArray[np.float64]
    came: NDArray[np.float64]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"_Sessions({len(self.client)} sessions)"


def draw_weeks(cohort: Cohort) -> Iterator[Outcome]:
    """Give a curve for the group in both arms, and for 121 sessions where an arm has them."""
    table = cohort.tables.get("attendance")
    if table is None:
        return
    offered = table[(table["status"] != "cancelled_by_service").to_numpy()]
    for kind in LABELS:
        mine = offered[(offered["kind"] == kind).to_numpy()]
        sessions = _read(cohort, mine)
        for arm in ARMS:
            if kind == "group" or cohort.in_arm(arm)[sessions.client].any():
                yield _curve(cohort, kind, arm, sessions)


def _read(cohort: Cohort, table: pd.DataFrame) -> _Sessions:
    """Weeks as recorded, else from the dates: the first seven days are week one."""
    ids = table["client_id"].astype(str).to_numpy()
    client = np.searchsorted(cohort.clients["client_id"].to_numpy(dtype=str), ids)
    week = np.full(len(table), np.nan)
    if "week" in table:
        week = table["week"].to_numpy(dtype=float, na_value=np.nan)
    if "date" in table and "start_date" in cohort.clients:
        starts = pd.to_datetime(cohort.clients["start_date"]).to_numpy()[client]
        days = pd.to_timedelta(pd.to_datetime(table["date"]).to_numpy() - starts).days.to_numpy(dtype=float)
        week = np.where(np.isnan(week), np.floor(days / DAYS_A_WEEK) + 1, week)
    return _Sessions(client, np.floor(week), np.asarray((table["status"] == "attended").to_numpy(dtype=float)))


def _curve(cohort: Cohort, kind: str, arm: str, sessions: _Sessions) -> Outcome:
    in_arm, level = cohort.in_arm(arm), cohort.plan.confidence.level
    mine = in_arm[sessions.client] & ~np.isnan(sessions.week)
    planned = Planned(
        key=Key("attendance", what="attended", subject=kind, arm=arm),
        label=f"{LABELS[kind]}, {cohort.plan.arm_names[arm]}",
        quantity=Quantity.SHARE,
        unit="share",
    )
    if not mine.any():
        has_some = in_arm[sessions.client].any()
        return planned.refuse(NO_WEEK, "not provided") if has_some else planned.refuse(NOT_OFFERED)
    by_person = _average(sessions.client[mine], sessions.week[mine], sessions.came[mine])
    weeks, place, people = np.unique(by_person[:, 0], return_inverse=True, return_counts=True)
    shares = np.bincount(place, weights=by_person[:, 1]) / people
    fits = [
        proportions.fit_share(events=float(share * n), n=int(n), level=level)
        for share, n in zip(shares, people, strict=True)
    ]
    among = count_arm(arm, np.isin(np.arange(len(in_arm)), sessions.client[mine]))
    return curve_of_shares(
        replace(planned, counts=among),
        fits,
        axis="week",
        at=weeks,
        people=people,
        level=level,
        how=How(estimator="share_attended", inference="wilson"),
        method=(
            "share attended of the sessions on offer in a week, averaged over the people to whom one was; Wilson's "
            "interval; sessions that the service cancelled were not on offer"
        ),
    )


def _average(client: NDArray[np.intp], week: NDArray[np.float64], came: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share attended by each person in each week: columns week, share."""
    pairs, place, count = np.unique(np.column_stack([week, client]), axis=0, return_inverse=True, return_counts=True)
    return np.column_stack([pairs[:, 0], np.bincount(place.ravel(), weights=came) / count])
