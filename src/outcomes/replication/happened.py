"""Events a second time: counted person by person by `docs/methods/events.md`, fitted by statsmodels.

Where nothing but the last date that stands of somebody tells how long they were followed, nothing is computed here.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from outcomes.replication import shares, unfollowed
from outcomes.replication.columns import known
from outcomes.replication.comparison import Numbers
from outcomes.replication.count_regression import find_heaviest, fit_spread, judge, lay_out, maximise
from outcomes.replication.described import mean as describe_mean
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.replication.people import People
    from outcomes.replication.wide import Wide

    Array = NDArray[np.float64]

YEAR, WEEK = 365.25, 7
ARM = 1
TOLD = (
    *("number", "years", "rate", "any", "most_any", "days", "days_mean", "rate_ratio", "rate_ratio_robust"),
    *("rate_ratio_exact", "rate_difference", "difference", "fewer", "spread"),
)  # of what an estimate of events tells, what is computed here


class Happened(NamedTuple):
    """Number, days and years of each person in a period; nan where the period is not known."""

    number: Array
    days: Array
    years: Array

    @property
    def exposed(self) -> NDArray[np.bool_]:
        """Who was followed for any time."""
        return np.asarray(np.nan_to_num(self.years) > 0)

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Happened({len(self.number)} people)"


def count(people: People, kind: str, period: str) -> Happened | None:
    """Count the events of each person; None where a last date alone tells how long somebody was followed."""
    rows = defaultdict(list)
    table = people.tables["events"]
    for row in table[table["kind"].astype(str) == kind].to_dict("records"):
        rows[str(row["client_id"])].append(row)
    found = []
    for client in people.clients.to_dict("records"):
        window = _window(people, client, kind, period)
        if window is None:
            return None
        found.append(_sum(rows[str(client["client_id"])], window))
    return Happened(*np.array(found, dtype=float).T)


def _window(people: People, client: dict[Any, Any], kind: str, period: str) -> tuple[Any, Any, float] | None:
    """First and last day, and years; nan years where they are not known, None where a last date is needed."""
    start, end, until = (client.get(name) for name in ("start_date", "end_date", "followed_until"))
    if start is None or pd.isna(start):
        return (None, None, math.nan)
    start = pd.Timestamp(start)
    if period == "before":
        weeks = people.plan.events[kind].before
        if weeks is None:
            return (None, None, math.nan)
        return (start - pd.Timedelta(days=round(weeks * WEEK)), start - pd.Timedelta(days=1), weeks * WEEK / YEAR)
    last = until if until is not None and not pd.isna(until) else end
    if last is None or pd.isna(last):
        return None
    last = max(pd.Timestamp(last), start)
    over = last if end is None or pd.isna(end) else min(pd.Timestamp(end), last)
    if period == "after":
        return (over + pd.Timedelta(days=1), last, (last - over).days / YEAR)
    over = last if period == "since" else over
    return (start, over, (over - start).days / YEAR)


def _sum(rows: list[dict[Any, Any]], window: tuple[Any, Any, float]) -> tuple[float, float, float]:
    first, last, years = window
    if math.isnan(years):
        return math.nan, math.nan, math.nan
    mine = [row for row in rows if first <= row["date"] <= last]
    number = sum(1.0 if pd.isna(row.get("number", math.nan)) else float(row["number"]) for row in mine)
    days = sum(0.0 if pd.isna(row.get("days", math.nan)) else float(row["days"]) for row in mine)
    return number, days, years


def happened(wide: Wide, first: Estimate) -> Numbers | None:
    """Compute what is told of events, by what it is."""
    key = first.key
    if key.category in unfollowed.WAYS:
        return _drawn(wide, first)
    period = key.category if key.category in {"before", "during", "after"} else "since"
    events = count(wide.people, key.subject, period)
    if events is None:
        return None
    if key.arm:
        return _of_arm(wide, key, events)
    if key.what in {"rate_ratio", "rate_ratio_robust", "rate_difference", "spread"}:
        return _fitted(wide, first, events)
    if key.what == "fewer":
        return _strata(wide, key, events) if key.category else _pairs(wide, events)
    return _exact(wide, events) if key.what == "rate_ratio_exact" else _any(wide, first, events)


def _drawn(wide: Wide, first: Estimate) -> Numbers | None:
    """Events of the time up to the last visit of the plan that was not followed, by draws of its own."""
    key, people = first.key, wide.people
    events = count(people, key.subject, "since")
    if events is None or first.how is None:
        return None
    columns = columns_of(wide, key.subject)
    used = known(columns) & events.exposed
    days = WEEK * max(visit.week for visit in people.plan.visits.values())
    left = np.maximum(days - np.round(events.years[used] * YEAR), 0.0) / YEAR
    lost = unfollowed.Lost(
        *(events.number[used], events.years[used], left, people.full[used], columns[used], key.category),
        towards_full=people.plan.missing.reference == "full",
        fewer_is_better=True,
    )
    return unfollowed.draw_ratio(lost, fit_spread, first.how.draws)


def _any(wide: Wide, first: Estimate, events: Happened) -> Numbers | None:
    """Difference of the shares with any event, as that of completion."""
    columns = columns_of(wide, first.key.subject)
    some = np.where(events.exposed, (events.number > 0).astype(float), math.nan)
    if first.how is not None and first.how.estimator == "share":
        used = known(some, columns)
        return shares.crude_difference(some[used], wide.people.full[used], level=wide.level())
    penalised = first.how is not None and first.how.penalised
    number = shares.standardised_difference(some, wide.people.full, columns, penalised=penalised)
    by_group = first.how is not None and bool(first.how.clusters)
    return number if number is None or not by_group else Numbers(value=number.value, method=number.method)


def _exact(wide: Wide, events: Happened) -> Numbers | None:
    """Ratio of the rates, with the limits of the binomial share of the events that fall to the full programme."""
    from scipy import stats

    used = events.exposed
    sides = [used & arm for arm in (wide.people.full, ~wide.people.full)]
    (one, other), (first, last) = ([float(of[side].sum()) for side in sides] for of in (events.number, events.years))
    if other == 0:
        return None
    share = stats.binomtest(int(one), int(one + other)).proportion_ci(wide.level(), method="exact")
    limits = [limit / (1 - limit) * last / first for limit in (share.low, share.high)]
    value = one / first / (other / last)
    return Numbers(value=value, method="binomial share by scipy", interval=(limits[0], limits[1]))


def _strata(wide: Wide, key: Key, events: Happened) -> Numbers | None:
    """Compare within thirds of the events before the start, weighted by van Elteren."""
    from scipy import stats

    before = count(wide.people, key.subject, "before")
    if before is None:
        return None
    used = events.exposed
    rates, full, earlier = events.number / np.round(events.years * YEAR), wide.people.full, before.number
    cuts = np.quantile(earlier[used], [1 / 3, 2 / 3])
    weights, values, variances = [], [], []
    for stratum in range(3):
        mine = used & ((earlier > cuts[0]).astype(int) + (earlier > cuts[1]) == stratum)
        one, other = rates[mine & full], rates[mine & ~full]
        m, n = len(one), len(other)
        if min(m, n) < 2:  # noqa: PLR2004  # people
            continue
        both = stats.rankdata(np.concatenate([one, other]))
        values.append(1 - (float(both[:m].mean()) - (m + 1) / 2) / n)
        own = [np.var(both[:m] - stats.rankdata(one), ddof=1), np.var(both[m:] - stats.rankdata(other), ddof=1)]
        variances.append(own[0] / (m * n**2) + own[1] / (n * m**2))
        weights.append(m * n / (m + n + 1))
    parts = np.array(weights) / sum(weights)
    value, se = float(parts @ values), math.sqrt(float(parts**2 @ variances))
    reach = float(stats.norm.ppf((1 + wide.level()) / 2)) * se / (value * (1 - value))
    odds = math.log(value / (1 - value))
    limits = 1 / (1 + math.exp(reach - odds)), 1 / (1 + math.exp(-reach - odds))
    return Numbers(value=value, method="pairs within strata", se=se, interval=limits)


def find_p_value(wide: Wide, kind: str) -> float:
    """Find the p-value of the adjusted rate ratio of a kind of event; one where there is none."""
    from scipy import stats

    main = wide.found.get(str(Key("events", subject=kind, what="rate_ratio")))
    number = happened(wide, main) if isinstance(main, Estimate) else None
    t = 0.0 if number is None or not number.se else math.log(number.value) / number.se
    return 2 * float(stats.t.sf(abs(t), (number and number.df) or math.inf))


def _of_arm(wide: Wide, key: Key, events: Happened) -> Numbers | None:
    from scipy import stats

    mine = wide.arm(key) & events.exposed
    number, years, n = events.number[mine], events.years[mine], int(mine.sum())
    some = int((number > 0).sum())
    if key.category == "mirror":
        return _mirror(wide, key)
    if key.what in {"number", "years", "days"}:
        value = {"number": number, "years": years, "days": events.days[mine]}[key.what].sum()
        return Numbers(value=float(value), method="sum")
    if key.what == "any":
        return shares.share((number > 0).astype(float), level=wide.level())
    if key.what == "most_any":
        limits = stats.binomtest(some, n).proportion_ci(wide.level(), method="exact")
        return Numbers(value=float(limits.high), method="exact limits by scipy", interval=(limits.low, limits.high))
    if key.what == "days_mean":
        return describe_mean(events.days[mine & (events.number > 0)])
    return _rate(wide, number, years) if key.what == "rate" else None


def _rate(wide: Wide, number: Array, years: Array) -> Numbers:
    """Rate by statsmodels' Poisson regression of nothing but an intercept; its sandwich, with n/(n − 1)."""
    from scipy import stats

    rate, n, tail = float(number.sum() / years.sum()), len(number), (1 - wide.level()) / 2
    apart = number - rate * years
    if n < 2 or number.sum() == 0 or float(apart @ apart) <= 1e-20 * float(number.sum()) ** 2:  # noqa: PLR2004
        low = stats.chi2.ppf(tail, 2 * number.sum()) / 2 if number.sum() > 0 else 0.0
        limits = low / years.sum(), stats.chi2.ppf(1 - tail, 2 * number.sum() + 2) / 2 / years.sum()
        return Numbers(value=rate, method="exact limits by chi-square", interval=(float(limits[0]), float(limits[1])))
    log = math.sqrt(n / (n - 1) * float(apart @ apart)) / float(number.sum())
    reach = log * float(stats.t.ppf(1 - tail, n - 1))
    limits = rate * math.exp(-reach), rate * math.exp(reach)
    return Numbers(value=rate, method="sandwich of the logarithm", se=rate * log, df=n - 1.0, interval=limits)


