"""What events must hold to: a kind of the plan, a client who started, a day within the time that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outcomes.study.activity_rules import HALF, PASTED
from outcomes.study.schemas import CLIENT
from outcomes.study.shape_rules import FAR_FIX
from outcomes.study.shapes import find_far
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.plan.model import Plan
    from outcomes.study.model import Finding
    from outcomes.study.parse import TypedTable

DAYS_A_WEEK = 7
_COUNTED_NOWHERE = "It is counted in no rate."


def check_events(table: TypedTable, clients: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Check the events against the plan and against the time in which each client was known."""
    if not plan.events:
        rule = "plan.toml names no kind of event under [events], and nothing is said of what stands here"
        yield make_finding(
            "CHECK", "E264", table.name, (), "", rule, "Add [events.WORD] for each kind; see docs/plan.md."
        )
        return
    frame = table.frame
    if not {CLIENT, "date", "kind"} <= set(frame.columns) or CLIENT not in clients.frame:
        return
    yield from _check_time(table, clients, plan)
    yield from _check_twice(table)
    yield from _check_far(table)


def _check_time(table: TypedTable, clients: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Find events of people without a start, before what is known begins, and after it ends."""
    if clients.frame[CLIENT].duplicated().any():
        return
    when = table.frame["date"].to_numpy()
    start = _of_client(table, clients, "start_date")
    there = ~np.isnat(when)
    is_client = (
        table.frame[CLIENT].isin(clients.frame[CLIENT].astype("str")).to_numpy()
    )  # who is none is told elsewhere
    rule = "the client has no start_date: the event can be placed neither before nor after it"
    fix = f"{_COUNTED_NOWHERE} Fill in the start in clients.csv, or take the event out."
    yield from table.find("CHECK", "E265", there & is_client & np.isnat(start), "date", rule, fix)
    weeks = np.array([*(plan.events[word].before or 0.0 for word in table.frame["kind"].cat.categories), np.nan])
    known = weeks[table.frame["kind"].cat.codes.to_numpy()]
    gap = (when - start) / np.timedelta64(1, "D")
    early = there & (gap < 0)
    unknown = early & (known == 0)
    rule = "the event lies before the start, and the plan does not say how many weeks before it are known"
    yield from table.find(
        "NOTE", "E266", unknown, "date", rule, f"{_COUNTED_NOWHERE} Give before = WEEKS in plan.toml."
    )
    before = early & ~unknown & (gap < -DAYS_A_WEEK * known)
    rule = "the event lies before the weeks that the plan says are known (before)"
    yield from table.find("CHECK", "E266", before, "date", rule, f"{_COUNTED_NOWHERE} Correct its date, or the weeks.")
    until = _of_client(table, clients, "followed_until")
    rule = "the event lies after followed_until, the last day on which it would have become known"
    fix = f"{_COUNTED_NOWHERE} Correct its date, or followed_until in clients.csv."
    yield from table.find("CHECK", "E267", there & (when > until), "date", rule, fix)
    ended = np.where(np.isnat(until), _of_client(table, clients, "end_date"), np.datetime64("NaT"))
    rule = "the event lies after the end of a client of whom no followed_until says how long events were known"
    fix = f"{_COUNTED_NOWHERE} Fill in followed_until in clients.csv if people are followed after the end."
    yield from table.find("CHECK", "E267", there & (when > ended), "date", rule, fix)


def _of_client(table: TypedTable, clients: TypedTable, name: str) -> NDArray[np.datetime64]:
    """Give each row a date of its client."""
    if name not in clients.frame:
        return np.full(len(table.frame), np.datetime64("NaT", "s"))
    known = pd.Series(clients.frame[name].to_numpy(), index=clients.frame[CLIENT].astype("str"))
    cells: Any = table.frame[CLIENT].array
    of_category = known.reindex(cells.categories).to_numpy(dtype="datetime64[s]")
    spread: NDArray[np.datetime64] = np.append(of_category, np.datetime64("NaT", "s"))[cells.codes]
    return spread


def _check_twice(table: TypedTable) -> Iterator[Finding]:
    """Find a table that was pasted below itself; two rows alike are two events of a day."""
    twice = table.frame.duplicated(keep=False).to_numpy()
    if twice.sum() >= PASTED and twice.mean() >= HALF:
        rule = "most rows stand there twice, the same in every cell; each is counted as an event of its own"
        fix = "Take one of the two out if the table was pasted below itself."
        yield from table.find("CHECK", "E268", twice, CLIENT, rule, fix)


def _check_far(table: TypedTable) -> Iterator[Finding]:
    """Find the person who has many times the events of anybody else: one row can be a slip, or all."""
    frame = table.frame
    number = frame["number"].to_numpy() if "number" in frame else np.ones(len(frame))
    far = np.zeros(len(frame), dtype=bool)
    for word in frame["kind"].cat.categories:
        mine = (frame["kind"] == word).to_numpy()
        people, row_of = np.unique(frame[CLIENT].cat.codes.to_numpy()[mine], return_inverse=True)
        total = np.bincount(row_of, weights=np.nan_to_num(number[mine], nan=1.0)).astype(np.float64)
        far[mine] = find_far(total, people)[row_of]
    rule = "one person has many times the events of this kind that anybody else has, who has any"
    yield from table.find("CHECK", "E286", far, CLIENT, rule, FAR_FIX)
