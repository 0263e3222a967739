"""Keys of results about harms: the one place that makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.results.key import Key

if TYPE_CHECKING:
    from outcomes.plan.model import Plan

DETERIORATED, LEFT_WORSE, DEATH, SERIOUS = "deterioration", "left_worse", "death", "serious"
NAMES = {
    DETERIORATED: "Got reliably worse on any measure",
    LEFT_WORSE: "Left after getting reliably worse",
    DEATH: "Died",
}
OWN = (DETERIORATED, LEFT_WORSE, SERIOUS)  # a kind of event that the plan calls so prints otherwise


def key_of(subject: str, what: str, *, arm: str = "") -> Key:
    """Key of a result about a harm."""
    return Key("harms", what=what, arm=arm, subject=subject)


def subject_of(kind: str) -> str:
    """Subject of a kind of event."""
    return f"{kind}_event" if kind in OWN else kind


def list_kinds(plan: Plan) -> tuple[str, ...]:
    """List the kinds of event that are harms: those of that role, and deaths whatever their role."""
    return tuple(word for word, event in plan.events.items() if event.role == "harm" or word == DEATH)


def list_subjects(plan: Plan) -> tuple[str, ...]:
    """List the harms in the order of the page."""
    kinds = [subject_of(kind) for kind in list_kinds(plan) if kind != DEATH]
    return (DETERIORATED, LEFT_WORSE, *(kinds or [SERIOUS]), DEATH)
