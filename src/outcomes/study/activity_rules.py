"""What sessions, attendance and prices must hold to: whose they are, when they were, prices that can be added up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.plan.names import fill
from outcomes.plan.questions import ITEM_OF
from outcomes.study.schemas import CLIENT
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from outcomes.plan.model import Plan
    from outcomes.study.model import Finding
    from outcomes.study.parse import TypedTable

CLIENT_HOUR = "client_hour"
PASTED, HALF = 20, 0.5  # rows that stand twice, and their share, before a table was surely pasted twice


def check_activity(tables: Mapping[str, TypedTable], clients: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Check sessions, attendance and prices, each where it is there."""
    for name in ("sessions", "attendance"):
        if name in tables and CLIENT in tables[name].frame and CLIENT in clients.frame:
            yield from _check_arm(name, tables[name], clients, plan)
            yield from _check_dates(tables[name], clients)
            yield from _check_twice(name, tables[name])
    if "attendance" in tables:
        yield from _check_completion(tables["attendance"], clients, plan)
    if "costs" in tables:
        yield from _check_costs(tables["costs"], plan)


def _among(table: TypedTable, clients: TypedTable, column: str) -> pd.Series:
    """Give a column of clients.csv, for each row of another table; missing where the client is not known."""
    once = clients.frame[[CLIENT, column]].dropna(subset=[CLIENT]).drop_duplicates(CLIENT)
    return table.frame[CLIENT].astype(object).map(once.set_index(once[CLIENT].astype(object))[column].astype(object))


def _check_arm(name: str, table: TypedTable, clients: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Find sessions alone with a therapist of people whose arm has none."""
    if "arm" not in clients.frame:
        return
    strange = (_among(table, clients, "arm") == plan.arms.skills.value).to_numpy()
    if name == "attendance":
        strange = strange & ((table.frame["kind"] == "individual").to_numpy() if "kind" in table.frame else False)
    rule = fill("{individual} sessions stand here for people who started {skills}", plan.words)
    fix = {
        "sessions": "They are left out of what is said about such sessions. Check the arm of these people.",
        "attendance": "They are counted in what it cost. Check the arm of these people, or the kind of session.",
    }[name]
    yield from table.find("CHECK", "E250", strange, CLIENT, rule, fix)


def _check_dates(table: TypedTable, clients: TypedTable) -> Iterator[Finding]:
    """Find sessions held before the client's start date or after the end date."""
    if "date" not in table.frame:
        return
    when, held = table.frame["date"], np.ones(len(table.frame), dtype=bool)
    if "status" in table.frame:
        held = (table.frame["status"] == "attended").to_numpy()
    for column, code, what in (
        ("end_date", "E251", "after the client's end"),
        ("start_date", "E252", "before the start"),
    ):
        if column not in clients.frame:
            continue
        limit = pd.to_datetime(_among(table, clients, column))
        outside = (when > limit) if column == "end_date" else (when < limit)
        strange = held & outside.to_numpy()
        rule = f"a session was held {what}"
        fix = f"It is counted as it stands. Correct its date, or {column} in clients.csv."
        yield from table.find("CHECK", code, strange, "date", rule, fix)


def _check_twice(name: str, table: TypedTable) -> Iterator[Finding]:
    """Find rows of one client with the same date, week or number, and whole tables that stand twice."""
    keys = [column for column in (CLIENT, "kind", "date", "week", "session") if column in table.frame]
    frame = table.frame[keys]
    timed = frame[[column for column in keys if column in {"date", "week", "session"}]].notna().any(axis=1)
    twice = frame.duplicated(keep=False).to_numpy() & timed.to_numpy(dtype=bool)
    if name == "sessions" and "session" in frame:
        numbered = frame["session"].notna().to_numpy()
        twice |= frame[[CLIENT, "session"]].duplicated(keep=False).to_numpy() & numbered
    whole = table.frame.duplicated(keep=False).to_numpy() & timed.to_numpy(dtype=bool)
    if whole.sum() >= PASTED and whole.mean() >= HALF:
        rule = "most rows stand there twice, the same in every cell, as when a table is pasted below itself"
        yield from table.stop("E253", whole, CLIENT, rule, "Take one of the two out.")
    elif twice.any():
        rule = "the same session of the same client stands in several rows"
        fix = "Each row is counted. Take the extra ones out."
        yield from table.find("CHECK", "E253", twice, CLIENT, rule, fix)


def _check_completion(table: TypedTable, clients: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Tell the clients whose completion is judged from attendance, and to whom no session was on offer."""
    rule = None if plan.completion is None else plan.completion.rule
    if rule is None or not {CLIENT, "kind", "status"} <= set(table.frame) or CLIENT not in clients.frame:
        return
    on_offer = table.frame["status"] != "cancelled_by_service"
    if rule.stream != "any":
        on_offer &= table.frame["kind"] == rule.stream
    unknown = ~clients.frame[CLIENT].isin(table.frame.loc[on_offer, CLIENT]).to_numpy(dtype=bool)
    what = (
        f"completion is judged from attendance.csv, and to {unknown.sum()} of {len(unknown)} people no session that "
        "counts was on offer: it is not known whether they completed"
    )
    fix = "They count in no share of completion, and the report says how many they are. Add their sessions if any."
    yield from clients.find("CHECK", "E247", unknown, CLIENT, what, fix)


def _check_costs(table: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Find several prices of an item, several currencies or years, prices of zero, and items that are not counted."""
    frame = table.frame
    if not {"item", "unit_cost", "currency", "price_year"} <= set(frame.columns):
        return
    items = frame["item"].astype(object)
    twice = items.duplicated(keep=False).to_numpy()
    rule, fix = "the same item has several unit costs", "Costs are not computed. Keep one row for each item."
    yield from table.find("CHECK", "E254", twice, "item", rule, fix)
    for column, code, what in (("currency", "E255", "currencies"), ("price_year", "E256", "price years")):
        several = len(frame[column].dropna().unique()) > 1
        if several:
            rule = f"there are several {what}, which cannot be added up"
            fix = "Costs that need them are not computed. Bring all unit costs to one."
            yield make_finding("CHECK", code, table.name, _odd(frame[column], table), column, rule, fix)
    free = (frame["unit_cost"] == 0).to_numpy()
    rule, fix = "a unit cost is zero", "It is counted at no cost. Fill in the price if there is one."
    yield from table.find("CHECK", "E257", free, "unit_cost", rule, fix)
    known = {*ITEM_OF.values(), CLIENT_HOUR, *plan.costs.per_client, *plan.costs.per_week}
    unknown = ~items.isin(known).to_numpy()
    rule = "the plan does not say how much of the item is used, so it is not counted"
    fix = "Name it under [costs.per_client] or [costs.per_week] in plan.toml if it belongs to the cost."
    yield from table.find("NOTE", "E258", unknown, "item", rule, fix)


def _odd(column: pd.Series, table: TypedTable) -> NDArray[np.int64]:
    """Rows that differ from the most frequent value."""
    return np.asarray(table.rows[(column != column.mode().iloc[0]).to_numpy(dtype=bool)])
