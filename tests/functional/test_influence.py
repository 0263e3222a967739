"""One person who carries a result is told, never who; nobody is told where nobody is planted, and nothing is shared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import outcomes
from outcomes.blocks.quote import Quoter
from outcomes.questions.completion.words import say_completion
from outcomes.questions.influence import keys
from outcomes.questions.influence.words import say_carried
from outcomes.questions.outcomes.words import say_measure
from outcomes.release import release
from outcomes.results.outcome import Estimate
from outcomes.results.ways import VERDICT_ON_COMPLETION, verdict_of
from outcomes.runs import with_texts
from page_tree import read_tree
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.results.registry import Registry

ABOUT, VERDICT = keys.of_measure("mood", "end"), verdict_of("mood", "end")
ODD = "Q7731"  # a pseudonym that stands nowhere else


def write(folder: Path, *, plant: bool, arm: str = "skills", renamed: bool = False) -> Path:
    """Write a study on a wide scale; one person in it may have a score far beyond everybody else's."""
    write_small_study(folder, n=60, seed=4)
    plan = (folder / "plan.toml").read_text(encoding="utf-8").replace("range = [0, 63]", "range = [0, 1500]")
    (folder / "plan.toml").write_text(plan.replace("[adjust]", '[adjust]\ngroups = "none"'), encoding="utf-8")
    clients = pd.read_csv(folder / "clients.csv", dtype=str, keep_default_na=False)
    scores = pd.read_csv(folder / "scores.csv", dtype=str, keep_default_na=False)
    ends = scores[(scores["measure"] == "mood") & (scores["visit"] == "end")]["client_id"]
    chosen = next(one for one in clients.loc[clients["arm"] == arm, "client_id"] if one in set(ends))
    names = {one: one for one in clients["client_id"]} | {chosen: ODD}
    if renamed:
        names = {one: f"X{9000 - place}" for place, one in enumerate(names)}
    if plant:
        at = (scores["client_id"] == chosen) & (scores["measure"] == "mood") & (scores["visit"] == "end")
        scores.loc[at, "score"] = "1400"
    for table, file in ((clients, "clients.csv"), (scores, "scores.csv")):
        table["client_id"] = table["client_id"].map(names)
        table.to_csv(folder / file, index=False)
    return folder


def read(folder: Path) -> tuple[Registry, Quoter]:
    study = outcomes.read_study(folder)
    registry = with_texts(outcomes.analyse(study).registry, study.plan)
    return registry, Quoter(registry, study.plan, {})


def value(registry: Registry, key: object) -> float:
    found = registry[str(key)]
    assert isinstance(found, Estimate), found
    return found.value


@pytest.mark.parametrize("arm", ["full", "skills"])
def test_one_person_who_carries_the_result_is_told_and_not_named(tmp_path: Path, arm: str) -> None:
    registry, quoter = read(write(tmp_path / "planted", plant=True, arm=arm))
    clean, _ = read(write(tmp_path / "clean", plant=False, arm=arm))
    assert value(registry, keys.moved(ABOUT)) >= keys.MUCH
    said = say_measure(quoter, "mood").plain
    assert "One person moves the difference by" in said
    without, plain = (value(registry, keys.without(ABOUT)), value(clean, "mmrm.mood.end.difference"))
    assert abs(without - plain) < 2  # what is left is near what everybody else tells
    texts = [
        f"{record.id} {record.outcome.label} {record.text} {getattr(record.outcome, 'notes', '')}"
        for record in registry.records()
    ]
    assert not [text for text in texts if ODD in text]


@pytest.mark.parametrize("plant", [True, False])
def test_the_first_page_and_that_for_the_board_say_it_inside_the_clinic_alone(tmp_path: Path, *, plant: bool) -> None:
    study = outcomes.read_study(write(tmp_path / "study", plant=plant))
    run = outcomes.report(study, out=tmp_path / "reports")
    for document in ("report", "board"):
        inside, outside = (
            read_tree((run.folder / edition / f"{document}.html").read_text(encoding="utf-8"))
            for edition in ("internal", "share")
        )
        row = next(one.text() for one in inside.walk() if one.tag == "tr" and one.text().startswith("Low mood"))
        found = re.search(r"without one person: ([\d.]+) points (?:lower|higher) \(", row)
        assert bool(found) == plant, row
        if found:
            registry = with_texts(outcomes.analyse(study).registry, study.plan)
            assert float(found[1]) == pytest.approx(abs(value(registry, keys.without(ABOUT))), abs=0.05)
        assert "without one person" not in outside.text()
        assert ODD not in inside.text()


def test_where_nobody_is_planted_nobody_is_told(tmp_path: Path) -> None:
    registry, quoter = read(write(tmp_path / "clean", plant=False))
    assert value(registry, keys.moved(ABOUT)) < keys.MUCH
    assert say_carried(quoter, ABOUT, VERDICT).plain == ""
    assert "One person" not in say_completion(quoter).plain
    assert say_carried(quoter, keys.COMPLETION, VERDICT_ON_COMPLETION).plain == ""


def test_renaming_everybody_changes_nothing(tmp_path: Path) -> None:
    one, _ = read(write(tmp_path / "one", plant=True))
    two, _ = read(write(tmp_path / "two", plant=True, renamed=True))
    for about in (ABOUT, keys.COMPLETION):
        for of in (keys.moved, keys.without, keys.turned):
            assert value(one, of(about)) == pytest.approx(value(two, of(about)), rel=1e-9)


def test_nothing_of_it_is_shared_not_even_whether_it_is_so(tmp_path: Path) -> None:
    planted, quoter = read(write(tmp_path / "planted", plant=True))
    clean, _ = read(write(tmp_path / "clean", plant=False))
    rules = quoter.plan_model.disclosure
    told = [release(one, rules) for one in (planted, clean)]
    for one in told:
        assert not [name for name in one.registry if name.startswith("influence")]
    names = [[hidden for hidden in one.hidden if "influence" in hidden.id] for one in told]
    assert names[0] == names[1]
    assert len(names[0]) == 1
