"""What was not recorded: how strong it would have to be to change the answer, and what is known about such strength."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import words_of
from outcomes.methods import sensitivity
from outcomes.methods.ancova import fit_ancova
from outcomes.models.contract import People, attempt
from outcomes.models.covariates import read_covariates
from outcomes.models.occasion import Occasion
from outcomes.questions.outcomes.ancova import fit_arm
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates

LABELS = {
    "e_value": "E-value of the estimate",
    "e_value_interval": "E-value of the limit nearer to no difference",
    "robustness_value": "robustness value",
    "robustness_value_interval": "robustness value of the limit nearer to no difference",
}
CLAIM = "Adjusted comparison at the primary visit of those seen then and at the start."


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Answer for every primary measure at the primary visit."""
    covariates = read_covariates(cohort)
    for measure in cohort.plan.primary_measures:
        occasion = Occasion(cohort, measure, cohort.plan.primary)
        people = People(occasion.paired & covariates.known, cohort.full)
        yield from _e_values(occasion, covariates, people)
        yield _robustness(occasion, covariates, people, level=None)
        yield _robustness(occasion, covariates, people, level=occasion.level)
        yield from _benchmarks(occasion, covariates, people)


def _e_values(occasion: Occasion, covariates: Covariates, people: People) -> Iterator[Outcome]:
    method = "VanderWeele & Ding (2017), risk ratio exp(0.91 g) of the adjusted effect size at this visit"

    def ratios() -> tuple[float, float, float]:
        contrast = fit_arm(occasion, covariates, people)[0]
        g = occasion.to_adjusted_g("ancova", contrast, people).value
        # the limits in points, on the same scale, so that both tell the same about zero
        unit = g / contrast.estimate if contrast.estimate else 0.0
        limits = sorted(unit * limit for limit in contrast.interval(occasion.level))
        low, high = (sensitivity.to_risk_ratio(standardised=limit) for limit in limits)
        return sensitivity.to_risk_ratio(standardised=g), low, high

    def of_estimate() -> Outcome:
        value = sensitivity.e_value(risk_ratio=ratios()[0])
        return _make(occasion, "e_value", value, "ratio", method, people)

    def of_interval() -> Outcome:
        _, low, high = ratios()
        value = sensitivity.e_value_of_interval(low=low, high=high)
        return _make(occasion, "e_value_interval", value, "ratio", method, people)

    for what, compute in (("e_value", of_estimate), ("e_value_interval", of_interval)):
        yield attempt(occasion.id("confounding", what), _label(occasion, what), compute, people=people)


def _robustness(occasion: Occasion, covariates: Covariates, people: People, *, level: float | None) -> Outcome:
    what = "robustness_value" if level is None else "robustness_value_interval"
    method = "Cinelli & Hazlett (2020), from the least-squares t of the adjusted comparison at this visit"

    def compute() -> Outcome:
        occasion.require_baseline()
        occasion.require_arms(people.used)
        columns = covariates.beside(occasion.before, "the score at the start").among(people.used)
        fit = fit_ancova(
            scores=occasion.after[people.used],
            full=occasion.cohort.full[people.used],
            covariates=columns.columns,
            names=columns.names,
        )
        variance = float(fit.classical_cov[1, 1])
        if variance <= 0:
            raise NotEstimableError("The covariates leave nothing to be explained.")
        t = float(fit.beta[1]) / math.sqrt(variance)
        value = sensitivity.robustness_value(t=t, df=fit.df, level=level)
        return _make(occasion, what, value, "share_of_variance", method, people)

    return attempt(occasion.id("confounding", what), _label(occasion, what), compute, people=people)


def _benchmarks(occasion: Occasion, covariates: Covariates, people: People) -> Iterator[Outcome]:
    """Give the estimate that would be left if something unrecorded were as strong as each covariate."""
    every = covariates.beside(occasion.before, "the score at the start")
    columns, words = every.among(people.used), words_of(every.names)
    names = {name: occasion.id("confounding", words[name], "bound") for name in columns.names}
    labels = {name: f"{occasion.label}: if something unrecorded were as strong as {name}" for name in names}
    try:
        occasion.require_baseline()
        occasion.require_arms(people.used)
        found = sensitivity.fit_benchmarks(
            scores=occasion.after[people.used],
            full=occasion.cohort.full[people.used],
            covariates=np.asarray(columns.columns),
            names=columns.names,
        )
    except NotEstimableError as reason:
        for name, result in names.items():
            yield NotEstimable(id=result, label=labels[name], reason=str(reason), **people.counts())
        return
    for bound in found:
        if bound.estimate is None:
            why = f"Something as strongly tied to the programme as {bound.name} would decide it alone."
            yield NotEstimable(id=names[bound.name], label=labels[bound.name], reason=why, **people.counts())
            continue
        yield Estimate(
            id=names[bound.name],
            label=labels[bound.name],
            value=bound.estimate,
            unit="points",
            method="Cinelli & Hazlett (2020): the adjusted difference after the worst bias of such a confounder",
            notes=(CLAIM,),
            **people.counts(),
        )


def _label(occasion: Occasion, what: str) -> str:
    return f"{occasion.label}: {LABELS[what]}"


def _make(occasion: Occasion, what: str, value: float, unit: str, method: str, people: People) -> Estimate:
    return Estimate(
        id=occasion.id("confounding", what),
        label=_label(occasion, what),
        value=value,
        unit=unit,
        method=method,
        notes=(CLAIM,),
        **people.counts(),
    )
