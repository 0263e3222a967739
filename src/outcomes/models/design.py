"""The arrays of a model over all later visits of a measure, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import mmrm
from outcomes.models.contract import People
from outcomes.models.occasion import Occasion
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates

UNSEEN = "In one arm nobody was seen at this visit."
BY_VISIT = ("the intercept", "the arm", "the score at the start")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Design:
    """What a model over all later visits is fitted to.

    Attributes
    ----------
    scores : ndarray, shape (n, T)
        At the visits at which both arms were seen; nan where not observed [points].
    by_visit : ndarray, shape (n, 3)
        Intercept, arm, score at the start.
    constant : ndarray, shape (n, r)
        Covariates with one effect.
    visits : tuple of str, length T
    names : tuple of str, length 3 + r
        Of the covariates, for refusals.
    labels : tuple of str, length T
        Of the visits, for refusals.
    people : People
        Clients with a score at the start, one later, and all covariates.
    adjusted : str
        What the model is adjusted for, for its method sentence.
    adjusted_for : tuple of str
        The same as columns; "baseline" for the score at the start.
    notes : tuple of str
    """

    scores: NDArray[np.float64]
    by_visit: NDArray[np.float64]
    constant: NDArray[np.float64]
    visits: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[str, ...]
    people: People
    adjusted: str
    adjusted_for: tuple[str, ...]
    notes: tuple[str, ...]

    @classmethod
    def read(cls, cohort: Cohort, measure: str, covariates: Covariates) -> Design:
        """Lay out the scores of a measure.

        Raises
        ------
        NotEstimableError
            When there is nobody with the scores it needs in each arm.
        """
        occasions, people = occasions_of(cohort, measure), people_of(cohort, measure, covariates)
        first = occasions[0]
        first.require_baseline()
        first.require_arms(people.used)
        kept = [one for one in occasions if _is_seen_in_both_arms(one, people)]
        if not kept:
            raise NotEstimableError("At no later visit was anybody seen in both arms.", "not seen")
        full, among = people.full[people.used], covariates.among(people.used)
        return cls(
            scores=np.column_stack([one.after[people.used] for one in kept]),
            by_visit=np.column_stack([np.ones(len(full)), full, first.before[people.used]]),
            constant=among.columns,
            visits=tuple(one.visit for one in kept),
            names=(*BY_VISIT, *among.names),
            labels=tuple(cohort.plan.visits[one.visit].label for one in kept),
            people=people,
            adjusted=", ".join(["the score at the start by visit", *cohort.plan.adjust.covariates]),
            adjusted_for=("baseline", *cohort.plan.adjust.covariates),
            notes=covariates.left_out(among),
        )

    def moments(self) -> mmrm.Moments:
        """Gather what the model is fitted to."""
        return mmrm.moments(
            scores=self.scores, by_visit=self.by_visit, constant=self.constant, names=self.names, visits=self.labels
        )

    @property
    def n_coefficients(self) -> int:
        """Coefficients of the model [count]."""
        return int(self.by_visit.shape[1]) * len(self.visits) + int(self.constant.shape[1])

    def difference(self, visit: str) -> NDArray[np.float64]:
        """Weights of the difference of the arms at a visit."""
        weights = np.zeros(self.n_coefficients)
        weights[len(self.visits) + self.visits.index(visit)] = 1.0
        return weights

    def adjusted_mean(self, visit: str, *, full: bool) -> NDArray[np.float64]:
        """Weights of an arm's mean at a visit, at the mean start and covariates of everybody in the model."""
        count, at = len(self.visits), self.visits.index(visit)
        weights = np.zeros(self.n_coefficients)
        weights[at], weights[count + at], weights[2 * count + at] = 1.0, float(full), self.by_visit[:, 2].mean()
        weights[3 * count :] = self.constant.mean(axis=0)
        return weights


def occasions_of(cohort: Cohort, measure: str) -> list[Occasion]:
    """Later visits of a measure."""
    return [Occasion(cohort, measure, visit) for visit in cohort.plan.later]


def people_of(cohort: Cohort, measure: str, covariates: Covariates) -> People:
    """Clients with a score at the start, one later, and all covariates."""
    seen = ~np.isnan(cohort.grids[measure])
    return People(seen[:, 0] & seen[:, 1:].any(axis=1) & covariates.known, cohort.full)


def _is_seen_in_both_arms(occasion: Occasion, people: People) -> bool:
    seen = people.used & ~np.isnan(occasion.after)
    return bool((seen & people.full).any() and (seen & ~people.full).any())
