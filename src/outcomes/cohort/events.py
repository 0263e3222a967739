"""What happened to each person, by kind and period: how many, how many days, and for how many years it would be known.

`docs/methods/events.md` states the rule. Nobody's exposure is guessed: a person without a start has none, and a person
without `followed_until` is known until the end of the programme, else until the last day that stands anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from outcomes.cohort.model import once

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort.model import Cohort

Period = Literal["before", "since", "during", "after"]
PERIODS: tuple[Period, ...] = ("before", "since", "during", "after")  # since the start: during and after together
DAYS_A_WEEK, DAYS_A_YEAR = 7, 365.25
FOLLOWED, ENDED, LAST_SEEN, NOWHERE = "followed_until", "end_date", "last date known", "nothing"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Followed:
    """How long each person was followed.

    Attributes
    ----------
    start, end, until : ndarray of datetime64[D], shape (n,)
        Start, end of the programme (never after `until`; where none is recorded the programme is taken to go on), and
        the last day on which an event would be known; NaT for who has no start.
    told_by : ndarray of str, shape (n,)
        What tells `until`: followed_until, end_date, last date known, nothing.
    """

    start: NDArray[np.datetime64]
    end: NDArray[np.datetime64]
    until: NDArray[np.datetime64]
    told_by: NDArray[np.str_]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Followed({len(self.start)} people)"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Events:
    """Events of a kind in a period, one entry a person.

    Attributes
    ----------
    number : ndarray, shape (n,)
        Events [count]; 0 for who had none, nan for who has no exposure.
    days : ndarray or None, shape (n,)
        Days of these events, such as bed days; None where no row of the kind has any.
    years : ndarray, shape (n,)
        Exposure [years]; nan where none is known, 0 where the first day is the last.
    unknown_days : int
        Events of the period whose days are not recorded, where others are [count].
    """

    number: NDArray[np.float64]
    days: NDArray[np.float64] | None
    years: NDArray[np.float64]
    unknown_days: int

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Events({len(self.number)} people)"

    @property
    def exposed(self) -> NDArray[np.bool_]:
        """Who has exposure: a rate can be told of nobody else."""
        return np.nan_to_num(self.years) > 0


@once
def read_followed(cohort: Cohort) -> Followed:
    """Read how long everybody was followed."""
    start, end, said = (_days(cohort.clients, name) for name in ("start_date", "end_date", "followed_until"))
    seen = _last_seen(cohort)
    choices = ((FOLLOWED, said), (ENDED, end), (LAST_SEEN, seen))
    until = np.full(len(start), np.datetime64("NaT", "D"))
    told_by = np.full(len(start), NOWHERE, dtype="<U20")
    for name, date in choices:
        new = np.isnat(until) & ~np.isnat(date) & ~np.isnat(start)
        until[new], told_by[new] = date[new], name
    until = np.where(until < start, start, until)
    end = np.where(np.isnat(end) | (end > until), until, end)
    return Followed(start=start, end=np.where(np.isnat(start), start, end), until=until, told_by=told_by)


@once
def read_events(cohort: Cohort, kind: str, period: Period) -> Events:
    """Count the events of a kind in a period; events of the first and of the last day count.

    Before runs from so many weeks before the start as the plan says are known, to the day before it; during from the
    start to the end of the programme; after from the day behind it; since is during and after together.
    """
    first, last, years = _window(cohort, kind, period)
    table = _of_kind(cohort, kind)
    inside = (table.day >= first[table.person]) & (table.day <= last[table.person])
    person, times = table.person[inside], table.number[inside]
    known = ~np.isnan(years)
    number = np.bincount(person, weights=times, minlength=len(years))
    days = None
    spent = table.days[inside]
    if not np.isnan(table.days).all():
        summed = np.bincount(person, weights=np.nan_to_num(spent), minlength=len(years))
        days = np.where(known, summed, np.nan)
    return Events(
        number=np.where(known, number, np.nan),
        days=days,
        years=years,
        unknown_days=0 if days is None else int((np.isnan(spent) & (times > 0)).sum()),
    )


@once
def read_times(cohort: Cohort, kind: str) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Give person, days since the start, and number of each row of a kind that counts since the start."""
    first, last, _ = _window(cohort, kind, "since")
    table = _of_kind(cohort, kind)
    inside = (table.day >= first[table.person]) & (table.day <= last[table.person]) & (table.number > 0)
    person = table.person[inside]
    return person, (table.day[inside] - first[person]) / np.timedelta64(1, "D"), table.number[inside]