def _mirror(wide: Wide, key: Key) -> Numbers | None:
    before, during = (count(wide.people, key.subject, period) for period in ("before", "during"))
    if before is None or during is None:
        return None
    mine = wide.arm(key) & (np.nan_to_num(before.years) > 0) & (np.nan_to_num(during.years) > 0)
    sums = [(one.number[mine].sum(), one.years[mine].sum()) for one in (before, during)]
    parts = [
        one.number[mine] / total - one.years[mine] / time
        for one, (total, time) in zip((before, during), sums, strict=True)
    ]
    n = int(mine.sum())
    se = math.sqrt(n / (n - 1) * float(((parts[1] - parts[0]) ** 2).sum()))
    value = float(sums[1][0] / sums[1][1] / (sums[0][0] / sums[0][1]))
    return Numbers(value=value, method="both periods of each person", se=se, df=n - 1.0)


def _pairs(wide: Wide, events: Happened) -> Numbers | None:
    """Compare all pairs of people, one of each programme, by scipy's test of Brunner and Munzel."""
    from scipy import stats

    used = events.exposed
    rates = events.number / np.round(events.years * YEAR)
    one, other = (rates[used & arm] for arm in (wide.people.full, ~wide.people.full))
    m, n, both = len(one), len(other), stats.rankdata(np.concatenate([one, other]))
    value = 1 - (float(both[:m].mean()) - (m + 1) / 2) / n
    own = [np.var(both[:m] - stats.rankdata(one), ddof=1) / n, np.var(both[m:] - stats.rankdata(other), ddof=1) / m]
    df = float(sum(own) ** 2 / (own[0] ** 2 / (m - 1) + own[1] ** 2 / (n - 1)))
    if not 0 < value < 1:
        return None
    statistic = float(stats.brunnermunzel(one, other).statistic)  # none where as many have more as have fewer
    se = abs((value - 0.5) / statistic) if statistic else math.sqrt(sum(own) / (m * n))
    reach = float(stats.t.ppf((1 + wide.level()) / 2, df)) * se / (value * (1 - value))
    odds = math.log(value / (1 - value))
    limits = 1 / (1 + math.exp(reach - odds)), 1 / (1 + math.exp(-reach - odds))
    return Numbers(value=value, method="all pairs; scipy's brunnermunzel", se=se, df=df, interval=limits)


