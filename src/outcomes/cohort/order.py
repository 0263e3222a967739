"""An order of the people that follows from what is recorded of them: neither their names nor the order of rows move it.

Random draws go by it, so that the same people give the same results whatever they are called. People of whom all that
is recorded is the same may change places, and nothing changes with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.cohort.model import once

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort.model import Cohort

BY_PERSON = ("attendance", "sessions", "events", "goals", "diary")  # tables with rows of people, several each


@once
def order_people(cohort: Cohort) -> NDArray[np.intp]:
    """Rows of the cohort in that order, shape (n,): by arm, scores, what clients.csv holds, and what they attended.

    Names of groups and therapists come last: as long as anything else tells people apart, these move nothing either.
    """
    shared = {cluster.column for cluster in cohort.structure if cluster.is_present and cluster.kind != "site"}
    own = [name for name in cohort.clients.columns if name not in {"client_id", *shared}]
    keys = [
        cohort.full,
        *(np.nan_to_num(scores, nan=-np.inf) for grid in cohort.grids.values() for scores in grid.T),
        *(_codes(cohort.clients[name]) for name in own),
        *(_sum_up(cohort, table) for table in BY_PERSON if table in cohort.tables),
        *(_codes(cohort.clients[name]) for name in sorted(shared)),
    ]
    return np.lexsort(keys[::-1]).astype(np.intp)


@once
def rank_people(cohort: Cohort) -> NDArray[np.intp]:
    """Place of each row of the cohort in that order, shape (n,)."""
    place = np.empty(len(cohort.full), dtype=np.intp)
    place[order_people(cohort)] = np.arange(len(place))
    return place


def number_units(cohort: Cohort, labels: NDArray[np.generic]) -> NDArray[np.intp]:
    """Give groups numbers as they first come in that order, shape (n,)."""
    order = order_people(cohort)
    codes = np.empty(len(labels), dtype=np.intp)
    codes[order] = pd.factorize(labels[order].astype(str))[0]
    return codes


def _codes(column: pd.Series) -> NDArray[np.intp]:
    """Values as numbers in their order; what is not recorded first."""
    return pd.factorize(column.astype(object).map(str, na_action="ignore"), sort=True)[0]


def _sum_up(cohort: Cohort, name: str) -> NDArray[np.uint64]:
    """Make one number of all that a table holds of each person, whatever the order of its rows."""
    table = cohort.tables[name]
    rows = pd.util.hash_pandas_object(table.drop(columns="client_id"), index=False).to_numpy()
    person = pd.Index(cohort.clients["client_id"]).get_indexer(table["client_id"])
    total = np.zeros(len(cohort.full), dtype=np.uint64)
    np.add.at(total, person[person >= 0], rows[person >= 0])
    return total
