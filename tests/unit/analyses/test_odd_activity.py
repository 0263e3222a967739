"""Sessions, attendance and prices at the edge: each planned number is there, as a number or with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import outcomes
from active_study import write_active_study
from outcomes.cohort import assemble
from outcomes.questions.costs import analysis as costs
from outcomes.questions.sessions import analysis as sessions
from outcomes.scoring import score_study
from small_study import edit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Table = pd.DataFrame


def ids_of(folder: Path) -> set[str]:
    study = outcomes.read_study(folder)
    cohort = assemble(study, score_study(study))
    return {outcome.id for analysis in (sessions, costs) for outcome in analysis.analyse(cohort)}


CASES: dict[str, tuple[str, Callable[[Table], Table]]] = {
    "sessions of one client only": ("sessions.csv", lambda t: t[t["client_id"] == "P002"]),
    "no session of the full programme": ("sessions.csv", lambda t: t.head(1).assign(client_id="P001")),
    "no component is recorded": ("sessions.csv", lambda t: t[["client_id", "date", "session"]]),
    "a component is half recorded": (
        "sessions.csv",
        lambda t: t.assign(agenda_set=np.where(t.index % 2, t["agenda_set"], "")),
    ),
    "all sessions are alike": ("sessions.csv", lambda t: t.assign(agenda_set="yes", target="skills", minutes="50")),
    "no session has a number": ("sessions.csv", lambda t: t.drop(columns="session")),
    "no session has a date": ("sessions.csv", lambda t: t.drop(columns="date")),
    "nobody ever attended": ("attendance.csv", lambda t: t.assign(status="missed", minutes="")),
    "everybody attended all": ("attendance.csv", lambda t: t.assign(status="attended", minutes="60")),
    "the service cancelled everything": (
        "attendance.csv",
        lambda t: t.assign(status="cancelled_by_service", minutes=""),
    ),
    "only group sessions": ("attendance.csv", lambda t: t[t["kind"] == "group"]),
    "attendance of one client": ("attendance.csv", lambda t: t[t["client_id"] == "P002"]),
    "attendance without weeks": ("attendance.csv", lambda t: t.drop(columns="week")),
    "attendance without dates": ("attendance.csv", lambda t: t.drop(columns="date")),
    "everything is free": ("costs.csv", lambda t: t.assign(unit_cost="0")),
    "no prices of sessions": ("costs.csv", lambda t: t[t["item"] == "client_hour"]),
    "no start": ("clients.csv", lambda t: t.drop(columns=["start_date", "end_date"])),
    "nobody at the visit in the middle": ("scores.csv", lambda t: t[t["visit"] != "mid"]),
    "nobody at the end": ("scores.csv", lambda t: t[t["visit"] != "end"]),
    "nobody at the start": ("scores.csv", lambda t: t[t["visit"] != "start"]),
    "everybody scores alike": ("scores.csv", lambda t: t.assign(score="4")),
    "no alliance": ("scores.csv", lambda t: t[t["measure"] != "bond"]),
    "nobody improves": ("scores.csv", lambda t: t.assign(score=np.where(t["visit"] == "start", "1", "4"))),
    "everybody improves": (
        "scores.csv",
        lambda t: t.assign(score=np.where(t["visit"] == "start", [str(3 + k % 2) for k in range(len(t))], "0")),
    ),
    "completion is not known": ("clients.csv", lambda t: t.assign(completed="")),
    "everybody completes": ("clients.csv", lambda t: t.assign(completed="yes")),
    "one therapist for all": ("clients.csv", lambda t: t.assign(therapist_id=np.where(t["arm"] == "full", "T1", ""))),
    "no therapist is known": ("clients.csv", lambda t: t.assign(therapist_id="")),
    "therapists with one name but for marks": (
        "clients.csv",
        lambda t: t.assign(therapist_id=np.where(t["arm"] == "full", np.where(t.index % 4 < 2, "T.1", "T-1"), "")),
    ),
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return ids_of(write_active_study(tmp_path_factory.mktemp("plain") / "study", n=24))


@pytest.mark.parametrize("case", CASES)
def test_the_same_numbers_are_planned_whatever_the_tables_hold(tmp_path: Path, expected: set[str], case: str) -> None:
    folder = write_active_study(tmp_path / "study", n=24)
    edit(folder, *CASES[case])
    found = ids_of(folder)
    assert expected <= found
    assert all(name.startswith("sessions.therapist.") for name in found - expected)
