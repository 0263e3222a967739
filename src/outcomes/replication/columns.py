"""Columns of numbers for the second computation, and the people who have all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

RANK = 1e-9  # of a direction that columns have in common, over the widest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.replication.people import People


def covariate_columns(people: People, without: str = "") -> NDArray[np.float64]:
    """Covariates as numbers, shape (n, p), words against the first of their levels; missing stays missing."""
    chosen = people.clients[[name for name in people.plan.adjust.covariates if name != without]]
    words = [name for name in chosen if not pd.api.types.is_numeric_dtype(chosen[name])]
    made = pd.get_dummies(chosen, columns=words, drop_first=True, dtype=float) if words else chosen
    for name in words:
        made.loc[chosen[name].isna(), [column for column in made if str(column).startswith(f"{name}_")]] = np.nan
    return made.to_numpy(dtype=float, na_value=np.nan).reshape(len(chosen), -1)


def varied(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out columns that are the same for everybody."""
    return columns[:, [bool(np.ptp(column)) for column in columns.T]] if len(columns) else columns


def independent(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """As many columns as say all that these do, none a combination of others."""
    left, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    kept = left[:, sizes > RANK * float(sizes.max(initial=0.0))]
    return np.asarray(kept * np.sqrt(len(kept)))


def known(*columns: NDArray[np.float64]) -> NDArray[np.bool_]:
    """People with a value in every column, shape (n,)."""
    return np.asarray(~np.isnan(np.column_stack(columns)).any(axis=1))


def standardised(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns that vary, with a mean of zero and a standard deviation of one: no coefficient of another's changes."""
    others = varied(columns)
    return np.asarray((others - others.mean(axis=0)) / np.maximum(others.std(axis=0), 1e-300))
