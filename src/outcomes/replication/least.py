"""Least squares a second time: statsmodels' OLS with HC3, or CR2 by its definition where people share something."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication.comparison import Numbers
from outcomes.replication.dense import judge_groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

REPEATED = 1e-9  # of a column's length: what is left of it beside the others, if it repeats them
ALONE = 1 - 1e-8  # leverage of somebody whom the fit follows wherever they go: the spread is that of the others


def judge(design: Array, y: Array, at: int, groups: Sequence[object] | None = None, *, apart: bool = True) -> Numbers:
    """Give the coefficient of the column `at`, with HC3 and t on n − k, or CR2 by groups.

    Parameters
    ----------
    design : ndarray, shape (n, k)
        Nothing missing; what repeats the columns before it is left out.
    y : ndarray, shape (n,)
    at : int
    groups : sequence, shape (n,), optional
    apart : bool
        Whether who is alone in a level is left out of the spread.
    """
    from statsmodels.regression.linear_model import OLS

    design = own_columns(design)
    found = OLS(y, design).fit()
    value = float(found.params[at])
    among = (design * found.model.pinv_wexog.T).sum(axis=1) <= ALONE if apart else np.ones(len(y), dtype=bool)
    if not among.all():
        design, y = own_columns(design[among]), y[among]
        found = OLS(y, design).fit()
    if groups is None:
        # not by `get_robustcov_results`, which makes a matrix of people by people
        return Numbers(value=value, method="OLS by statsmodels", se=float(found.HC3_se[at]), df=float(found.df_resid))
    labels = [groups[row] for row in np.flatnonzero(among).tolist()]
    blocks = [(design[rows], y[rows], None) for rows in split(labels)]
    phi: Array = np.asarray(np.linalg.pinv(design.T @ design), dtype=np.float64)
    weights = np.eye(design.shape[1])[at]
    judged = judge_groups(blocks, phi, np.asarray(found.params), weights)
    return Numbers(value=value, method="OLS by statsmodels, CR2 by its definition", se=judged.se, df=judged.df)


def own_columns(design: Array) -> Array:
    """Leave out columns that repeat those before them."""
    return design[:, told_apart(design)]


def told_apart(design: Array) -> NDArray[np.intp]:
    """Give the places of the columns that do not repeat those before them."""
    scale = np.sqrt((design**2).sum(axis=0))
    left = np.abs(np.diag(np.linalg.qr(design / np.where(scale > 0, scale, 1.0), mode="r")))
    return np.flatnonzero(left > REPEATED * math.sqrt(len(design)))


def split(labels: Sequence[object]) -> list[list[int]]:
    """Rows of each group, in the order in which the groups come."""
    rows: dict[object, list[int]] = {}
    for row, label in enumerate(labels):
        rows.setdefault(label, []).append(row)
    return list(rows.values())