@once
def count_outside(cohort: Cohort, kind: str) -> int:
    """Count the events of a kind that lie in no period: before what is known, after it, of people without a start."""
    table = _of_kind(cohort, kind)
    counted = np.zeros(len(table.person), dtype=bool)
    for period in ("before", "since"):
        first, last, _ = _window(cohort, kind, period)
        counted |= (table.day >= first[table.person]) & (table.day <= last[table.person])
    return int(table.number[~counted].sum())


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Rows:
    person: NDArray[np.int64]
    day: NDArray[np.datetime64]
    number: NDArray[np.float64]
    days: NDArray[np.float64]


@once
def _of_kind(cohort: Cohort, kind: str) -> _Rows:
    """Rows of a kind, with the place of their person in the cohort."""
    table = cohort.tables["events"]
    kinds = pd.Categorical(table["kind"])
    mine = kinds.codes == list(kinds.categories).index(kind) if kind in kinds.categories else kinds.codes < -1
    who = pd.Categorical(table["client_id"])
    places = pd.Index(cohort.clients["client_id"]).get_indexer(who.categories.astype("str"))
    person = np.append(places, -1)[who.codes]
    mine = mine & (person >= 0)
    number = _numbers(table, "number")
    return _Rows(
        person=person[mine].astype(np.int64),
        day=table["date"].to_numpy(dtype="datetime64[D]")[mine],
        number=np.where(np.isnan(number), 1.0, number)[mine],
        days=_numbers(table, "days")[mine],
    )


def _window(
    cohort: Cohort, kind: str, period: Period
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64], NDArray[np.float64]]:
    """First and last day of a period, and its length [years]; NaT and nan for whom it is not known."""
    followed = read_followed(cohort)
    day = np.timedelta64(1, "D")
    if period == "before":
        weeks = cohort.plan.events[kind].before
        known = np.nan if weeks is None else weeks * DAYS_A_WEEK
        first = followed.start - (np.timedelta64("NaT", "D") if weeks is None else np.timedelta64(round(known), "D"))
        years = np.where(np.isnat(followed.start), np.nan, known / DAYS_A_YEAR)
        return first, followed.start - day, years
    first, last = {
        "since": (followed.start, followed.until),
        "during": (followed.start, followed.end),
        "after": (followed.end + day, followed.until),
    }[period]
    begin = followed.end if period == "after" else first
    return first, last, (last - begin) / day / DAYS_A_YEAR


def _numbers(table: pd.DataFrame, name: str) -> NDArray[np.float64]:
    return table[name].to_numpy(dtype=float) if name in table else np.full(len(table), np.nan)


def _days(frame: pd.DataFrame, name: str) -> NDArray[np.datetime64]:
    if name not in frame:
        return np.full(len(frame), np.datetime64("NaT", "D"))
    return frame[name].to_numpy(dtype="datetime64[D]")


def _last_seen(cohort: Cohort) -> NDArray[np.datetime64]:
    """Last day that stands anywhere of each person: sessions and questionnaires, not events, which would end it."""
    latest = [cohort.last_answer] if cohort.last_answer is not None else []
    ids = cohort.clients["client_id"].astype(str)
    for name in ("attendance", "sessions"):
        table = cohort.tables.get(name)
        if table is not None and "date" in table:
            last = table["date"].groupby(table["client_id"].astype(str)).max()
            latest.append(ids.map(last).to_numpy(dtype="datetime64[D]"))
    seen = np.full(len(ids), np.datetime64("NaT", "D"))
    for date in latest:
        seen = np.fmax(seen, date)
    return seen
