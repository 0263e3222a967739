"""What there is to say of a study, whether or not something stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.study.read import examine_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.study.model import Finding


def check_study(folder: str | Path) -> tuple[Finding, ...]:
    return examine_study(folder)[1]
