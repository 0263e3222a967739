"""Every kind of result that is computed a second time, each with its road, found by the fields of its key."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from outcomes.replication.comparison import Numbers
    from outcomes.replication.wide import Road, Wide
    from outcomes.results.outcome import Estimate

MODULES = (  # each with its `ROADS`
    *(
        "clusters",
        "concluded",
        "confounding",
        "costs",
        "counted",
        "evidence",
        "imputation",
        "influence",
        "known",
        "landmark",
    ),
    *("missing", "mixed", "moderated", "precision", "scores", "sessions", "sharing", "staying", "through", "weighting"),
)
ROADS: Mapping[tuple[str, str], Road] = {
    one: road for name in MODULES for one, road in import_module(f"{__name__}.{name}").ROADS.items()
}


def find_road(wide: Wide, first: Estimate) -> Callable[[Estimate], Numbers | None] | None:
    """How an estimate is computed here; None where no road is entered for its kind."""
    key = first.key
    way = ROADS.get((key.analysis, key.what)) or ROADS.get((key.analysis, ""))
    return None if way is None or (key.analysis == "change" and key.subject) else partial(way, wide)
