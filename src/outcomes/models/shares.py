"""A share compared between the arms: logistic regression, standardised over the cohort."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import logistic, standardise
from outcomes.methods.ancova import ancova_design
from outcomes.models.alike import AlikeShares, say_through_infinity
from outcomes.models.contract import to_interval
from outcomes.models.grouping import read_grouping
from outcomes.results.how import How
from outcomes.results.outcome import Estimate, NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.contract import People
    from outcomes.models.covariates import Covariates
    from outcomes.results.planned import Planned

FEW = "In one arm it happened to few people, or to nearly all: Firth's penalised likelihood was used."
TOLD = "The covariates alone tell to whom it happened: Firth's penalised likelihood was used."
# Where it happened to fewer in an arm, or did not happen to fewer, maximum likelihood is biased away from an odds ratio
# of one and may have no maximum; Firth's likelihood is less so, and has one (Heinze & Schemper 2002). Five is the usual
# smallest count of a cell (Cochran 1954).
SMALL_CELL = 5
# 0 of 114 against 3 of 66 gave nine in a hundred, twice what the shares differ by
DECIDED_BY_PENALTY = (
    "Nobody of a programme had any, or everybody: how far apart the programmes are would be decided by the penalty "
    "that makes a model of it possible."
)
ALIKE_AMONG_COMPARED = (
    "Of those of whom everything that is adjusted for is recorded it happened to everybody, or to nobody, but not so "
    "of the others: nothing is left to adjust."
)
OF_LOGARITHM = "The standard error is that of the logarithm."
ARM_COLUMN = 1  # of the design, behind the intercept


def require_told_apart(happened: NDArray[np.float64], people: People) -> None:
    """Refuse a difference that nothing but the penalty of Firth's likelihood would decide.

    Raises
    ------
    NotEstimableError
        Where those of a programme were all alike.
    """
    sides = [happened[people.used & arm] for arm in (people.full, ~people.full)]
    if any(len(side) and (side == side[0]).all() for side in sides):
        raise NotEstimableError(DECIDED_BY_PENALTY, "too few")


def require_differing(happened: NDArray[np.float64], people: People) -> None:
    """Refuse a comparison of people who are all alike where others, left out for what is not recorded, are not.

    Raises
    ------
    NotEstimableError
        Where nothing can be adjusted for among those compared, whose shares are not those of everybody.
    """
    compared, known = happened[people.used], happened[~np.isnan(happened)]
    if len(compared) and np.ptp(compared) == 0 and np.ptp(known) > 0:
        raise NotEstimableError(ALIKE_AMONG_COMPARED, "too few")


def compare_shares(
    cohort: Cohort,
    happened: NDArray[np.float64],
    covariates: Covariates,
    people: People,
    *,
    adjusted: tuple[str, ...] | None = None,
) -> ShareModel | AlikeShares:
    """Compare by the model, or without one where it happened to everybody or to nobody; parameters as `ShareModel`.

    Raises
    ------
    NotEstimableError
        Where an arm has nobody, or the model cannot be fitted.
    """
    events, full = happened[people.used] == 1, cohort.full[people.used]
    _require_both_arms(full)
    if events.all() or not events.any():
        level, shared = cohort.plan.confidence.level, cohort.clustering is not None
        return AlikeShares(people, bool(events.all()), level, shared)
    return ShareModel(cohort, happened, covariates, people, adjusted=adjusted)


class ShareModel:
    """The logistic regression of something that happens or not, and what is read off it.

    Raises NotEstimableError where the model cannot be fitted. Where Firth's likelihood was used, the first of the
    notes says why.

    Parameters
    ----------
    cohort : Cohort
    happened : ndarray, shape (n,)
        1 or 0, of everybody.
    covariates : Covariates
    people : People
        Who is in the model.
    adjusted : tuple of str, optional
        What it is adjusted for as columns of the study; the sources of the covariates where it is not given.
    """

    def __init__(
        self,
        cohort: Cohort,
        happened: NDArray[np.float64],
        covariates: Covariates,
        people: People,
        *,
        adjusted: tuple[str, ...] | None = None,
    ) -> None:
        among = covariates.among(people.used)
        full, events = cohort.full[people.used], happened[people.used] == 1
        design = ancova_design(full=full, covariates=among.columns)
        self.people = people
        self.level = cohort.plan.confidence.level
        _require_both_arms(full)
        among.require_apart(full)
        sides = [events[full == arm] for arm in (True, False)]
        self.cells = tuple(int(count) for side in sides for count in (side.sum(), (~side).sum()))
        self.fit, why = fit_events(events, self.cells, design, ("the intercept", "the arm", *among.names))
        self.grouping = read_grouping(cohort, people.used)
        self.notes = (*why, *among.notes, *self.grouping.notes)
        likelihood = "Firth's penalised likelihood" if self.fit.penalised else "maximum likelihood"
        by = f"adjusted for {', '.join(covariates.sources)}" if among.names else "without covariates"
        self.model = f"logistic regression by {likelihood}, {by}"
        column = self.grouping.column
        how = How(
            estimator="standardised_logistic",
            inference="satterthwaite" if column else "normal",
            covariance="cr2" if column else "model",
            adjusted=(covariates.sources if adjusted is None else adjusted) if among.names else (),
            penalised=self.fit.penalised,
        )
        self.how = self.grouping.mark(how)
        self.spread = "standard error by the delta method, normal reference"
        if column:
            self.spread = f"standard error by the delta method and CR2 by {column}, Satterthwaite df"

    @cached_property
    def shares(self) -> standardise.StandardisedShares:
        """Shares if everybody had been in one arm."""
        return standardise.fit_standardised_shares(fit=self.fit, arm=ARM_COLUMN, clusters=self.grouping.labels)

    def difference(self, planned: Planned) -> Estimate:
        """Difference of the standardised shares."""
        return self._compare(planned, self._bounded, self.notes)

    @property
    def _bounded(self) -> standardise.ComparedShares:
        """The difference, with limits no further out than shares can differ."""
        found = self.shares.difference(self.level)
        return replace(found, low=max(found.low, -1.0), high=min(found.high, 1.0))

    def ratio(self, planned: Planned) -> Estimate:
        """Ratio of the standardised shares."""
        return self._compare(planned, self.shares.ratio(self.level), (*self.notes, OF_LOGARITHM))

    def ratio_of_others(self, planned: Planned) -> Estimate:
        """Ratio of the standardised shares to whom it did not happen."""
        return self._compare(planned, self.shares.ratio_of_others(self.level), (*self.notes, OF_LOGARITHM))

    def _compare(self, planned: Planned, found: standardise.ComparedShares, notes: tuple[str, ...]) -> Estimate:
        return self._count(planned).estimate(
            found.value,
            se=found.se,
            df=found.df if math.isfinite(found.df) else None,
            p_value=found.p_value,
            interval=to_interval(self.level, (found.low, found.high)),
            method=f"{self.model}, standardised over the cohort; {self.spread}",
            cells=self.cells,
            how=self.how,
            notes=notes,
        )

    def odds_ratio(self, planned: Planned) -> Estimate:
        """Odds ratio at equal covariates."""
        low, high = self.fit.interval(ARM_COLUMN, self.level)
        limits = (math.exp(low) if math.isfinite(low) else 0.0, math.exp(high) if math.isfinite(high) else math.inf)
        clustered = ("Its interval does not allow for people who share a group.",) if self.grouping.column else ()
        return self._count(planned).estimate(
            math.exp(self.fit.beta[ARM_COLUMN]),
            p_value=self.fit.p_value(ARM_COLUMN),
            interval=to_interval(self.level, limits),
            method=f"{self.model}; profile-likelihood interval and likelihood-ratio test",
            cells=self.cells,
            how=replace(self.how, estimator="logistic", inference="profile", covariance="", clusters=""),
            notes=(*self.notes, *clustered),
        )

    def number_needed(self, planned: Planned, noun: str) -> Estimate:
        """One over the difference, where its interval has one sign: else the number runs through infinity."""
        found = self._bounded
        if found.low <= 0 <= found.high:
            raise NotEstimableError(say_through_infinity(found.low, found.high, noun))
        limits = sorted((abs(1 / found.low), abs(1 / found.high)))
        more = "more" if found.value > 0 else "fewer"
        # only now is it known whether more or fewer
        named = replace(planned, label=f"People in {{full}} for one {noun} {more}")
        return self._count(named).estimate(
            abs(1 / found.value),
            interval=to_interval(self.level, (limits[0], limits[1])),
            method=f"one over the adjusted difference; {self.model}",
            cells=self.cells,
            how=self.how,
            notes=self.notes,
        )

    def _count(self, planned: Planned) -> Planned:
        return replace(planned, counts=self.people.counts())


def _require_both_arms(full: NDArray[np.bool_]) -> None:
    if full.all() or not full.any():
        raise NotEstimableError("In one arm nobody has all that this needs recorded.", "not seen")


def fit_events(
    events: NDArray[np.bool_], cells: Sequence[int], design: NDArray[np.float64], names: Sequence[str]
) -> tuple[logistic.LogisticFit, tuple[str, ...]]:
    """Fit by Firth's likelihood where the plain one would mislead, with the sentence that says so."""
    few = min(cells) < SMALL_CELL
    try:
        if not few:
            return logistic.fit_logistic(events=events, design=design, names=names, penalised=False), ()
    except logistic.NoMaximumError:
        pass
    return logistic.fit_logistic(events=events, design=design, names=names, penalised=True), (FEW if few else TOLD,)
