"""What dates must hold to: visits in their order, nothing before its beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outcomes.study.schemas import CLIENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.plan.model import Plan
    from outcomes.study.model import Finding
    from outcomes.study.parse import TypedTable


def check_dates(table: TypedTable, clients: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Check the dates of scores or of questionnaires against each other and against the client's programme."""
    frame = table.frame
    if "date" not in frame or CLIENT not in frame or not frame["date"].notna().any():
        return
    if "visit" in frame:
        yield from _check_order(table, plan)
    yield from _check_programme(table, clients, plan)


def _check_order(table: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Check that a later visit has no earlier date."""
    frame = table.frame
    number, date = _visit_numbers(table, plan), _days(frame["date"])
    place = frame[CLIENT].cat.codes.to_numpy().astype(np.int64)
    if "measure" in frame:
        place = place * (len(plan.measures) + 1) + frame["measure"].cat.codes.to_numpy()
    known = np.flatnonzero((number >= 0) & (date > _NEVER) & (place >= 0))
    if not len(known):
        return
    width = len(plan.visits)
    if place.max() * width > _ROOM * len(place):
        place = pd.factorize(place)[0]
    cell = place[known] * width + number[known]
    dates = np.full((int(place.max()) + 1) * width, _NEVER)
    dates[cell] = date[known]
    grid = dates.reshape(-1, width)
    before = np.full_like(grid, _NEVER)
    np.maximum.accumulate(grid[:, :-1], axis=1, out=before[:, 1:])
    seen = (grid > _NEVER) & (before > _NEVER)
    wrong, tied = (
        _rows_in((seen & (hit(grid, before))).ravel(), known, cell, len(table.rows)) for hit in (np.less, np.equal)
    )
    rule = "the date is earlier than that of a visit before it: visits or dates are mixed up"
    yield from table.stop("E239", wrong, "date", rule, "Correct the visit or the date.")
    rule, fix = "two visits of a client have the same date", "Make sure that both are what they are called."
    yield from table.find("CHECK", "E249", tied, "date", rule, fix)


def _rows_in(
    found: NDArray[np.bool_], known: NDArray[np.int64], cell: NDArray[np.int64], count: int
) -> NDArray[np.bool_]:
    """Rows whose cell of the grid was found."""
    rows = np.zeros(count, dtype=bool)
    if found.any():
        rows[known[found[cell]]] = True
    return rows


def _check_programme(table: TypedTable, clients: TypedTable, plan: Plan) -> Iterator[Finding]:
    frame = table.frame
    if CLIENT not in clients.frame or clients.frame[CLIENT].duplicated().any():
        return
    date = _days(frame["date"])
    if "start_date" in clients.frame and "visit" in frame:
        start = _of_client(table, clients, "start_date")
        early = (_visit_numbers(table, plan) > 0) & (date > _NEVER) & (start > _NEVER) & (date < start)
        rule, fix = "a later visit is dated before the client's start", "Correct the visit, the date or the start."
        yield from table.find("CHECK", "E246", early, "date", rule, fix)
    if "end_date" in clients.frame:
        end = _of_client(table, clients, "end_date")
        late = (date > _NEVER) & (end > _NEVER) & (date > end)
        rule = "the score is dated after the client's end; it is used, for the programme that the client started"
        fix = "Nothing needs to be done if people are followed up."
        yield from table.find("NOTE", "E245", late, "date", rule, fix)


_ROOM = 8  # cells of the grid for each row of the table, before it is made smaller
_NEVER = np.iinfo(np.int64).min


def _days(dates: pd.Series[Any]) -> NDArray[np.int64]:
    return np.asarray(dates.to_numpy(dtype="datetime64[s]").astype(np.int64))


def _visit_numbers(table: TypedTable, plan: Plan) -> NDArray[np.int64]:
    """Place of each row's visit in the plan; -1 where it has none."""
    cells = table.frame["visit"].array
    places = {name: place for place, name in enumerate(plan.visits)}
    numbers = np.array([*(places[name] for name in cells.categories), -1], dtype=np.int64)
    return np.asarray(numbers[cells.codes])


def _of_client(table: TypedTable, clients: TypedTable, name: str) -> NDArray[np.int64]:
    """Give each row a date of its client."""
    known = pd.Series(_days(clients.frame[name]), index=clients.frame[CLIENT].astype("str"))
    cells = table.frame[CLIENT].array
    of_category = known.reindex(cells.categories).fillna(_NEVER).to_numpy()
    return np.asarray(np.append(of_category, _NEVER).astype(np.int64)[cells.codes])
