"""Who was compared: covariates and measures at the start, by arm, with standardised differences; no p-values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.analyses.contract import People, attempt, count_arm, to_interval
from outcomes.analyses.covariates import is_number, levels_of
from outcomes.core.estimates import Estimate, NotEstimable, Outcome
from outcomes.core.ids import result_id, word
from outcomes.methods import means, standardised_difference
from outcomes.plan.model import ARMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Describe the arms at the start: the plan's covariates, then the baseline score of every measure."""
    for name in cohort.plan.adjust.covariates:
        column = cohort.clients[name]
        if is_number(column):
            values = np.asarray(column.to_numpy(dtype=float, na_value=np.nan))
            yield from _describe_number(word(name), name, "number", values, cohort)
        else:
            yield from _describe_levels(name, column, cohort)
    for name, measure in cohort.plan.measures.items():
        values = cohort.scores(name, cohort.plan.baseline)
        yield from _describe_number(name, f"{measure.label} at the start", "points", values, cohort)


def _describe_number(
    name: str,
    label: str,
    unit: str,
    values: NDArray[np.float64],
    cohort: Cohort,
) -> Iterator[Outcome]:
    known = ~np.isnan(values)
    for arm in ARMS:
        yield from describe_arm(("baseline", name), label, unit, arm, values, cohort)
    result = result_id("baseline", name, "smd")
    yield _compare(result, label, values[known], People(known, cohort.full))


def describe_arm(
    words: tuple[str, ...],
    label: str,
    unit: str,
    arm: str,
    values: NDArray[np.float64],
    cohort: Cohort,
) -> Iterator[Outcome]:
    """Mean with its t interval, and standard deviation, of one arm."""
    mine = cohort.full if arm == "full" else ~cohort.full
    used = mine & ~np.isnan(values)
    people = People(used, cohort.full)
    counts = count_arm(arm, used)
    level = cohort.plan.confidence.level
    arm_label = cohort.plan.arm_labels[arm]
    mean_id, sd_id = result_id(*words, arm, "mean"), result_id(*words, arm, "sd")

    def mean() -> Outcome:
        fit = means.fit_mean(scores=values[used])
        return Estimate(
            id=mean_id,
            label=f"{label}, mean, {arm_label}",
            value=fit.mean,
            unit=unit,
            se=fit.se,
            df=fit.df,
            interval=to_interval(level, fit.interval(level)),
            method="mean with its t interval",
            **counts,
        )

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


def _describe_levels(name: str, column: pd.Series, cohort: Cohort) -> Iterator[Outcome]:
    known = column.notna().to_numpy()
    texts = column.astype(object).to_numpy()
    levels = levels_of(column)
    for level in levels:
        for arm in ARMS:
            used = known & (cohort.full if arm == "full" else ~cohort.full)
            yield _share(name, level, arm, texts == level, used, cohort)
    codes = np.array([levels.index(str(text)) if text in levels else -1 for text in texts])
    yield _compare(result_id("baseline", word(name), "smd"), name, codes[known], People(known, cohort.full))


def _share(
    name: str,
    level: str,
    arm: str,
    has_level: NDArray[np.bool_],
    used: NDArray[np.bool_],
    cohort: Cohort,
) -> Outcome:
    result = result_id("baseline", word(name), word(level), arm, "share")
    label = f"{name}: {level}, {cohort.plan.arm_labels[arm]}"
    if not used.any():
        return NotEstimable(id=result, label=label, reason=f"{name} is not recorded for anybody in this arm.")
    share = float(has_level[used].mean())
    return Estimate(
        id=result, label=label, value=share, unit="share", method="share of those recorded", **count_arm(arm, used)
    )


def _compare(result: str, label: str, values: NDArray[np.float64] | NDArray[np.int64], people: People) -> Outcome:
    """Standardise the difference between the arms; levels arrive as codes and are compared all at once."""
    label = f"{label}, standardised difference"
    full = people.full[people.used]

    def compute() -> Outcome:
        if values.dtype.kind == "i":
            codes = values.astype(np.int64)
            fit = standardised_difference.fit_level_difference(levels=codes, full=full, weights=None)
        else:
            numbers = values.astype(np.float64)
            fit = standardised_difference.fit_number_difference(values=numbers, full=full, weights=None)
        return Estimate(
            id=result,
            label=label,
            value=fit.value,
            unit="sd",
            method="difference of means in units of the root mean square of the arms' standard deviations",
            **people.counts(),
        )

    return attempt(result, label, compute, people=people)
