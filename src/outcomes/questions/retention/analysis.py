"""Retention: Kaplan–Meier and mean stay of each arm; their difference, log-rank test and hazard ratios."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.cohort.stay import read_stay
from outcomes.plan.model import ARMS
from outcomes.questions.retention.curves import compare_means, describe
from outcomes.questions.retention.data import COMPARED, OF_AN_ARM, StayData, plan_comparison, plan_of_arm, why_unknown
from outcomes.questions.retention.hazards import hazards, log_rank

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Describe staying by arm, then compare the arms."""
    stay = read_stay(cohort)
    data = StayData(cohort, stay, ~np.isnan(stay.weeks))
    unknown = [arm for arm in ARMS if not data.of(arm).any()]
    for arm in ARMS:
        yield from _refuse_arm(data, arm, why_unknown(cohort, unknown)) if arm in unknown else describe(data, arm)
    if unknown:
        reason = why_unknown(cohort, unknown)
        for key in COMPARED:
            planned = plan_comparison(key.what, subject=key.subject, category=key.category)
            yield planned.refuse(reason, "not provided")
        return
    yield from compare_means(data)
    yield log_rank(data)
    yield from hazards(data)


def _refuse_arm(data: StayData, arm: str, reason: str) -> Iterator[Outcome]:
    for what in OF_AN_ARM:
        yield plan_of_arm(data.cohort, arm, what).refuse(reason, "not provided")
