"""Shares a second time: the score equations of the logistic regression by MINPACK, then a mean person by person."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication.columns import known, varied
from outcomes.replication.solve import solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

RELIABLE = 1.959963984540054  # of a standard normal distribution, the 97.5th hundredth


def standardised_difference(
    happened: NDArray[np.float64], full: NDArray[np.bool_], columns: NDArray[np.float64], *, penalised: bool
) -> float | None:
    """Difference between the shares if all had been in one arm and in the other; None where no solution was found."""
    used = known(happened, columns)
    others = varied(columns[used])
    others = (others - others.mean(axis=0)) / np.maximum(others.std(axis=0), 1e-300)
    design = np.column_stack([np.ones(used.sum()), full[used], others])
    events = happened[used]

    def score(beta: NDArray[np.float64]) -> NDArray[np.float64]:
        share = 0.5 * (1 + np.tanh(design @ beta / 2))
        left = events - share
        if penalised:
            scaled = np.sqrt(share * (1 - share))[:, None] * design
            left = left + (scaled * np.linalg.pinv(scaled).T).sum(axis=1) * (0.5 - share)
        return np.asarray(design.T @ left)

    beta = solve(score, size=design.shape[1], people=len(events))
    if beta is None:
        return None
    means = []
    for arm in (1.0, 0.0):
        log_odds = [float(beta[0] + arm * beta[1] + person @ beta[2:]) for person in others]
        means.append(math.fsum(1 / (1 + math.exp(-one)) for one in log_odds) / len(log_odds))
    return means[0] - means[1]


def improved(cohort: Cohort, measure: str) -> NDArray[np.float64]:
    """Who changed for the better by more than measurement error, person by person; nan where it is not known."""
    plan = cohort.plan.measures[measure]
    start, end = cohort.scores(measure, cohort.plan.baseline), cohort.scores(measure, cohort.plan.primary)
    reliability = plan.reliability or cohort.alphas[measure]
    error = RELIABLE * math.sqrt(2 * (1 - reliability)) * float(np.nanstd(start, ddof=1))
    found = []
    for before, after in zip(start, end, strict=True):
        gain = after - before if plan.better == "higher" else before - after
        found.append(math.nan if math.isnan(gain) else float(gain > error))
    return np.array(found)
