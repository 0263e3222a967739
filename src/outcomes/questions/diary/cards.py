"""Cards of the weeks in the programme: whose, of which week, and what stands on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.cohort.model import once
from outcomes.cohort.stay import read_stay
from outcomes.cohort.visits import DAYS_A_WEEK
from outcomes.questions.diary.keys import SUBJECTS
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

NO_TABLE = "diary.csv was not provided."
NO_WEEKS = "No card of diary.csv belongs to a week that somebody was in the programme."


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Cards:
    """The cards of weeks in the programme on which a day was filled in.

    Attributes
    ----------
    person : ndarray of int, shape (cards,)
        Row of the cohort.
    week : ndarray, shape (cards,)
        Week of the programme, from 1 on.
    days : ndarray, shape (cards,)
        Days filled in.
    values : mapping of str to ndarray, shape (cards,)
        What stands on them; nan where it is not rated.
    due : ndarray, shape (n,)
        Weeks that each person was in the programme; nan where nobody knows how long they stayed.
    """

    person: NDArray[np.int64]
    week: NDArray[np.float64]
    days: NDArray[np.float64]
    values: Mapping[str, NDArray[np.float64]]
    due: NDArray[np.float64]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Cards({len(self.person)} cards)"

    def share_filled(self) -> NDArray[np.float64]:
        """Share of the weeks that each person was there of which a day is filled in; nan where nobody knows."""
        return np.asarray(np.bincount(self.person, minlength=len(self.due)) / self.due)

    def mean_of(self, subject: str) -> NDArray[np.float64]:
        """Mean over a person's cards; of days with a skill used, for seven days that are filled in."""
        values = self.values[subject]
        told = ~np.isnan(values)
        over = self.days if subject == "skills_days" else np.ones(len(values))
        total, weight = (
            np.bincount(self.person[told], weights=one[told], minlength=len(self.due)) for one in (values, over)
        )
        times = DAYS_A_WEEK if subject == "skills_days" else 1.0
        return np.where(weight > 0, times * total / np.maximum(weight, 1.0), np.nan)

    def of_week(self, subject: str) -> NDArray[np.float64]:
        """Give what each card says; of days with a skill used, for seven days that are filled in."""
        values = self.values[subject]
        return DAYS_A_WEEK * values / self.days if subject == "skills_days" else values


@once
def read_cards(cohort: Cohort) -> Cards:
    """Read the cards of weeks in the programme: those of its planned length that the person was there.

    Raises
    ------
    NotEstimableError
        Without diary.csv, or where no card belongs to such a week.
    """
    table = cohort.tables.get("diary")
    if table is None:
        raise NotEstimableError(NO_TABLE, "not provided")
    person = pd.Index(cohort.clients["client_id"]).get_indexer(table["client_id"].astype("str"))
    due = np.maximum(np.ceil(read_stay(cohort).weeks), 1.0)
    due = np.minimum(due, np.ceil(cohort.plan.programme_weeks))
    week = _weeks(cohort, table, person)
    days = table["days_filled"].to_numpy(dtype=float)
    used = (person >= 0) & (days > 0) & (week >= 1)
    used &= week <= np.append(np.nan_to_num(due), 0.0)[person]
    if not used.any():
        raise NotEstimableError(NO_WEEKS, "not seen")
    values = {
        name: table[name].to_numpy(dtype=float, na_value=np.nan)[used]
        for name in SUBJECTS
        if name in table and table[name].notna().any()
    }
    return Cards(person=person[used].astype(np.int64), week=week[used], days=days[used], values=values, due=due)


def _weeks(cohort: Cohort, table: pd.DataFrame, person: NDArray[np.int64]) -> NDArray[np.float64]:
    """Week as it is numbered, else from its first day: the first seven days from the start are week 1."""
    week = table["week"].to_numpy(dtype=float, na_value=np.nan) if "week" in table else np.full(len(table), np.nan)
    if "date" in table and "start_date" in cohort.clients:
        start = pd.to_datetime(cohort.clients["start_date"]).to_numpy(dtype="datetime64[D]")[person]
        days = (table["date"].to_numpy(dtype="datetime64[D]") - start) / np.timedelta64(1, "D")
        week = np.where(np.isnan(week), np.floor(days / DAYS_A_WEEK) + 1, week)
    return week
