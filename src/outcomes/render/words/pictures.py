"""What each picture shows, in words, for those who cannot see it: the finding, not the kind of picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.format import format_number
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.render.words.difference import main_result, say_absent
from outcomes.render.words.sessions import say_pace
from outcomes.results.outcome import Curve

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter

BELOW = "The tables below hold the numbers."


def picture_likeness(quoter: Quoter) -> str:
    """Say how far apart the programmes were on each measure at the start."""
    plan = quoter.plan_model
    results = {measure: f"baseline.{measure}.smd" for measure in plan.measures}
    found = [
        f"{plan.measures[measure].label} {quoter.result(result).plain}"
        for measure, result in results.items()
        if quoter.has(result)
    ]
    return f"In standard deviations, above zero where {plan.arm_labels['full']} was higher: {'; '.join(found)}."


def picture_trajectory(quoter: Quoter) -> str:
    """Say how far apart the programmes were by the primary visit."""
    plan = quoter.plan_model
    visit = plan.visits[plan.primary].label
    arms = " compared with ".join(plan.arm_labels[arm] for arm in ARMS)
    found = _list_found(quoter, {measure: main_result(quoter, measure) for measure in plan.primary_measures})
    return f"Mean scores over the visits. By the visit “{visit}”, {arms}: {found}. {BELOW}"


def picture_forest(quoter: Quoter) -> str:
    """Say what the main comparison gives in standard deviations; the others stand in the tables."""
    plan = quoter.plan_model
    found = _list_found(quoter, {measure: f"mmrm.{measure}.{plan.primary}.g" for measure in plan.primary_measures})
    return (
        f"Every way of comparing, in standard deviations; above zero favours {plan.arm_labels['full']}. "
        f"The main one: {found}. {BELOW}"
    )


def picture_attendance(quoter: Quoter) -> str:
    """Say what share came in the first and in the last week."""
    kinds = {"group": "group sessions", "individual": "individual sessions"}
    said = [
        f"{text}, {quoter.plan_model.arm_labels[arm]}: {ends}"
        for kind, text in kinds.items()
        for arm in ARMS
        if (ends := _say_ends(quoter.get(f"attendance.{kind}.{arm}"), "week"))
    ]
    return f"Share of people who came, week by week. {'; '.join(said)}."


def picture_course(quoter: Quoter, parts: list[str]) -> str:
    """Say what share of the first and of the last sessions had each part."""
    found = {part: quoter.get(f"sessions.{part}.course") for part in parts}
    said = [
        f"{part.replace('_', ' ')}: {ends}" for part, curve in found.items() if (ends := _say_ends(curve, "session"))
    ]
    return f"Share of sessions with each part, from the first sessions to the last. {'; '.join(said)}."


def picture_pace(quoter: Quoter) -> str:
    """Say in which programme more people had improved by the primary visit."""
    said = [say_pace(quoter, measure).plain for measure in quoter.plan_model.primary_measures]
    return f"Share of people who had improved reliably by each visit. {' '.join(said)}"


def picture_overlap(quoter: Quoter) -> str:
    """Say how many people have their like in the other programme."""
    if not quoter.has("balance.overlap"):
        why = say_absent(quoter, "balance.overlap", Phrase("How many people have their like there")).plain
        return f"How many people of each programme had which chance of being in the full programme. {why}"
    share = quoter.result("balance.overlap").plain
    return (
        f"The chance of being in the full programme lies within the range of the other programme's people for {share} "
        "of people: bars up and bars down stand over the same chances where people can be compared."
    )


def _list_found(quoter: Quoter, results: dict[str, str]) -> str:
    return "; ".join(_say_found(quoter, measure, result) for measure, result in results.items())


def _say_found(quoter: Quoter, measure: str, result: str) -> str:
    label = quoter.plan_model.measures[measure].label
    value = quoter.result(result).plain
    return f"{label} {value} ({quoter.interval(result).plain})" if quoter.has(result) else f"{label} {value}"


def _say_ends(curve: object, axis: str) -> str:
    """Give the first and the last height of a curve of shares."""
    if not isinstance(curve, Curve) or not curve.at:
        return ""
    (first, last), (begin, end) = ((series[0], series[-1]) for series in (curve.value, curve.at))
    ends = [f"{format_number(100 * share, decimals=0)}%" for share in (first, last)]
    weeks = [format_number(at, decimals=0) for at in (begin, end)]
    return f"{ends[0]} in {axis} {weeks[0]}, {ends[1]} in {axis} {weeks[1]}"
