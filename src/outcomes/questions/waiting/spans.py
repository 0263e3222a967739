"""The waits on the way in: from which date to which, and the keys of what is told of them."""

from __future__ import annotations

from typing import NamedTuple

from outcomes.results.key import Key


class Span(NamedTuple):
    """A wait between two columns of clients.csv."""

    begins: str
    ends: str
    label: str


SPANS = {
    "referred_to_assessed": Span("referred_date", "assessed_date", "Referral to assessment"),
    "assessed_to_offered": Span("assessed_date", "offered_date", "Assessment to offer"),
    "offered_to_started": Span("offered_date", "start_date", "Offer to start"),
    "assessed_to_started": Span("assessed_date", "start_date", "Assessment to start"),
    "referred_to_started": Span("referred_date", "start_date", "Referral to start"),
}
WHOLE = "referred_to_started"


def median_of(span: str, arm: str, quarter: str = "") -> Key:
    """Key of a median wait."""
    return Key("waiting", what="median", arm=arm, subject=span, category=quarter)


def within_of(span: str, arm: str, quarter: str = "") -> Key:
    """Key of the share who waited no longer than the plan's target."""
    return Key("waiting", what="within", arm=arm, subject=span, category=quarter)


def not_recorded_of(span: str, arm: str) -> Key:
    """Key of how many have no such wait on record."""
    return Key("waiting", what="not_recorded", arm=arm, subject=span)
