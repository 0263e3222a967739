"""Completion: whether people in the full programme are more likely to complete."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analyses.contract import People, attempt, count_arm, to_interval
from outcomes.analyses.covariates import read_covariates
from outcomes.analyses.flow import why_completion_unknown
from outcomes.core.estimates import Estimate, NotEstimable, NotEstimableError, Outcome
from outcomes.core.ids import result_id
from outcomes.methods import logistic, proportions, standardise
from outcomes.methods.ancova import ancova_design
from outcomes.plan.model import ARMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from outcomes.analyses.covariates import Covariates
    from outcomes.cohort import Cohort

SMALL_CELL = 5
ARM_COLUMN = 1
CRUDE = {"difference": "Completed, difference", "ratio": "Completed, ratio of shares"}
ADJUSTED = {
    "difference": "Completed, adjusted difference",
    "ratio": "Completed, adjusted ratio of shares",
    "odds_ratio": "Completed, adjusted odds ratio",
    "number_needed": "People in the full programme for one completer more or fewer",
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


def _shares(cohort: Cohort) -> Iterator[Outcome]:
    level = cohort.plan.confidence.level
    known = ~np.isnan(cohort.completed)
    for arm in ARMS:
        used = known & (cohort.full if arm == "full" else ~cohort.full)
        result, label = result_id("completion", arm, "share"), f"Completed, {cohort.plan.arm_labels[arm]}"

        def share(arm: str = arm, used: NDArray[np.bool_] = used, result: str = result, label: str = label) -> Outcome:
            fit = proportions.fit_share(events=int(cohort.completed[used].sum()), n=int(used.sum()), level=level)
            return Estimate(
                id=result,
                label=label,
                value=fit.value,
                unit="share",
                interval=to_interval(level, (fit.low, fit.high)),
                method="share with Wilson's interval, not adjusted",
                **count_arm(arm, used),
            )

        yield attempt(result, label, share, people=People(used, cohort.full))


def _crude(cohort: Cohort) -> Iterator[Outcome]:
    known = ~np.isnan(cohort.completed)
    people, level = People(known, cohort.full), cohort.plan.confidence.level
    one, zero = (cohort.completed[known & arm] for arm in (cohort.full, ~cohort.full))
    counts = {
        "events_full": int(one.sum()),
        "n_full": len(one),
        "events_skills": int(zero.sum()),
        "n_skills": len(zero),
    }
    ways = {
        "difference": (proportions.fit_share_difference, "share_difference", "Newcombe's hybrid score interval"),
        "ratio": (proportions.fit_share_ratio, "ratio", "interval of the logarithm"),
    }
    for what, (fit_what, unit, interval) in ways.items():
        result = result_id("completion", "crude", what)

        def compare(
            what: str = what,
            fit_what: Callable[..., proportions.ShareFit] = fit_what,
            unit: str = unit,
            interval: str = interval,
            result: str = result,
        ) -> Outcome:
            fit = fit_what(**counts, level=level)
            return Estimate(
                id=result,
                label=CRUDE[what],
                value=fit.value,
                unit=unit,
                interval=to_interval(level, (fit.low, fit.high)),
                method=f"full programme against skills group only, not adjusted; {interval}",
                **people.counts(),
            )

        yield attempt(result, CRUDE[what], compare, people=people)


def _adjusted(cohort: Cohort) -> Iterator[Outcome]:
    covariates = read_covariates(cohort)
    used = ~np.isnan(cohort.completed) & covariates.known
    people = People(used, cohort.full)
    try:
        model = _Model(cohort, covariates, people)
    except NotEstimableError as reason:
        for what, label in ADJUSTED.items():
            result = result_id("completion", "adjusted", what)
            yield NotEstimable(id=result, label=label, reason=str(reason), **people.counts())
        return
    for what, compute in (
        ("difference", model.difference),
        ("ratio", model.ratio),
        ("odds_ratio", model.odds_ratio),
        ("number_needed", model.number_needed),
    ):
        yield attempt(result_id("completion", "adjusted", what), ADJUSTED[what], compute, people=people)


class _Model:
    """The logistic regression of completion, and what is read off it."""

    def __init__(self, cohort: Cohort, covariates: Covariates, people: People) -> None:
        among = covariates.among(people.used)
        full, events = cohort.full[people.used], cohort.completed[people.used] == 1
        design = ancova_design(full=full, covariates=among.columns)
        self.people = people
        self.level = cohort.plan.confidence.level
        _require_both_arms(full)
        penalised, why = _needs_penalty(events, full, design)
        names = ("the intercept", "the arm", *among.names)
        self.fit = logistic.fit_logistic(events=events, design=design, names=names, penalised=penalised)
        labels = cohort.cluster_labels()
        self.clustered = cohort.clustering is not None
        self.shares = standardise.fit_standardised_shares(
            fit=self.fit, arm=ARM_COLUMN, clusters=None if labels is None else labels[people.used]
        )
        self.notes = (*why, *covariates.left_out(among))
        likelihood = "Firth's penalised likelihood" if penalised else "maximum likelihood"
        by = f"adjusted for {', '.join(cohort.plan.adjust.covariates)}" if among.names else "without covariates"
        self.model = f"logistic regression by {likelihood}, {by}"
        self.spread = "standard error by the delta method, normal reference"
        if cohort.clustering is not None:
            column = cohort.clustering.column
            self.spread = f"standard error by the delta method and the sandwich by {column}, t on clusters minus one"

    def difference(self) -> Outcome:
        """Difference of the standardised shares."""
        return self._compared("difference", "share_difference", self.shares.difference(self.level))

    def ratio(self) -> Outcome:
        """Ratio of the standardised shares."""
        return self._compared("ratio", "ratio", self.shares.ratio(self.level))

    def _compared(self, what: str, unit: str, found: standardise.ComparedShares) -> Outcome:
        return Estimate(
            id=result_id("completion", "adjusted", what),
            label=ADJUSTED[what],
            value=found.value,
            unit=unit,
            se=found.se,
            df=found.df if math.isfinite(found.df) else None,
            p_value=found.p_value,
            interval=to_interval(self.level, (found.low, found.high)),
            method=f"{self.model}, standardised over the cohort; {self.spread}",
            notes=(*self.notes, *(("The standard error is that of the logarithm.",) if unit == "ratio" else ())),
            **self.people.counts(),
        )

    def odds_ratio(self) -> Outcome:
        """Odds ratio at equal covariates."""
        low, high = self.fit.interval(ARM_COLUMN, self.level)
        limits = (math.exp(low) if math.isfinite(low) else 0.0, math.exp(high) if math.isfinite(high) else math.inf)
        clustered = ("Its interval does not allow for people who share a group.",) if self.clustered else ()
        return Estimate(
            id=result_id("completion", "adjusted", "odds_ratio"),
            label=ADJUSTED["odds_ratio"],
            value=math.exp(self.fit.beta[ARM_COLUMN]),
            unit="ratio",
            p_value=self.fit.p_value(ARM_COLUMN),
            interval=to_interval(self.level, limits),
            method=f"{self.model}; profile-likelihood interval and likelihood-ratio test",
            notes=(*self.notes, *clustered),
            **self.people.counts(),
        )

    def number_needed(self) -> Outcome:
        """One over the difference, where its interval has one sign: else the number runs through infinity."""
        found = self.shares.difference(self.level)
        if found.low <= 0 <= found.high:
            raise NotEstimableError(
                "The interval of the difference spans both directions, so that no number of people follows from it."
            )
        limits = sorted((abs(1 / found.low), abs(1 / found.high)))
        more = "more" if found.value > 0 else "fewer"
        return Estimate(
            id=result_id("completion", "adjusted", "number_needed"),
            label=f"People in the full programme for one completer {more}",
            value=abs(1 / found.value),
            unit="number",
            interval=to_interval(self.level, (limits[0], limits[1])),
            method=f"one over the adjusted difference; {self.model}",
            notes=self.notes,
            **self.people.counts(),
        )


def _require_both_arms(full: NDArray[np.bool_]) -> None:
    if full.all() or not full.any():
        raise NotEstimableError("In one arm nobody has both completion and the covariates recorded.")


def _needs_penalty(
    events: NDArray[np.bool_], full: NDArray[np.bool_], design: NDArray[np.float64]
) -> tuple[bool, tuple[str, ...]]:
    """Whether the plain likelihood would mislead, and the sentence that says so."""
    cells = [int((events == event)[full == arm].sum()) for event in (True, False) for arm in (True, False)]
    if min(cells) < SMALL_CELL:
        return True, ("Few people completed, or few did not, in one arm: Firth's penalised likelihood was used.",)
    if logistic.is_separated(events=events, design=design):
        return True, ("The covariates alone tell who completed: Firth's penalised likelihood was used.",)
    return False, ()
