"""E-values, robustness values and benchmark bounds: how strong something not recorded would have to be."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import words_of
from outcomes.methods import sensitivity
from outcomes.methods.ancova import fit_ancova
from outcomes.models.contract import People
from outcomes.models.covariates import START, is_number, levels_of, read_covariates
from outcomes.models.occasion import Occasion
from outcomes.questions.outcomes.ancova import fit_arm
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome
    from outcomes.results.planned import Planned

LABELS = {
    "e_value": "E-value of the estimate",
    "e_value_interval": "E-value of the limit nearer to no difference",
    "robustness_value": "robustness value",
    "robustness_value_interval": "robustness value of the limit nearer to no difference",
}
CLAIM = "Adjusted comparison at the primary visit of those seen then and at the start."
E_VALUE = "VanderWeele & Ding (2017), risk ratio exp(0.91 g) of the adjusted effect size at this visit"
ROBUSTNESS = "Cinelli & Hazlett (2020), from the least-squares t of the adjusted comparison at this visit"
OF_LIMIT = "the bias that brings the limit of the adjusted effect size to zero, the interval kept as wide as it is"
_LEVELS = 2  # values of a number that tells who has something and who has not
BENCHMARK = "Cinelli & Hazlett (2020): the adjusted difference after the worst bias of such a confounder"


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Answer for every primary measure at the primary visit."""
    covariates = read_covariates(cohort)
    for measure in cohort.plan.primary_scored:
        occasion = Occasion(cohort, measure, cohort.plan.primary)
        people = People(occasion.paired & covariates.known, cohort.full)
        yield from _e_values(occasion, covariates, people)
        yield from _robustness_values(occasion, covariates, people)
        yield from _benchmarks(occasion, covariates, people)


def _plan(occasion: Occasion, people: People, what: str, unit: str, *tells: tuple[Key, ...]) -> Planned:
    key, sensitive = occasion.key("confounding", what), Quantity.SENSITIVITY
    return occasion.declare(key, LABELS[what], sensitive, unit=unit, counts=people.counts(), tells=tells)


def _how(estimator: str, covariates: Covariates) -> How:
    return How(estimator=estimator, adjusted=("baseline", *covariates.sources))


def _e_values(occasion: Occasion, covariates: Covariates, people: People) -> Iterator[Outcome]:
    """Give the E-value of the estimate and of its limit, which the adjusted effect size determines."""
    how = _how("e_value", covariates)

    def of_estimate(planned: Planned) -> Outcome:
        ratio, _, _ = _risk_ratios(occasion, covariates, people)
        value = sensitivity.e_value(risk_ratio=ratio)
        return planned.estimate(value, method=E_VALUE, how=how, notes=(CLAIM,))

    def of_interval(planned: Planned) -> Outcome:
        _, low, high = _risk_ratios(occasion, covariates, people)
        value = sensitivity.e_value_of_interval(low=low, high=high)
        return planned.estimate(value, method=E_VALUE, how=how, notes=(CLAIM,))

    for what, compute in (("e_value", of_estimate), ("e_value_interval", of_interval)):
        yield _plan(occasion, people, what, "ratio", (occasion.key("ancova", "g"),)).attempt(compute)


def _risk_ratios(occasion: Occasion, covariates: Covariates, people: People) -> tuple[float, float, float]:
    """Give the risk ratio that the adjusted effect size is worth, and those of its limits."""
    g, limits = _standardise(occasion, covariates, people)
    low, high = (sensitivity.to_risk_ratio(standardised=limit) for limit in limits)
    return sensitivity.to_risk_ratio(standardised=g), low, high


def _standardise(occasion: Occasion, covariates: Covariates, people: People) -> tuple[float, tuple[float, float]]:
    """Give the adjusted effect size and its limits, as they are printed."""
    fit = occasion.standardise(fit_arm(occasion, covariates, people).contrast, people)
    low, high = sorted((occasion.sign * fit.low, occasion.sign * fit.high))
    return occasion.sign * fit.value, (low, high)


