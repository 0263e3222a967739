"""Keys of the results about costs: for what computes them and for what quotes and draws them."""

from __future__ import annotations

from outcomes.results.key import Key

DIFFERENCE = Key("costs", what="difference")
ADJUSTED = Key("costs", what="difference", subject="adjusted")
WITH_TIME = Key("costs", what="difference", subject="with_client_time")
HOURS = Key("costs", what="difference", subject="client_hours")
KINDS = ("improvement", "completion")  # of effect


def mean_of(arm: str) -> Key:
    """Key of the mean cost of an arm."""
    return Key("costs", what="mean", arm=arm)


def hours_of(arm: str) -> Key:
    """Key of the mean hours of their own time that people in an arm gave."""
    return HOURS.but(what="mean", arm=arm)


def place_of(arm: str, kind: str) -> Key:
    """Key of the cost of a place in an arm: "per_attended_place" or "per_booked_place"."""
    return Key("costs", what=kind, arm=arm)


def effect_of(kind: str) -> Key:
    """Key of the difference in an effect."""
    return Key("costs", what="difference", subject=kind)


def price_of(kind: str) -> Key:
    """Key of the cost of one more person with an effect."""
    return Key("costs", what="price", subject=kind)


def acceptability_of(kind: str) -> Key:
    """Key of the acceptability curve of an effect."""
    return Key("costs", what="acceptability", subject=kind)


def plane_of(kind: str, axis: str) -> Key:
    """Key of one side of the ellipse of an effect: "effect" or "cost"."""
    return Key("costs", what=f"plane_{axis}", subject=kind)
