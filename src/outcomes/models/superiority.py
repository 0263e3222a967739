"""The chance that somebody of one programme has more than somebody of the other, as a result."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outcomes.models.contract import to_interval
from outcomes.results.how import How

if TYPE_CHECKING:
    from outcomes.methods.superiority import Superiority
    from outcomes.results.outcome import Estimate
    from outcomes.results.planned import Planned

BRUNNER_MUNZEL = How(estimator="brunner_munzel", inference="satterthwaite")
VAN_ELTEREN = How(estimator="van_elteren", inference="normal")


def estimate_superiority(
    planned: Planned, found: Superiority, *, level: float, how: How = BRUNNER_MUNZEL, by: str = "Brunner–Munzel"
) -> Estimate:
    """Give it as it was found over all pairs of people, or over those of a stratum, by the named authors' way."""
    return planned.estimate(
        found.value,
        se=found.se,
        df=found.df if math.isfinite(found.df) else None,
        p_value=found.p_value,
        interval=to_interval(level, (found.low, found.high)),
        how=how,
        method=f"share of all pairs of people, ties counted half; {by}, interval on the log odds; not adjusted",
    )
