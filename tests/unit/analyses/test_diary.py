"""The diary card by hand: whose weeks count, means over people, what is said where arms fill it in unequally."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import outcomes
from outcomes.blocks.quote import Quoter
from outcomes.cohort import assemble
from outcomes.errors import DataError
from outcomes.pipeline import check
from outcomes.questions.diary import analysis as diary
from outcomes.questions.diary.figure import draw
from outcomes.questions.diary.words import is_unequal, say_cards, say_filled
from outcomes.release.edition import release
from outcomes.replication import read_people
from outcomes.replication.diary import read_diary
from outcomes.results.outcome import Curve, Estimate, NotEstimable, Outcome
from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry
from outcomes.runs import with_texts
from outcomes.scoring import score_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.study.model import Study

PLAN = """\
version = 1
title = "SYNTHETIC DATA"
[arms]
full   = { value = "full", label = "Full" }
skills = { value = "skills", label = "Skills" }
[visits]
start = { label = "Start", week = 0 }
end   = { label = "End", week = 4 }
primary = "end"
[measures.mood]
label = "Low mood"
domain = "symptoms"
role = "primary"
better = "lower"
range = [0, 60]
"""
CLIENTS = """\
client_id,arm,start_date,end_date
F1,full,2024-01-01,2024-01-29
F2,full,2024-01-01,2024-01-12
S1,skills,2024-01-01,2024-01-29
S2,skills,2024-01-01,2024-01-29
"""
# F1 fills in all four weeks, F2 (there for two weeks) one, the first by its date; S1 two of four, S2 one of four.
CARDS = """\
client_id,week,date,days_filled,urge_self_harm,acts,skills_days
F1,1,,7,4,1,2
F1,2,,7,3,0,3
F1,3,,7,2,0,4
F1,4,,7,1,0,5
F2,,2024-01-03,4,2,,2
F2,3,,7,5,9,0
S1,1,,5,3,2,1
S1,2,,2,5,1,1
S1,3,,0,,,
S1,5,,7,0,0,7
S2,2,,7,1,0,0
"""


def write_study(folder: Path, cards: str = CARDS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.toml").write_text(PLAN)
    (folder / "clients.csv").write_text(CLIENTS)
    rows = [
        f"{one},{visit},mood,{20 + place}"
        for place, one in enumerate(("F1", "F2", "S1", "S2"))
        for visit in ("start", "end")
    ]
    (folder / "scores.csv").write_text("client_id,visit,measure,score\n" + "\n".join(rows) + "\n")
    (folder / "diary.csv").write_text(cards)
    return folder


def analyse(study: Study) -> dict[str, Outcome]:
    cohort = assemble(study, score_study(study))
    return {outcome.id: outcome for outcome in diary.analyse(cohort)}


def value(found: dict[str, Outcome], name: str) -> float:
    outcome = found[name]
    assert isinstance(outcome, Estimate), name
    return outcome.value


def test_means_are_of_people_and_of_the_weeks_that_they_were_there(tmp_path: Path) -> None:
    found = analyse(outcomes.read_study(write_study(tmp_path / "s")))
    # F2 stayed eleven days, two weeks; S1's third week has no day, the fifth is after the programme
    assert value(found, "diary.filled.full.mean") == pytest.approx((1 + 1 / 2) / 2)
    assert value(found, "diary.filled.skills.mean") == pytest.approx((2 / 4 + 1 / 4) / 2)
    assert value(found, "diary.urge_self_harm.full.mean") == pytest.approx((2.5 + 2) / 2)
    assert value(found, "diary.urge_self_harm.skills.mean") == pytest.approx((4 + 1) / 2)
    assert value(found, "diary.urge_self_harm.difference") == pytest.approx(2.25 - 2.5)
    # F2's acts are not recorded in the week that counts
    refused = found["diary.acts.full.mean"]
    assert isinstance(refused, NotEstimable)
    assert value(found, "diary.acts.skills.mean") == pytest.approx((1.5 + 0) / 2)
    # fourteen days with a skill of 28; two of four; two of seven; none of seven
    assert value(found, "diary.skills_days.full.mean") == pytest.approx(7 * (14 / 28 + 2 / 4) / 2)
    assert value(found, "diary.skills_days.skills.mean") == pytest.approx(7 * (2 / 7 + 0) / 2)
    assert isinstance(found["diary.misery.full.mean"], NotEstimable)


def test_a_week_has_the_people_who_were_there_and_the_cards_that_they_filled_in(tmp_path: Path) -> None:
    found = analyse(outcomes.read_study(write_study(tmp_path / "s")))
    filled, urge = found["diary.filled.full.curve"], found["diary.urge_self_harm.full.curve"]
    assert isinstance(filled, Curve)
    assert isinstance(urge, Curve)
    assert (filled.at, filled.people, filled.value) == ((1, 2, 3, 4), (2, 2, 1, 1), (1.0, 0.5, 1.0, 1.0))
    assert (urge.at, urge.people, urge.value) == ((1,), (2,), (3.0,))


def test_the_second_computation_finds_the_same(root: Path) -> None:
    study = outcomes.read_study(root / "data" / "example")
    people, compared = read_people(study), 0
    for outcome in analyse(study).values():
        if isinstance(outcome, Estimate):
            second = read_diary(people, outcome.key)
            assert second is not None
            assert (second.value, second.se, second.df) == pytest.approx(
                (outcome.value, outcome.se, outcome.df), rel=1e-9
            )
            compared += 1
    assert compared == 18  # of six things two means and a difference


def test_arms_that_fill_it_in_unequally_are_said_to(root: Path) -> None:
    study = outcomes.read_study(root / "data" / "example")
    registry = with_texts(outcomes.analyse(study).registry, study.plan)
    quoter = Quoter(registry, study.plan, {"files": []})
    assert is_unequal(quoter)
    assert "unequally" in say_filled(quoter).plain
    assert "a skill was used on" in say_cards(quoter).plain


def test_the_edition_to_share_draws_shares_without_limits(root: Path) -> None:
    study = outcomes.read_study(root / "data" / "example")
    provenance = Provenance(analysis="diary", question="", code="", files=(), digest="", seed=None)
    found = Registry(Record(outcome=outcome, provenance=provenance) for outcome in analyse(study).values())
    shared = release(found, study.plan.disclosure).registry
    curve = shared["diary.filled.full.curve"]
    assert isinstance(curve, Curve)
    assert not curve.low
    assert draw(shared, study.plan) is not None


def test_a_study_without_cards_says_so(small_study: Path) -> None:
    found = analyse(outcomes.read_study(small_study))["diary.filled.full.mean"]
    assert isinstance(found, NotEstimable)
    assert found.reason == "diary.csv was not provided."


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("F1,2,,7,3,0,3", "F1,2,,8,3,0,3", "E215"),
        ("F1,2,,7,3,0,3", "F1,2,,7,6,0,3", "E215"),
        ("F1,2,,7,3,0,3", "F1,2,,7,3,-1,3", "E215"),
        ("F1,2,,7,3,0,3", "F1,2,,2,3,0,3", "E269"),
        ("F1,2,,7,3,0,3", "F1,1,,7,3,0,3", "E241"),
        ("F1,2,,7,3,0,3", "F1,1,,7,4,1,2", "E234"),
        ("F1,2,,7,3,0,3", "F1,,,7,3,0,3", "E236"),
        ("F1,2,,7,3,0,3", "X1,2,,7,3,0,3", "E233"),
    ],
)
def test_a_bad_card_is_told_by_its_row(tmp_path: Path, old: str, new: str, code: str) -> None:
    with pytest.raises(DataError) as told:
        outcomes.read_study(write_study(tmp_path / "s", CARDS.replace(old, new)))
    assert code in str(told.value)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("S1,3,,0,,,", "S1,3,,0,2,,", "E294"), ("F2,,2024-01-03", "F2,,2023-12-03", "E295")],
)
def test_a_card_that_counts_nowhere_is_named(tmp_path: Path, old: str, new: str, code: str) -> None:
    found = check(write_study(tmp_path / "s", CARDS.replace(old, new)))
    assert [one.level for one in found if one.code == code] == ["CHECK"]
    assert np.any([one.file == "diary.csv" for one in found])


def test_an_arm_of_whom_nobody_knows_how_long_they_stayed_is_told_in_a_sentence(tmp_path: Path) -> None:
    write_study(tmp_path)
    clients = CLIENTS.replace("S1,skills,2024-01-01,2024-01-29", "S1,skills,,").replace(
        "S2,skills,2024-01-01,2024-01-29", "S2,skills,,"
    )
    (tmp_path / "clients.csv").write_text(clients)
    study = outcomes.read_study(tmp_path)
    found = {one.id: one for one in diary.analyse(assemble(study, score_study(study)))}
    for what in ("diary.filled.skills.curve", "diary.filled.skills.mean", "diary.acts.skills.curve"):
        assert isinstance(found[what], NotEstimable), what
