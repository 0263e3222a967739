"""Retention: how long people stay, and whether they stay longer in the full programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.analyses.retention.asked import LABELS, NO_DATES, Asked, label_of
from outcomes.analyses.retention.curves import compare_means, describe
from outcomes.analyses.retention.hazards import hazards, log_rank
from outcomes.cohort.stay import read_stay
from outcomes.core.ids import result_id
from outcomes.plan.model import ARMS
from outcomes.results.outcome import NotEstimable, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Describe staying by arm, then compare the arms."""
    stay = read_stay(cohort)
    asked = Asked(cohort, stay, ~np.isnan(stay.weeks))
    if not asked.known.any():
        yield from _refuse(asked)
        return
    for arm in ARMS:
        yield from describe(asked, arm)
    yield from compare_means(asked)
    yield log_rank(asked)
    yield from hazards(asked)


def _refuse(asked: Asked) -> Iterator[Outcome]:
    for arm in ARMS:
        for words, what in (
            (("curve", arm), "Still in the programme"),
            ((arm, "left"), "Left"),
            ((arm, "rmst"), "Mean stay"),
        ):
            name = label_of(asked.cohort, arm, what)
            yield NotEstimable(id=result_id("retention", *words), label=name, reason=NO_DATES)
    for what, label in LABELS.items():
        yield NotEstimable(id=f"retention.{what}", label=label, reason=NO_DATES)
