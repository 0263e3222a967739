"""The tables [sessions] and [costs] of the plan: defaults, and every word that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outcomes.errors import PlanError
from outcomes.plan.read import parse_plan

if TYPE_CHECKING:
    from pathlib import Path

PLAN = """\
version = 1
title = "A study"
[arms]
full   = { value = "both", label = "Full" }
skills = { value = "group", label = "Skills" }
[visits]
before = { label = "Before", week = 0 }
mid    = { label = "Mid", week = 10 }
after  = { label = "After", week = 20 }
primary = "after"
[measures.bdi]
label = "Mood"
domain = "symptoms"
role = "primary"
better = "lower"
range = [0, 63]
[measures.wai]
label = "Alliance"
domain = "alliance"
role = "secondary"
better = "higher"
range = [1, 5]
"""


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(PlanError) as caught:
        parse_plan((PLAN + text).encode())
    return [(key, message) for key, _, message in caught.value.faults]


def test_the_defaults_leave_a_missed_place_paid_and_an_assessment_each() -> None:
    plan = parse_plan(PLAN.encode())
    assert plan.costs.paid == ("attended", "missed", "cancelled_by_client")
    assert plan.costs.per_client["assessment"].full == 1
    assert (plan.sessions.landmark, plan.sessions.mediators, plan.sessions.block) == (None, None, 4)


def test_every_key_may_be_given() -> None:
    plan = parse_plan(
        (
            PLAN
            + """
[sessions]
landmark = "mid"
mediators = ["wai"]
weeks = 24
block = 6
[costs]
paid = ["attended"]
travel_minutes = 40
session_minutes = { group = 120 }
measure = "bdi"
willingness_to_pay = 5000
[costs.per_week]
team = { full = 1, skills = 0 }
"""
        ).encode()
    )
    assert plan.sessions.mediators == ("wai",)
    assert plan.costs.per_week["team"].skills == 0
    assert plan.costs.session_minutes == {"group": 120}


@pytest.mark.parametrize(
    ("text", "key", "sentence"),
    [
        ('[sessions]\nlandmark = "after"', "sessions.landmark", "between the start and the primary visit: mid"),
        ('[sessions]\nlandmark = "before"', "sessions.landmark", "between"),
        ('[sessions]\nmediators = ["skill"]', "sessions.mediators", "measures of the plan"),
        ('[sessions]\nmediators = ["wai", "wai"]', "sessions.mediators", "once"),
        ("[sessions]\nblock = 0", "sessions.block", "greater than or equal to 1"),
        ("[sessions]\nblocks = 4", "sessions.blocks", "did you mean block"),
        ('[costs]\nmeasure = "wai"', "costs.measure", "primary measure: bdi"),
        ("[costs]\ntravel_minutes = -5", "costs.travel_minutes", "greater than or equal to 0"),
        ('[costs]\npaid = ["cancelled_by_service"]', "costs.paid.0", "'attended'"),
        (
            "[costs.per_client]\nindividual_session = { full = 1, skills = 0 }",
            "costs.per_client.individual_session",
            "already",
        ),
        (
            "[costs.per_week]\nclient_hour = { full = 1, skills = 0 }",
            "costs.per_week.client_hour",
            "price of a client's hour",
        ),
        ("[costs.per_week]\nteam = { full = 1 }", "costs.per_week.team.skills", "is missing"),
    ],
)
def test_a_fault_names_its_key(text: str, key: str, sentence: str) -> None:
    found = dict(faults(text))
    assert sentence in found[key]


def test_what_the_template_leaves_as_remarks_is_a_plan_when_it_is_not(root: Path) -> None:
    text = (root / "src" / "outcomes" / "study" / "template" / "plan.toml").read_text(encoding="utf-8")
    begin, end = text.index("# [sessions]"), text.index("# consultation_team_per_client_week")
    end = text.index("\n", end)
    opened = "\n".join(line.removeprefix("# ") for line in text[begin:end].splitlines() if "mediators" not in line)
    opened = opened.replace("How costs are counted", "# How costs are counted")
    plan = parse_plan((text[:begin] + opened + text[end:]).encode())
    assert (plan.sessions.landmark, plan.costs.travel_minutes) == ("mid", 40)
    assert plan.costs.per_week["consultation_team_per_client_week"].full == 1
