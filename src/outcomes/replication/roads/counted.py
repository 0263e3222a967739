"""People counted a second time, one by one: who was seen when, who changed how, who completed, who is missing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.plan.model import ARMS
from outcomes.replication import shares
from outcomes.replication.columns import known
from outcomes.replication.comparison import Numbers
from outcomes.replication.diary import read_diary
from outcomes.replication.harms import count_harm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.replication.wide import Mask, Road, Wide
    from outcomes.results.outcome import Estimate


def _flow(wide: Wide, first: Estimate) -> Numbers | None:
    people, key = wide.people, first.key
    mine, what = wide.arm(key), key.what
    if not key.measure:
        held = {
            "started": mine,
            "completed": mine & (people.completed == 1),
            "completion_not_recorded": mine & np.isnan(people.completed),
        }
        return count(held[what]) if what in held else None
    seen = ~np.isnan(people.grids[key.measure])
    if what == "observed":
        return count(mine & seen[:, list(people.plan.visits).index(key.visit)])
    start, later, told = seen[:, 0], seen[:, 1:].any(axis=1), known(np.zeros(len(mine)), wide.covariates)
    is_kind = people.plan.measures[key.measure].kind != "score"
    if is_kind:
        start = start if start.any() else ~start
        later = seen[:, list(people.plan.visits).index(people.plan.primary)]
    compared = start & later & told
    if what in {"compared", "compared_and_seen"}:
        return count(
            mine & compared & (seen[:, list(people.plan.visits).index(people.plan.primary)] | (what == "compared"))
        )
    why = np.select(
        [compared, ~(start & later) & people.outside[key.measure], ~start, ~told],
        ["", "no_window", "no_start", "no_covariate"],
        "no_visit" if is_kind else "no_later",
    )
    return count(mine & (why == key.category))


def count(who: Mask) -> Numbers:
    """Count people, one by one."""
    return Numbers(value=float(sum(who.tolist())), method="count")


def _changed(wide: Wide, first: Estimate) -> Numbers | None:
    """Who recovered, improved, got worse: by the definitions of Jacobson and Truax, person by person."""
    key, plan = first.key, wide.people.plan.measures[first.key.measure]
    start, end, used = wide.at(key)
    sign, cut = wide.sign(key.measure), _cut_off(wide, key.measure, plan.cut_off)
    up, down = (shares.reaches(wide.people, key.measure, way * sign * (end - start)).tolist() for way in (1, -1))
    words = []
    for place, (before, after) in enumerate(zip((sign * start).tolist(), (sign * end).tolist(), strict=True)):
        passed = cut is not None and before < sign * cut < after
        if up[place]:
            words.append({"improved", "recovered" if passed else "improved_only"})
        elif down[place]:
            words.append({"deteriorated"})
        else:
            words.append({"unchanged", "crossed" if passed else "unchanged_only"})
    happened = np.array([float(key.category in mine) for mine in words])[used & wide.arm(key)]
    return shares.share(happened, level=wide.level()) if key.what == "share" else count(happened == 1)


def _threshold(wide: Wide, first: Estimate) -> Numbers:
    return Numbers(value=shares.threshold(wide.people, first.key.measure), method="Jacobson and Truax")


def _cut(wide: Wide, first: Estimate) -> Numbers | None:
    value = _cut_off(wide, first.key.measure, first.key.category)
    return None if value is None else Numbers(value=value, method="Jacobson and Truax")


def _cut_off(wide: Wide, measure: str, kind: str) -> float | None:
    plan = wide.people.plan.measures[measure]
    if plan.clinical is None or plan.nonclinical is None:
        return None
    ill, well = plan.clinical, plan.nonclinical
    towards = 1 if well.mean > ill.mean else -1
    found = {"a": ill.mean + towards * 2 * ill.sd, "b": well.mean - towards * 2 * well.sd}
    return found.get(kind, well.mean + well.sd * (ill.mean - well.mean) / (ill.sd + well.sd))


def _completed(wide: Wide, first: Estimate) -> Numbers | None:
    """Least and most that could have completed: if none of those not recorded had, or all."""
    mine = wide.people.completed[wide.arm(first.key)]
    if first.key.subject or first.key.arm not in ARMS:
        return None
    return Numbers(value=float(np.nan_to_num(mine, nan=float(first.key.what == "most")).mean()), method="count")


def _compared(wide: Wide, first: Estimate) -> Numbers:
    """How many scores the main comparison rests on, and the mean at the start of its people."""
    grid = wide.people.grids[first.key.measure]
    used = ~np.isnan(grid[:, 0]) & ~np.isnan(grid[:, 1:]).all(axis=1) & known(wide.covariates)
    if first.key.what == "start_mean":
        return Numbers(value=math.fsum(grid[used, 0]) / int(used.sum()), method="sum over people")
    later = grid[used, 1:]
    of_arms = [~np.isnan(later[arm[used]]) for arm in (wide.people.full, ~wide.people.full)]
    both = [
        all(seen[:, visit].any() for seen in of_arms) and len(set(later[~np.isnan(later[:, visit]), visit])) > 1
        for visit in range(later.shape[1])
    ]
    return Numbers(value=float((~np.isnan(later[:, both])).sum()), method="count")


ROADS: Mapping[tuple[str, str], Road] = {
    ("flow", ""): _flow,
    ("mmrm", "observations"): _compared,
    ("mmrm", "start_mean"): _compared,
    ("change", "share"): _changed,
    ("change", "people"): _changed,
    ("change", "threshold"): _threshold,
    ("change", "cut_off"): _cut,
    ("diary", ""): lambda wide, first: read_diary(wide.people, first.key),
    ("harms", ""): lambda wide, first: count_harm(wide.people, first.key),
    ("completion", "least"): _completed,
    ("completion", "most"): _completed,
}
