"""What the clinic writes down about sessions: attendance, and what was done in each 121 session."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from attendance import ATTENDED, NOT_OFFERED, STATUSES

if TYPE_CHECKING:
    from datetime import date

    from attendance import Attendance
    from numpy.typing import NDArray
    from parameters import Parameters
    from people import World

# Share of life-threatening behaviour as the target in the first week, with and without a history of self-harm; it falls
# in a straight line to this part of itself in the last week. The rest of the targets stand in these proportions.
AT_RISK, NOT_AT_RISK, LAST_WEEK = 0.45, 0.12, 0.2
REST = {"therapy_interfering": 0.25, "quality_of_life": 0.4, "skills": 0.35}
TARGETS = ("life_threatening", *REST)
# Share of sessions on any target but the last in which a second one was taken, and how often that was a lower one.
SECOND, SECOND_IS_LOWER = 0.35, 0.8
MODES = {"in_person": 0.7, "online": 0.22, "phone": 0.08}
RATED = 0.25  # share of sessions of which adherence was rated
RATINGS = {2: 0.1, 3: 0.3, 4: 0.4, 5: 0.2}
# Share of sessions in which each was done. Homework can be reviewed only where it was set the time before.
DONE = {
    "agenda_set": 0.93,
    "week_reviewed": 0.95,
    "chain_analysis": 0.62,
    "solution_analysis": 0.55,
    "skills_generalised": 0.58,
    "homework_reviewed": 0.83,
    "homework_set": 0.84,
    "validation_and_change": 0.78,
    "feedback": 0.66,
    "closing_summary": 0.81,
}
# The same of what was added to the records later, from a stream of its own: nothing that stood there before moves.
DONE_TOO = {
    "crisis_reviewed": 0.35,
    "priority_target_worked_on": 0.72,
    "goal_set": 0.48,
    "cognitive_restructuring": 0.41,
    "behavioural_task_set": 0.38,
    "relationship_discussed": 0.27,
    "plan_adjusted": 0.19,
}
COLUMNS = (
    *("agenda_set", "week_reviewed", "crisis_reviewed", "chain_analysis", "solution_analysis", "skills_generalised"),
    *("homework_reviewed", "priority_target_worked_on", "goal_set", "validation_and_change", "cognitive_restructuring"),
    *("homework_set", "behavioural_task_set", "relationship_discussed", "feedback", "plan_adjusted", "closing_summary"),
)
STREAM_DAYS = {"group": 2, "individual": 3}  # after the Monday on which the week begins [days]


def make_attendance(
    world: World,
    attendance: Attendance,
    ids: NDArray[np.str_],
    starts: list[date],
    parameters: Parameters,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """One row for each session on offer: group every week, individual every week in the full programme."""
    full = world.table["full"].to_numpy(dtype=bool)
    offers = {"group": attendance.group, "individual": np.where(full[:, None], attendance.individual, NOT_OFFERED)}
    parts = []
    for kind, status in offers.items():
        who, week = np.nonzero(status != NOT_OFFERED)
        dates = [
            (starts[one] + timedelta(days=int(7 * at) + STREAM_DAYS[kind])).isoformat()
            for one, at in zip(who, week, strict=True)
        ]
        cells = {"client_id": ids[who], "date": dates, "week": week + 1, "kind": kind}
        minutes = _draw_minutes(kind, len(who), parameters, rng)
        held = status[who, week] == ATTENDED
        said = np.array(STATUSES)[status[who, week]]
        parts.append(pd.DataFrame({**cells, "status": said, "minutes": pd.Series(minutes, dtype="Int64").where(held)}))
    return pd.concat(parts).sort_values(["client_id", "kind", "week"])


def _draw_minutes(kind: str, n: int, parameters: Parameters, rng: np.random.Generator) -> NDArray[np.int64]:
    records = parameters.records
    if kind == "group":
        return np.full(n, records.group_minutes)
    return np.round(rng.normal(records.individual_minutes, records.individual_minutes_sd, n)).astype(int)


def make_sessions(
    attended: pd.DataFrame,
    world: World,
    ids: NDArray[np.str_],
    weeks: int,
    rng: np.random.Generator,
    own: np.random.Generator,
) -> pd.DataFrame:
    """One row for each individual session that was held: when, how long, its target, and what was done."""
    held = attended[(attended["kind"] == "individual") & (attended["status"] == "attended")]
    at_risk = dict(zip(ids, world.table["self_harm_history"], strict=True))
    first = np.where(held["client_id"].map(at_risk), AT_RISK, NOT_AT_RISK)
    risk = first * (1 - (1 - LAST_WEEK) * (held["week"].to_numpy(dtype=float) - 1) / (weeks - 1))
    bounds = np.cumsum(np.column_stack([risk, *((1 - risk) * share for share in REST.values())]), axis=1)
    target = (rng.random(len(held))[:, None] > bounds[:, :-1]).sum(axis=1)
    done = {name: rng.random(len(held)) < share for name, share in DONE.items()}
    set_before = pd.Series(done["homework_set"]).groupby(held["client_id"].to_numpy()).shift(fill_value=False)
    done["homework_reviewed"] &= set_before.to_numpy(dtype=bool)
    done |= {name: own.random(len(held)) < share for name, share in DONE_TOO.items()}
    frame = held[["client_id", "date"]].assign(
        session=held.groupby("client_id").cumcount() + 1,
        minutes=held["minutes"],
        mode=own.choice(list(MODES), size=len(held), p=list(MODES.values())),
        target=_take_second(target, own),
        adherence=_rate(len(held), own),
    )
    return frame.assign(**{name: np.where(done[name], "yes", "no") for name in COLUMNS})


def _take_second(first: NDArray[np.int64], own: np.random.Generator) -> list[str]:
    """Give the targets of each session: the first as drawn, and in some a second, mostly a lower one."""
    several, lower, which = own.random(len(first)) < SECOND, own.random(len(first)), own.random(len(first))
    taken = []
    for place, at in enumerate(first):
        words, last = [TARGETS[at]], len(TARGETS) - 1
        if several[place] and at < last:
            others = TARGETS[at + 1 :] if at == 0 or lower[place] < SECOND_IS_LOWER else TARGETS[:at]
            words.append(others[int(which[place] * len(others))])
        taken.append(";".join(words))
    return taken


def _rate(n: int, own: np.random.Generator) -> list[str]:
    rated = own.random(n) < RATED
    ratings = own.choice(list(RATINGS), size=n, p=list(RATINGS.values()))
    return [str(rating) if was else "" for rating, was in zip(ratings, rated, strict=True)]
