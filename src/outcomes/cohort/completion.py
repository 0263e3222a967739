"""Who completed: read from a column of clients.csv, or judged from attendance by the plan's rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from outcomes.plan.model import AttendanceRule

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from outcomes.cohort.model import Cohort
    from outcomes.plan.model import Plan

USUAL = AttendanceRule(minimum_share=0.75, stream="group", longest_run_missed=4)  # DBT's rule of four


def read_completion(clients: pd.DataFrame, attendance: pd.DataFrame | None, plan: Plan) -> NDArray[np.float64]:
    """Completion of each client, shape (n,): 1 yes, 0 no, nan not known."""
    unknown = np.full(len(clients), np.nan)
    if plan.completion is None:
        return unknown
    if plan.completion.rule is not None:
        return unknown if attendance is None else judge_attendance(clients, attendance, plan.completion.rule)
    column = plan.completion.column
    if column is None or column not in clients:
        return unknown
    return np.asarray(clients[column].astype("Float64").to_numpy(dtype=float, na_value=np.nan))


def judge_stream(cohort: Cohort, stream: Literal["group", "any"]) -> NDArray[np.float64] | None:
    """Completion by attendance of one stream, the plan's rule where it has one; None without attendance."""
    attendance = cohort.tables.get("attendance")
    if attendance is None:
        return None
    return judge_attendance(cohort.clients, attendance, stream_rule(cohort.plan, stream))


def stream_rule(plan: Plan, stream: Literal["group", "any"]) -> AttendanceRule:
    """Rule of the plan on another stream; where completion is a column, three quarters and never four in a row."""
    planned = None if plan.completion is None else plan.completion.rule
    return (planned or USUAL).model_copy(update={"stream": stream})


def judge_attendance(clients: pd.DataFrame, attendance: pd.DataFrame, rule: AttendanceRule) -> NDArray[np.float64]:
    """Apply a rule on attendance.

    A session that the service cancelled was not on offer. A client completes who attended the stated share of what was
    on offer in the stream and never missed the stated number in a row in any of its kinds; a client to whom nothing
    was offered is not known.
    """
    offered = attendance[attendance["status"] != "cancelled_by_service"]
    if rule.stream != "any":
        offered = offered[offered["kind"] == rule.stream]
    when = "date" if "date" in offered and offered["date"].notna().any() else "week"
    offered = offered.sort_values(["client_id", "kind", when, "status"], kind="stable")
    attended = (offered["status"] == "attended").astype(float)
    completed = (attended.groupby(offered["client_id"]).mean() >= rule.minimum_share).astype(float)
    if rule.longest_run_missed is not None:
        completed[longest_run_missed(offered) >= rule.longest_run_missed] = 0.0
    return np.asarray(clients["client_id"].map(completed).to_numpy(dtype=float))


def longest_run_missed(offered: pd.DataFrame) -> pd.Series:
    """Longest run of sessions not attended, by client; a run does not cross from one kind of session to another."""
    missed = offered["status"] != "attended"
    stream = offered["client_id"].astype(str) + "\n" + offered["kind"].astype(str)
    run = (missed != missed.shift()).cumsum().astype(str) + "\n" + stream
    length = missed.groupby(run.to_numpy()).transform("sum")
    return length.groupby(offered["client_id"]).max()
