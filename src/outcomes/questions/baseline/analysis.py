"""Who was compared: covariates and measures at the start, by arm, with standardised differences; no p-values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import words_of
from outcomes.methods import means
from outcomes.models.characteristics import read_characteristics
from outcomes.models.contract import People, count_arm, estimate_mean, to_interval
from outcomes.plan.model import ARMS
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.characteristics import Characteristic
    from outcomes.results.outcome import Outcome

METHOD = "difference of means in units of the root mean square of the arms' standard deviations"
MEAN, SD = How(estimator="mean", inference="t"), How(estimator="sd")
SHARE, STANDARDISED = How(estimator="share"), How(estimator="standardised_difference")


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Means, standard deviations and shares of levels at the start by arm, and standardised differences."""
    for one in read_characteristics(cohort):
        key = Key("baseline", subject=one.name)
        if one.name in cohort.plan.of_kind("count"):
            pass  # its mean number at the start is told where it is compared, and never leaves
        elif one.levels is None:
            for arm in ARMS:
                yield from describe_arm(cohort, key.but(arm=arm), one.label, one.unit, one.values)
        else:
            yield from _share_levels(cohort, key, one, one.levels)
        yield _compare(cohort, key.but(what="smd"), one)


def _compare(cohort: Cohort, key: Key, one: Characteristic) -> Outcome:
    """Standardised difference between the arms; levels are compared all at once."""
    planned = Planned(
        key=key,
        label=f"{one.label}, standardised difference",
        quantity=Quantity.STANDARDISED_DIFFERENCE,
        unit="sd",
        counts=People(one.known, cohort.full).counts(),
        tells=tell_levels(key, one),
    )
    return planned.attempt(lambda p: p.estimate(one.compare(cohort.full, None).value, method=METHOD, how=STANDARDISED))


def tell_levels(key: Key, one: Characteristic) -> tuple[tuple[Key, ...], ...]:
    """With the shares of all levels but one, in both arms, it gives those of the last."""
    words = words_of(one.levels or ()).values()
    shares = {word: tuple(key.but(what="share", category=word, arm=arm) for arm in ARMS) for word in words}
    others = (tuple(key for one, keys in shares.items() if one != word for key in keys) for word in shares)
    return tuple(keys for keys in others if keys)


def describe_arm(cohort: Cohort, key: Key, label: str, unit: str, values: NDArray[np.float64]) -> Iterator[Outcome]:
    """Mean with its t interval, and standard deviation, of the arm of the key."""
    used = cohort.in_arm(key.arm) & ~np.isnan(values)
    level, arm_label = cohort.plan.confidence.level, cohort.plan.arm_names[key.arm]
    counts, refused = count_arm(key.arm, used), People(used, cohort.full).counts()

    def declare(what: str, text: str, quantity: Quantity) -> Planned:
        name = f"{label}, {text}, {arm_label}"
        return Planned(key=key.but(what=what), label=name, quantity=quantity, unit=unit, counts=counts)

    def mean(planned: Planned) -> Outcome:
        fit = means.fit_mean(scores=values[used])
        interval = to_interval(level, fit.interval(level))
        return estimate_mean(planned, fit, interval=interval, method="mean with its t interval", how=MEAN)

    def sd(planned: Planned) -> Outcome:
        return planned.estimate(means.fit_mean(scores=values[used]).sd, method="sd, n − 1", how=SD)

    yield declare("mean", "mean", Quantity.MEAN).attempt(mean, refused=refused)
    yield declare("sd", "standard deviation", Quantity.SD).attempt(sd, refused=refused)


def _share_levels(cohort: Cohort, key: Key, one: Characteristic, levels: tuple[str, ...]) -> Iterator[Outcome]:
    """Share of each level by arm, of those recorded; the shares of an arm add up to one."""
    words = words_of(levels)
    for place, level in enumerate(levels):
        for arm in ARMS:
            used = one.known & cohort.in_arm(arm)
            mine = key.but(what="share", category=words[level], arm=arm)
            others = tuple(mine.but(category=words[other]) for other in levels if other != level)
            planned = Planned(
                key=mine,
                label=f"{one.label}: {level}, {cohort.plan.arm_names[arm]}",
                quantity=Quantity.SHARE,
                unit="share",
                counts=count_arm(arm, used),
                tells=(others,) if others else (),
                named=level,
            )
            yield _share(planned, one, (one.values == place)[used])


def _share(planned: Planned, one: Characteristic, has_level: NDArray[np.bool_]) -> Outcome:
    if not len(has_level):
        return replace(planned, counts=None).refuse(
            f"{one.label} is not recorded for anybody in this arm.", "not provided"
        )
    events = int(has_level.sum())
    cells = (events, len(has_level) - events)
    return planned.estimate(float(has_level.mean()), cells=cells, method="share of those recorded", how=SHARE)
