"""Short names of arms and measures, and words that only a study about DBT has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outcomes.errors import PlanError
from outcomes.plan.names import fill, name_all, shorten_label
from outcomes.plan.programme import Programme
from outcomes.plan.read import parse_plan

if TYPE_CHECKING:
    from outcomes.plan.model import Plan

PLAN = """\
version = 1
title = "A study"
[arms]
full   = {{ value = "a", label = "{full}"{short} }}
skills = {{ value = "b", label = "{skills}" }}
[visits]
before = {{ label = "Before", week = 0 }}
after  = {{ label = "After", week = 20 }}
primary = "after"
[measures.ders16]
label = "Emotion regulation (DERS-16)"
domain = "emotion regulation"
role = "primary"
better = "lower"
range = [16, 80]
[measures.ders36]
label = "Emotion regulation (DERS-36)"
domain = "emotion regulation"
role = "secondary"
better = "lower"
range = [36, 180]
[measures.bdi]
label = "Mood (BDI)"
{bdi}domain = "symptoms"
role = "secondary"
better = "lower"
range = [0, 63]
"""


def read(full: str = "Full programme (121 + group)", skills: str = "Group", *, short: str = "", bdi: str = "") -> Plan:
    said = f', short = "{short}"' if short else ""
    return parse_plan(PLAN.format(full=full, skills=skills, short=said, bdi=bdi).encode())


@pytest.mark.parametrize(
    ("label", "short"),
    [
        ("Full programme (121 + group)", "Full programme"),
        ("Skills group only", "Skills group only"),
        ("Symptoms (BSL-23, mean) ", "Symptoms"),
        ("A (b) c", "A (b) c"),
        ("(all)", "(all)"),
    ],
)
def test_the_default_is_the_label_without_its_last_brackets(label: str, short: str) -> None:
    assert shorten_label(label) == short


def test_a_short_name_of_the_plan_goes_before_the_default() -> None:
    plan = read(short="Full", bdi='short = "BDI"\n')
    assert plan.arm_names == {"full": "Full", "skills": "Group"}
    assert plan.measure_names["bdi"] == "BDI"
    assert read().arm_names["full"] == "Full programme"


def test_defaults_that_would_be_alike_stay_whole() -> None:
    names = read().measure_names
    assert names["ders16"] == "Emotion regulation (DERS-16)"
    assert names["ders36"] == "Emotion regulation (DERS-36)"
    assert names["bdi"] == "Mood"
    assert read("Group (long)", "group").arm_names == {"full": "Group (long)", "skills": "group"}


def test_a_default_does_not_take_the_short_name_of_another() -> None:
    plan = read("Course (weekly)", "The other", bdi='short = "emotion regulation"\n')
    assert plan.measure_names["bdi"] == "emotion regulation"
    assert len(set(name_all(plan.measures).values())) == len(plan.measures)


def test_two_short_names_alike_are_a_fault() -> None:
    with pytest.raises(PlanError) as caught:
        parse_plan(
            PLAN.format(full="A", skills='B", short = "Same', short=', short = "same"', bdi="").encode(),
        )
    assert [what for _, _, what in caught.value.faults] == [
        "is the short name of another of the arms as well; nobody could tell them apart"
    ]


def test_texts_of_the_program_take_the_words_of_the_plan_and_nothing_else() -> None:
    words = read("Day clinic", "Evening").words
    assert fill("chance that somebody in {full} had more", words) == "chance that somebody in Day clinic had more"
    assert fill("{individual} sessions attended", words) == "121 sessions attended"
    assert fill("{skills} costs no more", {"skills": "evening"}) == "Evening costs no more"
    assert fill("a set {x}, and {full", words) == "a set {x}, and {full"


@pytest.mark.parametrize(
    ("programme", "alone", "is_dbt"),
    [
        (Programme(), "121", True),
        (Programme(name="dbt "), "121", True),
        (Programme(name="STEPPS"), "individual", False),
        (Programme(name="STEPPS", individual="one-to-one"), "one-to-one", False),
        (Programme(individual="one-to-one"), "one-to-one", True),
    ],
)
def test_only_dbt_has_121_sessions(programme: Programme, alone: str, *, is_dbt: bool) -> None:
    assert programme.alone == alone
    assert programme.is_dbt is is_dbt
