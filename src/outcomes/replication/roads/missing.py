"""Missing scores counted a second time, person by person, and what went before them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication import shares
from outcomes.replication.comparison import Numbers
from outcomes.replication.least import judge
from outcomes.replication.roads.counted import count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.replication.wide import Road, Wide
    from outcomes.results.outcome import Estimate


def _at_visit(wide: Wide, first: Estimate) -> Numbers:
    """Who was not seen at a visit: the share, the difference of the shares, and who was never seen again."""
    key, grid = first.key, wide.people.grids[first.key.measure]
    visit = list(wide.people.plan.visits).index(key.visit)
    gone = np.isnan(grid[:, visit])
    if key.what == "difference":
        return shares.crude_difference(gone.astype(float), wide.people.full, level=wide.level())
    mine = wide.arm(key)
    if key.what == "share":
        return shares.share(gone[mine].astype(float), level=wide.level())
    return count(mine & np.array([all(map(math.isnan, row)) for row in grid[:, visit:].tolist()]))


def _pattern(wide: Wide, first: Estimate) -> Numbers:
    """People by the letters of their pattern, or by its kind."""
    key, found = first.key, []
    for row in wide.people.grids[first.key.measure].tolist():
        letters = "".join("m" if math.isnan(score) else "s" for score in row)
        if key.what == "pattern":
            found.append(letters)
        elif "s" not in letters:
            found.append("never")
        elif "m" not in letters:
            found.append("complete")
        else:
            found.append("intermittent" if "ms" in letters else "monotone")
    return count(np.array([one == key.category for one in found]) & wide.arm(key))


def _before(wide: Wide, first: Estimate) -> Numbers | None:
    """How the score before was, of those not seen next less those seen; one person's scores are one group."""
    key, grid = first.key, wide.people.grids[first.key.measure]
    rows = np.flatnonzero(wide.arm(key)).tolist()
    scores, gone, who = [], [], []
    for visit in range(grid.shape[1] - 1):
        seen = grid[~np.isnan(grid[:, visit]), visit]
        if not len(seen):
            continue
        for row in rows if np.ptp(seen) else ():
            if not math.isnan(grid[row, visit]):
                scores.append(-wide.sign(key.measure) * (grid[row, visit] - seen.mean()) / seen.std(ddof=1))
                gone.append(float(math.isnan(grid[row, visit + 1])))
                who.append(row)
    if key.what == "missed_next":
        return Numbers(value=float(len({row for row, one in zip(who, gone, strict=True) if one})), method="count")
    design = np.column_stack([np.ones(len(gone)), gone])
    return judge(design, np.array(scores), 1, who, apart=False)


ROADS: Mapping[tuple[str, str], Road] = {
    ("missing", "share"): _at_visit,
    ("missing", "difference"): _at_visit,
    ("missing", "lost"): _at_visit,
    ("missing", "pattern"): _pattern,
    ("missing", "kind"): _pattern,
    ("missing", "missed_next"): _before,
    ("missing", "last_score"): _before,
}
