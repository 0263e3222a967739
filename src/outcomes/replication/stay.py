"""Who stayed how long, person by person, by the table in `docs/methods/retention.md`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from outcomes.replication.people import DAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.replication.people import People

SILENT = 4.0  # weeks without being seen
LAST = 1.0  # the last planned week


class Stay(NamedTuple):
    """Weeks in the programme (nan where nothing tells), and who left, shape (n,)."""

    weeks: NDArray[np.float64]
    left: NDArray[np.bool_]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Stay({len(self.weeks)} people)"


def read_stays(people: People) -> Stay:
    """Read how long everybody stayed."""
    start = _dates(people.clients, "start_date")
    every = [start, _dates(people.clients, "end_date")]
    every += [_dates(people.tables[name], "date") for name in ("attendance", "sessions") if name in people.tables]
    latest = pd.concat(every).max()
    end, until = _weeks(start, every[1]), _weeks(start, pd.Series(latest, index=start.index))
    seen = _last_seen(people, start)
    recorded = not np.isnan(people.completed).all()
    weeks, left = np.full(len(start), math.nan), np.zeros(len(start), dtype=bool)
    for row, finished in enumerate(people.completed == 1):
        weeks[row], left[row] = _stay(
            (end[row], until[row], seen[row]), people.plan.programme_weeks, finished=finished, recorded=recorded
        )
    told = ~np.isnan(end) | ~np.isnan(seen)
    for arm in (people.full, ~people.full):
        others = arm & (people.completed != 1)
        if not told[others if others.any() else arm].any():  # nothing tells when people of this arm left
            weeks[arm] = math.nan
    return Stay(weeks, left)


def _stay(when: tuple[float, float, float], planned: float, *, finished: bool, recorded: bool) -> tuple[float, bool]:
    end, until, seen = when
    early = planned - LAST
    if not math.isnan(end):
        return min(max(end, 0.0), planned), not finished and end < early
    if math.isnan(seen):
        if recorded and not finished and until >= planned:
            return math.nan, False
        return min(max(until, 0.0), planned), False
    last = planned if math.isnan(until) else until
    if finished:
        return min(max(seen, 0.0), planned), False
    if seen <= last - SILENT and seen < early:
        return min(max(seen, 0.0), planned), True
    return min(max(last, 0.0), planned), False


def _dates(table: pd.DataFrame, column: str) -> pd.Series:
    found = table[column] if column in table else pd.Series(pd.NaT, index=table.index)
    return pd.to_datetime(found).astype("datetime64[ns]")


def _weeks(start: pd.Series, when: pd.Series) -> NDArray[np.float64]:
    return np.array(
        [
            math.nan if pd.isna(one) or pd.isna(other) else (other - one).days / DAYS
            for one, other in zip(start, when, strict=True)
        ]
    )


def _last_seen(people: People, start: pd.Series) -> NDArray[np.float64]:
    """Week of the last session attended; zero for who was only ever absent, nan for who has no attendance."""
    found: dict[str, float] = {}
    table = people.tables.get("attendance")
    if table is not None:
        began = dict(zip(people.clients["client_id"].astype(str), start, strict=True))
        weeks = table["week"] if "week" in table else [math.nan] * len(table)
        for client, date, week, status in zip(
            table["client_id"].astype(str), _dates(table, "date"), weeks, table["status"], strict=True
        ):
            known = not pd.isna(date) and not pd.isna(began[client])
            at = (date - began[client]).days / DAYS if known else math.nan if pd.isna(week) else float(week)
            at = at if status == "attended" else 0.0
            if not math.isnan(at):
                found[client] = max(found.get(client, 0.0), at)
    return np.array([found.get(str(client), math.nan) for client in people.clients["client_id"]])
