"""Which visit a score belongs to: by its name, or by its date and the windows of the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from outcomes.plan.model import Plan

DAYS_A_WEEK = 7
OUTSIDE, FARTHER = "outside", "farther"
# Why a score that is there is left out, for people.
WHY_LEFT_OUT = {
    FARTHER: "another score lies nearer to the planned week",
    OUTSIDE: "dated outside every visit window",
}


def assign_visits(scores: pd.DataFrame, clients: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Give every score its visit.

    Parameters
    ----------
    scores : DataFrame
        `client_id`, `visit` (may be missing), `date` (may be missing), `measure`, `score`.
    clients : DataFrame
        `client_id`, and `start_date` where visits are found by date.
    plan : Plan

    Returns
    -------
    DataFrame
        The same rows with `visit` (missing where no window holds the date) and `left_out`, a word of `WHY_LEFT_OUT`
        where a score is left out: no window holds its date, or another score of the window lies nearer to the
        planned week.
    """
    placed = scores.assign(visit=scores["visit"].astype(object), left_out=None)
    unnamed = placed["visit"].isna() | (placed["visit"] == "")
    if not unnamed.any():
        return placed
    week = _weeks_since_start(placed, clients)
    distance = pd.Series(np.inf, index=placed.index)
    for name, visit in plan.visits.items():
        if visit.window is None:
            continue
        inside = unnamed & week.between(visit.window[0], visit.window[1])
        placed.loc[inside, "visit"] = name
        distance[inside] = (week[inside] - visit.week).abs()
    lost = unnamed & ~np.isfinite(distance)
    placed.loc[lost, ["visit", "left_out"]] = [None, OUTSIDE]
    return _keep_nearest(placed, distance.where(unnamed, -1.0))


def _weeks_since_start(scores: pd.DataFrame, clients: pd.DataFrame) -> pd.Series:
    if "start_date" not in clients or "date" not in scores:
        return pd.Series(np.nan, index=scores.index)
    start = scores["client_id"].map(clients.set_index("client_id")["start_date"])
    return (pd.to_datetime(scores["date"]) - pd.to_datetime(start)).dt.days / DAYS_A_WEEK


def _keep_nearest(placed: pd.DataFrame, distance: pd.Series) -> pd.DataFrame:
    """Of several scores in one window keep the nearest to the planned week, the earlier, then the lower one."""
    order = placed.assign(distance=distance).sort_values(["distance", "date", "score"], kind="stable")
    later = order.duplicated(["client_id", "visit", "measure"]) & order["visit"].notna()
    placed.loc[later[later].index, "left_out"] = FARTHER
    return placed
