"""The people, read again from the study's tables: who was seen when, what their answers score, who completed.

Nothing here comes from the cohort or from scoring: an error planted in either parts the two computations. The report's
own second computation takes the people of the cohort, which has the same columns; `outcomes verify --independent` takes
these.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from outcomes.plan.model import AttendanceRule
from outcomes.replication.answers import find_alphas, score_all
from outcomes.study.schemas import OPTIONAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from outcomes.plan.model import Plan
    from outcomes.study.model import Study

DAYS = 7.0
THREE_QUARTERS, FOUR_IN_A_ROW = 0.75, 4  # of the sessions, and of sessions missed: where the plan has no rule


class People(Protocol):
    """What the second computation asks of the people; both the cohort and what is read here have it."""

    @property
    def plan(self) -> Plan: ...  # noqa: D102
    @property
    def clients(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def completed(self) -> NDArray[np.float64]: ...  # noqa: D102
    @property
    def grids(self) -> Mapping[str, NDArray[np.float64]]: ...  # noqa: D102
    @property
    def outside(self) -> Mapping[str, NDArray[np.bool_]]: ...  # noqa: D102
    @property
    def alphas(self) -> Mapping[str, float]: ...  # noqa: D102
    @property
    def tables(self) -> Mapping[str, pd.DataFrame]: ...  # noqa: D102
    @property
    def full(self) -> NDArray[np.bool_]: ...  # noqa: D102


def scores_at(people: People, measure: str, visit: str) -> NDArray[np.float64]:
    """Scores of a measure at a visit, shape (n,); nan where nobody was seen."""
    return people.grids[measure][:, list(people.plan.visits).index(visit)]


@dataclass(frozen=True, slots=True, repr=False)
class ReadPeople:
    """The people of a study as they are read here; the fields are those of `People`."""

    plan: Plan
    clients: pd.DataFrame
    completed: NDArray[np.float64]
    grids: Mapping[str, NDArray[np.float64]]
    outside: Mapping[str, NDArray[np.bool_]]
    alphas: Mapping[str, float]
    tables: Mapping[str, pd.DataFrame]
    full: NDArray[np.bool_]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"ReadPeople({len(self.full)} people)"


class _Row(NamedTuple):
    client: str
    measure: str
    visit: str
    date: pd.Timestamp | None
    score: float

    def __repr__(self) -> str:
        """Nothing of it: a repr must never show a client."""
        return "_Row()"


def read_people(study: Study) -> ReadPeople:
    """Read the people of a validated study from its tables."""
    clients = study.clients.sort_values("client_id", kind="stable").reset_index(drop=True)
    grids, outside = _place(study, clients)
    tables = {name: getattr(study, name) for name in OPTIONAL}
    return ReadPeople(
        plan=study.plan,
        clients=clients,
        completed=_completed(study, clients),
        grids=grids,
        outside=outside,
        alphas=find_alphas(study),
        tables={name: table for name, table in tables.items() if table is not None},
        full=np.array([bool(arm) for arm in clients["full"]]),
    )


def _rows(study: Study) -> Iterator[_Row]:
    for frame in (study.scores, *(frame.assign(measure=word) for word, frame in score_all(study))):
        rows = frame.reindex(columns=["client_id", "measure", "visit", "date", "score"])
        for client, measure, visit, date, score in rows.to_numpy(dtype=object).tolist():
            if not pd.isna(score):
                when = None if pd.isna(date) else pd.Timestamp(date)
                yield _Row(str(client), str(measure), "" if pd.isna(visit) else str(visit), when, float(score))


def _place(study: Study, clients: pd.DataFrame) -> tuple[dict[str, NDArray[np.float64]], dict[str, NDArray[np.bool_]]]:
    """Put each score at its visit: by name, else by the window that holds its date and the week that is nearest."""
    visits, row = list(study.plan.visits), {str(client): place for place, client in enumerate(clients["client_id"])}
    started = pd.to_datetime(clients["start_date"]) if "start_date" in clients else pd.Series(pd.NaT, clients.index)
    grids = {measure: np.full((len(clients), len(visits)), np.nan) for measure in study.plan.measures}
    outside = {measure: np.zeros(len(clients), dtype=bool) for measure in study.plan.measures}
    nearest: dict[tuple[str, int, str], tuple[float, float, float]] = {}
    for one in _rows(study):
        if one.measure not in grids:
            continue
        person = row[one.client]
        visit, distance = (one.visit, -1.0) if one.visit else _find_visit(study.plan, started[person], one.date)
        if not visit:
            outside[one.measure][person] = True
            continue
        order = (distance, math.inf if one.date is None else one.date.timestamp(), one.score)
        at = (one.measure, person, visit)
        nearest[at] = min(nearest.get(at, order), order)
    for (measure, person, visit), (_, _, score) in nearest.items():
        grids[measure][person, visits.index(visit)] = score
    return grids, outside


def _find_visit(plan: Plan, start: Any, date: pd.Timestamp | None) -> tuple[str, float]:
    """Visit whose window holds a date, and how many weeks it lies from the planned one; of several the last."""
    if date is None or pd.isna(start):
        return "", math.inf
    week = (date.normalize() - start.normalize()).days / DAYS
    held = [
        (name, abs(week - visit.week))
        for name, visit in plan.visits.items()
        if visit.window is not None and visit.window[0] <= week <= visit.window[1]
    ]
    return held[-1] if held else ("", math.inf)


def _completed(study: Study, clients: pd.DataFrame) -> NDArray[np.float64]:
    """1 completed, 0 did not, nan not known: from the plan's column, or judged person by person by its rule."""
    how = study.plan.completion
    unknown = np.full(len(clients), np.nan)
    if how is None:
        return unknown
    if how.rule is None:
        if how.column is None or how.column not in clients:
            return unknown
        return np.array([math.nan if pd.isna(said) else float(bool(said)) for said in clients[how.column]])
    if study.attendance is None:
        return unknown
    judged = {client: _judge(rows, how.rule) for client, rows in _by_person(study.attendance).items()}
    return np.array([judged.get(str(client), math.nan) for client in clients["client_id"]])


