"""Retention: how long people stay, and whether they stay longer in the full programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.cohort.stay import read_stay
from outcomes.core.ids import result_id
from outcomes.plan.model import ARMS
from outcomes.questions.retention.asked import LABELS, Asked, label_of, why_unknown
from outcomes.questions.retention.curves import compare_means, describe
from outcomes.questions.retention.hazards import hazards, log_rank
from outcomes.results.outcome import NotEstimable, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Describe staying by arm, then compare the arms."""
    stay = read_stay(cohort)
    asked = Asked(cohort, stay, ~np.isnan(stay.weeks))
    unknown = [arm for arm in ARMS if not asked.of(arm).any()]
    for arm in ARMS:
        yield from _refuse_arm(asked, arm, why_unknown(cohort, unknown)) if arm in unknown else describe(asked, arm)
    if unknown:
        reason = why_unknown(cohort, unknown)
        for what, label in LABELS.items():
            yield NotEstimable(id=f"retention.{what}", label=label, reason=reason)
        return
    yield from compare_means(asked)
    yield log_rank(asked)
    yield from hazards(asked)


def _refuse_arm(asked: Asked, arm: str, reason: str) -> Iterator[Outcome]:
    for words, what in (
        (("curve", arm), "Still in the programme"),
        ((arm, "left"), "Left early"),
        ((arm, "rmst"), "Mean stay"),
    ):
        yield NotEstimable(id=result_id("retention", *words), label=label_of(asked.cohort, arm, what), reason=reason)
