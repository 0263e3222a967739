"""Every kind of result that is computed a second time, each with its road, found by the fields of its key."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from outcomes.replication.roads import (
    clusters,
    concluded,
    confounding,
    costs,
    counted,
    drawn,
    evidence,
    imputation,
    influence,
    known,
    landmark,
    missing,
    mixed,
    moderated,
    precision,
    scores,
    sessions,
    sharing,
    staying,
    through,
    weighting,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from outcomes.replication.comparison import Numbers
    from outcomes.replication.wide import Road, Wide
    from outcomes.results.outcome import Estimate

# Of every module of this folder that has any (tests/unit/test_roads.py).
ROADS: Mapping[tuple[str, str], Road] = {
    **clusters.ROADS,
    **concluded.ROADS,
    **confounding.ROADS,
    **costs.ROADS,
    **counted.ROADS,
    **drawn.ROADS,
    **evidence.ROADS,
    **imputation.ROADS,
    **influence.ROADS,
    **known.ROADS,
    **landmark.ROADS,
    **missing.ROADS,
    **mixed.ROADS,
    **moderated.ROADS,
    **precision.ROADS,
    **scores.ROADS,
    **sessions.ROADS,
    **sharing.ROADS,
    **staying.ROADS,
    **through.ROADS,
    **weighting.ROADS,
}


def find_road(wide: Wide, first: Estimate) -> Callable[[Estimate], Numbers | None] | None:
    """How an estimate is computed here; None where no road is entered for its kind."""
    key = first.key
    way = ROADS.get((key.analysis, key.what)) or ROADS.get((key.analysis, ""))
    return None if way is None or (key.analysis == "change" and key.subject) else partial(way, wide)
