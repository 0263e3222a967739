"""Leaving the column of groups out never earns "better", whatever it held, unless the plan says shared or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import outcomes
from awkward_mixtures import number_apart
from outcomes.pipeline import answer
from outcomes.results.verdict import Claim
from outcomes.results.ways import VERDICT_ON_COMPLETION, verdict_of
from study_draft import draw_study

if TYPE_CHECKING:
    from pathlib import Path


def earn(folder: Path, *, said: str | None, nested: bool, left_out: bool) -> dict[str, frozenset[Claim]]:
    """Claims of the verdicts on a study in which the full programme does much better in every way."""
    draft = draw_study(np.random.default_rng(11), n=60)
    adjust: dict[str, Any] = draft.plan["adjust"]
    del adjust["therapist"]
    helped = (
        (draft.scores["visit"] != "start") & (draft.scores["measure"] == "mood") & (draft.arm_of_scores() == "full")
    )
    draft.scores.loc[helped, "score"] = (draft.scores.loc[helped, "score"] - 18).clip(lower=0)
    draft.clients["completed"] = np.where(draft.full ^ (draft.rng.random(60) < 0.12), "yes", "no")
    if nested:
        draft.clients["group_id"] = number_apart(draft, "G", groups=6)
    if left_out:
        draft.clients = draft.clients.drop(columns=["group_id", "therapist_id"])
        del adjust["skills_group"]
    if said is not None:
        adjust["groups"] = said
    draft.write(folder)
    found = answer(outcomes.read_study(folder)).registry
    keys = {"mood": verdict_of("mood", "end"), "completion": VERDICT_ON_COMPLETION}
    return {name: found[key].verdict.claims for name, key in keys.items()}  # type: ignore[union-attr]


@pytest.mark.parametrize("nested", [False, True], ids=["shared", "nested"])
def test_a_clear_difference_is_better_where_groups_are_recorded(tmp_path: Path, nested: bool) -> None:
    earned = earn(tmp_path / "study", said=None, nested=nested, left_out=False)
    assert all(Claim.SETTLED in claims for claims in earned.values())


@pytest.mark.parametrize("said", [None, "separate"])
def test_without_the_column_it_leans_at_most(tmp_path: Path, said: str | None) -> None:
    earned = earn(tmp_path / "study", said=said, nested=False, left_out=True)
    assert all(claims == {Claim.LEANS} for claims in earned.values())


@pytest.mark.parametrize("said", ["shared", "none"])
def test_where_the_plan_says_shared_or_none_it_is_better_again(tmp_path: Path, said: str) -> None:
    earned = earn(tmp_path / "study", said=said, nested=False, left_out=True)
    assert all(Claim.SETTLED in claims for claims in earned.values())
