"""Agreement: how much the answer depends on the method."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.analyses.contract import Found
    from outcomes.cohort import Cohort
    from outcomes.core.estimates import Outcome


def conclude(_: Cohort, __: Found) -> Iterator[Outcome]:
    """Count the methods that agree with the main comparison."""
    yield from ()
