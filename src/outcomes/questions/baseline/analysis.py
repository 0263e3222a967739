"""Who was compared: covariates and measures at the start, by arm, with standardised differences; no p-values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id, words_of
from outcomes.methods import means
from outcomes.models.characteristics import read_characteristics
from outcomes.models.contract import People, attempt, count_arm, to_interval, to_mean
from outcomes.plan.model import ARMS
from outcomes.results.outcome import Estimate, NotEstimable, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.characteristics import Characteristic


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Describe the arms at the start: the plan's covariates, then the baseline score of every measure."""
    for one in read_characteristics(cohort):
        for arm in ARMS if one.levels is None else ():
            yield from describe_arm(("baseline", one.name), one.label, one.unit, arm, one.values, cohort)
        for place, level in enumerate(one.levels or ()):
            yield from _shares(one, level, one.values == place, cohort)
        label = f"{one.label}, standardised difference"
        yield compare_arms(one, cohort, weights=None, result=result_id("baseline", one.name, "smd"), label=label)


def compare_arms(
    one: Characteristic, cohort: Cohort, *, weights: NDArray[np.float64] | None, result: str, label: str
) -> Outcome:
    """Standardise the difference between the arms; levels are compared all at once."""
    people = People(one.known, cohort.full)
    method = "difference of means in units of the root mean square of the arms' standard deviations"
    weighted = "" if weights is None else ", after overlap weighting; the standard deviations stay unweighted"

    def compute() -> Outcome:
        fit = one.compare(cohort.full, weights)
        return Estimate(
            id=result, label=label, value=fit.value, unit="sd", method=f"{method}{weighted}", **people.counts()
        )

    return attempt(result, label, compute, people=people)


def describe_arm(
    words: tuple[str, ...],
    label: str,
    unit: str,
    arm: str,
    values: NDArray[np.float64],
    cohort: Cohort,
) -> Iterator[Outcome]:
    """Mean with its t interval, and standard deviation, of one arm."""
    mine = cohort.in_arm(arm)
    used = mine & ~np.isnan(values)
    people = People(used, cohort.full)
    counts = count_arm(arm, used)
    level = cohort.plan.confidence.level
    arm_label = cohort.plan.arm_labels[arm]
    mean_id, sd_id = result_id(*words, arm, "mean"), result_id(*words, arm, "sd")

    def mean() -> Outcome:
        fit = means.fit_mean(scores=values[used])
        interval = to_interval(level, fit.interval(level))
        text, method = f"{label}, mean, {arm_label}", "mean with its t interval"
        return to_mean(mean_id, text, fit, unit=unit, interval=interval, counts=counts, method=method)

    def sd() -> Outcome:
        fit = means.fit_mean(scores=values[used])
        return Estimate(
            id=sd_id,
            label=f"{label}, standard deviation, {arm_label}",
            value=fit.sd,
            unit=unit,
            method="sd, n − 1",
            **counts,
        )

    yield attempt(mean_id, f"{label}, mean, {arm_label}", mean, people=people)
    yield attempt(sd_id, f"{label}, standard deviation, {arm_label}", sd, people=people)


def _shares(one: Characteristic, level: str, has_level: NDArray[np.bool_], cohort: Cohort) -> Iterator[Outcome]:
    for arm in ARMS:
        used = one.known & cohort.in_arm(arm)
        yield _share(one, level, arm, has_level, used, cohort)


def _share(
    one: Characteristic,
    level: str,
    arm: str,
    has_level: NDArray[np.bool_],
    used: NDArray[np.bool_],
    cohort: Cohort,
) -> Outcome:
    result = result_id("baseline", one.name, words_of(one.levels or ())[level], arm, "share")
    label = f"{one.label}: {level}, {cohort.plan.arm_labels[arm]}"
    if not used.any():
        return NotEstimable(id=result, label=label, reason=f"{one.label} is not recorded for anybody in this arm.")
    share = float(has_level[used].mean())
    return Estimate(
        id=result, label=label, value=share, unit="share", method="share of those recorded", **count_arm(arm, used)
    )
