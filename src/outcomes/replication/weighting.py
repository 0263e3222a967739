"""The overlap-weighted difference a second time: propensities by statsmodels' Logit, weighted means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication.columns import covariate_columns, known
from outcomes.replication.comparison import Numbers
from outcomes.replication.people import scores_at
from outcomes.replication.shares import maximise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.replication.people import People

_RANK = 1e-9  # of a direction that the columns have in common, over the widest


def overlap_difference(people: People, measure: str) -> Numbers | None:
    """Difference of those seen at the primary visit, each weighted by the chance of the other arm; None if unsolved."""
    from statsmodels.discrete.discrete_model import Logit

    full, score = people.full, scores_at(people, measure, people.plan.primary)
    model = Logit(full.astype(float), make_basis(people))
    beta = maximise(model)
    if beta is None:
        return None
    weight = np.where(full, 1 - model.predict(beta), model.predict(beta))
    one, zero = (np.average(score[arm], weights=weight[arm]) for arm in (known(score) & full, known(score) & ~full))
    method = "propensities by statsmodels' Logit on an orthonormal basis, weighted means"
    return Numbers(value=float(one - zero), method=method)


def make_basis(people: People) -> NDArray[np.float64]:
    """Give everything recorded at the start, gaps filled by the mean beside a column that tells them, orthonormal."""
    starts = [scores_at(people, measure, people.plan.baseline) for measure in people.plan.measures]
    columns = fill_gaps(np.column_stack([covariate_columns(people), *starts]))
    columns = columns - columns.mean(axis=0)
    columns = columns / np.maximum(np.abs(columns).max(axis=0), 1e-300)
    left, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    kept = left[:, sizes > _RANK * max(float(sizes.max(initial=0.0)), 1.0)]
    return np.column_stack([np.ones(len(kept)), kept * np.sqrt(len(kept))])


def fill_gaps(recorded: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fill what is not recorded with the mean of the others, beside columns that tell where."""
    recorded = recorded[:, ~np.isnan(recorded).all(axis=0)]
    gaps = np.isnan(recorded)
    filled = np.where(gaps, np.nanmean(recorded, axis=0), recorded)
    return np.column_stack([filled, gaps]).astype(float)
