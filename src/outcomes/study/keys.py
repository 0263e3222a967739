"""Who is who: clients that stand twice, ids that a person takes for one, rows that belong to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outcomes.plan.model import ARMS
from outcomes.results.arrangement import contradicts
from outcomes.study.characters import find_mixed_scripts, fold_case, fold_signs
from outcomes.study.schemas import CLIENT
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from outcomes.plan.model import Plan
    from outcomes.study.model import Finding
    from outcomes.study.parse import TypedTable

COMPLETION_FIX = (
    "They count in no share of completion, and the report says how many they are. Fill in yes or no; leave it empty "
    "only where it is not known yet."
)
_ROOM = 16  # numbers counted for each row, before looking the rows up takes less room


def check_clients(table: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Check that clients stand once, in one of two arms, and start before they end."""
    frame = table.frame
    if CLIENT in frame:
        yield from _check_twice(table)
        yield from _check_alike(table)
    if "arm" in frame:
        for arm in ARMS:
            if not (frame["arm"] == getattr(plan.arms, arm).value).any():
                rule = f"nobody is in the arm that the plan calls {arm}"
                yield make_finding("STOP", "E231", table.name, (), "arm", rule, "Check [arms] in plan.toml.")
    if {"start_date", "end_date"} <= set(frame.columns):
        late = (frame["end_date"] < frame["start_date"]).to_numpy()
        yield from table.stop("E232", late, "end_date", "the end is before the start", "Correct one of the two dates.")
    if {"start_date", "followed_until"} <= set(frame.columns):
        late = (frame["followed_until"] < frame["start_date"]).to_numpy()
        rule = "the last day on which an event would have become known is before the start"
        yield from table.stop("E232", late, "followed_until", rule, "Correct one of the two dates.")
    column = None if plan.completion is None else plan.completion.column
    if column is not None and column in frame:
        blank = frame[column].isna().to_numpy(dtype=bool)
        rule = f"{column} is blank for {blank.sum()} of {len(blank)} people: it is not recorded whether they completed"
        yield from table.find("CHECK", "E247", blank, column, rule, COMPLETION_FIX)
    yield from _check_never_filled(table, plan)
    yield from _check_groups(table, plan)


