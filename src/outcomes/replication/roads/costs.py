"""Costs a second time, session by session: means, differences, places, and the ratio by least squares."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from outcomes.replication import shares
from outcomes.replication.columns import known
from outcomes.replication.comparison import NotFollowedError, Numbers
from outcomes.replication.least import own_columns
from outcomes.replication.people import DAYS, scores_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.replication.wide import Road, Wide
    from outcomes.results.outcome import Estimate

    Array = NDArray[np.float64]

PLACES = {"group": "group_session_per_client", "individual": "individual_session"}


class Spent(NamedTuple):
    """What each person cost, the hours they gave, and their places; shape (n,) each."""

    cost: Array
    hours: Array
    booked: Array
    attended: Array
    client_hour: float

    def __repr__(self) -> str:
        """Nothing of the people."""
        return f"Spent({len(self.cost)} people)"


def _count(wide: Wide) -> Spent:
    people, how = wide.people, wide.people.plan.costs
    table, prices = people.tables["attendance"], people.tables["costs"]
    price = {str(item): float(cost) for item, cost in zip(prices["item"], prices["unit_cost"], strict=True)}
    place = {str(one): row for row, one in enumerate(people.clients["client_id"])}
    minutes = [math.nan if pd.isna(one) else float(one) for one in table.get("minutes", [math.nan] * len(table))]
    kinds, status = table["kind"].tolist(), table["status"].tolist()
    stated = {str(kind): length for kind, length in how.session_minutes.items()}
    usual = {kind: _usual(stated.get(kind), kind, kinds, status, minutes) for kind in PLACES}
    cost, hours, booked, attended = (np.zeros(len(people.full)) for _ in range(4))
    came: dict[int, list[float]] = {}
    when = _weeks(table)
    for client, kind, what, length, week in zip(table["client_id"], kinds, status, minutes, when, strict=True):
        row = place[str(client)]
        booked[row] += what != "cancelled_by_service"
        cost[row] += price.get(PLACES[kind], 0.0) if what in how.paid else 0.0
        if what == "attended":
            attended[row] += 1
            hours[row] += ((usual[kind] if math.isnan(length) else length) + how.travel_minutes) / 60
            came.setdefault(row, []).append(week)
    for items, times in ((how.per_client, None), (how.per_week, came)):
        for item, amount in items.items():
            for row, is_full in enumerate(people.full.tolist()):
                often = amount.full if is_full else amount.skills
                span = 1.0 if times is None else max(times.get(row, [0.0])) - min(times.get(row, [0.0]))
                cost[row] += price.get(item, 0.0) * often * span
    return Spent(cost, hours, booked, attended, price.get("client_hour", math.nan))


def _usual(stated: float | None, kind: str, kinds: list[str], status: list[str], minutes: list[float]) -> float:
    """Minutes of a session of a kind where they are not recorded: the plan's, else the mean of the others."""
    if stated is not None:
        return float(stated)
    rows = zip(kinds, status, minutes, strict=True)
    told = [one for k, s, one in rows if k == kind and s == "attended" and not math.isnan(one)]
    return sum(told) / len(told) if told else math.nan


def _weeks(table: pd.DataFrame) -> list[float]:
    """When each session was, in weeks from any day."""
    if "date" not in table or table["date"].isna().all():
        return [float(one) for one in table["week"]] if "week" in table else [0.0] * len(table)
    dates: list[Any] = pd.to_datetime(table["date"]).tolist()
    return [math.nan if pd.isna(one) else one.timestamp() / 86400 / DAYS for one in dates]


def _spent(wide: Wide) -> Spent:
    return wide.once("costs", partial(_count, wide))


def _mean(values: Array, who: NDArray[np.bool_]) -> float:
    return math.fsum(values[who]) / int(who.sum())


def _plain(wide: Wide, first: Estimate) -> Numbers:
    """Means of an arm, cost of a place, and differences that are not adjusted."""
    spent, key, full = _spent(wide), first.key, wide.people.full
    values = {
        "client_hours": spent.hours,
        "with_client_time": spent.cost + spent.hours * spent.client_hour,
    }.get(key.subject, spent.cost)
    if key.what == "difference":
        return _number(_mean(values, full) - _mean(values, ~full))
    mine = wide.arm(key)
    if key.what == "mean":
        return _number(_mean(values, mine))
    places = spent.attended if key.what == "per_attended_place" else spent.booked
    return _number(math.fsum(spent.cost[mine]) / math.fsum(places[mine]))


def _adjusted(wide: Wide, y: Array, *more: Array) -> float:
    """Difference at equal covariates, by statsmodels' OLS."""
    from statsmodels.regression.linear_model import OLS

    columns = np.column_stack([wide.covariates, *more])
    used = known(y, columns)
    design = own_columns(np.column_stack([np.ones(used.sum()), wide.people.full[used], columns[used]]))
    return float(OLS(y[used], design).fit().params[1])


def _effect(wide: Wide, first: Estimate) -> float:
    """Give the adjusted difference in the share who completed, or improved reliably."""
    measure = first.key.measure
    if not measure:
        return _adjusted(wide, wide.people.completed)
    start = scores_at(wide.people, measure, wide.people.plan.baseline)
    return _adjusted(wide, shares.improved(wide.people, measure), start)


def _difference(wide: Wide, first: Estimate) -> Numbers:
    subject = first.key.subject
    if subject == "adjusted":
        return _number(_adjusted(wide, _spent(wide).cost))
    if subject in {"improvement", "completion"}:
        return _number(_effect(wide, first))
    return _plain(wide, first)


def _ratio(wide: Wide, first: Estimate) -> Numbers:
    if first.key.subject not in {"improvement", "completion"}:
        raise NotFollowedError
    return _number(_adjusted(wide, _spent(wide).cost) / _effect(wide, first))


def _number(value: float) -> Numbers:
    return Numbers(value=value, method="session by session, OLS by statsmodels where adjusted")


ROADS: Mapping[tuple[str, str], Road] = {
    **{("costs", what): _plain for what in ("mean", "per_attended_place", "per_booked_place")},
    ("costs", "difference"): _difference,
    ("costs", "price"): _ratio,
}
