"""What a plan calls a measure or a covariate changes no result, be it a word of the ids or the name of the other."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import pytest

import outcomes
from outcomes.core.ids import word
from outcomes.results.outcome import Curve, Estimate
from page_alone import page_alone
from small_study import PLAN, edit, write_small_study

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome

NAMES = ("mood", "skill", "age")  # of two measures and a covariate
# Analyses, visits, parts of results, subjects and categories of ids.
WORDS = (
    ("completion", "flow", "overlap"),
    ("start", "end", "propensity"),
    ("difference", "crude", "profile"),
    ("adjusted", "share", "comparable"),
)
NEEDS = '\n[needs]\nmoderators = ["gender", "mood"]\n'
NAMED = {"key", "id", "label", "named", "tells", "how", "method", "reason", "notes"}  # fields that may hold a name


def write_study(folder: Path, *, mood: str = "mood", skill: str = "skill", age: str = "age") -> Path:
    """Write the small study with other words for its measures, and another name for a covariate."""
    write_small_study(folder)
    edit(folder, "scores.csv", lambda s: s.assign(measure=s["measure"].map({"mood": mood, "skill": skill})))
    edit(folder, "clients.csv", lambda c: c.rename(columns={"age": age}))
    text = (PLAN + NEEDS).replace('"age"', f'"{age}"').replace('"gender", "mood"', f'"gender", "{mood}"')
    text = text.replace("measures.mood", f"measures.{mood}").replace("measures.skill", f"measures.{skill}")
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    return folder


def answer(folder: Path) -> Mapping[Key, Outcome]:
    found = outcomes.analyse(outcomes.read_study(folder)).registry
    return {outcome.key: outcome for outcome in found.values()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Key, Outcome]:
    return answer(write_study(tmp_path_factory.mktemp("plain") / "study"))


def rename(key: Key, words: Mapping[str, str]) -> Key:
    """Give the key with the other words, where it is about a measure or a covariate."""
    return key.but(measure=words.get(key.measure, key.measure), subject=words.get(key.subject, key.subject))


def numbers(outcome: Outcome) -> object:
    """Give all that a result is but names; what is drawn at random is drawn anew under another name."""
    if isinstance(outcome, Estimate | Curve) and outcome.how is not None and outcome.how.draws:
        return (type(outcome), outcome.n)
    return {one.name: getattr(outcome, one.name) for one in dataclasses.fields(outcome) if one.name not in NAMED}


def require_the_same(plain: Mapping[Key, Outcome], other: Mapping[Key, Outcome], words: Mapping[str, str]) -> None:
    """Every result of the one is in the other under its renamed key, with the same numbers."""
    renamed = {rename(key, words): outcome for key, outcome in plain.items()}
    assert len(renamed) == len(plain)
    assert {str(key) for key in renamed} == {str(key) for key in other}
    unlike = [str(key) for key in renamed if numbers(renamed[key]) != numbers(other[key])]
    assert unlike == []


@pytest.mark.parametrize("words", WORDS)
def test_names_that_are_words_of_the_ids_change_nothing(
    words: tuple[str, str, str], plain: Mapping[Key, Outcome], tmp_path: Path
) -> None:
    renamed = dict(zip(NAMES, words, strict=True))
    require_the_same(plain, answer(write_study(tmp_path / "study", **renamed)), renamed)


@pytest.mark.parametrize("name", ["mood", "Skill"])
def test_a_covariate_named_like_a_measure_changes_nothing(
    name: str, plain: Mapping[Key, Outcome], tmp_path: Path
) -> None:
    other = answer(write_study(tmp_path / "study", age=name))
    alone = "confounding"  # where no measure stands beside the covariates
    mine = {key: outcome for key, outcome in other.items() if key.analysis != alone}
    its = {key: outcome for key, outcome in plain.items() if key.analysis != alone}
    require_the_same(its, mine, {"age": f"{word(name)}_covariate"})
    assert len(other) == len(plain)


def test_a_covariate_named_like_a_measure_is_told_apart_on_the_page_and_verifies(tmp_path: Path) -> None:
    study = write_study(tmp_path / "study", age="mood")
    with page_alone():
        run = outcomes.report(outcomes.read_study(study), out=tmp_path / "reports")
        checked = outcomes.verify(run.folder, study=study, independent=True)
    assert checked.exit_code != 1, checked.to_text()
    page = (run.folder / "internal" / "annex.html").read_text(encoding="utf-8")
    told = set(re.findall(r'data-id="([^"]+)"', page))
    assert {"baseline.mood.full.mean", "baseline.mood_covariate.full.mean", "balance.mood_covariate.before"} <= told
