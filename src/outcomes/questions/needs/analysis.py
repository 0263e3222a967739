"""For whom: how the difference between the programmes changes with what people bring, as the plan declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.core.ids import result_id
from outcomes.models.covariates import read_covariates
from outcomes.models.occasion import Occasion
from outcomes.questions.needs import interactions, profiles
from outcomes.questions.needs.characteristic import describe_places, read_characteristic
from outcomes.results.outcome import Estimate, NotEstimable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome

NONE_DECLARED = "The plan declares nothing for which the programmes might differ ([needs] moderators)."


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Compare the arms at each level of each moderator, on the primary measures at the primary visit."""
    if cohort.plan.needs.moderators:
        yield from _moderate(cohort)
    else:
        yield NotEstimable(id="needs.moderators", label="For whom: moderators", reason=NONE_DECLARED)
    yield from profiles.count(cohort)


def _moderate(cohort: Cohort) -> Iterator[Outcome]:
    covariates = read_covariates(cohort)
    characteristics = [read_characteristic(cohort, name) for name in cohort.plan.needs.moderators]
    for characteristic in characteristics:
        yield from describe_places(cohort, characteristic)
    found = [
        outcome
        for measure in cohort.plan.primary_measures
        for characteristic in characteristics
        for outcome in interactions.compare(Occasion(cohort, measure, cohort.plan.primary), characteristic, covariates)
    ]
    yield from found
    yield from _count_looks(cohort, found)


def _count_looks(cohort: Cohort, found: list[Outcome]) -> Iterator[Outcome]:
    """Count the interactions that were estimated, and those that would stand out if there were none at all."""
    whole = [
        outcome
        for outcome in found
        if isinstance(outcome, Estimate)
        and outcome.id.endswith(".interaction")
        and outcome.id.count(".") == interactions.DOTS
    ]
    looks, error = len(whole), 1 - cohort.plan.confidence.level
    yield Estimate(
        id=result_id("needs", "looks"),
        label="Interactions looked at",
        value=float(looks),
        unit="number",
        method="primary measures times moderators, at the primary visit, where there is an estimate",
    )
    yield Estimate(
        id=result_id("needs", "looks", "apart"),
        label="Interactions whose interval excludes that there is none",
        value=float(sum(one.p_value is not None and one.p_value < error for one in whole)),
        unit="number",
        method="count; of several levels, those whose joint test does",
    )
    yield Estimate(
        id=result_id("needs", "looks", "by_chance"),
        label="Interactions whose interval would do so by chance alone",
        value=looks * error,
        unit="number",
        method="looks times one minus the confidence level: what chance gives if no characteristic changes any effect",
    )
