"""What disclosure control will hide at this size, told before anything is analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.core.counts import say_count
from outcomes.plan.model import ARMS
from outcomes.study.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

EDITION = "the edition to share"
_FIX = "Nothing needs to be done; the report for inside the clinic shows it."


def foresee(cohort: Cohort) -> Iterator[Finding]:
    """Give what the plan's disclosure rules will hide of a cohort: arms, visits, levels, completion.

    Parameters
    ----------
    cohort : Cohort

    Returns
    -------
    iterator of Finding
        Each a NOTE; counts, and never a level or an id.
    """
    arms = dict(zip(ARMS, (cohort.full, ~cohort.full), strict=True))
    yield from _small_arms(cohort, arms)
    yield from _small_visits(cohort, arms)
    yield from _small_levels(cohort, arms)
    yield from _small_completion(cohort, arms)


def _small_arms(cohort: Cohort, arms: dict[str, NDArray[np.bool_]]) -> Iterator[Finding]:
    least = cohort.plan.disclosure.minimum_arm
    for arm, mine in arms.items():
        if mine.sum() < least:
            label = getattr(cohort.plan.arms, arm).label
            yield _note("E290", f"{label} has {_people(mine)}, fewer than {least}: no estimate will be shown", "arm")


def _small_visits(cohort: Cohort, arms: dict[str, NDArray[np.bool_]]) -> Iterator[Finding]:
    least = cohort.plan.disclosure.minimum_arm
    for visit, planned in cohort.plan.visits.items():
        for arm, mine in arms.items():
            if mine.sum() < least:
                continue
            small = [word for word in cohort.grids if (~np.isnan(cohort.scores(word, visit)[mine])).sum() < least]
            if small:
                label = getattr(cohort.plan.arms, arm).label
                rule = (
                    f"at {planned.label} fewer than {least} people of {label} have a score on {', '.join(small)}: "
                    "no comparison will be shown there"
                )
                yield _note("E291", rule, "")


def _small_levels(cohort: Cohort, arms: dict[str, NDArray[np.bool_]]) -> Iterator[Finding]:
    least = cohort.plan.disclosure.minimum_count
    for name in cohort.plan.adjust.covariates:
        column = cohort.clients[name]
        if pd.api.types.is_numeric_dtype(column):
            continue
        counts = [column[mine].value_counts() for mine in arms.values()]
        small = set().union(*(count.index[(count > 0) & (count < least)] for count in counts))
        if small:
            levels = "1 level is" if len(small) == 1 else f"{len(small)} levels are"
            rule = f"{levels} held by fewer than {least} people of an arm: their counts and shares will not be shown"
            yield _note("E292", rule, name)


def _small_completion(cohort: Cohort, arms: dict[str, NDArray[np.bool_]]) -> Iterator[Finding]:
    least = cohort.plan.disclosure.minimum_count
    for arm, mine in arms.items():
        known = cohort.completed[mine & ~np.isnan(cohort.completed)]
        done = int(known.sum())
        if len(known) and min(done, len(known) - done) < least:
            label = getattr(cohort.plan.arms, arm).label
            rule = f"of {label} fewer than {least} people completed, or did not: the share will not be shown"
            yield _note("E293", rule, "")


def _people(mine: NDArray[np.bool_]) -> str:
    return say_count(int(mine.sum()), "person", "people")


def _note(code: str, rule: str, column: str) -> Finding:
    return Finding(level="NOTE", code=code, file=EDITION, column=column, rule=rule, fix=_FIX)
