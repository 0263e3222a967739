"""Levels, moderators and profiles whose words would be the same reach the report and stay apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import outcomes
from small_study import PLAN

if TYPE_CHECKING:
    from pathlib import Path

LEVELS = {"woman": "18+", "man": "18-"}
NEEDS = """
[needs]
moderators = ["gender"]
[[needs.profiles]]
label = "Adults 18+"
where = { gender = "18+" }
[[needs.profiles]]
label = "Adults 18-"
where = { gender = "18-" }
"""


def write_alike(study: Path) -> None:
    clients = study / "clients.csv"
    text = clients.read_text(encoding="utf-8")
    for old, new in LEVELS.items():
        text = text.replace(f",{old},", f",{new},")
    clients.write_text(text, encoding="utf-8")
    (study / "plan.toml").write_text(PLAN + NEEDS, encoding="utf-8")


def test_levels_that_differ_in_signs_alone_are_reported_apart(small_study: Path, tmp_path: Path) -> None:
    write_alike(small_study)
    study = outcomes.read_study(small_study)
    found = outcomes.analyse(study)
    shares = list(found.where(analysis="baseline", subject="gender", arm="full", what="share"))
    assert len(shares) == len(LEVELS)
    effects = [name for name in found if name.startswith("needs.mood.end.gender.") and name.endswith(".difference")]
    assert len(effects) == len(LEVELS)
    assert len([name for name in found if name.startswith("needs.profile.") and name.endswith(".full.people")]) == 2
    page = outcomes.report(study, out=tmp_path / "reports").folder / "internal" / "annex.html"
    assert all(level in page.read_text(encoding="utf-8") for level in LEVELS.values())
