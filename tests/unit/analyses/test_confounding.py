"""How strong something not recorded would have to be: what is told of a level that few people have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from drawn import registry_of
from outcomes.cohort import assemble
from outcomes.plan.model import Disclosure
from outcomes.questions.confounding.analysis import analyse
from outcomes.release import release
from outcomes.scoring import score_study
from outcomes.study.read import read_study
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("few", ["Annex", "Yard"])
def test_how_strong_a_covariate_is_of_which_few_people_have_a_level_does_not_leave(tmp_path: Path, few: str) -> None:
    folder = write_small_study(tmp_path, n=120, seed=3)
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    plan = plan.replace('covariates = ["age", "gender"]', 'covariates = ["age", "ward", "side"]')
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    head, *rows = (folder / "clients.csv").read_text(encoding="utf-8").splitlines()
    chance = np.random.default_rng(4)
    wards = [few if place in range(11, 15) else chance.choice(["Beech", "Cedar"]) for place in range(len(rows))]
    sides = [chance.choice(["left", "right"]) for _ in rows]
    lines = [f"{head},ward,side", *map(",".join, zip(rows, wards, sides, strict=True))]
    (folder / "clients.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    study = read_study(folder)
    registry = registry_of(analyse(assemble(study, score_study(study))))
    bounds = {one.named for one in registry.where(what="bound")}
    of_wards = {f"ward: {level}" for level in sorted(["Beech", "Cedar", few])[1:]}
    kept = {"age", "side: right", "the score at the start"}
    assert bounds == of_wards | kept
    assert {one.named for one in release(registry, Disclosure()).registry.where(what="bound")} == kept
