"""The overlap-weighted difference a second time: propensities by MINPACK, weighted sums by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication.columns import covariate_columns
from outcomes.replication.solve import solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

_RANK = 1e-9


def overlap_difference(cohort: Cohort, measure: str) -> float | None:
    """Difference of those seen at the primary visit, each weighted by the chance of the other arm; None if unsolved."""
    full, score = cohort.full, cohort.scores(measure, cohort.plan.primary)
    basis = _basis(cohort)

    def equations(beta: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(basis.T @ (full - 0.5 * (1 + np.tanh(basis @ beta / 2))))

    beta = solve(equations, size=basis.shape[1], people=len(full))
    if beta is None:
        return None
    chance = 0.5 * (1 + np.tanh(basis @ beta / 2))
    sums = {True: [0.0, 0.0], False: [0.0, 0.0]}
    for mine, points, share in zip(full, score, chance, strict=True):
        if not np.isnan(points):
            weight = 1 - share if mine else share
            sums[bool(mine)][0] += weight * points
            sums[bool(mine)][1] += weight
    return float(sums[True][0] / sums[True][1] - sums[False][0] / sums[False][1])


def _basis(cohort: Cohort) -> NDArray[np.float64]:
    """Give everything recorded at the start, gaps filled by the mean beside a column that tells them, orthonormal."""
    starts = [cohort.scores(measure, cohort.plan.baseline) for measure in cohort.plan.measures]
    recorded = np.column_stack([covariate_columns(cohort), *starts])
    recorded = recorded[:, ~np.isnan(recorded).all(axis=0)]
    gaps = np.isnan(recorded)
    filled = np.where(gaps, np.nanmean(recorded, axis=0), recorded)
    columns = np.column_stack([filled, gaps]).astype(float)
    columns = columns - columns.mean(axis=0)
    columns = columns / np.maximum(np.abs(columns).max(axis=0), 1e-300)
    left, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    kept = left[:, sizes > _RANK * max(float(sizes.max(initial=0.0)), 1.0)]
    return np.column_stack([np.ones(len(kept)), kept * np.sqrt(len(kept))])
