"""Retention: how long people stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analyses.pending import not_yet
from outcomes.plan.model import ARMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort


@not_yet
def analyse(_: Cohort) -> Iterator[tuple[str, ...]]:
    """Name the results of time to drop-out."""
    yield from (("retention", "curve", arm) for arm in ARMS)
    yield from (("retention", "hazard_ratio"), ("retention", "rmst", "difference"), ("retention", "logrank"))
