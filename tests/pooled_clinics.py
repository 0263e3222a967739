"""Synthetic clinics with one plan that tests pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.pooling.agreement import make_agreement
from outcomes.study.read import read_study
from small_study import PLAN, write_small_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.pooling.agreement import Agreement

CLINICS = ("north", "south", "west")
TWO_MEASURES = PLAN.replace('domain = "other"\nrole = "secondary"', 'domain = "other"\nrole = "primary"')
SIZES = (60, 80, 100)


def write_clinics(home: Path, *, plan: str = PLAN) -> dict[str, Path]:
    """Write three clinics of 60, 80 and 100 people."""
    made = {}
    for place, (name, size) in enumerate(zip(CLINICS, SIZES, strict=True)):
        made[name] = write_small_study(home / name, n=size, seed=5 + place)
        (made[name] / "plan.toml").write_text(plan, encoding="utf-8")
    return made


def agree(study: Path, **more: object) -> Agreement:
    """Agree on what a study's plan says."""
    settings: dict[str, object] = {"name": "three", "clinics": CLINICS, "threshold": None, "merges": {}, **more}
    return make_agreement(read_study(study), **settings)  # type: ignore[arg-type]
