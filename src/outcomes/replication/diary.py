"""The diary card a second time, person by person, by the words of `docs/methods/diary.md`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outcomes.replication import described
from outcomes.replication.people import DAYS
from outcomes.replication.stay import read_stays

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from outcomes.replication.comparison import Numbers
    from outcomes.replication.people import People
    from outcomes.results.key import Key


def read_diary(people: People, key: Key) -> Numbers | None:
    """Compute a mean over people, or the difference of two; None of what is a curve."""
    values = _by_person(people, key.subject)
    if key.what == "mean":
        mine = values[people.full if key.arm == "full" else ~people.full]
        return described.mean(mine[~np.isnan(mine)])
    told = ~np.isnan(values)
    return described.between(values[told], people.full[told]) if key.what == "difference" else None


def _by_client(table: pd.DataFrame) -> dict[str, list[dict[Hashable, Any]]]:
    """Give the cards of each client, in the order of the file."""
    found: dict[str, list[dict[Hashable, Any]]] = {}
    for card in table.to_dict("records"):
        found.setdefault(str(card["client_id"]), []).append(card)
    return found


def _by_person(people: People, subject: str) -> NDArray[np.float64]:
    planned = math.ceil(people.plan.programme_weeks)
    stays = read_stays(people).weeks
    cards, clients = _by_client(people.tables["diary"]), people.clients
    starts = clients["start_date"] if "start_date" in clients else pd.Series(pd.NaT, clients.index)
    found = []
    for client, stay, start in zip(clients["client_id"], stays, starts, strict=True):
        due = math.nan if math.isnan(stay) else min(max(math.ceil(stay), 1), planned)
        filled, tops, bottoms = 0, [], []
        for card in cards.get(str(client), []):
            week, days = card.get("week", math.nan), float(card["days_filled"])
            if pd.isna(week) and not pd.isna(card.get("date")) and not pd.isna(start):
                week = (pd.Timestamp(card["date"]) - pd.Timestamp(start)).days // DAYS + 1
            if pd.isna(week) or not days or not 1 <= week <= due:
                continue
            filled += 1
            if subject != "filled" and not pd.isna(card[subject]):
                tops.append(float(card[subject]) * (DAYS if subject == "skills_days" else 1))
                bottoms.append(days if subject == "skills_days" else 1.0)
        if subject == "filled":
            found.append(filled / due)
        else:
            found.append(math.fsum(tops) / math.fsum(bottoms) if tops else math.nan)
    return np.array(found)
