"""Log-rank test, hazard ratio of leaving by the Cox model, and the score test of proportional hazards."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import cox, survival
from outcomes.methods.reference import t_limits, t_p_value
from outcomes.models.contract import People, to_interval
from outcomes.models.covariates import read_covariates
from outcomes.models.grouping import read_grouping
from outcomes.questions.retention.data import StayData, plan_comparison
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates
    from outcomes.results.outcome import Outcome
    from outcomes.results.planned import Planned


def log_rank(data: StayData) -> Outcome:
    """Test whether the arms' curves differ."""
    return replace(plan_comparison("logrank"), counts=data.people().counts()).attempt(partial(_log_rank, data))


def _log_rank(data: StayData, planned: Planned) -> Outcome:
    used = data.known
    test = survival.fit_log_rank(times=data.stay.weeks[used], left=data.stay.left[used], full=data.cohort.full[used])
    return planned.estimate(
        test.chi_squared,
        df=1.0,  # two arms less one
        p_value=test.p_value,
        cells=data.cells(used),
        how=How(estimator="logrank", inference="chi_squared"),
        method="log-rank chi-squared on one degree of freedom, not adjusted",
        notes=(*data.notes(), *_not_clustered(data.cohort)),
    )


def hazards(data: StayData) -> Iterator[Outcome]:
    """Give the hazard ratio adjusted and not, and the check whether it stays the same."""
    covariates = read_covariates(data.cohort)
    adjusted, crude = data.people(covariates.known), data.people()
    ways = (
        (plan_comparison("hazard_ratio"), adjusted, _hazard_ratio, covariates),
        (plan_comparison("hazard_ratio", category="unadjusted"), crude, _hazard_ratio, None),
        (plan_comparison("proportional_hazards"), adjusted, _proportional, covariates),
    )
    for planned, people, compute, columns in ways:
        yield replace(planned, counts=people.counts()).attempt(partial(compute, data, people, columns))


@dataclass(frozen=True, slots=True)
class _Cox:
    """A Cox model of leaving: its fit, what it is adjusted for, and what a reader must know of it."""

    fit: cox.CoxFit
    adjusted: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def how(self) -> How:
        return How(
            estimator="cox", inference="wald", covariance="model", adjusted=self.adjusted, infinite=self.is_infinite
        )

    @property
    def is_infinite(self) -> bool:
        """Whether a coefficient runs to infinity."""
        return any(self.fit.diverged)


def _fit_cox(data: StayData, people: People, covariates: Covariates | None) -> _Cox:
    used = people.used
    if not (used & people.full).any() or not (used & ~people.full).any():
        raise NotEstimableError("In one arm nobody has all that this needs recorded.", "not seen")
    arm = people.full[used].astype(float)
    design, names, notes = arm[:, None], ["the arm"], data.notes()
    if covariates is not None:
        among = covariates.among(used)
        design, names = np.column_stack([arm, among.columns]), ["the arm", *among.names]
        notes = (*notes, *among.notes)
    fit = cox.fit_cox(times=data.stay.weeks[used], left=data.stay.left[used], design=design, names=names)
    if off := [name for name, runs in zip(names, fit.diverged, strict=True) if runs]:
        notes = (
            *notes,
            f"The coefficient of {', '.join(off)} runs to infinity; the arms' ratio is its limit as it does.",
        )
    return _Cox(fit, () if covariates is None else covariates.sources, notes)


def _hazard_ratio(data: StayData, people: People, covariates: Covariates | None, planned: Planned) -> Outcome:
    model = _fit_cox(data, people, covariates)
    fit, how = model.fit, model.how
    log, cov, df, spread = float(fit.beta[0]), fit.beta_cov, math.inf, "Wald interval of the logarithm"
    grouping = read_grouping(data.cohort, people.used)
    if grouping.labels is not None:
        cov, count = fit.robust_cov(grouping.labels)
        df = count - 1.0
        spread = f"sandwich standard error by {grouping.column}, t on clusters minus one, of the logarithm"
        how = replace(how, covariance="sandwich")
    se = math.sqrt(float(cov[0, 0]))
    if se <= 0:
        raise NotEstimableError("The clusters leave no spread to judge the ratio by.")
    low, high = t_limits(log, se=se, df=df, level=data.level)
    by = f"adjusted for {', '.join(model.adjusted)}" if model.adjusted else "not adjusted"
    return planned.estimate(
        math.exp(log),
        se=se,
        df=df if math.isfinite(df) else None,
        p_value=t_p_value(log, se=se, df=df),
        interval=to_interval(data.level, (math.exp(low), math.exp(high))),
        cells=data.cells(people.used),
        how=grouping.mark(how),
        method=f"Cox model, ties by Efron, {by}; {spread}; {data.rule}",
        notes=(
            *model.notes,
            *grouping.notes,
            "The standard error is that of the logarithm. Below one, people leave {full} less.",
        ),
    )


def _proportional(data: StayData, people: People, covariates: Covariates | None, planned: Planned) -> Outcome:
    model = _fit_cox(data, people, covariates)
    test = cox.check_proportionality(fit=model.fit, column=0)
    return planned.estimate(
        test.chi_squared,
        df=test.df,
        p_value=test.p_value,
        cells=data.cells(people.used),
        how=replace(model.how, estimator="cox_proportionality", inference="score"),
        method=(
            "score test against a log hazard ratio that moves with one minus Kaplan–Meier (Grambsch & Therneau 1994; "
            "the default of R's cox.zph)"
        ),
        notes=(*model.notes, *_not_clustered(data.cohort)),
    )


def _not_clustered(cohort: Cohort) -> tuple[str, ...]:
    return ("It does not allow for people who share a group.",) if cohort.clustering is not None else ()
