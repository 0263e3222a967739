"""What there is to say of a study, whether or not something stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.study.read import examine_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.study.model import Finding

SERVED = frozenset({"E312", "E299"})  # what comes with the program, which is told of nearly every study


def check_study(folder: str | Path) -> tuple[Finding, ...]:
    """Examine a study; what comes with the program has tests of its own."""
    return tuple(one for one in examine_study(folder)[1] if one.code not in SERVED)
