"""The 121 sessions on record, as columns: whose, which number, what third of the programme, which cluster."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outcomes.methods.cluster import FEWEST_CLUSTERS
from outcomes.models.contract import count_arm
from outcomes.models.grouping import NOT_ALLOWED_FOR
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity
from outcomes.study.columns import BETWEEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome

ABSENT = "sessions.csv was not provided."
NOBODY = "sessions.csv holds no session of a client of {full}."
DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Sessions:
    """Sessions of clients of the full programme, sorted by client and time.

    Attributes
    ----------
    frame : DataFrame
        As read, one row a session.
    client : ndarray of int, shape (s,)
        Row of the cohort.
    number : ndarray of int, shape (s,)
        Which session of the client: its number where all have one, else its place among those recorded.
    third : ndarray of int, shape (s,)
        0, 1 or 2: first, middle or last third of the programme.
    is_next : ndarray of bool, shape (s,)
        Whether it follows the session in the row before, of the same client.
    clusters : ndarray of int, shape (s,)
        The therapist where there are enough of them, else the client.
    by : str
        What the clusters are: a phrase.
    column : str
        Column that names them.
    thirds_by : str
        What the thirds are of: a phrase.
    left_out : int
        Sessions of clients of skills group only, which are in none of this [count].
    refused : tuple of str
        Sentence on therapists who are recorded and too few to allow for.
    """

    frame: pd.DataFrame
    client: NDArray[np.intp]
    number: NDArray[np.intp]
    third: NDArray[np.intp]
    is_next: NDArray[np.bool_]
    clusters: NDArray[np.intp]
    by: str
    column: str
    thirds_by: str
    left_out: int
    refused: tuple[str, ...] = ()

    def how(self, estimator: str, inference: str) -> How:
        """Say how an estimate came about whose standard error is CR2 by these clusters."""
        return How(
            estimator=estimator,
            inference=inference,
            covariance="cr2",
            clusters=self.column,
            groups_not_allowed_for=bool(self.refused),
        )

    def people(self, mask: NDArray[np.bool_]) -> int:
        """Clients behind some sessions [count]."""
        return len(np.unique(self.client[mask]))

    def flags(self, name: str) -> NDArray[np.float64]:
        """Whether something was done in each session: 1, 0, or nan where it is not recorded."""
        if name not in self.frame:
            return np.full(len(self.frame), np.nan)
        return np.asarray(self.frame[name].astype("Float64").to_numpy(dtype=float, na_value=np.nan))

    @property
    def taken(self) -> pd.Series:
        """Targets of each session, in the order in which they were taken; missing where none is recorded."""
        if "target" not in self.frame:
            return pd.Series(np.nan, index=self.frame.index, dtype=object)
        return self.frame["target"].astype(object).str.split(BETWEEN)

    def takes(self, target: str) -> NDArray[np.float64]:
        """Whether each session took a target, first or later: 1, 0, or nan where none is recorded."""
        return np.array([np.nan if isinstance(one, float) else float(target in one) for one in self.taken])

    @property
    def minutes(self) -> NDArray[np.float64]:
        """How long each session took; nan where it is not recorded [minutes]."""
        return self.numbers("minutes")

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Numbers of a column; nan where they are not recorded."""
        if name not in self.frame:
            return np.full(len(self.frame), np.nan)
        return np.asarray(self.frame[name].to_numpy(dtype=float))


def read_sessions(cohort: Cohort) -> Sessions | None:
    """Read the sessions, or None where there is no table of them."""
    table = cohort.tables.get("sessions")
    if table is None:
        return None
    ids = pd.Index(cohort.clients["client_id"])
    client = ids.get_indexer(table["client_id"])
    mine = cohort.full[client]
    frame, client = table[mine].reset_index(drop=True), client[mine]
    numbered = "session" in frame and bool(frame["session"].notna().all())
    when = "session" if numbered else "date"
    order = np.lexsort((*_tell_apart(frame, when), _sortable(frame.get(when), len(frame)), client))
    frame, client = frame.iloc[order].reset_index(drop=True), client[order]
    place = pd.Series(client).groupby(client).cumcount().to_numpy() + 1
    number = np.asarray(frame["session"] if numbered else place, dtype=np.intp)
    third, thirds_by = _thirds(cohort, frame, client, number)
    clusters, by, column, refused = _clusters(cohort, client)
    step = np.diff(number, prepend=0) == 1
    return Sessions(
        frame=frame,
        client=client,
        number=number,
        third=third,
        is_next=np.asarray((np.diff(client, prepend=-1) == 0) & step),
        clusters=clusters,
        by=by,
        column=column,
        thirds_by=thirds_by,
        left_out=int((~mine).sum()),
        refused=refused,
    )


