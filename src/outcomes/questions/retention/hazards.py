"""Whether people leave one programme more than the other: log-rank test, Cox model, and its check."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import cox, survival
from outcomes.methods.reference import t_limits, t_p_value
from outcomes.models.contract import People, attempt, to_interval
from outcomes.models.covariates import read_covariates
from outcomes.questions.retention.asked import LABELS, Asked
from outcomes.results.how import How
from outcomes.results.outcome import Estimate, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates


def log_rank(asked: Asked) -> Outcome:
    """Test whether the arms' curves differ."""
    people = asked.people()

    def compute() -> Outcome:
        used = asked.known
        test = survival.fit_log_rank(times=asked.stay.weeks[used], left=asked.stay.left[used], full=people.full[used])
        return Estimate(
            id="retention.logrank",
            label=LABELS["logrank"],
            value=test.chi_squared,
            unit="number",
            df=1.0,
            p_value=test.p_value,
            method="log-rank chi-squared on one degree of freedom, not adjusted",
            notes=(*asked.notes(), *_not_clustered(asked.cohort)),
            **people.counts(),
        )

    return attempt("retention.logrank", LABELS["logrank"], compute, people=people)


def hazards(asked: Asked) -> Iterator[Outcome]:
    """Give the hazard ratio adjusted and not, and the check whether it stays the same."""
    covariates = read_covariates(asked.cohort)
    adjusted, crude = asked.people(covariates.known), asked.people()
    ways = (("hazard_ratio", adjusted, covariates), ("unadjusted.hazard_ratio", crude, None))
    for what, people, columns in ways:
        result = f"retention.{what}"
        compute = partial(_hazard_ratio, asked, people, columns, result, LABELS[what])
        yield attempt(result, LABELS[what], compute, people=people)
    result, label = "retention.proportional_hazards", LABELS["proportional_hazards"]
    yield attempt(result, label, partial(_proportional, asked, adjusted, covariates), people=adjusted)


def _fit_cox(asked: Asked, people: People, covariates: Covariates | None) -> tuple[cox.CoxFit, tuple[str, ...]]:
    used = people.used
    if not (used & people.full).any() or not (used & ~people.full).any():
        raise NotEstimableError("In one arm nobody has all that this needs recorded.")
    arm = people.full[used].astype(float)
    design, names, notes = arm[:, None], ["the arm"], asked.notes()
    if covariates is not None:
        among = covariates.among(used)
        design, names = np.column_stack([arm, among.columns]), ["the arm", *among.names]
        notes = (*notes, *covariates.left_out(among))
    fit = cox.fit_cox(times=asked.stay.weeks[used], left=asked.stay.left[used], design=design, names=names)
    off = [name for name, runs in zip(names, fit.runs_off, strict=True) if runs]
    told = (
        (f"The coefficient of {', '.join(off)} runs to infinity; the arms' ratio is its limit as it does.",)
        if off
        else ()
    )
    return fit, (*notes, *told)


def _hazard_ratio(asked: Asked, people: People, covariates: Covariates | None, result: str, label: str) -> Outcome:
    fit, notes = _fit_cox(asked, people, covariates)
    log, cov, df, spread = float(fit.beta[0]), fit.beta_cov, math.inf, "Wald interval of the logarithm"
    labels, clustering = asked.cohort.cluster_labels(), asked.cohort.clustering
    if labels is not None and clustering is not None:
        cov, count = fit.robust_cov(labels[people.used])
        df = count - 1.0
        spread = f"sandwich standard error by {clustering.column}, t on clusters minus one, of the logarithm"
    se = math.sqrt(float(cov[0, 0]))
    if se <= 0:
        raise NotEstimableError("The clusters leave no spread to judge the ratio by.")
    low, high = t_limits(log, se=se, df=df, level=asked.level)
    sources = () if covariates is None else covariates.sources
    by = f"adjusted for {', '.join(sources)}" if sources else "not adjusted"
    column = "" if clustering is None else clustering.column
    return Estimate(
        id=result,
        label=label,
        value=math.exp(log),
        unit="ratio",
        se=se,
        df=df if math.isfinite(df) else None,
        p_value=t_p_value(log, se=se, df=df),
        interval=to_interval(asked.level, (math.exp(low), math.exp(high))),
        how=How(
            estimator="cox",
            inference="t" if column else "wald",
            covariance="sandwich" if column else "model",
            adjusted=sources,
            clusters=column,
            infinite=any(fit.runs_off),
        ),
        method=f"Cox model, ties by Efron, {by}; {spread}; {asked.rule}",
        notes=(*notes, "The standard error is that of the logarithm. Below one, people leave the full programme less."),
        **people.counts(),
    )


def _proportional(asked: Asked, people: People, covariates: Covariates) -> Outcome:
    fit, notes = _fit_cox(asked, people, covariates)
    test = cox.check_proportionality(fit=fit, column=0)
    return Estimate(
        id="retention.proportional_hazards",
        label=LABELS["proportional_hazards"],
        value=test.chi_squared,
        unit="number",
        df=test.df,
        p_value=test.p_value,
        method=(
            "score test against a log hazard ratio that moves with one minus Kaplan–Meier (Grambsch & Therneau 1994; "
            "the default of R's cox.zph)"
        ),
        notes=(*notes, *_not_clustered(asked.cohort)),
        **people.counts(),
    )


def _not_clustered(cohort: Cohort) -> tuple[str, ...]:
    return ("It does not allow for people who share a group.",) if cohort.clustering is not None else ()
