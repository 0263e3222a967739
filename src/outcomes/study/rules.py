"""What rows and tables must hold to among each other: who exists, what stands twice, what lies outside its range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outcomes.instruments import read_instrument
from outcomes.plan.model import ARMS
from outcomes.study.tables import CLIENT, ONE_OF
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.plan.model import Plan
    from outcomes.study.model import Finding
    from outcomes.study.parse import TypedTable


def check_clients(table: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Check that clients stand once, in two arms, and start before they end."""
    frame = table.frame
    if CLIENT in frame:
        twice = frame[CLIENT].duplicated(keep=False).to_numpy() & frame[CLIENT].notna().to_numpy()
        if twice.any():
            fix = "Keep one row for each client."
            yield table.stop("E230", twice, CLIENT, "the same client stands in several rows", fix)
        yield from _check_alike(table)
    if "arm" in frame:
        for arm in ARMS:
            if not (frame["arm"] == getattr(plan.arms, arm).value).any():
                rule = f"nobody is in the arm that the plan calls {arm}"
                yield table.stop("E231", np.zeros(len(frame), dtype=bool), "arm", rule, "Check [arms] in plan.toml.")
    if {"start_date", "end_date"} <= set(frame.columns):
        late = (frame["end_date"] < frame["start_date"]).to_numpy()
        if late.any():
            yield table.stop("E232", late, "end_date", "the end is before the start", "Correct one of the two dates.")


def _check_alike(table: TypedTable) -> Iterator[Finding]:
    """Warn of ids that a spreadsheet may have changed in one file and not in another."""
    folded = table.frame[CLIENT].astype("str").str.casefold().str.lstrip("0")
    alike = (folded.duplicated(keep=False) & ~table.frame[CLIENT].duplicated(keep=False)).to_numpy()
    if alike.any():
        rule = "ids differ only in capitals or in zeros at their beginning"
        fix = "Make sure that they are different people."
        yield make_finding("CHECK", "E222", table.name, table.rows[alike], CLIENT, rule, fix)


def check_known_clients(table: TypedTable, known: pd.Index[Any]) -> Iterator[Finding]:
    """Check that everybody in a table is in clients.csv."""
    if CLIENT not in table.frame:
        return
    cells = table.frame[CLIENT].array
    strange = ~np.append(cells.categories.isin(known), True)[cells.codes]
    if strange.any():
        rule, fix = "the client is not in clients.csv", "Add the client there, or correct the id."
        yield table.stop("E233", strange, CLIENT, rule, fix)


def check_scores(table: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Check ranges, and that a score stands once."""
    frame = table.frame
    if not {CLIENT, "measure", "score"} <= set(frame.columns):
        return
    yield from _check_place(table, plan)
    words = [plan.measures[word] for word in frame["measure"].cat.categories]
    low, high = (np.array([*(one.range[side] for one in words), np.nan]) for side in (0, 1))
    codes = frame["measure"].cat.codes.to_numpy()
    score = frame["score"].to_numpy()
    outside = (score < low[codes]) | (score > high[codes])
    if outside.any():
        rule = "the score lies outside the range that the plan gives its measure"
        yield table.stop("E235", outside, "score", rule, "Correct the score, or the range in plan.toml.")
    yield from _check_twice(table, ("measure",))


def check_items(table: TypedTable, instrument_name: str, plan: Plan) -> Iterator[Finding]:
    """Check that answers are options of the questionnaire, and that a questionnaire stands once."""
    instrument = read_instrument(instrument_name)
    low, high = instrument.answers
    yield from _check_place(table, plan)
    for name in table.frame.columns:
        if name[:1] == "q" and name[1:].isdecimal():
            answers = table.frame[name].to_numpy()
            outside = (answers < low) | (answers > high)
            if outside.any():
                rule = f"an answer of {instrument.name} lies between {low:g} and {high:g}"
                fix = "Correct it, or set the coding of the measure in plan.toml."
                yield table.stop("E240", outside, name, rule, fix)
    yield from _check_twice(table, ())


def check_time(table: TypedTable, kind: str) -> Iterator[Finding]:
    """Check that every row has its place in time."""
    names = [name for name in ONE_OF.get(kind, ()) if name in table.frame]
    if kind not in ONE_OF or not len(table.frame):
        return
    nowhere = np.ones(len(table.frame), dtype=bool)
    for name in names:
        nowhere &= table.frame[name].isna().to_numpy()
    if nowhere.any():
        rule = f"the row has neither {' nor '.join(ONE_OF[kind])}"
        yield table.stop("E236", nowhere, ONE_OF[kind][0], rule, "Fill in one of them.")


def _check_place(table: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Check that a score without a visit has a date, and the plan windows to find the visit by."""
    unnamed = _is_missing(table, "visit")
    if not unnamed.any():
        return
    if not any(visit.window is not None for visit in plan.visits.values()):
        rule = "the visit is empty, and the plan has no windows to find it by the date"
        yield table.stop("E236", unnamed, "visit", rule, "Name the visit, or give the visits windows in plan.toml.")
        return
    lost = unnamed & _is_missing(table, "date")
    if lost.any():
        yield table.stop("E236", lost, "visit", "the row has neither visit nor date", "Fill in one of them.")


def _is_missing(table: TypedTable, name: str) -> NDArray[np.bool_]:
    if name not in table.frame:
        return np.ones(len(table.frame), dtype=bool)
    return np.asarray(table.frame[name].isna().to_numpy(dtype=bool))


def _check_twice(table: TypedTable, more: tuple[str, ...]) -> Iterator[Finding]:
    """Check that a client has one row at a visit, or at a date where the visit is found by it."""
    if CLIENT not in table.frame:
        return
    keys = [_codes_of(table, name) for name in (CLIENT, *more, "visit", "date")]
    named = ~_is_missing(table, "visit")
    keys[-1] = np.where(named, -1, keys[-1])  # a visit with a name is one visit, whatever its dates
    place = keys[0].astype(np.int64)
    for codes in keys[1:]:
        shifted = codes.astype(np.int64) + 1
        place = place * (int(shifted.max(initial=0)) + 1) + shifted
    twice = pd.Series(place).duplicated(keep=False).to_numpy()
    if twice.any():
        what = "score" if more else "questionnaire"
        rule, fix = f"the same {what} of the same client stands in several rows", "Keep one of them."
        yield table.stop("E234", twice, CLIENT, rule, fix)


def _codes_of(table: TypedTable, name: str) -> NDArray[Any]:
    if name not in table.frame:
        return np.full(len(table.frame), -1, dtype=np.int64)
    column = table.frame[name]
    return np.asarray(column.cat.codes if name != "date" else pd.factorize(column)[0])