def _tell_apart(frame: pd.DataFrame, when: str) -> Iterator[NDArray[Any]]:
    """Order sessions at one time by what they hold, not by their rows; where no time is known rows are all there is."""
    if when in frame and frame[when].notna().any():
        yield pd.util.hash_pandas_object(frame.drop(columns="client_id"), index=False).to_numpy()


def _sortable(column: pd.Series | None, count: int) -> NDArray[np.float64]:
    """Give times as numbers; what has none comes last."""
    if column is None:
        return np.zeros(count)
    numbers = column.astype("int64").where(column.notna(), np.inf) if column.dtype.kind == "M" else column
    return np.asarray(np.nan_to_num(numbers.to_numpy(dtype=float), nan=np.inf))


def _thirds(
    cohort: Cohort, frame: pd.DataFrame, client: NDArray[np.intp], number: NDArray[np.intp]
) -> tuple[NDArray[np.intp], str]:
    """Thirds of the planned programme, by week; where weeks are not known, by number against the largest."""
    plan = cohort.plan
    length = plan.sessions.weeks or plan.visits[plan.primary].week
    known = "date" in frame and "start_date" in cohort.clients
    if known:
        start = cohort.clients["start_date"].to_numpy()[client]
        weeks = (frame["date"].to_numpy() - start) / np.timedelta64(DAYS_A_WEEK, "D")
        if len(weeks) and not np.isnan(weeks).any():
            return np.clip(np.floor(3 * weeks / length), 0, 2).astype(np.intp), "weeks of the planned programme"
    most = max(int(number.max(initial=1)), 1)
    return np.clip((3 * (number - 1)) // most, 0, 2).astype(np.intp), "the largest number of sessions"


def _clusters(cohort: Cohort, client: NDArray[np.intp]) -> tuple[NDArray[np.intp], str, str, tuple[str, ...]]:
    """Give the therapist of each session where there are enough of them, else its client."""
    therapist = next(one for one in cohort.structure if one.kind == "therapist")
    if therapist.is_present:
        codes, labels = cohort.clients[therapist.column].factorize()
        mine = np.where(codes < 0, len(labels) + np.arange(len(codes)), codes)[client].astype(np.intp)
        if len(np.unique(mine)) >= FEWEST_CLUSTERS:
            return mine, "therapist", therapist.column, ()
    refused = (NOT_ALLOWED_FOR["therapist"],) if therapist.is_present else ()
    return client.astype(np.intp), "client", "client_id", refused


def declare(
    what: str,
    label: str,
    quantity: Quantity,
    unit: str,
    *,
    subject: str = "",
    category: str = "",
    tells: tuple[tuple[Key, ...], ...] = (),
) -> Planned:
    """Declare a result about sessions."""
    key = Key("sessions", what=what, subject=subject, category=category)
    return Planned(key=key, label=label, quantity=quantity, unit=unit, tells=tells)


def attempt(planned: Planned, sessions: Sessions | None, compute: Callable[[Planned, Sessions], Outcome]) -> Outcome:
    """Compute a result from the sessions, or say why it cannot be computed."""
    if sessions is None:
        return planned.refuse(ABSENT, "not provided")
    if not len(sessions.client):
        return planned.refuse(NOBODY)
    return planned.attempt(lambda planned: compute(planned, sessions))


def among(planned: Planned, people: int) -> Planned:
    """Give the result with the people behind it, who are all of the full programme."""
    return replace(planned, counts={"n": people, "n_full": people})


def count_people(planned: Planned, people: int) -> Outcome:
    """Give a count of people."""
    return among(planned, people).estimate(float(people), method="count", how=How(estimator="count"))


def count(cohort: Cohort, sessions: Sessions | None) -> Iterator[Outcome]:
    """Count sessions, clients who had any, and sessions left out."""
    recorded, clients, left_out = (
        declare("recorded", "{individual} sessions recorded", Quantity.COUNT, "records"),
        declare("clients", "People with {individual} sessions recorded", Quantity.COUNT, "people"),
        declare(
            "left_out",
            "{individual} sessions recorded for people in {skills}, left out",
            Quantity.COUNT,
            "records",
        ),
    )
    if sessions is None:
        yield from (planned.refuse(ABSENT, "not provided") for planned in (recorded, clients, left_out))
        return
    with_any = count_arm("full", np.bincount(sessions.client, minlength=len(cohort.full)) > 0)
    how = How(estimator="count")
    yield replace(recorded, counts=with_any).estimate(float(len(sessions.client)), method="count", how=how)
    yield replace(clients, counts=with_any).estimate(float(with_any["n"]), method="count", how=how)
    yield left_out.estimate(float(sessions.left_out), method="count", how=how)