def _check_never_filled(table: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Find columns that the plan adjusts for, or allows for, and that nobody has filled in."""
    named = dict.fromkeys((*plan.adjust.covariates, None), "adjust.covariates")
    named |= {plan.adjust.skills_group: "adjust.skills_group", plan.adjust.therapist: "adjust.therapist"}
    for name, key in named.items():
        if name is not None and name in table.frame and len(table.frame) and table.frame[name].isna().all():
            rule = f"{name}, which the plan names under {key}, is empty in every row, and cannot be allowed for"
            fix = f"Fill it in, or take it out of {key} in the plan."
            yield make_finding("CHECK", "E315", table.name, (), name, rule, fix)


def _check_groups(table: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Check that the groups that are recorded do not contradict what the plan says of them."""
    frame, column = table.frame, plan.adjust.skills_group
    if column is None or column not in frame or "arm" not in frame:
        return
    groups = frame[column].astype(object).where(frame[column].notna(), None)
    arms = [groups[(frame["arm"] == getattr(plan.arms, arm).value).to_numpy()].tolist() for arm in ARMS]
    if contradicts(arms[0], arms[1], plan.adjust.groups):
        rule = f"the groups that are recorded do not lie as groups = “{plan.adjust.groups}” in [adjust] says"
        fix = "Take groups out of plan.toml, or correct the column: what is recorded counts."
        yield make_finding("STOP", "E259", table.name, (), column, rule, fix)


def _check_twice(table: TypedTable) -> Iterator[Finding]:
    """Check that a client has one row, and above all one arm."""
    frame = table.frame
    codes = frame[CLIENT].cat.codes.to_numpy()
    twice = frame[CLIENT].duplicated(keep=False).to_numpy() & (codes >= 0)
    if not twice.any():
        return
    both = np.zeros(len(frame), dtype=bool)
    if "arm" in frame:
        arms = pd.DataFrame({"client": codes[twice], "arm": frame["arm"].cat.codes.to_numpy()[twice]})
        both[np.flatnonzero(twice)] = arms.groupby("client")["arm"].transform("nunique").to_numpy() > 1
    rule = "the same client stands in both arms"
    fix = "Keep the row of the programme that the client started."
    yield from table.stop("E242", both, CLIENT, rule, fix)
    rule, fix = "the same client stands in several rows", "Keep one row for each client."
    yield from table.stop("E230", twice & ~both, CLIENT, rule, fix)


def _check_alike(table: TypedTable) -> Iterator[Finding]:
    """Find ids that a person takes for one, or that a spreadsheet may have changed."""
    ids = ids_of(table)
    same = _alike(ids, fold_case)
    if same.any():
        rule = "two ids differ only in capitals, spaces, or the way in which an accent is stored"
        fix = "If they are one person keep one row; if not, give one of them another id."
        yield from table.stop("E243", _rows_of(table, same), CLIENT, rule, fix)
    close = _alike(ids, fold_signs) & ~same
    if close.any():
        rule = "ids differ only in zeros at their beginning, or in signs that are misread (0 and O, 1 and l)"
        fix = "Make sure that they are different people."
        yield from table.find("CHECK", "E222", _rows_of(table, close), CLIENT, rule, fix)
    if mixed := find_mixed_scripts(ids):
        where = np.isin(np.arange(len(ids)), mixed)
        rule = "an id mixes letters of two alphabets that look alike"
        yield from table.stop("E220", _rows_of(table, where), CLIENT, rule, "Type it again.")


def ids_of(table: TypedTable) -> list[str]:
    """Give the ids that stand in a table, each once."""
    ids: list[str] = table.frame[CLIENT].array.categories.to_numpy(dtype=object).tolist()
    return ids


def _alike(ids: Sequence[str], folding: Callable[[Sequence[str]], list[str]]) -> NDArray[np.bool_]:
    """Whether each id becomes the same as another when folded."""
    folded = folding(ids)
    if len(set(folded)) == len(ids):
        return np.zeros(len(ids), dtype=bool)
    return np.asarray(pd.Series(folded, dtype="object").duplicated(keep=False))


def _rows_of(table: TypedTable, categories: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.append(categories, False)[table.frame[CLIENT].cat.codes.to_numpy()]


def check_known_clients(table: TypedTable, known: pd.Index[Any]) -> Iterator[Finding]:
    """Check that everybody in a table is in clients.csv."""
    if CLIENT not in table.frame:
        return
    cells = table.frame[CLIENT].array
    absent = ~np.asarray(cells.categories.isin(known))
    strange = np.append(absent, False)[cells.codes]
    if not strange.any():
        return
    folded = set(fold_signs(list(known)))
    misspelt = np.array([one in folded for one in fold_signs(list(cells.categories[absent]))], dtype=bool)
    near = np.zeros(len(absent) + 1, dtype=bool)
    near[np.flatnonzero(absent)[misspelt]] = True
    close = near[cells.codes]
    rule = "the client is not in clients.csv, but one whose id differs only in capitals, spaces, zeros or accents is"
    yield from table.stop("E233", close, CLIENT, rule, "Write the id as in clients.csv.")
    rule, fix = "the client is not in clients.csv", "Add the client there, or correct the id."
    yield from table.stop("E233", strange & ~close, CLIENT, rule, fix)


def check_silent_clients(clients: TypedTable, others: Sequence[TypedTable]) -> Iterator[Finding]:
    """Note the clients who have no score and no questionnaire at all."""
    if CLIENT not in clients.frame or not all(CLIENT in table.frame and not table.lost for table in others):
        return
    heard: set[str] = set()
    for table in others:
        heard.update(ids_of(table))
    silent = _rows_of(clients, np.array([one not in heard for one in ids_of(clients)], dtype=bool))
    rule = "the client has no score at any visit, and enters no comparison of scores"
    yield from clients.find("NOTE", "E244", silent, CLIENT, rule, "Nothing needs to be done if that is so.")


def check_repeats(table: TypedTable, more: tuple[str, ...], values: Sequence[str]) -> Iterator[Finding]:
    """Check that a client has one row at a visit, or at a date where the visit is found by it.

    Parameters
    ----------
    table : TypedTable
    more : tuple of str
        What tells rows apart beside client and time.
    values : sequence of str
        What was measured: where it is the same the row stands twice, else two rows contradict each other.
    """
    frame = table.frame
    if CLIENT not in frame:
        return
    keys = [_codes_of(table, name) for name in (CLIENT, *more, "visit")]
    named = keys[-1] >= 0
    if not named.all():  # a visit with a name is one visit, whatever its dates
        keys.append(np.where(named, -1, _codes_of(table, "date")))
    place = _combine(keys)
    twice = _stands_twice(place)
    if not twice.any():
        return
    present = [frame[name].to_numpy()[twice] for name in values if name in frame]
    kinds = pd.DataFrame(dict(enumerate(present))).groupby(list(range(len(present))), dropna=False).ngroup()
    differ = np.zeros(len(frame), dtype=bool)
    differ[twice] = kinds.groupby(place[twice]).transform("nunique").to_numpy() > 1
    what = "score" if more else "questionnaire"
    rule = f"the same client has two {what}s at one visit that contradict each other"
    yield from table.stop("E241", differ, CLIENT, rule, "Find out which is right, and keep that one.")
    rule, fix = f"the same {what} of the same client stands in several rows", "Keep one of them."
    yield from table.stop("E234", twice & ~differ, CLIENT, rule, fix)


def _stands_twice(place: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each number stands more than once; counted where that takes less room than looking them up."""
    if len(place) and place.min() >= 0 and place.max() < _ROOM * len(place):
        return np.asarray(np.bincount(place)[place] > 1)
    return np.asarray(pd.Series(place).duplicated(keep=False))


def _combine(keys: list[NDArray[Any]]) -> NDArray[np.int64]:
    """Give a number to each combination of several codes."""
    place = keys[0].astype(np.int64)
    for codes in keys[1:]:
        shifted = codes.astype(np.int64) + 1
        place = place * (int(shifted.max(initial=0)) + 1) + shifted
    return place


def _codes_of(table: TypedTable, name: str) -> NDArray[Any]:
    if name not in table.frame:
        return np.full(len(table.frame), -1, dtype=np.int64)
    column = table.frame[name]
    is_category = isinstance(column.dtype, pd.CategoricalDtype)
    return np.asarray(column.cat.codes if is_category else pd.factorize(column)[0])
