"""The arrays of a model over all later visits of a measure, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import mmrm
from outcomes.methods.mmrm.estimable import RESIDUE
from outcomes.models.contract import People
from outcomes.models.covariates import START, Covariates
from outcomes.models.occasion import Occasion
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

UNSEEN = "In one arm nobody was seen at this visit."
FLAT = (
    "At this visit the scores of those in the model do not differ beyond what the arm and the score at the start tell."
)
NOWHERE = "At no later visit was anybody seen in both arms."
BY_VISIT = ("the intercept", "the arm")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Layout:
    """What a model over several visits is made of, before anybody is left out.

    Attributes
    ----------
    scores : ndarray, shape (n, T)
        nan where not observed [points].
    start : Covariates
        Columns with an effect at each visit: the score at the start.
    constant : Covariates
        Columns with one effect.
    visits, labels : tuple of str, length T
    """

    scores: NDArray[np.float64]
    start: Covariates
    constant: Covariates
    visits: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Design:
    """What a model over all later visits is fitted to.

    Attributes
    ----------
    scores : ndarray, shape (n, T)
        At the visits that can be compared; nan where not observed [points].
    by_visit : ndarray, shape (n, q)
        Intercept, arm, and the score at the start unless it is the same for everybody.
    constant : ndarray, shape (n, r)
        Covariates with one effect.
    visits : tuple of str, length T
    names : tuple of str, length q + r
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
    refused : mapping of str to NotEstimableError
        Later visits that are not in it, and why.
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
    refused: Mapping[str, NotEstimableError]

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
        start = Covariates(columns=first.before[:, None], names=(START,), sources=())
        layout = Layout(
            scores=np.column_stack([one.after for one in occasions]),
            start=start,
            constant=covariates,
            visits=tuple(one.visit for one in occasions),
            labels=tuple(cohort.plan.visits[one.visit].label for one in occasions),
        )
        return cls.of(
            layout,
            people,
            adjusted=", ".join(["the score at the start by visit", *cohort.plan.adjust.covariates]),
            adjusted_for=("baseline", *cohort.plan.adjust.covariates),
        )

    @classmethod
    def of(cls, layout: Layout, people: People, *, adjusted: str, adjusted_for: tuple[str, ...]) -> Design:
        """Lay out the scores of some people, without visits at which the arms cannot be compared.

        Raises
        ------
        NotEstimableError
            Where there is none at which they can, or the covariates tell the arm.
        """
        judged = {
            visit: why_not(after, people, beside=layout.start.columns)
            for visit, after in zip(layout.visits, layout.scores.T, strict=True)
        }
        refused = {visit: why for visit, why in judged.items() if why is not None}
        kept = [place for place, visit in enumerate(layout.visits) if visit not in refused]
        if not kept:
            flat = next((why for why in refused.values() if str(why) == FLAT), None)
            raise flat or NotEstimableError(NOWHERE, "not seen")
        full, start = people.full[people.used], layout.start.among(people.used)
        among = layout.constant.among(people.used, layout.start.columns)
        among.require_apart(full)
        return cls(
            scores=np.ascontiguousarray(layout.scores[people.used][:, kept]),  # by people, as sums over them run
            by_visit=np.column_stack([np.ones(len(full)), full, start.columns]),
            constant=among.columns,
            visits=tuple(layout.visits[place] for place in kept),
            names=(*BY_VISIT, *start.names, *among.names),
            labels=tuple(layout.labels[place] for place in kept),
            people=people,
            adjusted=adjusted,
            adjusted_for=adjusted_for,
            notes=(*start.notes, *among.notes),
            refused=refused,
        )

    def require(self, visit: str) -> None:
        """Refuse a visit that cannot be compared.

        Raises
        ------
        NotEstimableError
        """
        if visit in self.refused:
            raise self.refused[visit]

    def columns_of(self, start: NDArray[np.float64], full: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Give the columns with an effect at each visit for others, shape (m, q)."""
        return np.column_stack([np.ones(len(full)), full, start])[:, : self.by_visit.shape[1]]

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
        means = [1.0, float(full), *self.by_visit[:, 2:].mean(axis=0)]
        weights[at : count * len(means) : count] = means
        weights[count * len(means) :] = self.constant.mean(axis=0)
        return weights


def occasions_of(cohort: Cohort, measure: str) -> list[Occasion]:
    """Later visits of a measure."""
    return [Occasion(cohort, measure, visit) for visit in cohort.plan.later]


def people_of(cohort: Cohort, measure: str, covariates: Covariates) -> People:
    """Clients with a score at the start, one later, and all covariates."""
    seen = ~np.isnan(cohort.grids[measure])
    return People(seen[:, 0] & seen[:, 1:].any(axis=1) & covariates.known, cohort.full)


def why_not(after: NDArray[np.float64], people: People, *, beside: NDArray[np.float64]) -> NotEstimableError | None:
    """Why the arms cannot be compared on scores at a visit, if they cannot; `beside`: what has an effect there."""
    seen = people.used & ~np.isnan(after)
    if not (seen & people.full).any() or not (seen & ~people.full).any():
        return NotEstimableError(UNSEEN, "not seen")
    columns = [np.ones(seen.sum()), people.full[seen], *beside[seen].T]
    return NotEstimableError(FLAT) if is_flat(after[seen], columns) else None


def is_flat(scores: NDArray[np.float64], columns: Sequence[NDArray[np.float64]]) -> bool:
    """Whether scores are all equal, or these columns, fewer than the people, tell each of them exactly."""
    if np.ptp(scores) == 0:
        return True
    design = np.column_stack(columns)
    if len(scores) <= design.shape[1]:
        return False
    centred = scores - scores.mean()
    left = centred - design @ np.linalg.lstsq(design, centred, rcond=None)[0]
    return float(left @ left) <= RESIDUE * float(centred @ centred)