def _fitted(wide: Wide, first: Estimate, events: Happened) -> Numbers | None:
    """Fit by statsmodels, with HC3 or CR2 by their definitions."""
    if first.how is None:
        return None
    columns = columns_of(wide, first.key.subject) if first.key.category != "crude" else wide.covariates[:, :0]
    used = known(events.number, columns) & events.exposed
    is_poisson = first.key.what == "rate_ratio_robust" or first.how.bounded
    if first.key.category == "without_one":
        data, who = lay_out(all_of(wide, events), columns, used)
        fitted = maximise(*data, is_poisson=is_poisson)
        if fitted[0] is None:
            return None
        used[np.flatnonzero(who)[find_heaviest(data, (fitted[0], fitted[1]))]] = False
    everybody, (data, used) = int(used.sum()), lay_out(all_of(wide, events), columns, used)
    number, years, design = data
    beta, alpha = maximise(number, years, design, is_poisson=is_poisson)
    if beta is None:
        return None
    if first.key.what == "spread":
        return Numbers(value=alpha, method="statsmodels' NegativeBinomial")
    value, slope = float(beta[ARM]), np.eye(len(beta))[ARM]
    if first.key.what == "rate_difference":
        value, slope = 0.0, np.zeros(len(beta))
        for arm in (1.0, 0.0):
            there = design.copy()
            there[:, ARM] = arm
            rate, sign = np.exp(there @ beta), 2 * arm - 1
            value += sign * float(rate.sum()) / everybody
            slope += sign * (rate @ there) / everybody
    labels = wide.groups(first.how.clusters) if first.how.clusters else []
    mine = [labels[row] for row in np.flatnonzero(used)] if labels else []
    se, df = judge((number, years, design), (beta, alpha), slope, mine)
    value = math.exp(value) if first.key.what != "rate_difference" else value
    return Numbers(value=value, method="statsmodels' regression of counts, sandwich by its definition", se=se, df=df)


def all_of(wide: Wide, events: Happened) -> tuple[Array, Array, Array]:
    """Give the number, the years and the arm (1 for full) of everybody."""
    return events.number, events.years, wide.people.full.astype(float)


def columns_of(wide: Wide, kind: str) -> Array:
    """Give what a comparison of events is adjusted for."""
    if wide.people.plan.events[kind].before is None:
        return wide.covariates
    before = count(wide.people, kind, "before")
    return wide.covariates if before is None else np.column_stack([np.log1p(before.number), wide.covariates])
