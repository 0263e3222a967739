"""Waits, and results by quarter of intake, a second time: by whole numbers where the first has functions, and OLS."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.replication import shares
from outcomes.replication.comparison import Numbers
from outcomes.replication.people import scores_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from outcomes.replication.people import People
    from outcomes.replication.wide import Wide
    from outcomes.results.key import Key
    from outcomes.results.outcome import Estimate

MILLIONS = 10**12  # by which a level is made a whole number, so that no chance is rounded before it is judged
DAYS = 7
COLUMNS = {
    "referred_to_assessed": ("referred_date", "assessed_date"),
    "assessed_to_offered": ("assessed_date", "offered_date"),
    "offered_to_started": ("offered_date", "start_date"),
    "assessed_to_started": ("assessed_date", "start_date"),
    "referred_to_started": ("referred_date", "start_date"),
}


def _quarters(people: People) -> list[str]:
    """Give the word of the quarter in which each person started, "" where it is not recorded."""
    starts = people.clients["start_date"] if "start_date" in people.clients else [None] * len(people.full)
    return ["" if pd.isna(one) else f"{one.year}_q{1 + (one.month - 1) // 3}" for one in starts]


def _weeks(people: People, span: str) -> list[float]:
    """Give the weeks from one day to another, nan where one is not recorded or they stand the wrong way round."""
    begins, ends = (people.clients[name] for name in COLUMNS[span])
    days = [float(one) for one in (ends - begins).dt.days]
    return [math.nan if one < 0 else one / DAYS for one in days]


def _mine(wide: Wide, key: Key) -> NDArray[np.bool_]:
    """Who is in the arm of a key, and in its quarter where it has one."""
    mine = wide.arm(key)
    return mine & np.array([word == key.category for word in _quarters(wide.people)]) if key.category else mine


def _waiting(wide: Wide, first: Estimate) -> Numbers | None:
    key = first.key
    told = [one for one, is_mine in zip(_weeks(wide.people, key.subject), _mine(wide, key), strict=True) if is_mine]
    known = sorted(one for one in told if not math.isnan(one))
    if key.what == "not_recorded":
        return Numbers(value=float(len(told) - len(known)), method="count")
    if key.what == "within":
        target = getattr(wide.people.plan.waiting, key.subject)
        return shares.share(np.array([float(one <= target) for one in known]), level=wide.level())
    return Numbers(
        value=statistics.median(known), method="whole-number binomials", interval=_between(known, wide.level())
    )


def _between(ordered: list[float], level: float) -> tuple[float, float] | None:
    """Give the innermost two values, as far from either end, that miss the median in few enough of 2ⁿ throws."""
    n, allowed = len(ordered), round((1 - level) * MILLIONS)
    missed, found = 0, None
    for place in range(n // 2):
        missed += 2 * math.comb(n, place)
        if missed * MILLIONS > allowed * 2**n:
            break
        found = (ordered[place], ordered[n - 1 - place])
    return found


def _run_chart(wide: Wide, first: Estimate) -> Numbers | None:
    people, key = wide.people, first.key
    if key.measure:
        values = scores_at(people, key.measure, key.visit) - scores_at(people, key.measure, people.plan.baseline)
    else:
        values = people.completed
    words = _quarters(people)
    rows = [row for row in np.flatnonzero(wide.arm(key)) if words[row] and not math.isnan(values[row])]
    y, of = values[rows], np.array([words[row] for row in rows])
    if key.what == "centre":
        return Numbers(value=statistics.fmean(y), method="mean")
    if key.what == "value":
        return Numbers(value=statistics.fmean(y[of == key.category]), method="mean")
    tail = (1 - wide.level()) / len(set(of)) / 2
    if not key.measure:
        return _limit_of_share(y, of == key.category, tail, key.what)
    return _limit_of_mean(y, of, key, tail)


def _limit_of_mean(y: NDArray[np.float64], of: NDArray[np.str_], key: Key, tail: float) -> Numbers:
    """Give what least squares on the quarters says of a quarter's mean less the mean of all, from the mean of all."""
    from scipy import stats
    from statsmodels.regression.linear_model import OLS

    named = sorted(set(of))
    fit = OLS(y, np.column_stack([of == one for one in named]).astype(float)).fit()
    weights = np.array([float(one == key.category) - np.mean(of == one) for one in named])
    reach = float(stats.t.ppf(1 - tail, fit.df_resid)) * math.sqrt(float(weights @ fit.cov_params() @ weights))
    return Numbers(value=statistics.fmean(y) + (reach if key.what == "upper" else -reach), method="statsmodels' OLS")


def _limit_of_share(y: NDArray[np.float64], mine: NDArray[np.bool_], tail: float, what: str) -> Numbers:
    """Count the ways in which those who completed can fall into a quarter."""
    total, with_it, n = len(y), int(y.sum()), int(mine.sum())
    ways = [math.comb(with_it, count) * math.comb(total - with_it, n - count) for count in range(n + 1)]
    allowed = round(tail * MILLIONS) * math.comb(total, n)
    if what == "lower":
        limit = max(count for count in range(n + 1) if sum(ways[:count]) * MILLIONS <= allowed)
        limit = min(limit, max(count for count in range(n + 1) if ways[count]))
    else:
        limit = min(count for count in range(n + 1) if sum(ways[count + 1 :]) * MILLIONS <= allowed)
        limit = max(limit, min(count for count in range(n + 1) if ways[count]))
    return Numbers(value=limit / n, method="whole-number binomials")


ROADS: Mapping[tuple[str, str], Callable[[Wide, Estimate], Numbers | None]] = {
    ("waiting", ""): _waiting,
    ("run_chart", ""): _run_chart,
}
