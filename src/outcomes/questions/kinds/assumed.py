"""A count or a yes/no at the primary visit with those not seen drawn, under assumptions about them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.models.assumed import ASSUMED, estimate_assumed_difference, estimate_assumed_ratio
from outcomes.models.completed import Lost, pool_rate_ratio, pool_share_difference
from outcomes.models.kinds import read_adjusted
from outcomes.plan.model import ARMS
from outcomes.results.quantity import Quantity
from outcomes.results.ways import AT_A_VISIT, OF_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.models.occasion import Occasion
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome
    from outcomes.results.planned import Planned

COUNTS = "counts of those not seen from the negative binomial given the start and the covariates"
ANSWERS = "answers of those not seen from the logistic regression on the start and the covariates"
# What is compared of a kind: its field, words, quantity, unit, and what of an arm it is made of.
COMPARED = {
    "count": ("rate_ratio", "ratio of the mean numbers", Quantity.RATE_RATIO, "ratio", "rate"),
    "yes_no": (
        *("difference", "adjusted difference between the shares", Quantity.SHARE_DIFFERENCE),
        *("share_difference", "share"),
    ),
}
MOVED: dict[str, tuple[str, ...]] = {"mar": (), "twice_full": ("full",), "twice_skills": ("skills",)}


def assume(occasion: Occasion) -> Iterator[Outcome]:
    """Give the main comparison under each assumption."""
    kind = occasion.cohort.plan.measures[occasion.measure].kind
    what, text, quantity, unit, made_of = COMPARED[kind]
    for way in AT_A_VISIT:
        key = occasion.key(OF_KINDS[kind].analysis, what, category=way)
        of_arms = tuple(key.but(what=made_of, arm=arm, category="") for arm in ARMS)
        planned = occasion.declare(
            key,
            f"{text} {ASSUMED[way]}",
            quantity,
            unit=unit,
            tells=(of_arms, *_tell_lost(occasion, key, way)),
        )
        yield planned.attempt(partial(_count if kind == "count" else _answer, _read(occasion), occasion.after, way))


def _tell_lost(occasion: Occasion, key: Key, way: str) -> Iterator[tuple[Key, ...]]:
    """Say that what moves with those lost tells, with the comparison where nothing does, how many they are."""
    reference = occasion.cohort.plan.missing.reference
    arms = MOVED.get(way, ("skills" if reference == "full" else "full",))
    if arms:
        yield (key.but(category="mar"), *(occasion.key("missing", "lost", arm) for arm in arms))


def _read(occasion: Occasion) -> Lost:
    found = read_adjusted(occasion)
    return Lost(
        cohort=occasion.cohort,
        name=occasion.key("imputation", "kinds"),
        covariates=found.covariates,
        used=found.covariates.known,
        fitted=~np.isnan(occasion.after),
        adjusted=found.adjusted,
        sign=occasion.sign,
    )


def _count(lost: Lost, after: NDArray[np.float64], way: str, planned: Planned) -> Outcome:
    seen = ~np.isnan(after)
    pooled = pool_rate_ratio(
        lost,
        counts=np.nan_to_num(after),
        exposure=seen.astype(float),
        remaining=(~seen).astype(float),
        way=way,
    )
    return estimate_assumed_ratio(lost, planned, pooled, way, seen=after, of=COUNTS)


def _answer(lost: Lost, after: NDArray[np.float64], way: str, planned: Planned) -> Outcome:
    pooled = pool_share_difference(lost, happened=after, way=way)
    return estimate_assumed_difference(lost, planned, pooled, way, seen=after, of=ANSWERS)
