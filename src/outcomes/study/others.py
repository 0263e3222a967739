"""People of a programme that is neither of the two: counted as a table is read, and in no table from there on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from outcomes.study.schemas import ARM, CLIENT

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    from numpy.typing import NDArray

    from outcomes.study.parse import TypedTable


def find_others(clients: TypedTable, texts: Collection[str]) -> frozenset[str]:
    """Name the clients whose programme is one of those that the plan leaves out."""
    if not texts or not {CLIENT, ARM} <= set(clients.frame.columns):
        return frozenset()
    theirs = clients.frame[ARM].isin(list(texts)) & clients.frame[CLIENT].notna()
    return frozenset(clients.frame.loc[theirs, CLIENT].astype("str"))


def without_others(table: TypedTable, others: frozenset[str]) -> TypedTable:
    """Take the records of these clients out of a table, and their ids out of what it knows."""
    if not others or CLIENT not in table.frame:
        return table
    kept: NDArray[np.bool_] = ~table.frame[CLIENT].isin(list(others)).to_numpy(dtype=bool)
    if kept.all():
        return table
    frame = table.frame[kept].reset_index(drop=True)
    for name in frame:
        if isinstance(frame[name].dtype, pd.CategoricalDtype):
            frame[name] = frame[name].cat.remove_unused_categories()
    return replace(table, frame=frame, rows=table.rows[kept])
