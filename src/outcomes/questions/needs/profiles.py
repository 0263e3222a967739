"""People like this: how many in each arm resemble a stated profile. Never a recommendation for one person."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.models.contract import count_arm
from outcomes.plan.model import ARMS
from outcomes.questions.needs.characteristic import read_characteristic
from outcomes.questions.needs.keys import word_profiles
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.outcome import NotEstimableError
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.plan.questions import Condition, Profile
    from outcomes.results.outcome import Outcome


def count(cohort: Cohort) -> Iterator[Outcome]:
    """Count, for each profile and arm, who resembles it, and who of them was seen at the primary visit."""
    observed = np.any(
        [~np.isnan(cohort.scores(one, cohort.plan.primary)) for one in cohort.plan.primary_scored], axis=0
    )
    words = word_profiles(cohort.plan)
    for profile in cohort.plan.needs.profiles:
        for what in ("people", "seen"):
            for arm in ARMS:
                planned = _plan(cohort, profile, Key("needs", what=what, arm=arm, subject=words[profile.label]))
                yield planned.attempt(partial(_count, cohort, profile, observed=observed))


def _plan(cohort: Cohort, profile: Profile, key: Key) -> Planned:
    tail = "" if key.what == "people" else ", seen at the primary visit on a primary measure"
    label = f"People like “{profile.label}”, {cohort.plan.arm_names[key.arm]}{tail}"
    return Planned(key=key, label=label, quantity=Quantity.COUNT, unit="people")


def _count(cohort: Cohort, profile: Profile, planned: Planned, *, observed: NDArray[np.bool_]) -> Outcome:
    alike = cohort.in_arm(planned.key.arm)
    for name, condition in profile.where.items():
        alike = alike & _meets(cohort, name, condition)
    counted = alike & observed if planned.key.what == "seen" else alike
    return replace(planned, counts=count_arm(planned.key.arm, counted)).estimate(
        float(counted.sum()),
        method="count of those who meet every condition of the profile; nobody for whom one is not recorded",
        how=How(estimator="count"),
    )


def _meets(cohort: Cohort, name: str, condition: Condition) -> NDArray[np.bool_]:
    """Judge whom a condition holds for; where a value is not recorded it does not."""
    characteristic = read_characteristic(cohort, name)
    if not isinstance(condition, str) and not isinstance(condition[0], str):
        low, high = float(condition[0]), float(condition[-1])
        try:
            numbers = np.array([np.nan if text is None else float(text) for text in characteristic.texts])
        except ValueError:
            msg = f"The profile asks for {characteristic.label} between two numbers, but it has levels."
            raise NotEstimableError(msg, "not planned") from None
        return np.asarray((numbers >= low) & (numbers <= high))
    wanted = {condition} if isinstance(condition, str) else set(condition)
    if characteristic.numbers is not None:
        msg = (
            f"The profile asks for a level of {characteristic.label}, but it is a number: give the lowest and highest."
        )
        raise NotEstimableError(msg, "not planned")
    if not wanted & set(characteristic.levels):
        msg = f"Nobody has a level of {characteristic.label} that the profile asks for; check how it is written."
        raise NotEstimableError(msg, "not planned")
    return np.array([text in wanted for text in characteristic.texts], dtype=bool)
