"""The main comparison: all visits at once, in a mixed model for repeated measures (MMRM)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.methods import mmrm
from outcomes.methods.cluster import FEW_CLUSTERS
from outcomes.models.contract import Counts, count_arm, estimate_points
from outcomes.models.design import occasions_of, people_of
from outcomes.models.grouping import read_grouping
from outcomes.models.main import DF_METHOD, FEW, RepeatedModel, fit_main
from outcomes.models.occasion import Occasion
from outcomes.plan.model import ARMS
from outcomes.results.arrangement import judges_by_group
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.outcome import NotEstimableError, Outcome
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates


def compare(cohort: Cohort, covariates: Covariates) -> Iterator[Outcome]:
    """Compare the adjusted means of every measure at every later visit."""
    for measure in cohort.plan.scored:
        yield from _compare_measure(cohort, measure, covariates)


def _compare_measure(cohort: Cohort, measure: str, covariates: Covariates) -> Iterator[Outcome]:
    model: RepeatedModel | NotEstimableError
    counts = people_of(cohort, measure, covariates).counts()
    try:
        model = fit_main(cohort, measure)
        yield _count_scores(cohort, measure, model)
        yield _average_start(cohort, measure, model)
    except NotEstimableError as refusal:
        model = refusal
    robust = None if isinstance(model, NotEstimableError) else _judge_by_clusters(model, cohort)
    for occasion in occasions_of(cohort, measure):
        yield from _compare_visit(occasion, model, counts, robust)
        if robust is not None and not isinstance(model, NotEstimableError) and occasion.visit in model.design.visits:
            yield _compare_by_clusters(occasion, model, robust)


def _count_scores(cohort: Cohort, measure: str, model: RepeatedModel) -> Outcome:
    planned = Planned(
        key=Key("mmrm", measure, what="observations"),
        label=f"{cohort.plan.measures[measure].label}: scores after the start in the main model",
        quantity=Quantity.COUNT,
        unit="number",
        counts=model.people.counts(),
    )
    return planned.estimate(float(model.fit.n_observations), method="count", how=How(estimator="count"))


def _average_start(cohort: Cohort, measure: str, model: RepeatedModel) -> Outcome:
    """Give the mean start of everybody in the main model: where both arms stand before they are compared."""
    occasion = Occasion(cohort, measure, cohort.plan.baseline)
    planned = occasion.declare(
        occasion.key("mmrm", "start_mean"),
        "mean of everybody in the main comparison, to which it is adjusted",
        Quantity.MEAN,
        counts=model.people.counts(),
    )
    start = float(occasion.before[model.people.used].mean())
    return planned.estimate(start, method="mean of both arms together", how=How(estimator="mean"))


def _compare_visit(
    occasion: Occasion,
    model: RepeatedModel | NotEstimableError,
    counts: Counts,
    robust: mmrm.RobustFit | NotEstimableError | None,
) -> Iterator[Outcome]:
    """Difference in points and standardised, by the main interval, and the mean of each arm, at a visit."""
    key = occasion.key("mmrm", "difference")
    means = {arm: key.but(what="adjusted_mean", arm=arm) for arm in ARMS}
    g = Quantity.STANDARDISED_DIFFERENCE
    points = occasion.declare(
        key, "adjusted difference", Quantity.DIFFERENCE, counts=counts, tells=(tuple(means.values()),)
    )
    standardised = occasion.declare(key.but(what="g"), "adjusted effect size", g, unit="sd", counts=counts)

    def fit() -> RepeatedModel:
        if isinstance(model, NotEstimableError):
            raise model
        model.design.require(occasion.visit)
        return model

    def difference(planned: Planned) -> Outcome:
        main = fit()
        contrast = main.fit.contrast(main.design.difference(occasion.visit), method=DF_METHOD)
        return occasion.estimate_points(planned, contrast, method=main.method, how=main.how, notes=main.notes)

    def estimate_g(planned: Planned) -> Outcome:
        main = fit()
        weights = main.design.difference(occasion.visit)
        if judges_by_group(occasion.cohort.arrangement) and isinstance(robust, mmrm.RobustFit):
            how = _by_clusters(main, occasion.cohort)
            return occasion.estimate_adjusted_g(planned, robust.contrast(weights), main.people, how=how)
        contrast = main.fit.contrast(weights, method=DF_METHOD)
        return occasion.estimate_adjusted_g(planned, contrast, main.people, how=main.how)

    def mean(planned: Planned) -> Outcome:
        main, arm = fit(), planned.key.arm
        contrast = main.fit.contrast(main.design.adjusted_mean(occasion.visit, full=arm == "full"), method=DF_METHOD)
        used = main.people.used & occasion.cohort.in_arm(arm)
        return estimate_points(
            replace(planned, counts=count_arm(arm, used)),
            contrast,
            level=occasion.level,
            method="mean of the MMRM at the average start and covariates of everybody in it",
            how=main.how,
            tested=False,
        )

    yield points.attempt(difference)
    yield standardised.attempt(estimate_g)
    for arm, mine in means.items():
        text = f"adjusted mean, {occasion.cohort.plan.arm_names[arm]}"
        yield occasion.declare(mine, text, Quantity.MEAN, counts=counts).attempt(mean)


def _judge_by_clusters(model: RepeatedModel, cohort: Cohort) -> mmrm.RobustFit | NotEstimableError | None:
    """Judge the fit by clusters, or say why not; None where nobody shares one."""
    design = model.design
    grouping = read_grouping(cohort, design.people.used)
    if not grouping.column and not grouping.refuses:
        return None
    try:
        return mmrm.fit_cluster_robust(
            model.fit,
            scores=design.scores,
            by_visit=design.by_visit,
            constant=design.constant,
            clusters=grouping.require(),
        )
    except NotEstimableError as refusal:
        return refusal


def _compare_by_clusters(
    occasion: Occasion, model: RepeatedModel, robust: mmrm.RobustFit | NotEstimableError
) -> Outcome:
    """Give the main model's difference with a standard error that allows for shared clusters."""
    key = occasion.key("mmrm", "clustered")
    planned = occasion.declare(
        key,
        "adjusted difference, by clusters",
        Quantity.DIFFERENCE,
        counts=model.people.counts(),
        tells=((key.but(what="difference"),),),
    )
    clustering = occasion.cohort.clustering
    column = clustering.column if clustering is not None else ""

    def compute(planned: Planned) -> Outcome:
        if isinstance(robust, NotEstimableError):
            raise robust
        return occasion.estimate_points(
            planned,
            robust.contrast(model.design.difference(occasion.visit)),
            method=f"the main model's difference; CR2 standard error by {column}, Satterthwaite df",
            how=_by_clusters(model, occasion.cohort),
            notes=FEW if robust.n_clusters < FEW_CLUSTERS else (),
        )

    return planned.attempt(compute)


def _by_clusters(model: RepeatedModel, cohort: Cohort) -> How:
    column = "" if cohort.clustering is None else cohort.clustering.column
    return replace(model.how, inference="satterthwaite", covariance="cr2", clusters=column)
