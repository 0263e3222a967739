"""What the clinic writes down about people and their questionnaires; a price list."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from parameters import ITEM_SCALES, NOT_AT_START, SCALES, VISITS
from people import SITES

if TYPE_CHECKING:
    from datetime import date

    from attendance import Attendance
    from numpy.typing import NDArray
    from parameters import Parameters
    from people import World

REASONS = ("did not come back", "moved away", "chose another service", "did not want to go on")
# Where assessment lies on the way from referral to start, and offer on the rest of it: beta distributed [share].
ASSESSED, OFFERED = (4.0, 6.0), (6.0, 4.0)
NOT_DATED = 0.03  # share of referrals without a date
PRICES = {  # pounds of 2025, invented for the example
    "group_session_per_client": 38,
    "individual_session": 92,
    "client_hour": 61,
    "assessment": 120,
    "phone_coaching_call": 24,
    "consultation_team_per_client_week": 17,
}


def draw_ids(n: int, rng: np.random.Generator) -> NDArray[np.str_]:
    """Pseudonyms, which tell nothing about the order in which people came."""
    return np.array([f"S{number:03d}" for number in rng.permutation(np.arange(1, n + 1))])


def draw_starts(world: World, parameters: Parameters, rng: np.random.Generator) -> list[date]:
    """Monday on which each person starts: within some weeks of the first one of the group."""
    intakes = world.table["group"] // len(SITES)
    weeks = intakes * parameters.intake_weeks + rng.integers(0, parameters.joining_weeks, size=len(intakes))
    return [parameters.first_intake + timedelta(weeks=int(week)) for week in weeks]


def draw_days(world: World, parameters: Parameters, rng: np.random.Generator) -> NDArray[np.int64]:
    """Day of every visit, from the person's start, shape (n, visits) [days]."""
    records = parameters.records
    bounds = [records.jitter["start"], *[records.jitter["later"]] * (len(VISITS) - 1)]
    early, late = np.array(bounds).T
    jitter = rng.integers(early, late + 1, size=world.astray.shape)
    return np.asarray(7 * np.array(records.weeks) + jitter + records.astray_days * world.astray)


def make_clients(
    world: World,
    attendance: Attendance,
    ids: NDArray[np.str_],
    starts: list[date],
    rng: np.random.Generator,
    own: np.random.Generator,
) -> pd.DataFrame:
    """One row for each person."""
    table, last_week = world.table, attendance.group.shape[1]
    own_words = rng.choice(REASONS, size=len(table), p=(0.5, 0.15, 0.15, 0.2))
    stopped = np.where(attendance.stopped < last_week, "four group sessions missed in a row", "programme ended")
    yes_no = {name: np.where(table[name], "yes", "no") for name in ("self_harm_history", "previous_therapy")}
    frame = pd.DataFrame(
        {
            "client_id": ids,
            "arm": np.where(table["full"], "full", "skills"),
            **_make_way_in(table["waiting"].to_numpy(), starts, own),
            "start_date": [start.isoformat() for start in starts],
            "end_date": to_dates(starts, 7 * attendance.stopped),
            "end_reason": np.where(attendance.left, own_words, stopped),
            "completed": np.where(attendance.completed, "yes", "no"),
            "group_id": [f"G{group + 1:02d}" for group in table["group"]],
            "therapist_id": np.where(table["full"], [f"T{one + 1:02d}" for one in table["therapist"]], ""),
            "site": [SITES[site] for site in table["site"]],
            "age": table["age"],
            "gender": table["gender"],
            **yes_no,
        }
    )
    return frame.sort_values("client_id")


def _make_way_in(weeks: NDArray[np.float64], starts: list[date], own: np.random.Generator) -> dict[str, list[str]]:
    """Dates of referral, assessment and offer, from how long each person waited; a few referrals are not dated."""
    days = np.maximum(np.round(7 * weeks), 1).astype(int)
    assessed = np.round(days * own.beta(*ASSESSED, len(days))).astype(int)
    offered = assessed + np.round((days - assessed) * own.beta(*OFFERED, len(days))).astype(int)
    dated = own.random(len(days)) >= NOT_DATED
    referred = to_dates(starts, -days)
    return {
        "referred_date": [day if was else "" for day, was in zip(referred, dated, strict=True)],
        "assessed_date": to_dates(starts, assessed - days),
        "offered_date": to_dates(starts, offered - days),
    }


def make_items(
    world: World, ids: NDArray[np.str_], starts: list[date], days: NDArray[np.int64]
) -> dict[str, pd.DataFrame]:
    """Files of items, with dates and without visits: a visit is found by its window."""
    files = {}
    for name in ITEM_SCALES:
        who, visit = np.nonzero(world.here & ~world.skipped[name])
        columns = [f"q{item:02d}" for item in range(1, SCALES[name].n_items + 1)]
        frame = pd.DataFrame(world.answers[name][who, visit], columns=columns).astype("Int64")
        frame.insert(0, "date", to_dates([starts[one] for one in who], days[who, visit]))
        frame.insert(0, "client_id", ids[who])
        files[name] = frame.sort_values(["client_id", "date"])
    return files


def make_scores(world: World, ids: NDArray[np.str_], starts: list[date], days: NDArray[np.int64]) -> pd.DataFrame:
    """Scores of symptoms at every visit, and of alliance from the second on, with the names of the visits."""
    parts = []
    for name in SCALES:
        if name in ITEM_SCALES:
            continue
        there = world.here & ~world.skipped[name] & ~np.isnan(world.recorded[name])
        if name in NOT_AT_START:
            there[:, 0] = False
        who, visit = np.nonzero(there)
        cells = {"client_id": ids[who], "visit": np.array(VISITS)[visit], "measure": name}
        score = [f"{one:g}" for one in np.round(world.recorded[name][who, visit], 3)]
        dates = to_dates([starts[one] for one in who], days[who, visit])
        parts.append(pd.DataFrame({**cells, "score": score, "date": dates}))
    return pd.concat(parts).sort_values(["client_id", "measure", "date"])


def make_costs() -> pd.DataFrame:
    """Prices that nobody charges."""
    source = "invented for the example"
    rows = [(item, price, "GBP", 2025, source) for item, price in PRICES.items()]
    return pd.DataFrame(rows, columns=["item", "unit_cost", "currency", "price_year", "source"])


def to_dates(starts: list[date], days: NDArray[np.int64]) -> list[str]:
    """Days as they are written, counted from each person's start."""
    return [(start + timedelta(days=int(day))).isoformat() for start, day in zip(starts, days, strict=True)]
