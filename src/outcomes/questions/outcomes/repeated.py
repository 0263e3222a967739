"""The main comparison: all visits at once, in a mixed model for repeated measures (MMRM)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.core.ids import result_id
from outcomes.methods import mmrm
from outcomes.methods.cluster import FEW_CLUSTERS
from outcomes.methods.multiplicity import adjust_holm
from outcomes.models.contract import People, attempt, count_arm, to_points
from outcomes.models.design import UNSEEN, occasions_of, people_of
from outcomes.models.occasion import Occasion
from outcomes.plan.model import ARMS
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates

from outcomes.models.main import DF_METHOD, FEW, RepeatedModel, fit_main


def compare(cohort: Cohort, covariates: Covariates) -> Iterator[Outcome]:
    """Compare the arms on every measure at every later visit, and correct the declared family."""
    found: dict[str, Outcome] = {}
    for measure in cohort.plan.measures:
        for outcome in _compare_measure(cohort, measure, covariates):
            found[outcome.id] = outcome
    yield from found.values()
    yield from _adjust_family(cohort, found)


def _compare_measure(cohort: Cohort, measure: str, covariates: Covariates) -> Iterator[Outcome]:
    occasions, people = occasions_of(cohort, measure), people_of(cohort, measure, covariates)
    try:
        model = fit_main(cohort, measure)
    except NotEstimableError as reason:
        for occasion in occasions:
            yield from _refuse(occasion, people, str(reason))
        return
    yield _count_scores(occasions[0], model)
    robust = _judge_by_clusters(model, cohort)
    for occasion in occasions:
        if occasion.visit in model.design.visits:
            yield from _read_off(occasion, model)
            if robust is not None:
                yield _clustered(occasion, model, robust)
        else:
            yield from _refuse(occasion, people, UNSEEN)


def _refuse(occasion: Occasion, people: People, reason: str) -> Iterator[Outcome]:
    labels = {"difference": "adjusted difference", "g": "adjusted effect size"}
    for what, label in labels.items():
        name = f"{occasion.label}: {label}"
        yield NotEstimable(id=occasion.id("mmrm", what), label=name, reason=reason, **people.counts())
    for arm in ARMS:
        name = f"{occasion.label}: adjusted mean, {occasion.cohort.plan.arm_labels[arm]}"
        yield NotEstimable(id=occasion.id("mmrm", arm, "adjusted_mean"), label=name, reason=reason, **people.counts())


def _judge_by_clusters(model: RepeatedModel, cohort: Cohort) -> mmrm.RobustFit | str | None:
    """Judge the fit by clusters, or say why not; None where nobody shares one."""
    labels = cohort.cluster_labels()
    if labels is None:
        return None
    design = model.design
    try:
        return mmrm.fit_cluster_robust(
            model.fit,
            scores=design.scores,
            by_visit=design.by_visit,
            constant=design.constant,
            clusters=labels[design.people.used],
        )
    except NotEstimableError as reason:
        return str(reason)


def _count_scores(occasion: Occasion, model: RepeatedModel) -> Outcome:
    return Estimate(
        id=result_id("mmrm", occasion.measure, "observations"),
        label=f"{occasion.cohort.plan.measures[occasion.measure].label}: scores after the start in the main model",
        value=float(model.fit.n_observations),
        unit="number",
        method="count",
        **model.people.counts(),
    )


def _read_off(occasion: Occasion, model: RepeatedModel) -> Iterator[Outcome]:
    def difference() -> Outcome:
        contrast = model.fit.contrast(model.design.difference(occasion.visit), method=DF_METHOD)
        result = occasion.id("mmrm", "difference")
        counts = model.people.counts()
        found = occasion.to_points(
            result, "adjusted difference", contrast, counts, method=model.method, notes=model.notes
        )
        return replace(found, how=model.how)

    def standardised() -> Outcome:
        contrast = model.fit.contrast(model.design.difference(occasion.visit), method=DF_METHOD)
        return occasion.to_adjusted_g("mmrm", contrast, model.people)

    labels = {"difference": "adjusted difference", "g": "adjusted effect size"}
    for what, compute in (("difference", difference), ("g", standardised)):
        label = f"{occasion.label}: {labels[what]}"
        yield attempt(occasion.id("mmrm", what), label, compute, people=model.people)
    for arm in ARMS:
        yield _adjusted_mean(occasion, model, arm)


def _clustered(occasion: Occasion, model: RepeatedModel, robust: mmrm.RobustFit | str) -> Outcome:
    result, what = occasion.id("mmrm", "clustered"), "adjusted difference, by clusters"
    clustering = occasion.cohort.clustering
    column = clustering.column if clustering is not None else ""

    def compute() -> Outcome:
        if isinstance(robust, str):
            raise NotEstimableError(robust)
        contrast = robust.contrast(model.design.difference(occasion.visit))
        method = f"the main model's difference; CR2 standard error by {column}, Satterthwaite df"
        notes = FEW if robust.n_clusters < FEW_CLUSTERS else ()
        return occasion.to_points(result, what, contrast, model.people.counts(), method=method, notes=notes)

    return attempt(result, f"{occasion.label}: {what}", compute, people=model.people)


def _adjusted_mean(occasion: Occasion, model: RepeatedModel, arm: str) -> Outcome:
    result = occasion.id("mmrm", arm, "adjusted_mean")
    label = f"{occasion.label}: adjusted mean, {occasion.cohort.plan.arm_labels[arm]}"
    mine = occasion.cohort.in_arm(arm)
    people = People(model.people.used & mine, model.people.full)

    def compute() -> Outcome:
        contrast = model.fit.contrast(model.design.adjusted_mean(occasion.visit, full=arm == "full"), method=DF_METHOD)
        return to_points(
            result,
            label,
            contrast,
            level=occasion.level,
            counts=count_arm(arm, people.used),
            method="mean of the MMRM at the average start and covariates of everybody in it",
            tested=False,
        )

    return attempt(result, label, compute, people=people)


def _adjust_family(cohort: Cohort, found: dict[str, Outcome]) -> Iterator[Outcome]:
    """Holm over the primary measures at the primary visit; a test that could not be made still counts as declared."""
    if cohort.plan.confidence.multiplicity == "none":
        return
    family = [Occasion(cohort, measure, cohort.plan.primary) for measure in cohort.plan.primary_measures]
    tests = {one.measure: found[one.id("mmrm", "difference")] for one in family}
    p_values = {
        measure: test.p_value
        for measure, test in tests.items()
        if isinstance(test, Estimate) and test.p_value is not None
    }
    adjusted = adjust_holm(p_values=p_values, family_size=len(family))
    for one in family:
        result, label, test = one.id("mmrm", "p_holm"), f"{one.label}: adjusted p-value", tests[one.measure]
        if one.measure not in adjusted:
            reason = test.reason if isinstance(test, NotEstimable) else "There is no p-value to adjust."
            yield NotEstimable(id=result, label=label, reason=reason)
            continue
        yield Estimate(
            id=result,
            label=label,
            value=adjusted[one.measure],
            unit="probability",
            n=test.n,
            n_full=test.n_full,
            n_skills=test.n_skills,
            method=f"Holm over the {len(family)} primary measures at the primary visit",
        )
