"""Means of groups a second time: Welch's t of the groups' own mean changes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication import described
from outcomes.replication.comparison import Numbers
from outcomes.replication.least import split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.replication.wide import Road, Wide
    from outcomes.results.outcome import Estimate


def _means(wide: Wide, first: Estimate) -> Numbers | None:
    """Difference of the means of the groups' means: therapists in the full programme where recorded, else groups."""
    from scipy import stats

    start, end, used = wide.at(first.key)
    people, full = wide.people, wide.people.full
    group, therapist = (wide.recorded(one) for one in (people.plan.adjust.skills_group, people.plan.adjust.therapist))
    by_therapist = any(one is not None for one in therapist[used & full])
    sides = []
    for arm, unit in ((full, therapist if by_therapist else group), (~full, group)):
        rows = np.flatnonzero(used & arm)
        labels = [("alone", row) if unit[row] is None else unit[row] for row in rows]
        sides.append(np.array([(end - start)[rows[one]].mean() for one in split(labels)]))
    welch = stats.ttest_ind(*sides, equal_var=False)
    value = float(sides[0].mean() - sides[1].mean())
    se = math.hypot(*(stats.sem(side) for side in sides))
    number = Numbers(value=value, method="scipy's Welch test of the groups' means", se=se, df=float(welch.df))
    if first.key.what == "difference":
        return number
    return described.over_start(number, start[used], full[used], wide.sign(first.key.measure), wide.level())


ROADS: Mapping[tuple[str, str], Road] = {("clusters", "difference"): _means, ("clusters", "g"): _means}
