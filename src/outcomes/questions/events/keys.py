"""Keys of results about events: the one place that makes them."""

from __future__ import annotations

from outcomes.results.key import Key

PERIODS = ("before", "during", "after")  # since the start stands for during and after together, and prints nothing
WITHOUT_ONE, STRATIFIED, MIRROR, CRUDE, ANY = "without_one", "stratified", "mirror", "crude", "any"


def key_of(kind: str, what: str, *, arm: str = "", category: str = "") -> Key:
    """Key of a result about a kind of event."""
    return Key("events", what=what, arm=arm, subject=kind, category=category)


def ratio_of(kind: str) -> Key:
    """Key of the main comparison of a kind."""
    return key_of(kind, "rate_ratio")


def any_of(kind: str) -> Key:
    """Key of the adjusted difference in the share who had any."""
    return key_of(kind, "difference", category=ANY)