def judge_by_rule(people: People, stream: str) -> NDArray[np.float64]:
    """Who completed if sessions of a stream were to decide, by the plan's rule or DBT's own; nan without sessions."""
    how = people.plan.completion
    rule = how.rule if how is not None and how.rule is not None else None
    by = AttendanceRule.model_validate(
        {
            "minimum_share": THREE_QUARTERS if rule is None else rule.minimum_share,
            "stream": stream,
            "longest_run_missed": FOUR_IN_A_ROW if rule is None else rule.longest_run_missed,
        }
    )
    judged = {client: _judge(rows, by) for client, rows in _by_person(people.tables["attendance"]).items()}
    return np.array([judged.get(str(client), math.nan) for client in people.clients["client_id"]])


def _by_person(attendance: pd.DataFrame) -> dict[str, list[tuple[str, float, str]]]:
    """Sessions of each person: kind, when, status."""
    dated = "date" in attendance and bool(
        attendance.loc[attendance["status"] != "cancelled_by_service", "date"].notna().any()
    )
    if dated:
        times: Iterable[Any] = (when.timestamp() for when in pd.to_datetime(attendance["date"]))
    else:
        times = attendance["week"] if "week" in attendance else [math.nan] * len(attendance)
    found: dict[str, list[tuple[str, float, str]]] = defaultdict(list)
    columns = (attendance["client_id"], attendance["kind"], times, attendance["status"])
    for client, kind, when, status in zip(*columns, strict=True):
        found[str(client)].append((str(kind), math.inf if pd.isna(when) else float(when), str(status)))
    return found


def _judge(rows: list[tuple[str, float, str]], rule: AttendanceRule) -> float:
    """Whether enough of what was on offer was attended, and never too many in a row of one kind missed."""
    offered = sorted(
        (kind, when, status)
        for kind, when, status in rows
        if status != "cancelled_by_service" and rule.stream in {"any", kind}
    )
    if not offered:
        return math.nan
    came = [status == "attended" for _, _, status in offered]
    runs = [
        len(list(run))
        for (_, present), run in groupby(zip((kind for kind, *_ in offered), came, strict=True))
        if not present
    ]
    longest = rule.longest_run_missed
    too_long = longest is not None and max(runs, default=0) >= longest
    return float(sum(came) / len(came) >= rule.minimum_share and not too_long)
