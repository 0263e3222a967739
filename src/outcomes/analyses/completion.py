"""Are people in the full programme more likely to complete?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.analyses.contract import People, attempt, to_interval
from outcomes.analyses.covariates import read_covariates
from outcomes.analyses.flow import why_completion_unknown
from outcomes.core.estimates import Estimate, NotEstimable, Outcome
from outcomes.core.ids import result_id
from outcomes.methods import logistic, proportions, standardise
from outcomes.plan.model import ARMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort

CRUDE = {"difference": "Completed, difference", "ratio": "Completed, ratio of shares"}
ADJUSTED = {
    "difference": "Completed, adjusted difference",
    "ratio": "Completed, adjusted ratio of shares",
    "odds_ratio": "Completed, adjusted odds ratio",
    "number_needed": "People for one more completer",
}


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Compare completion: share by arm, crude, then adjusted by standardisation over the cohort."""
    if np.isnan(cohort.completed).all():
        yield from _unknown(cohort)
        return
    yield from _shares(cohort)
    yield from _crude(cohort)
    yield from _adjusted(cohort)


def _unknown(cohort: Cohort) -> Iterator[Outcome]:
    reason = why_completion_unknown(cohort)
    for arm in ARMS:
        label = f"Completed, {cohort.plan.arm_labels[arm]}"
        yield NotEstimable(id=result_id("completion", arm, "share"), label=label, reason=reason)
    for kind, labels in (("crude", CRUDE), ("adjusted", ADJUSTED)):
        for what, label in labels.items():
            yield NotEstimable(id=result_id("completion", kind, what), label=label, reason=reason)
