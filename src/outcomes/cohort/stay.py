"""How long each person stayed, and whether they left before the programme was over.

`docs/methods/retention.md` states the rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.cohort.visits import DAYS_A_WEEK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort.model import Cohort

SILENT_WEEKS = 4.0  # DBT's rule: who is not seen for four weeks in a row is out of the programme
LAST_WEEK = 1.0  # an end within the last planned week, its first day too, is no leaving


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Stay:
    """Time in the programme.

    Attributes
    ----------
    weeks : ndarray, shape (n,)
        Weeks from the start to leaving, or as far as it is known that the person stayed; nan where nothing tells,
        such as of everybody in an arm of which nothing tells when people left [weeks].
    left : ndarray of bool, shape (n,)
        Whether they left before the planned end.
    planned : float
        Planned length [weeks].
    from_attendance : int
        People of whom the attendance tells the end, as no date does [count].
    """

    weeks: NDArray[np.float64]
    left: NDArray[np.bool_]
    planned: float
    from_attendance: int

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Stay({len(self.weeks)} people, {self.planned:g} weeks planned)"


def read_stay(cohort: Cohort) -> Stay:
    """Read everybody's time in the programme from their dates, and from attendance where there is no end date."""
    planned = cohort.plan.programme_weeks
    start = _dates(cohort.clients, "start_date")
    end = _since(start, _dates(cohort.clients, "end_date"))
    known_until = _since(start, _latest_date(cohort))
    seen = _last_attended(cohort, start)
    completed = cohort.completed == 1
    early = planned - LAST_WEEK
    # With an end date: left if it comes early and they did not complete.
    ended = ~np.isnan(end)
    left = ended & ~completed & (end < early)
    # Without one: the last session attended is the end where it lies far enough back; else they are still there.
    until = np.where(np.isnan(known_until), np.where(np.isnan(seen), np.nan, planned), known_until)
    silent = ~ended & ~completed & ~np.isnan(seen) & (seen <= until - SILENT_WEEKS) & (seen < early)
    weeks = np.where(ended, end, np.where(silent, seen, np.where(completed & ~np.isnan(seen), seen, until)))
    told = ended | ~np.isnan(seen)
    recorded = not np.isnan(cohort.completed).all()
    untimed = recorded & ~completed & ~told & (known_until >= planned)
    return Stay(
        weeks=np.where(_is_known(cohort, told) & ~untimed, np.clip(weeks, 0.0, planned), np.nan),
        left=left | silent,
        planned=planned,
        from_attendance=int(silent.sum()),
    )


def _is_known(cohort: Cohort, told: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether stays can be known: in an arm in which leaving is recorded.

    A blank end says "still there" only where the ends of some people are told who have not completed: else nobody would
    be found to have left, however many did. That somebody filled in a questionnaire does not tell that they stayed.
    """
    known = np.zeros(len(told), dtype=bool)
    for mine in (cohort.full, ~cohort.full):
        may_have_left = mine & (cohort.completed != 1)
        known[mine] = bool((told & (may_have_left if may_have_left.any() else mine)).any())
    return known


def _dates(frame: pd.DataFrame, column: str) -> pd.Series:
    column_of_dates = frame[column] if column in frame else pd.Series(pd.NaT, index=frame.index)
    return pd.to_datetime(column_of_dates).astype("datetime64[ns]")


def _since(start: pd.Series, when: pd.Series) -> NDArray[np.float64]:
    """Weeks from each start, nan where either date is not known."""
    gap = when - start
    return np.asarray(pd.to_timedelta(gap).dt.days.to_numpy(dtype=float, na_value=np.nan)) / DAYS_A_WEEK


def _latest_date(cohort: Cohort) -> pd.Series:
    """Latest date in the study, for each client: nothing is known beyond it."""
    dates = pd.concat([*_all_dates(cohort)])
    return pd.Series(dates.max(), index=cohort.clients.index)


def _all_dates(cohort: Cohort) -> Iterator[pd.Series]:
    for column in ("start_date", "end_date"):
        yield _dates(cohort.clients, column)
    for name in ("attendance", "sessions"):
        if name in cohort.tables:
            yield _dates(cohort.tables[name], "date")


def _last_attended(cohort: Cohort, start: pd.Series) -> NDArray[np.float64]:
    """Week of the last session attended, nan for who has no attendance; zero for who never came."""
    table = cohort.tables.get("attendance")
    if table is None or not len(table):
        return np.full(len(start), np.nan)
    ids = cohort.clients["client_id"]
    began = table["client_id"].map(pd.Series(start.to_numpy(), index=ids.to_numpy()))
    week = pd.to_timedelta(_dates(table, "date") - began).dt.days / DAYS_A_WEEK
    if "week" in table:
        week = week.fillna(table["week"].astype(float))
    came = week.where(table["status"] == "attended", 0.0)
    last = came.groupby(table["client_id"].astype(str)).max().clip(lower=0.0)
    return np.asarray(ids.astype(str).map(last).to_numpy(dtype=float))
