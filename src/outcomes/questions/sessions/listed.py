"""Keys of the results about 121 sessions that are quoted and drawn, and which of them this edition has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.questions.sessions.components import COMPONENTS, HOMEWORK, TASK
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Registry

RECORDED, CLIENTS, LEFT_OUT = (Key("sessions", what=what) for what in ("recorded", "clients", "left_out"))
FOLLOWED_UP, TASK_FOLLOWED_UP = (Key("sessions", what="followed_up", subject=what) for what in (HOMEWORK, TASK))
CONCORDANCE = Key("sessions", what="concordance", subject="order")
LIFE_FIRST = Key("sessions", what="life_threatening_first", subject="order")
SEVERAL, IN_ORDER, LIFE_FIRST_WITHIN = (
    Key("sessions", what=what, subject="order") for what in ("several", "in_order", "life_threatening_first_within")
)
ADHERENCE = Key("sessions", what="mean", subject="adherence")
RATED = Key("sessions", what="recorded_share", subject="adherence")


def share_of(component: str) -> Key:
    """Key of the share of sessions with a component."""
    return Key("sessions", what="share", subject=component)


def course_of(component: str) -> Key:
    """Key of the course of a component over a client's sessions."""
    return Key("sessions", what="course", subject=component)


def mode_of(mode: str) -> Key:
    """Key of the share of sessions held in one way."""
    return Key("sessions", what="mode_share", subject=mode)


def list_recorded(registry: Registry) -> list[str]:
    """List the parts of which something is recorded; one that this edition hides is among them."""
    found = {part: registry.get(str(share_of(part))) for part in COMPONENTS}
    return [part for part, share in found.items() if getattr(share, "cause", "") != "not provided"]


def minutes(what: str) -> Key:
    """Key of what is told of the minutes of a session."""
    return Key("sessions", what=what, subject="minutes")


def target_of(target: str, third: str) -> Key:
    """Key of the share of a target in a third of the programme."""
    return Key("sessions", what="target_third", subject=target, category=third)


def has_numbers(registry: Registry, **fields: str) -> bool:
    """Whether any result with these fields is a number."""
    return any(isinstance(outcome, Estimate) for outcome in registry.where(**fields))


def list_therapists(registry: Registry) -> list[Outcome]:
    """List how many people each therapist with enough of them has."""
    return list(registry.where(analysis="sessions", what="therapist_clients"))


def list_mediated(quoter: Quoter) -> list[tuple[str, str]]:
    """List pairs of measure and mediator, in the plan's order of the mediators."""
    found = quoter.registry.where(analysis="mediation")
    pairs = {(outcome.key.measure, outcome.key.subject) for outcome in found}
    order = list(quoter.plan_model.measures)
    return sorted(pairs, key=lambda pair: (order.index(pair[1]), order.index(pair[0])))
