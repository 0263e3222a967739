"""For whom: how the difference between the programmes changes with what people bring, as the plan declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.models.covariates import read_covariates
from outcomes.models.occasion import Occasion
from outcomes.questions.needs import interactions, keys, kinds, profiles
from outcomes.questions.needs.characteristic import describe_quartiles, read_characteristic
from outcomes.results.how import How
from outcomes.results.outcome import Estimate
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates
    from outcomes.questions.needs.characteristic import Characteristic
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome

NONE_DECLARED = "The plan declares nothing for which the programmes might differ ([needs] moderators)."


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Compare the arms at each level of each moderator, on the primary measures at the primary visit."""
    if cohort.plan.needs.moderators:
        yield from _moderate(cohort)
    else:
        yield _number(keys.NO_MODERATORS, "For whom: moderators").refuse(NONE_DECLARED, "not planned")
    yield from profiles.count(cohort)


def _moderate(cohort: Cohort) -> Iterator[Outcome]:
    covariates = read_covariates(cohort)
    characteristics = [read_characteristic(cohort, name) for name in cohort.plan.needs.moderators]
    for characteristic in characteristics:
        yield from describe_quartiles(cohort, characteristic)
    found = [
        outcome
        for measure in cohort.plan.primary_measures
        for characteristic in characteristics
        for outcome in _compare(Occasion(cohort, measure, cohort.plan.primary), characteristic, covariates)
    ]
    yield from found
    yield from _count_looks(found, error=1 - cohort.plan.confidence.level)


def _compare(occasion: Occasion, characteristic: Characteristic, covariates: Covariates) -> Iterator[Outcome]:
    """Compare in points, or of a count or a yes/no as that is compared."""
    if occasion.cohort.plan.measures[occasion.measure].kind == "score":
        return interactions.compare(occasion, characteristic, covariates)
    return kinds.compare(occasion, characteristic)


def _count_looks(found: list[Outcome], *, error: float) -> Iterator[Outcome]:
    """Count the interactions that were estimated, and those that would stand out if there were none at all."""
    whole = [
        outcome
        for outcome in found
        if isinstance(outcome, Estimate) and outcome.key.matches(what="interaction", category="")
    ]
    apart = sum(one.p_value is not None and one.p_value < error for one in whole)
    how = How(estimator="count")
    yield _number(keys.LOOKS, "Interactions looked at").estimate(
        float(len(whole)),
        method="primary measures times moderators, at the primary visit, where there is an estimate",
        how=how,
    )
    yield _number(keys.LOOKS_APART, "Interactions whose interval excludes that there is none").estimate(
        float(apart), method="count; of several levels, those whose joint test does", how=how
    )
    yield _number(keys.LOOKS_BY_CHANCE, "Interactions whose interval would do so by chance alone").estimate(
        len(whole) * error,
        method="looks times one minus the confidence level: what chance gives if no characteristic changes any effect",
        how=how,
    )


def _number(key: Key, label: str) -> Planned:
    return Planned(key=key, label=label, quantity=Quantity.TALLY, unit="number")
