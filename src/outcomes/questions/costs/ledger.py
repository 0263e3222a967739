"""Cost of each client: what they used, at the clinic's own unit costs. No price is built in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.plan.questions import ITEM_OF
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.plan.questions import Costs, Quantity

    Floats = NDArray[np.float64]

NO_ATTENDANCE = "attendance.csv was not provided."
NO_COSTS = "costs.csv was not provided."
MINUTES_AN_HOUR, DAYS_A_WEEK = 60.0, 7
CLIENT_HOUR = "client_hour"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Ledger:
    """Money by client.

    Attributes
    ----------
    service : ndarray, shape (n,)
        Cost to the service [currency].
    attended, booked : ndarray, shape (n,)
        Places [count]. Booked: on offer, and not cancelled by the service.
    client_hour : float or None
        Unit cost of an hour of a client's time, where costs.csv has one [currency].
    currency : str
    prices : str
        Sentence that names currency and price year.
    notes : tuple of str
        What was priced and not counted, and the like.
    """

    service: Floats
    attended: Floats
    booked: Floats
    client_hour: float | None
    currency: str
    prices: str
    notes: tuple[str, ...]


def read_ledger(cohort: Cohort) -> Ledger:
    """Price what every client used.

    Raises
    ------
    NotEstimableError
        Without attendance or prices, or where prices cannot be added up.
    """
    if "costs" not in cohort.tables:
        raise NotEstimableError(NO_COSTS, "not provided")
    if "attendance" not in cohort.tables:
        raise NotEstimableError(NO_ATTENDANCE, "not provided")
    attendance, rules = cohort.tables["attendance"], cohort.plan.costs
    table = cohort.tables["costs"]
    offered = {
        kind: _count(cohort, attendance, kind, ("attended", "missed", "cancelled_by_client")) for kind in ITEM_OF
    }
    attended = {kind: _count(cohort, attendance, kind, ("attended",)) for kind in ITEM_OF}
    used = _quantities(cohort, attendance, rules)
    used = {item: amount for item, amount in used.items() if amount.any()}
    counted = table[table["item"].isin([*used, CLIENT_HOUR])]
    _require_one_money(counted)
    prices = dict(zip(counted["item"], counted["unit_cost"].astype(float), strict=True))
    chosen = {*rules.per_client, *rules.per_week} - {"assessment"}
    missing = sorted(item for item in used if item not in prices and (item in ITEM_OF.values() or item in chosen))
    if missing:
        msg = f"costs.csv gives no unit cost for {', '.join(missing)}."
        raise NotEstimableError(msg, "not provided")
    service = sum(
        (amount * prices[item] for item, amount in used.items() if item in prices), np.zeros(len(cohort.full))
    )
    currency = str(counted["currency"].iloc[0])
    return Ledger(
        service=np.asarray(service),
        attended=sum(attended.values(), np.zeros(len(cohort.full))),
        booked=sum(offered.values(), np.zeros(len(cohort.full))),
        client_hour=prices.get(CLIENT_HOUR),
        currency=currency,
        prices=f"Prices in {currency} of {int(counted['price_year'].iloc[0])}.",
        notes=_notes(table, used, prices),
    )


def _quantities(cohort: Cohort, attendance: pd.DataFrame, rules: Costs) -> dict[str, Floats]:
    """How much of each item every client used: paid places, then what the plan adds."""
    used = {item: _count(cohort, attendance, kind, rules.paid) for kind, item in ITEM_OF.items()}
    for item, quantity in rules.per_client.items():
        used[item] = _by_arm(cohort, quantity)
    if rules.per_week:
        weeks = _weeks_in_programme(cohort, attendance)
        for item, quantity in rules.per_week.items():
            used[item] = used.get(item, 0.0) + _by_arm(cohort, quantity) * weeks
    return used


def _by_arm(cohort: Cohort, quantity: Quantity) -> Floats:
    return np.where(cohort.full, quantity.full, quantity.skills)


def _count(cohort: Cohort, attendance: pd.DataFrame, kind: str, statuses: tuple[str, ...]) -> Floats:
    mine = (attendance["kind"] == kind).to_numpy() & attendance["status"].isin(statuses).to_numpy()
    client = cohort.clients["client_id"].searchsorted(attendance["client_id"])
    return np.bincount(client[mine], minlength=len(cohort.full)).astype(float)


def _weeks_in_programme(cohort: Cohort, attendance: pd.DataFrame) -> Floats:
    """Weeks from the first to the last session that was attended, both counted; none where none was."""
    there = attendance[(attendance["status"] == "attended").to_numpy()]
    by_week = "week" in there and bool(there["week"].notna().all())
    if not by_week and ("date" not in there or there["date"].isna().any()):
        msg = "Of some sessions neither week nor date is known, so that weeks cannot be counted."
        raise NotEstimableError(msg, "not provided")
    if by_week:
        when = np.floor(there["week"].to_numpy(dtype=float))
    else:
        days = there["date"].to_numpy().astype("datetime64[D]").astype(float)
        when = np.floor(days / DAYS_A_WEEK)
    client = cohort.clients["client_id"].searchsorted(there["client_id"])
    first, last = np.full(len(cohort.full), np.inf), np.full(len(cohort.full), -np.inf)
    np.minimum.at(first, client, when)
    np.maximum.at(last, client, when)
    came = np.isfinite(first)
    return np.where(came, np.where(came, last, 0.0) - np.where(came, first, 0.0) + 1, 0.0)


def _require_one_money(counted: pd.DataFrame) -> None:
    if counted.empty:
        raise NotEstimableError("costs.csv gives no unit cost for anything that is counted.", "not provided")
    for column, what in (("currency", "currencies"), ("price_year", "years")):
        if len(counted[column].unique()) > 1:
            msg = f"costs.csv has prices of several {what}, which cannot be added up: bring them to one first."
            raise NotEstimableError(msg)
    if counted["item"].duplicated().any():
        raise NotEstimableError("costs.csv gives several unit costs for the same item.")


def _notes(table: pd.DataFrame, used: dict[str, Floats], prices: dict[str, float]) -> tuple[str, ...]:
    counted = sorted(item for item in used if item in prices)
    notes = [f"Counted and priced: {', '.join(counted)}."] if counted else []
    idle = sorted(set(table["item"]) - set(used) - {CLIENT_HOUR})
    if idle:
        notes.append(f"Priced and not counted, since neither attendance nor the plan has any of it: {', '.join(idle)}.")
    free = sorted(item for item in used if prices.get(item) == 0)
    if free:
        notes.append(f"Counted at no cost: {', '.join(free)}.")
    unpriced = sorted(item for item in used if item not in prices)
    if unpriced:
        notes.append(f"Used and not in the cost, since it has no unit cost: {', '.join(unpriced)}.")
    return tuple(notes)


def client_hours(cohort: Cohort) -> tuple[Floats, tuple[str, ...]]:
    """Hours that each client gave: sessions attended, and the way there and back; with notes.

    Raises
    ------
    NotEstimableError
        Without attendance, or where the length of a kind of session is not known at all.
    """
    if "attendance" not in cohort.tables:
        raise NotEstimableError(NO_ATTENDANCE, "not provided")
    table, rules = cohort.tables["attendance"], cohort.plan.costs
    there = table[(table["status"] == "attended").to_numpy()]
    minutes = there["minutes"].to_numpy(dtype=float) if "minutes" in there else np.full(len(there), np.nan)
    lengths: dict[str, float] = {str(kind): length for kind, length in rules.session_minutes.items()}
    notes = []
    for kind in ITEM_OF:
        mine = (there["kind"] == kind).to_numpy()
        unknown = mine & np.isnan(minutes)
        if not unknown.any():
            continue
        recorded = minutes[mine & ~np.isnan(minutes)]
        length = lengths.get(kind)
        if length is None and not len(recorded):
            msg = f"attendance.csv does not tell the minutes of any {kind} session, and neither does the plan."
            raise NotEstimableError(msg, "not provided")
        minutes = np.where(unknown, recorded.mean() if length is None else length, minutes)
        source = "the mean of the others" if length is None else "the plan"
        notes.append(f"Minutes of {kind} sessions that are not recorded are taken from {source}.")
    client = cohort.clients["client_id"].searchsorted(there["client_id"])
    total = np.bincount(client, weights=minutes + rules.travel_minutes, minlength=len(cohort.full))
    notes.append(
        "The way there and back is counted." if rules.travel_minutes > 0 else "The way there and back is not counted."
    )
    return total / MINUTES_AN_HOUR, tuple(notes)
