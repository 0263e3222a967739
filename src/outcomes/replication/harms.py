"""Harms a second time, person by person, by the words of `docs/methods/harms.md`; limits by statsmodels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.replication import shares
from outcomes.replication.comparison import Numbers
from outcomes.replication.people import scores_at
from outcomes.replication.stay import read_stays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.replication.people import People
    from outcomes.results.key import Key

DIED = ("died", "death", "dead", "deceased")


def count_harm(people: People, key: Key) -> Numbers | None:
    """Compute a result about a harm; None where the tables read here do not tell whom it came to."""
    from statsmodels.stats.proportion import proportion_confint

    happened, level = _happened(people, key.subject), people.plan.confidence.level
    if happened is None:
        return None
    if key.what == "difference":
        return shares.crude_difference(happened, people.full, level=level)
    mine = happened[people.full if key.arm == "full" else ~people.full]
    told = [bool(one) for one in mine if not math.isnan(one)]
    if key.what == "people":
        return Numbers(value=float(told.count(True)), method="count")
    low, high = proportion_confint(told.count(True), len(told), alpha=1 - level, method="beta")
    if key.what == "upper":
        return Numbers(value=float(high), method="statsmodels' proportion_confint")
    value = told.count(True) / len(told)
    return Numbers(value=value, method="statsmodels' proportion_confint", interval=(float(low), float(high)))


def _happened(people: People, subject: str) -> NDArray[np.float64] | None:
    """1 where it happened, 0 where not, nan where nobody knows, shape (n,)."""
    if subject == "deterioration":
        worse = [_worse(people, measure, people.plan.primary) for measure in _judged(people)]
        return np.array(
            [max((one for one in row if not math.isnan(one)), default=math.nan) for row in zip(*worse, strict=True)]
        )
    if subject == "left_worse":
        return _left_worse(people)
    if subject == "death":
        return _died(people)
    return _had_event(people, next((kind for kind in people.plan.events if subject in {kind, f"{kind}_event"}), ""))


def _judged(people: People) -> Iterator[str]:
    for word, measure in people.plan.scored.items():
        start = scores_at(people, word, people.plan.baseline)
        start = start[~np.isnan(start)]
        known = shares.find_reliability(people, word) is not None
        told = len(start) > 0 and (
            measure.reliable_change is not None or (known and len(start) > 1 and np.ptp(start) > 0)
        )
        if measure.domain != "alliance" and told:
            yield word


def _worse(people: People, measure: str, visit: str) -> list[float]:
    sign = 1.0 if people.plan.measures[measure].better == "higher" else -1.0
    loss = -sign * (scores_at(people, measure, visit) - scores_at(people, measure, people.plan.baseline))
    far = shares.reaches(people, measure, loss)
    return [math.nan if math.isnan(one) else float(is_far) for one, is_far in zip(loss, far, strict=True)]


def _left_worse(people: People) -> NDArray[np.float64]:
    stay, n = read_stays(people), len(people.full)
    worse, seen = [False] * n, [False] * n
    for measure in _judged(people):
        by_visit = {visit: _worse(people, measure, visit) for visit in people.plan.later}
        for person in range(n):
            told = [
                values[person]
                for visit, values in by_visit.items()
                if not math.isnan(values[person]) and stay.weeks[person] >= _opens(people, visit)
            ]
            seen[person] |= bool(told)
            worse[person] |= bool(told) and told[-1] == 1
    found = []
    for person in range(n):
        is_known = not math.isnan(stay.weeks[person]) and (seen[person] or not stay.left[person])
        found.append(float(stay.left[person] and worse[person]) if is_known else math.nan)
    return np.array(found)


def _opens(people: People, visit: str) -> float:
    planned = people.plan.visits[visit]
    return planned.week if planned.window is None else planned.window[0]


def _died(people: People) -> NDArray[np.float64] | None:
    found = np.zeros(len(people.full))
    if "end_reason" in people.clients:
        found = np.array([float(str(one).strip().lower() in DIED) for one in people.clients["end_reason"]])
    if "death" in people.plan.events and "events" in people.tables:
        told = _had_event(people, "death")
        return None if told is None else np.fmax(found, told)
    return found


def _had_event(people: People, kind: str) -> NDArray[np.float64] | None:
    """Who had an event from the start to the last day known; None where only a questionnaire may tell that day."""
    clients = people.clients
    blank = pd.Series(pd.NaT, clients.index)
    start, end, followed = (
        pd.to_datetime(clients[name]) if name in clients else blank
        for name in ("start_date", "end_date", "followed_until")
    )
    until = followed.where(followed.notna(), end)
    if until[start.notna()].isna().any():
        return None
    days: dict[str, list[pd.Timestamp]] = {}
    table = people.tables["events"]
    numbers = table["number"] if "number" in table else pd.Series(np.nan, table.index)
    for client, when, word, number in zip(table["client_id"], table["date"], table["kind"], numbers, strict=True):
        if str(word) == kind and number != 0:
            days.setdefault(str(client), []).append(pd.Timestamp(when))
    found = []
    for client, first, last in zip(clients["client_id"], start, until, strict=True):
        if pd.isna(first) or last <= first:
            found.append(math.nan)
        else:
            found.append(float(any(first <= day <= last for day in days.get(str(client), []))))
    return np.array(found)
