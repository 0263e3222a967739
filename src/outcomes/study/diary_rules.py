"""What diary cards must hold to: one card a week, no more days than were filled in, weeks of the programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.study.schemas import CLIENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.study.model import Finding
    from outcomes.study.parse import TypedTable

RATED = ("urge_self_harm", "urge_suicide", "misery", "acts", "skills_days")


def check_diary(table: TypedTable, clients: TypedTable) -> Iterator[Finding]:
    """Check the cards by themselves, and against each client's start."""
    frame = table.frame
    if not {CLIENT, "days_filled"} <= set(frame.columns):
        return
    yield from _check_twice(table)
    filled = frame["days_filled"].to_numpy()
    if "skills_days" in frame:
        more = frame["skills_days"].to_numpy() > filled
        rule = "a skill was used on more days than were filled in"
        yield from table.stop("E269", more, "skills_days", rule, "Correct one of the two numbers.")
    rated = np.zeros(len(frame), dtype=bool)
    for name in RATED:
        if name in frame:
            rated |= frame[name].notna().to_numpy(dtype=bool)
    rule = "something is rated in a week of which no day was filled in"
    fix = "The week counts as not filled in, and what is rated counts nowhere. Correct days_filled if it was."
    yield from table.find("CHECK", "E294", rated & (filled == 0), "days_filled", rule, fix)
    yield from _check_starts(table, clients)


def _check_twice(table: TypedTable) -> Iterator[Finding]:
    """Find two cards of a client for one week, by its number or by its first day."""
    frame = table.frame
    twice = np.zeros(len(frame), dtype=bool)
    for name in ("week", "date"):
        if name in frame:
            known = frame[name].notna().to_numpy(dtype=bool)
            twice |= frame[[CLIENT, name]].duplicated(keep=False).to_numpy() & known
    same = twice & frame.duplicated(keep=False).to_numpy()
    rule = "the same client has two cards for one week that contradict each other"
    yield from table.stop("E241", twice & ~same, CLIENT, rule, "Find out which is right, and keep that one.")
    yield from table.stop("E234", same, CLIENT, "the same card stands in several rows", "Keep one of them.")


def _check_starts(table: TypedTable, clients: TypedTable) -> Iterator[Finding]:
    """Find cards that have a date and no week, and no place in the programme by it."""
    frame = table.frame
    if "date" not in frame:
        return
    dated = frame["date"].notna().to_numpy(dtype=bool) & ~_has(frame, "week")
    starts = clients.frame
    if CLIENT not in starts or "start_date" not in starts or starts[CLIENT].duplicated().any():
        lost = dated
    else:
        start = pd.Series(starts["start_date"].to_numpy(), index=starts[CLIENT].astype("str"))
        began = frame[CLIENT].astype("str").map(start)
        early = dated & (frame["date"] < began).to_numpy(dtype=bool)
        rule = "a week of the diary begins before the client's start"
        fix = "It counts nowhere. Correct its date, or start_date in clients.csv."
        yield from table.find("CHECK", "E295", early, "date", rule, fix)
        lost = dated & began.isna().to_numpy(dtype=bool)
    rule = "a week of the diary has a date, and the client no start_date to count weeks from"
    fix = "It counts nowhere. Add start_date to clients.csv, or the number of the week here."
    yield from table.find("CHECK", "E295", lost, "date", rule, fix)


def _has(frame: pd.DataFrame, name: str) -> NDArray[np.bool_]:
    if name not in frame:
        return np.zeros(len(frame), dtype=bool)
    return np.asarray(frame[name].notna().to_numpy(dtype=bool))
