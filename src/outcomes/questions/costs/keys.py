"""Keys of the results about costs: for what computes them and for what quotes and draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.results.key import Key

if TYPE_CHECKING:
    from outcomes.plan.model import Plan

DIFFERENCE = Key("costs", what="difference")
ADJUSTED = Key("costs", what="difference", subject="adjusted")
WITH_TIME = Key("costs", what="difference", subject="with_client_time")
HOURS = Key("costs", what="difference", subject="client_hours")


class Effect(NamedTuple):
    """What is set against cost: that one more person improves reliably on a measure, or completes."""

    kind: str
    measure: str = ""


COMPLETION = Effect("completion")


def list_effects(plan: Plan) -> tuple[Effect, ...]:
    """List improvement on every primary measure, the plan's choice first, then completion: each of them, or none."""
    measures = sorted(plan.primary_scored, key=lambda measure: measure != plan.costs.measure)
    return (*(Effect("improvement", measure) for measure in measures), COMPLETION)


def mean_of(arm: str) -> Key:
    """Key of the mean cost of an arm."""
    return Key("costs", what="mean", arm=arm)


def hours_of(arm: str) -> Key:
    """Key of the mean hours of their own time that people in an arm gave."""
    return HOURS.but(what="mean", arm=arm)


def place_of(arm: str, kind: str) -> Key:
    """Key of the cost of a place in an arm: "per_attended_place" or "per_booked_place"."""
    return Key("costs", what=kind, arm=arm)


def effect_of(effect: Effect) -> Key:
    """Key of the difference in an effect."""
    return Key("costs", effect.measure, what="difference", subject=effect.kind)


def price_of(effect: Effect) -> Key:
    """Key of the cost of one more person with an effect."""
    return effect_of(effect).but(what="price")


def acceptability_of(effect: Effect) -> Key:
    """Key of the acceptability curve of an effect."""
    return effect_of(effect).but(what="acceptability")


def plane_of(effect: Effect, axis: str) -> Key:
    """Key of one side of the ellipse of an effect: "effect" or "cost"."""
    return effect_of(effect).but(what=f"plane_{axis}")
