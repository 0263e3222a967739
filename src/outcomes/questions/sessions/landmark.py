"""The landmark visit: what came before it is counted, what changes after it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates
    from outcomes.plan.model import Plan

NO_VISIT = "The plan has no visit between the start and the primary visit, so that later change cannot be told apart."


def landmark_of(plan: Plan) -> str | None:
    """Word of the landmark: the plan's, else the last visit between the start and the primary one."""
    if plan.sessions.landmark is not None:
        return plan.sessions.landmark
    between = plan.later[: plan.later.index(plan.primary)]
    return between[-1] if between else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Landmark:
    """Scores of a measure around the landmark.

    Attributes
    ----------
    mid, end : ndarray, shape (n,)
        At the landmark and at the primary visit; nan where not seen.
    covariates : Covariates
        The score at the landmark and at the start, where anybody has one, and the plan's covariates.
    adjusted : tuple of str
        The same as columns; "baseline" and "landmark" for the scores.
    """

    mid: NDArray[np.float64]
    end: NDArray[np.float64]
    covariates: Covariates
    adjusted: tuple[str, ...]

    @classmethod
    def read(cls, cohort: Cohort, measure: str, covariates: Covariates) -> Landmark:
        """Read the scores; refuse where the plan has no landmark.

        Raises
        ------
        NotEstimableError
        """
        visit = landmark_of(cohort.plan)
        if visit is None:
            raise NotEstimableError(NO_VISIT, "not planned")
        start = cohort.scores(measure, cohort.plan.baseline)
        mid = cohort.scores(measure, visit)
        has_start = not np.isnan(start).all()
        both = covariates.beside(start, "the score at the start") if has_start else covariates
        return cls(
            mid=mid,
            end=cohort.scores(measure, cohort.plan.primary),
            covariates=both.beside(mid, f"the score at “{cohort.plan.visits[visit].label}”"),
            adjusted=("landmark", *(("baseline",) if has_start else ()), *covariates.sources),
        )

    @property
    def observed(self) -> NDArray[np.bool_]:
        """Who was seen at both visits and has every covariate, shape (n,)."""
        return np.asarray(~np.isnan(self.end) & self.covariates.known)
