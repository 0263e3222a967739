"""People like this: how many in each arm resemble a stated profile. Never a recommendation for one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id, words_of
from outcomes.models.contract import attempt, count_arm
from outcomes.plan.model import ARMS
from outcomes.questions.needs.characteristic import read_characteristic
from outcomes.results.outcome import Estimate, NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.plan.questions import Condition, Profile
    from outcomes.results.outcome import Outcome


def count(cohort: Cohort) -> Iterator[Outcome]:
    """Count, for each profile and arm, who resembles it, and who of them was seen at the primary visit."""
    seen = np.any([~np.isnan(cohort.scores(one, cohort.plan.primary)) for one in cohort.plan.primary_measures], axis=0)
    for profile in cohort.plan.needs.profiles:
        for what, among in (("people", np.ones(len(seen), dtype=bool)), ("seen", seen)):
            for arm in ARMS:
                mine = cohort.in_arm(arm)
                yield _count(cohort, profile, what, arm, among & mine)


def _count(cohort: Cohort, profile: Profile, what: str, arm: str, among: NDArray[np.bool_]) -> Outcome:
    words = words_of(one.label for one in cohort.plan.needs.profiles)
    result = result_id("needs", "profile", words[profile.label], arm, what)
    tail = "" if what == "people" else ", seen at the primary visit on a primary measure"
    label = f"People like “{profile.label}”, {cohort.plan.arm_labels[arm]}{tail}"

    def compute() -> Outcome:
        alike = np.ones(len(among), dtype=bool)
        for name, condition in profile.where.items():
            alike &= _meets(cohort, name, condition)
        return Estimate(
            id=result,
            label=label,
            value=float((alike & among).sum()),
            unit="people",
            method="count of those who meet every condition of the profile; nobody for whom one is not recorded",
            **count_arm(arm, alike & among),
        )

    return attempt(result, label, compute)


def _meets(cohort: Cohort, name: str, condition: Condition) -> NDArray[np.bool_]:
    """Judge whom a condition holds for; where a value is not recorded it does not."""
    characteristic = read_characteristic(cohort, name)
    if not isinstance(condition, str) and not isinstance(condition[0], str):
        low, high = float(condition[0]), float(condition[-1])
        try:
            numbers = np.array([np.nan if text is None else float(text) for text in characteristic.texts])
        except ValueError:
            msg = f"The profile asks for {characteristic.label} between two numbers, but it has levels."
            raise NotEstimableError(msg) from None
        return np.asarray((numbers >= low) & (numbers <= high))
    wanted = {condition} if isinstance(condition, str) else set(condition)
    if characteristic.numbers is not None:
        msg = (
            f"The profile asks for a level of {characteristic.label}, but it is a number: give the lowest and highest."
        )
        raise NotEstimableError(msg)
    if not wanted & set(characteristic.levels):
        msg = f"Nobody has a level of {characteristic.label} that the profile asks for; check how it is written."
        raise NotEstimableError(msg)
    return np.array([text in wanted for text in characteristic.texts], dtype=bool)