def _robustness_values(occasion: Occasion, covariates: Covariates, people: People) -> Iterator[Outcome]:
    """Robustness value of the estimate and of its limit."""
    how = _how("robustness_value", covariates)

    def of_estimate(planned: Planned) -> Outcome:
        t, df = _fit_t(occasion, covariates, people)
        value = sensitivity.robustness_value(t=t, df=df, level=None)
        return planned.estimate(value, method=ROBUSTNESS, how=how, notes=(CLAIM,))

    def of_limit(planned: Planned) -> Outcome:
        t, df = _fit_t(occasion, covariates, people)
        g, limits = _standardise(occasion, covariates, people)
        value = sensitivity.robustness_value_of_limit(t=t, df=df, estimate=g, limits=limits)
        return planned.estimate(value, method=f"{ROBUSTNESS}; {OF_LIMIT}", how=how, notes=(CLAIM,))

    for what, compute in (("robustness_value", of_estimate), ("robustness_value_interval", of_limit)):
        yield _plan(occasion, people, what, "share_of_variance").attempt(compute)


def _fit_t(occasion: Occasion, covariates: Covariates, people: People) -> tuple[float, float]:
    """Least-squares t of the arm, and its degrees of freedom."""
    occasion.require_baseline()
    occasion.require_arms(people.used)
    columns = covariates.beside(occasion.before, START).among(people.used)
    columns.require_apart(occasion.cohort.full[people.used])
    fit = fit_ancova(
        scores=occasion.after[people.used],
        full=occasion.cohort.full[people.used],
        covariates=columns.columns,
        names=columns.names,
    )
    variance = float(fit.classical_cov[1, 1])
    if variance <= 0:
        raise NotEstimableError("The covariates leave nothing to be explained.")
    return float(fit.beta[1]) / math.sqrt(variance), fit.df


def _benchmarks(occasion: Occasion, covariates: Covariates, people: People) -> Iterator[Outcome]:
    """Give the estimate that would be left if something unrecorded were as strong as each covariate."""
    every = covariates.beside(occasion.before, START)
    columns, words = every.among(people.used), words_of(every.names)
    planned = {name: _plan_benchmark(occasion, people, name, words[name]) for name in columns.names}
    try:
        found = _fit_benchmarks(occasion, columns, people)
    except NotEstimableError as why:
        yield from (one.refuse(str(why), why.cause) for one in planned.values())
        return
    cells = _count_levels(occasion, people)
    for name, one in planned.items():
        value = found[name].estimate
        if value is None:
            yield one.refuse(
                f"Something as strongly tied to the programme as {name.replace('_', ' ')} would decide it alone."
            )
        else:
            how = _how("omitted_variable_bound", covariates)
            yield one.estimate(value, method=BENCHMARK, how=how, notes=(CLAIM,), cells=cells.get(name, ()))


def _count_levels(occasion: Occasion, people: People) -> dict[str, tuple[int, ...]]:
    """Count who has each level of a covariate, by arm, by the name of its columns.

    A level is set against the first, beside all others: how strong it is tells of the people of each.
    """
    found: dict[str, tuple[int, ...]] = {}
    for name in occasion.cohort.plan.adjust.covariates:
        column = occasion.cohort.clients[name]
        if is_number(column) and column.nunique() > _LEVELS:
            continue
        sides = [
            (column == value).fillna(False).to_numpy(dtype=bool) for value in sorted(column.dropna().unique(), key=str)
        ]
        arms = (people.used & people.full, people.used & ~people.full)
        cells = tuple(int((side & arm).sum()) for side in sides for arm in arms)
        found |= dict.fromkeys((name, *(f"{name}: {level}" for level in levels_of(column))), cells)
    return found


def _plan_benchmark(occasion: Occasion, people: People, name: str, word: str) -> Planned:
    key = occasion.key("confounding", "bound", subject=word)
    named = name.replace("_", " ")
    label = f"if something unrecorded were as strong as {named}"
    planned = occasion.declare(key, label, Quantity.DIFFERENCE, counts=people.counts())
    return replace(planned, named=named)


def _fit_benchmarks(occasion: Occasion, columns: Covariates, people: People) -> Mapping[str, sensitivity.Benchmark]:
    occasion.require_baseline()
    occasion.require_arms(people.used)
    columns.require_apart(occasion.cohort.full[people.used])
    found = sensitivity.fit_benchmarks(
        scores=occasion.after[people.used],
        full=occasion.cohort.full[people.used],
        covariates=np.asarray(columns.columns),
        names=columns.names,
    )
    return {bound.name: bound for bound in found}
