"""What happened to people: self-harm, emergency visits, admissions, attempts; drawn apart from everything else.

Every kind is a Poisson process whose rate differs between people by a gamma factor of variance 1, the same before and
after the start; the full programme multiplies the rate after the start by the ratio of the kind. Self-harm is halved,
emergency visits and admissions are as they would be, attempts happen in skills group only alone. One person of the full
programme has far more self-harm than anybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from datetime import date

    from attendance import Attendance
    from numpy.typing import NDArray
    from people import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of event: rate a year in skills group only, ratio in the full programme, days that one lasts."""

    rate: float
    ratio: float
    worse: float = 1.0  # before the start, when people are at their worst
    days: float = 0.0
    is_known_before: bool = True


KINDS = {
    "self_harm": Kind(rate=3.6, ratio=0.5, worse=1.6),
    "emergency": Kind(rate=1.1, ratio=1.0, worse=1.4),
    "admission": Kind(rate=0.4, ratio=1.0, worse=1.3, days=11.0),
    "attempt": Kind(rate=0.05, ratio=0.0, is_known_before=False),
}
SPREAD = 1.0  # variance of the factor by which people differ
FOLLOWED_DAYS, LOST = 364, 0.12  # followed so long; of whom it is known for a part of that only
BEFORE_DAYS = 182
HEAVY, HEAVY_EVENTS = "self_harm", 70  # one person's, since the start


def draw_followed(
    attendance: Attendance, starts: list[date], rng: np.random.Generator
) -> tuple[list[str], NDArray[np.int64]]:
    """Give the last day on which an event would have become known, and how many days after the start that is."""
    ended = 7 * np.asarray(attendance.stopped)
    lost = rng.random(len(starts)) < LOST
    part = ended + np.floor(rng.random(len(starts)) * (FOLLOWED_DAYS - ended)).astype(int)
    days = np.where(lost, part, FOLLOWED_DAYS)
    return [(one + timedelta(days=int(day))).isoformat() for one, day in zip(starts, days, strict=True)], days


def make_events(
    world: World, ids: NDArray[np.str_], starts: list[date], followed: NDArray[np.int64], rng: np.random.Generator
) -> pd.DataFrame:
    """One row an event; of a day with several of a kind one row with their number."""
    full = world.table["full"].to_numpy(dtype=bool)
    rows = []
    for name, kind in KINDS.items():
        factor = rng.gamma(1 / SPREAD, SPREAD, len(ids))
        before = rng.poisson(factor * kind.rate * kind.worse * BEFORE_DAYS / 365.25) * kind.is_known_before
        after = rng.poisson(factor * kind.rate * np.where(full, kind.ratio, 1.0) * followed / 365.25)
        if name == HEAVY:
            heavy = int(np.flatnonzero(full & (followed == FOLLOWED_DAYS))[0])
            before[heavy], after[heavy] = HEAVY_EVENTS // 3, HEAVY_EVENTS
        for person in range(len(ids)):
            days = [
                *(-1 - rng.integers(0, BEFORE_DAYS, before[person])),
                *rng.integers(0, followed[person] + 1, after[person]),
            ]
            for day, number in zip(*np.unique(days, return_counts=True), strict=True):
                lasted = str(1 + rng.geometric(1 / kind.days)) if kind.days else ""
                when = (starts[person] + timedelta(days=int(day))).isoformat()
                rows.append((ids[person], when, name, "" if number == 1 else str(number), lasted))
    frame = pd.DataFrame(rows, columns=["client_id", "date", "kind", "number", "days"])
    return frame.sort_values(["client_id", "date", "kind"], kind="stable")
