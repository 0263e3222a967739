"""Scores at one visit a second time: the partial slope of the arm, and the E-value as the root of its equation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication.columns import known, varied

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort


def at_one_visit(cohort: Cohort, measure: str, covariates: NDArray[np.float64]) -> float:
    """Give the adjusted difference at the primary visit by Frisch and Waugh: rest of the score on that of the arm."""
    start, end = cohort.scores(measure, cohort.plan.baseline), cohort.scores(measure, cohort.plan.primary)
    used = known(start, end, covariates)
    others = np.column_stack([np.ones(used.sum()), start[used], varied(covariates[used])])
    others = (others - [0.0, *others[:, 1:].mean(axis=0)]) / np.maximum(1.0, np.abs(others).max(axis=0))
    both = np.column_stack([cohort.full[used].astype(float), end[used]])
    arm, score = (both - others @ np.linalg.lstsq(others, both, rcond=None)[0]).T
    return float(arm @ score / (arm @ arm))


def e_value(cohort: Cohort, measure: str, covariates: NDArray[np.float64], difference: float) -> float:
    """Give the larger root E of E² − 2 R E + R = 0, where R is the risk ratio that stands for the difference."""
    start, end = cohort.scores(measure, cohort.plan.baseline), cohort.scores(measure, cohort.plan.primary)
    used = known(start, end, covariates)
    arms = [start[used & cohort.full], start[used & ~cohort.full]]
    df = sum(map(len, arms)) - 2
    sd = math.sqrt(sum(float(np.var(arm)) * len(arm) for arm in arms) / df)
    shrink = math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)
    ratio = math.exp(0.91 * abs(difference) / sd * shrink)
    return float(np.roots([1.0, -2.0 * ratio, ratio]).real.max())
