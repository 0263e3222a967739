"""What sessions, attendance and prices hold that cannot be right is told, with file, row, column and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from active_study import add_to_plan, write_active_study
from examined import SERVED, check_study
from outcomes.study.explain import read_codes
from outcomes.study.read import read_study
from outcomes.study.sentences import to_sentences
from small_study import edit, spoil

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Table = pd.DataFrame


@pytest.fixture
def active(tmp_path: Path) -> Path:
    return write_active_study(tmp_path / "study", n=12)


def test_a_sound_study_has_nothing_to_say(active: Path) -> None:
    assert check_study(active) == ()


def first_skills(table: Table) -> Table:
    return pd.concat([table, table.head(1).assign(client_id="P001", session="1")])


CASES: dict[str, tuple[str, Callable[[Table], Table], str, str, str]] = {
    "121 sessions in the skills arm": ("sessions.csv", first_skills, "E250", "CHECK", "client_id"),
    "121 attendance in the skills arm": (
        "attendance.csv",
        lambda t: t.assign(kind=np.where((t["client_id"] == "P001") & (t["week"] == "3"), "individual", t["kind"])),
        "E250",
        "CHECK",
        "client_id",
    ),
    "a 121 session after the end": (
        "sessions.csv",
        lambda t: t.assign(date=np.where(t.index == 2, "2025-02-01", t["date"])),
        "E251",
        "CHECK",
        "date",
    ),
    "an attended session after the end": (
        "attendance.csv",
        lambda t: t.assign(
            date=np.where(t.index == t.index[t["status"] == "attended"][0], "2025-02-01", t["date"]),
        ),
        "E251",
        "CHECK",
        "date",
    ),
    "a session before the start": (
        "sessions.csv",
        lambda t: t.assign(date=np.where(t.index == 2, "2023-02-01", t["date"])),
        "E252",
        "CHECK",
        "date",
    ),
    "a session twice": ("sessions.csv", lambda t: pd.concat([t, t.tail(1)]), "E253", "CHECK", "client_id"),
    "an offer twice": ("attendance.csv", lambda t: pd.concat([t, t.tail(1)]), "E253", "CHECK", "client_id"),
    "a price twice": ("costs.csv", lambda t: pd.concat([t, t.tail(1)]), "E254", "CHECK", "item"),
    "two currencies": ("costs.csv", lambda t: t.assign(currency=["GBP", "EUR", "GBP"]), "E255", "CHECK", "currency"),
    "two price years": (
        "costs.csv",
        lambda t: t.assign(price_year=["2024", "2025", "2025"]),
        "E256",
        "CHECK",
        "price_year",
    ),
    "a price of zero": ("costs.csv", lambda t: t.assign(unit_cost=["0", "9", "9"]), "E257", "CHECK", "unit_cost"),
    "an unknown item": ("costs.csv", lambda t: t.assign(item=["cake", *t["item"][1:]]), "E258", "NOTE", "item"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_looks_wrong_is_told_and_does_not_stop(active: Path, case: str) -> None:
    file, change, code, level, column = CASES[case]
    edit(active, file, change)
    found = check_study(active)
    assert [(one.code, one.level, one.file, one.column) for one in found] == [(code, level, file, column)]
    assert found[0].rows
    assert code in read_codes()
    assert not any(value in to_sentences(found)[0] for value in ("P001", "cake", "EUR", "2025-02-01"))
    assert tuple(one for one in read_study(active).findings if one.code not in SERVED) == found


STOPS = {
    "negative minutes": ("sessions.csv", 3, "minutes", "-50", "E215"),
    "negative minutes of attendance": ("attendance.csv", 3, "minutes", "-1", "E215"),
    "a negative price": ("costs.csv", 2, "unit_cost", "-4", "E215"),
    "no price": ("costs.csv", 2, "unit_cost", "", "E210"),
    "an unknown target": ("sessions.csv", 3, "target", "sleep", "E218"),
    "a session of nobody": ("sessions.csv", 3, "client_id", "X1", "E233"),
}


@pytest.mark.parametrize("case", STOPS)
def test_what_cannot_be_right_stops(active: Path, case: str) -> None:
    file, row, column, text, code = STOPS[case]
    spoil(active, file, row, column, text)
    found = [one for one in check_study(active) if one.level == "STOP"]
    assert [(one.code, one.file, one.rows, one.column) for one in found] == [(code, file, (row,), column)]


def test_an_item_that_the_plan_counts_is_known(active: Path) -> None:
    edit(
        active,
        "costs.csv",
        lambda t: pd.concat([t, t.head(1).assign(item="team"), t.head(1).assign(item="assessment")]),
    )
    assert [one.code for one in check_study(active)] == ["E258"]
    add_to_plan(active, "[costs.per_week]\nteam = { full = 1, skills = 0 }")
    assert check_study(active) == ()


def test_a_missed_session_after_the_end_is_no_session(active: Path) -> None:
    edit(active, "clients.csv", lambda t: t.assign(end_date="2024-03-01"))
    edit(active, "sessions.csv", lambda t: t[t["date"] < "2024-03-01"])
    edit(active, "attendance.csv", lambda t: t.assign(status=np.where(t["date"] > "2024-03-01", "missed", t["status"])))
    assert check_study(active) == ()


@pytest.mark.parametrize("name", ["attendance", "sessions"])
def test_a_table_that_was_pasted_below_itself_is_refused(tmp_path: Path, name: str) -> None:
    study = write_active_study(tmp_path / "active")
    edit(study, f"{name}.csv", lambda table: pd.concat([table, table]))
    assert ("E253", "STOP") in {(one.code, one.level) for one in check_study(study)}
