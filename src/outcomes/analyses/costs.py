"""Costs: money, and the time of the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analyses.pending import not_yet
from outcomes.plan.model import ARMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort


@not_yet
def analyse(_: Cohort) -> Iterator[tuple[str, ...]]:
    """Name the results about money and time."""
    yield from (("costs", arm, "mean") for arm in ARMS)
    yield from (("costs", "difference"), ("costs", "client_hours", "difference"), ("costs", "per_improvement"))
