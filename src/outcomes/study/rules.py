"""What the rows of a table must hold to: ranges, options, a place in time, something to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.study.keys import check_repeats
from outcomes.study.schemas import CLIENT, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.plan.model import Kind, Plan
    from outcomes.study.model import Finding
    from outcomes.study.parse import TypedTable

FEWEST_ALIKE = 5  # equal scores; of fewer people they may well be alike


def check_scores(table: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Check ranges, and that a score stands once."""
    frame = table.frame
    if not {CLIENT, "measure", "score"} <= set(frame.columns):
        return
    yield from check_place(table, plan)
    words = [plan.measures[word] for word in frame["measure"].cat.categories]
    low, high = (np.array([*(one.range[side] for one in words), np.nan]) for side in (0, 1))
    codes = frame["measure"].cat.codes.to_numpy()
    score = frame["score"].to_numpy()
    binary = np.array([*(one.kind == "yes_no" for one in words), False], dtype=bool)[codes]  # judged as such
    outside = ~binary & ((score < low[codes]) | (score > high[codes]))
    rule = "the score lies outside the range that the plan gives its measure"
    yield from table.stop("E235", outside, "score", rule, "Correct the score, or the range in plan.toml.")
    yield from _check_kinds(table, [one.kind for one in words])
    yield from _check_constant(table, plan)
    yield from check_repeats(table, ("measure",), ("score",))


def _check_kinds(table: TypedTable, kinds: list[Kind]) -> Iterator[Finding]:
    """Check that counts are whole numbers from nought on, and that a yes/no is 1 or 0."""
    codes, score = table.frame["measure"].cat.codes.to_numpy(), table.frame["score"].to_numpy()
    counted, answered = (
        np.array([*(one == kind for one in kinds), False], dtype=bool)[codes] & ~np.isnan(score)
        for kind in ("count", "yes_no")
    )
    broken = counted & ((score < 0) | (score != np.floor(score)))
    rule = "the measure is a count, and this is no whole number from 0 on"
    fix = "Enter how many there were; a mean per week or month is no count. Leave the cell empty where it is not known."
    yield from table.stop("E229", broken, "score", rule, fix)
    rule, fix = "the measure is a yes/no, and this is neither 1 nor 0", "Enter 1 for yes and 0 for no."
    yield from table.stop("E229", answered & (score != 0) & (score != 1), "score", rule, fix)


def _check_constant(table: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Find measures with one and the same score in at least `FEWEST_ALIKE` rows of a visit, and no other."""
    frame = table.frame
    visit = frame["visit"].cat.codes.to_numpy() if "visit" in frame else np.full(len(frame), -1)
    measure, score = frame["measure"].cat.codes.to_numpy(), frame["score"].to_numpy()
    known = ~np.isnan(score) & (measure >= 0)
    place = measure.astype(np.int64) * (len(plan.visits) + 1) + visit + 1
    group, points = place[known], score[known]
    first = np.zeros(int(group.max(initial=0)) + 1)
    first[group] = points
    size = np.bincount(group, minlength=len(first))
    differ = np.bincount(group, weights=points != first[group], minlength=len(first))
    same = np.flatnonzero((size >= FEWEST_ALIKE) & (differ == 0))
    if len(same):
        rule = "everybody has the same score on a measure at a visit, so that nothing can be compared"
        fix = "See whether the column was filled down, or holds a default."
        yield from table.find("CHECK", "E282", np.isin(place, same) & known, "score", rule, fix)


def check_items(table: TypedTable, instrument_name: str, plan: Plan) -> Iterator[Finding]:
    """Check that answers are options of the questionnaire, and that a questionnaire stands once."""
    instrument = plan.instrument(instrument_name)
    low, high = instrument.answers
    yield from check_place(table, plan)
    for name in table.frame.columns:
        if name[:1] == "q" and name[1:].isdecimal():
            answers = table.frame[name].to_numpy()
            outside = (answers < low) | (answers > high)
            rule = f"an answer of {instrument.name} lies between {low:g} and {high:g}"
            fix = "Correct it, or set the coding of the measure in plan.toml."
            yield from table.stop("E240", outside, name, rule, fix)
    questions = [name for name in table.frame.columns if name[:1] == "q" and name[1:].isdecimal()]
    yield from check_repeats(table, (), questions)


def check_time(table: TypedTable, kind: str) -> Iterator[Finding]:
    """Check that every row has its place in time."""
    if either := TABLES[kind].metadata.get("either"):
        nowhere = np.logical_and.reduce([_is_missing(table, name) for name in either])
        rule = f"the row has neither {' nor '.join(either)}"
        yield from table.stop("E236", nowhere, either[0], rule, "Fill in one of them.")


def check_place(table: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Check that a score without a visit has a date, and the plan windows to find the visit by."""
    unnamed = _is_missing(table, "visit")
    if not unnamed.any():
        return
    if not any(visit.window is not None for visit in plan.visits.values()):
        rule = "the visit is empty, and the plan has no windows to find it by the date"
        yield from table.stop(
            "E236", unnamed, "visit", rule, "Name the visit, or give the visits windows in plan.toml."
        )
        return
    lost = unnamed & _is_missing(table, "date")
    yield from table.stop("E236", lost, "visit", "the row has neither visit nor date", "Fill in one of them.")


def _is_missing(table: TypedTable, name: str) -> NDArray[np.bool_]:
    if name not in table.frame:
        return np.ones(len(table.frame), dtype=bool)
    return np.asarray(table.frame[name].isna().to_numpy(dtype=bool))
