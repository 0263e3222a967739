"""A small synthetic study with events of three kinds, that tests write, spoil and read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from small_study import edit, write_small_study

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Change = Callable[[pd.DataFrame], pd.DataFrame]

PLAN = """
[events.self_harm]
label = "Episodes of self-harm"
role = "primary"
before = 26
worthwhile = 0.75
[events.attempt]
label = "Attempts"
role = "harm"
[events.admission]
label = "Admissions"
role = "secondary"
"""
START, FOLLOWED = pd.Timestamp("2024-01-01"), 300  # days
DATES = {"start_date": "2024-01-01", "end_date": "2024-06-17", "followed_until": "2024-10-27"}
ATTEMPTED = (3, 7, 21)  # of skills group only


def write_events_study(
    folder: Path,
    *,
    n: int = 60,
    frailty: bool = True,
    events: Change | None = None,
    clients: Change | None = None,
    grouped: bool = False,
) -> Path:
    """Write the study: self-harm is halved in the full programme, attempts lie in the other, admissions have days.

    Parameters
    ----------
    n : int
        People in all [count].
    frailty : bool
        Whether people differ in their rate.
    events, clients : callable, optional
        What is changed in a table before it is written.
    grouped : bool
        Whether the plan names `group_id`, which `clients` has to write.
    """
    write_small_study(folder, n=n)
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    plan = plan.replace("[adjust]", '[adjust]\nskills_group = "group_id"') if grouped else plan
    (folder / "plan.toml").write_text(plan + PLAN, encoding="utf-8")
    rng, rows = np.random.default_rng(2), []
    for number in range(1, n + 1):
        client, times = f"P{number:03d}", 0.5 if number % 2 == 0 else 1.0
        rate = rng.gamma(1.0, 4.0) if frailty else 4.0
        for days, mean in ((-182, rate / 2), (FOLLOWED, rate * 0.82 * times)):
            for part in rng.random(rng.poisson(mean)):
                day = START + pd.Timedelta(days=int(part * days) - (days < 0))
                rows.append((client, day.date().isoformat(), "self_harm", 1, ""))
        if number in ATTEMPTED:
            rows.append((client, "2024-02-01", "attempt", 1, ""))
        if rng.random() < 0.3:  # of everybody
            rows.append((client, "2024-03-01", "admission", 1, str(rng.integers(1, 20))))
    table = pd.DataFrame(rows, columns=["client_id", "date", "kind", "number", "days"])
    (table if events is None else events(table)).to_csv(folder / "events.csv", index=False)
    edit(folder, "clients.csv", lambda table: table.assign(**DATES))
    if clients is not None:
        edit(folder, "clients.csv", clients)
    return folder


def add_thousand(events: pd.DataFrame) -> pd.DataFrame:
    """Add a person of the full programme with a thousand episodes."""
    return pd.concat([events, pd.DataFrame([("P002", "2024-05-01", "self_harm", 1000, "")], columns=events.columns)])


def in_full(events: pd.DataFrame) -> pd.Series:
    """Whether each event is of somebody of the full programme."""
    return events["client_id"].str[1:].astype(int) % 2 == 0


def follow_unequally(clients: pd.DataFrame) -> pd.DataFrame:
    """Follow each for a time of their own, between three weeks and ten months."""
    until = [START + pd.Timedelta(days=int(days)) for days in np.random.default_rng(5).integers(20, 300, len(clients))]
    last = [day.date().isoformat() for day in until]
    return clients.assign(followed_until=last, end_date=[min(day, DATES["end_date"]) for day in last])


def put_in_groups(clients: pd.DataFrame, *, nested: bool = False) -> pd.DataFrame:
    """Put people in six groups that hold both arms, or in ten of one arm each."""
    place = range(len(clients))
    return clients.assign(group_id=[f"{'AB'[k % 2]}{k // 2 % 5}" if nested else f"G{k // 2 % 6}" for k in place])
