"""How strong something not recorded would have to be: what is told of a level that few people have."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import outcomes
from drawn import registry_of
from outcomes.cohort import assemble
from outcomes.plan.model import Disclosure
from outcomes.questions.confounding.analysis import analyse
from outcomes.release import release
from outcomes.results.outcome import Estimate
from outcomes.scoring import score_study
from outcomes.study.read import read_study
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("e_value", "e_value_interval", "robustness_value", "robustness_value_interval")


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


@pytest.mark.parametrize(("effect", "groups"), [(0.0, 0), (4.0, 0), (9.0, 0), (9.0, 5), (-7.0, 0)])
def test_values_of_the_limit_are_those_of_the_interval_that_is_printed(
    tmp_path: Path, effect: float, groups: int
) -> None:
    folder = write_small_study(tmp_path / "s", n=64, seed=31)
    scores = pd.read_csv(folder / "scores.csv")
    full = scores["client_id"].str[1:].astype(int) % 2 == 0
    moved = (scores["measure"] == "mood") & (scores["visit"] == "end") & full
    scores["score"] = (scores["score"] - effect * moved).clip(0, 63).where(scores["measure"] == "mood", scores["score"])
    scores.to_csv(folder / "scores.csv", index=False)
    if groups:
        plan = (folder / "plan.toml").read_text(encoding="utf-8")
        plan = plan.replace("[adjust]\n", '[adjust]\nskills_group = "group_id"\n')
        (folder / "plan.toml").write_text(plan, encoding="utf-8")
        clients = pd.read_csv(folder / "clients.csv", dtype=str)
        clients.assign(group_id=[f"G{row % (2 * groups)}" for row in range(len(clients))]).to_csv(
            folder / "clients.csv", index=False
        )
    found = outcomes.analyse(outcomes.read_study(folder)).registry
    g, points = found["ancova.mood.end.g"], found["ancova.mood.end.difference"]
    values = {name: found[f"confounding.mood.end.{name}"] for name in NAMES}
    assert all(isinstance(one, Estimate) for one in (g, points, *values.values()))
    low, high = g.limits  # type: ignore[union-attr,misc]
    near = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    ratio = math.exp(0.91 * near)
    told = {name: one.value for name, one in values.items()}  # type: ignore[union-attr]
    assert told["e_value_interval"] == pytest.approx(ratio + math.sqrt(ratio * (ratio - 1)), rel=1e-9)
    assert (told["robustness_value_interval"] == 0) == (near == 0)
    # f of the estimate from its robustness value, r = ½ (√(f⁴ + 4f²) − f²); the limit's is that part of it
    f = told["robustness_value"] / math.sqrt(1 - told["robustness_value"])
    part = f * near / abs(g.value)  # type: ignore[union-attr]
    expected = (math.sqrt(part**4 + 4 * part**2) - part**2) / 2
    assert told["robustness_value_interval"] == pytest.approx(expected, rel=1e-9, abs=1e-12)
